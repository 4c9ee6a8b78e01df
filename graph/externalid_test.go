package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/internal/apptest"
	"usher/internal/ident"
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
			// Others beside it: a filter that selects everything must be seen.
			if _, external = object(create, map[string]any{"of": of, "name": "Second"}); external != "" {
				t.Errorf("%s: made without, it has %q", kind.object, external)
			}
			second, _ := object(create, map[string]any{"of": of, "name": "Third", "external": "X-2"})
			for name, condition := range map[string]map[string]any{
				"the filter": {"external": []string{"X-0", "X-1"}}, "the search": {"search": "x-1"},
			} {
				if body := found(condition); body != fmt.Sprintf(
					`{"data":{"workspace":{"%s":{"edges":[{"node":{"id":"%s"}}]}}}}`, kind.list, id) {
					t.Errorf("%s: %s finds %s", kind.object, name, body)
				}
			}
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

// A member has the id of another system from the beginning, or gets it later; it names one member of
// the workspace (PAR-4).
func TestMembersHaveExternalIDs(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		create := func(email, external string) *apptest.Answer {
			return k.Ask(token, `mutation($in: CreateUserInput!) { createUser(input: $in) {
				status member { id externalId } } }`, map[string]any{"in": map[string]any{
				"workspaceId": p.Workspace.ID, "firstName": "Ada", "lastName": "L", "email": email,
				"externalId": external, "sendCredentials": true}})
		}
		update := func(id ident.ID, external any) *apptest.Answer {
			return k.Ask(token, `mutation($in: UpdateMemberInput!) { updateMember(input: $in) {
				member { externalId } } }`,
				map[string]any{"in": map[string]any{"memberId": id, "externalId": external}})
		}
		expect := func(what string, a *apptest.Answer, code, field string) {
			t.Helper()
			if a.Code() != code || fieldOf(a) != field {
				t.Errorf("%s: %s", what, a.Body)
			}
		}
		if a := create("ada@acme.test", " 0042 "); !strings.Contains(a.Body, `"externalId":"0042"`) {
			t.Errorf("created: %s", a.Body)
		}
		expect("a taken id", create("bob@acme.test", "0042"), "CONFLICT", "externalId")
		expect("an id of two lines", create("bob@acme.test", "4\n2"), "BAD_USER_INPUT", "externalId")
		if a := create("ada@acme.test", "0042"); !strings.Contains(a.Body, `"ALREADY_MEMBER"`) {
			t.Errorf("created again: %s", a.Body)
		}
		bob := p.Join("bob@acme.test", nil)
		expect("changed to a taken id", update(bob.ID, "0042"), "CONFLICT", "externalId")
		expect("changed to a free id", update(bob.ID, "0043"), "", "")
		a := k.Ask(token, `query($id: ID!) { workspace(id: $id) {
			members(first: 5, filter: {externalId: ["0043"]}) { edges { node { id } } totalCount } } }`,
			map[string]any{"id": p.Workspace.ID})
		if want := fmt.Sprintf(`{"edges":[{"node":{"id":"%s"}}],"totalCount":1}`, bob.ID); !strings.
			Contains(a.Body, want) {
			t.Errorf("found %s", a.Body)
		}
		expect("cleared", update(bob.ID, nil), "", "")
		expect("set to what is free again", update(bob.ID, "0043"), "", "")
		history := k.Ask(token, `query($id: ID!) { node(id: $id) { ... on Member {
			workspace { auditEvents(first: 3, filter: {subjectId: $id}) { edges { node {
				details { name previousValue newValue } } } } } } } }`, map[string]any{"id": bob.ID})
		if !strings.Contains(history.Body,
			`{"name":"externalId","previousValue":"0043","newValue":""}`) {
			t.Errorf("the history says %s", history.Body)
		}
	}, apptest.WithoutWorker)
}

// fieldOf returns the field of the input that the first error of an answer names.
func fieldOf(a *apptest.Answer) string {
	if len(a.Errors) == 0 {
		return ""
	}
	field, _ := a.Errors[0].Extensions["field"].(string)
	return field
}
