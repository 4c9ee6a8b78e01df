package graph_test

import (
	"fmt"
	"testing"

	"usher/internal/apptest"
)

// The id of another system names one object of a kind in a workspace (PAR-4).
func TestStructureHasExternalIDs(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		token := k.SignIn("admin@acme.test", apptest.Password)
		strangers := k.SignIn("admin@other.test", apptest.Password)
		for _, kind := range []struct {
			object, list, make string
		}{
			{"Group", "groups", `visibility: PUBLIC, workspaceId: $of`},
			{"OrgUnit", "orgUnits", `workspaceId: $of`},
			{"Program", "programs", `workspaceId: $of`},
			{"Session", "sessions", `programId: $of`},
		} {
			field := string(kind.object[0]+32) + kind.object[1:]
			of, otherOf := p.Workspace.ID, other.Workspace.ID
			if kind.object == "Session" {
				of, otherOf = p.Program("Course").ID, other.Program("Course").ID
			}
			create := fmt.Sprintf(`mutation($of: ID!, $name: String!, $external: String) {
				create%s(input: {%s, name: $name, externalId: $external}) { %s { id externalId } } }`,
				kind.object, kind.make, field)
			update := fmt.Sprintf(`mutation($id: ID!, $external: String) {
				update%s(input: {%sId: $id, externalId: $external}) { %s { id externalId } } }`,
				kind.object, field, field)
			find := fmt.Sprintf(`query($w: ID!, $external: [String!], $search: String) {
				workspace(id: $w) { %s(filter: {externalId: $external, search: $search}) {
					edges { node { id } } } } }`, kind.list)
			found := func(condition map[string]any) string {
				condition["w"] = p.Workspace.ID
				return k.Ask(token, find, condition).Body
			}
			object := func(mutation string, in map[string]any) (id, external string) {
				t.Helper()
				var out map[string]map[string]struct {
					ID         string
					ExternalID *string
				}
				k.Must(token, mutation, in, &out)
				for _, payload := range out {
					id = payload[field].ID
					if e := payload[field].ExternalID; e != nil {
						external = *e
					}
				}
				return id, external
			}
			id, external := object(create,
				map[string]any{"of": of, "name": "First", "external": " X-1 "})
			if external != "X-1" {
				t.Errorf("%s: made with %q", kind.object, external)
			}
			for name, condition := range map[string]map[string]any{
				"the filter": {"external": []string{"X-0", "X-1"}}, "the search": {"search": "x-1"},
			} {
				if body := found(condition); body != fmt.Sprintf(
					`{"data":{"workspace":{"%s":{"edges":[{"node":{"id":"%s"}}]}}}}`, kind.list, id) {
					t.Errorf("%s: %s finds %s", kind.object, name, body)
				}
			}
			if _, external = object(create, map[string]any{"of": of, "name": "Second"}); external != "" {
				t.Errorf("%s: made without, it has %q", kind.object, external)
			}
			second, _ := object(create, map[string]any{"of": of, "name": "Third", "external": "X-2"})
			for name, a := range map[string]*apptest.Answer{
				"made":    k.Ask(token, create, map[string]any{"of": of, "name": "x", "external": "X-1"}),
				"changed": k.Ask(token, update, map[string]any{"id": second, "external": "X-1"}),
			} {
				if a.Code() != "CONFLICT" || fieldOf(a) != "externalId" {
					t.Errorf("%s: %s with a taken id: %s", kind.object, name, a.Body)
				}
			}
			if a := k.Ask(token, create, map[string]any{"of": of, "name": "x",
				"external": "two\nlines"}); a.Code() != "BAD_USER_INPUT" || fieldOf(a) != "externalId" {
				t.Errorf("%s: an id of two lines: %s", kind.object, a.Body)
			}
			if a := k.Ask(strangers, create, map[string]any{"of": otherOf, "name": "x",
				"external": "X-1"}); a.Code() != "" {
				t.Errorf("%s: the id of another workspace: %s", kind.object, a.Body)
			}
			if _, external = object(update, map[string]any{"id": id, "external": nil}); external != "" {
				t.Errorf("%s: null leaves %q", kind.object, external)
			}
			if _, external = object(update,
				map[string]any{"id": second, "external": "X-1"}); external != "X-1" {
				t.Errorf("%s: what is free again answers %q", kind.object, external)
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// fieldOf returns the field of the input that the first error of an answer names.
func fieldOf(a *apptest.Answer) string {
	if len(a.Errors) == 0 {
		return ""
	}
	field, _ := a.Errors[0].Extensions["field"].(string)
	return field
}
