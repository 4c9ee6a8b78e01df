package graph_test

import (
	"fmt"
	"testing"

	"usher/internal/apptest"
)

// The rows of an import are read in both orders and directions, and each has an id.
func TestRowsOfAnImportAreReadInBothOrders(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		id := createImport(p, token, 4)
		type page struct {
			PageInfo struct {
				HasNextPage, HasPreviousPage bool
				EndCursor                    string
			}
			Edges []struct {
				Cursor string
				Node   struct {
					ID     string
					Number int
				}
			}
		}
		read := func(args string) (page, string) {
			t.Helper()
			var out struct{ Node struct{ Rows page } }
			k.Must(token, fmt.Sprintf(`query($id: ID!) { node(id: $id) { ... on Import { rows(%s) {
				pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { id number } } } } } }`,
				args), map[string]any{"id": id}, &out)
			text := ""
			for _, edge := range out.Node.Rows.Edges {
				text += fmt.Sprint(edge.Node.Number, " ")
			}
			rows := out.Node.Rows
			return rows, fmt.Sprint(text, rows.PageInfo.HasPreviousPage, rows.PageInfo.HasNextPage)
		}
		const down = "orderBy: {field: NUMBER, direction: DESC}"
		first, text := read("first: 3, " + down)
		if text != "4 3 2 false true" {
			t.Fatalf("the last rows are %s", text)
		}
		if first.Edges[0].Node.ID == "" || first.Edges[0].Node.ID == first.Edges[1].Node.ID {
			t.Errorf("ids %+v", first.Edges)
		}
		after := fmt.Sprintf("after: %q, ", first.PageInfo.EndCursor)
		for args, want := range map[string]string{
			"first: 3, " + after + down: "1 true false",
			"last: 2, " + down:          "2 1 true false",
			"first: 9":                  "1 2 3 4 false false",
			fmt.Sprintf("last: 1, before: %q, %s", first.Edges[1].Cursor, down): "4 false true",
		} {
			if _, text := read(args); text != want {
				t.Errorf("rows(%s): %s, want %s", args, text, want)
			}
		}
		a := k.Ask(token, `query($id: ID!) { node(id: $id) { ... on Import { rows(first: 1, `+after+
			`orderBy: {field: NUMBER}) { edges { cursor } } } } }`, map[string]any{"id": id})
		if a.Code() != "BAD_USER_INPUT" {
			t.Errorf("a cursor of the other order: %+v", a)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// An input of which one field is allowed says so in the schema, and two fields are refused, in a
// literal and in variables.
func TestOneOfSeveralFieldsIsTaken(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		for _, name := range []string{"PlanInput", "ImportContentInput"} {
			if served().Types[name].Directives.ForName("oneOf") == nil {
				t.Errorf("%s is not @oneOf", name)
			}
		}
		var out struct {
			Type struct{ IsOneOf bool } `json:"__type"`
		}
		k.Must(token, `{ __type(name: "PlanInput") { isOneOf } }`, nil, &out)
		if !out.Type.IsOneOf {
			t.Error("introspection does not tell of @oneOf")
		}
		const create = `mutation($i: CreateImportInput!) { createImport(input: $i) { import { id } } }`
		for what, content := range map[string]any{"nothing": map[string]any{},
			"null": map[string]any{"text": nil}} {
			a := k.Ask(token, create, map[string]any{"i": map[string]any{
				"workspaceId": p.Workspace.ID, "action": "INVITE", "content": content}})
			if a.Code() != "BAD_USER_INPUT" {
				t.Errorf("%s: %+v", what, a)
			}
		}
		invite := map[string]any{"workspaceId": p.Workspace.ID, "emails": []string{"a@x.test"}}
		a := k.Ask(token, `query($p: PlanInput!) { plan(input: $p) { emailCount } }`,
			map[string]any{"p": map[string]any{"invite": invite,
				"create": map[string]any{"workspaceId": p.Workspace.ID, "email": "b@x.test"}}})
		if a.Code() != "BAD_USER_INPUT" {
			t.Errorf("two operations: %+v", a)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
