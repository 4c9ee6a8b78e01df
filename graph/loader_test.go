package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"usher/internal/apptest"
)

// Fields of a page, and edges to one row, may have aliases: alone, twice, and with different
// selections, whose columns are then read together.
func TestAliasesChangeNoAnswer(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		_, variables := furnished(t, k)
		token := k.SignIn("admin@acme.test", apptest.Password)
		ask := func(query string) string {
			t.Helper()
			values := map[string]any{}
			for name, v := range variables {
				if strings.Contains(query, "$"+name) {
					values[name] = v
				}
			}
			a := k.Ask(token, query, values)
			if a.Code() != "" {
				t.Fatalf("%s\n%s", query, a.Body)
			}
			return a.Body
		}
		const members = `{ workspace(slug: "acme") { members(first: 3) `
		for name, c := range map[string]struct{ aliased, plain, renames string }{
			"edges": {members + `{ rows: edges { node { id } } } } }`,
				members + `{ edges { node { id } } } } }`, "rows=edges"},
			"node": {members + `{ edges { row: node { id user { email } } } } } }`,
				members + `{ edges { node { id user { email } } } } } }`, "row=node"},
			"totalCount and pageInfo": {
				members + `{ n: totalCount at: pageInfo { end: endCursor } } } }`,
				members + `{ totalCount pageInfo { endCursor } } } }`,
				"n=totalCount at=pageInfo end=endCursor"},
			"rows of an import": {
				`query($import: ID!) { node(id: $import) { ... on Import { rows(first: 2) {
					n: totalCount all: edges { row: node { number } } at: pageInfo { endCursor } } } } }`,
				`query($import: ID!) { node(id: $import) { ... on Import { rows(first: 2) {
					totalCount edges { node { number } } pageInfo { endCursor } } } } }`,
				"n=totalCount all=edges row=node at=pageInfo"},
		} {
			aliased := ask(c.aliased)
			for rename := range strings.FieldsSeq(c.renames) {
				from, to, _ := strings.Cut(rename, "=")
				aliased = strings.ReplaceAll(aliased, fmt.Sprintf("%q:", from),
					fmt.Sprintf("%q:", to))
			}
			if plain := ask(c.plain); aliased != plain {
				t.Errorf("%s:\n%s\n%s", name, aliased, plain)
			}
		}

		// An alias of one selection may be another field in the other.
		for name, query := range map[string]string{
			"edges twice": members + `{ a: edges { node { x: id } }
				b: edges { node { x: status user { x: email } } } } } }`,
			"node twice": members + `{ edges { a: node { x: id }
				b: node { x: status user { x: email } } } } } }`,
			"user twice": members + `{ edges { node { a: user { x: id }
				b: user { x: email } user { firstName } } } } } }`,
			"user twice, by a fragment": members + `{ edges { node { a: user { x: id } ...who } } } } }
				fragment who on Member { b: user { x: email } user { firstName } }`,
			"user of a node twice": `query($member: ID!) { node(id: $member) { ... on Member {
				a: user { x: id } b: user { x: email } user { firstName } } } }`,
		} {
			body := ask(query)
			for _, want := range []string{`"x":"`, `"x":"member3@example.org"`} {
				if strings.Contains(query, "$member") {
					want = `"x":"`
				}
				if !strings.Contains(body, want) || strings.Contains(body, `"x":""`) ||
					strings.Contains(body, `"x":null`) {
					t.Errorf("%s: %s", name, body)
				}
			}
		}
	}, apptest.WithoutWorker)
}

// Every list tells its place and its number without its rows, as a client asks that loops while
// there is a next page, or that shows a number alone.
func TestPageInfoIsRightWithoutEdges(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		_, variables := furnished(t, k)
		token := k.SignIn("admin@acme.test", apptest.Password)
		for _, list := range append(listsOf("Workspace"), "rows") {
			t.Run(list, func(t *testing.T) {
				ask := func(fields string) map[string]any {
					t.Helper()
					query, values := `{ workspace(slug: "acme") { `+list+`(first: 1) { `+fields+
						` } } }`, map[string]any(nil)
					if list == "rows" {
						query = `query($import: ID!) { workspace: node(id: $import) {
							... on Import { rows(first: 1) { ` + fields + ` } } } }`
						values = map[string]any{"import": variables["import"]}
					}
					var out struct {
						Workspace map[string]map[string]any
					}
					k.Must(token, query, values, &out)
					return out.Workspace[list]
				}
				const info = `pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`
				want := ask(`totalCount ` + info + ` edges { cursor node { __typename } }`)
				if want["totalCount"].(float64) == 0 {
					t.Fatal("the list is empty")
				}
				if edge := want["edges"].([]any)[0].(map[string]any); edge["cursor"] !=
					want["pageInfo"].(map[string]any)["endCursor"] {
					t.Errorf("cursor %v, page %v", edge["cursor"], want["pageInfo"])
				}
				for _, fields := range []string{info, `totalCount ` + info,
					info + ` edges @include(if: false) { cursor }`, `totalCount`} {
					got := ask(fields)
					for name, v := range got {
						if a, b := compact(t, v), compact(t, want[name]); a != b {
							t.Errorf("%s: %s is %s, want %s", fields, name, a, b)
						}
					}
				}
			})
		}
	}, apptest.WithoutWorker)
}

func compact(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// listsOf lists the connections of a type.
func listsOf(of string) (names []string) {
	for _, f := range served().Types[of].Fields {
		if strings.HasSuffix(f.Type.Name(), "Connection") {
			names = append(names, f.Name)
		}
	}
	return names
}

// A cursor selects rows by a value of its own order. In another list or order it would select rows
// that have nothing to do with it.
func TestACursorIsRefusedElsewhere(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		_, variables := furnished(t, k)
		token := k.SignIn("admin@acme.test", apptest.Password)
		cursorOf := func(list string) string {
			t.Helper()
			var out struct {
				Workspace map[string]struct{ PageInfo struct{ EndCursor string } }
			}
			k.Must(token, `{ workspace(slug: "acme") { `+list+` { pageInfo { endCursor } } } }`, nil,
				&out)
			name, _, _ := strings.Cut(list, "(")
			return out.Workspace[name].PageInfo.EndCursor
		}
		byName := cursorOf(`members(first: 1, orderBy: {field: NAME})`)
		byJoining := cursorOf(`members(first: 1)`)
		groups := cursorOf(`groups(first: 1)`)
		for name, query := range map[string]string{
			"no cursor": `{ workspace(slug: "acme") { members(first: 1, after: "bad") { totalCount } } }`,
			"no cursor, below": `query($member: ID!) { node(id: $member) { ... on Member {
				workspace { groups(first: 1, before: "bad") { totalCount } } } } }`,
			"of another list":  `{ workspace(slug: "acme") { members(first: 1, after: "` + groups + `") { edges { node { id } } } } }`,
			"of another order": `{ workspace(slug: "acme") { members(first: 1, after: "` + byName + `") { edges { node { id } } } } }`,
			"of the default order": `{ workspace(slug: "acme") { members(first: 1, after: "` + byJoining +
				`", orderBy: {field: NAME}) { edges { node { id } } } } }`,
			"of the other direction": `{ workspace(slug: "acme") { members(last: 1, before: "` + byName +
				`", orderBy: {field: NAME, direction: DESC}) { edges { node { id } } } } }`,
			"of a list with rows of another kind": `query($import: ID!) { node(id: $import) { ... on Import {
				rows(first: 1, after: "` + groups + `") { totalCount } } } }`,
		} {
			values := map[string]any{}
			for _, v := range []string{"member", "import"} {
				if strings.Contains(query, "$"+v) {
					values[v] = variables[v]
				}
			}
			a := k.Ask(token, query, values)
			if a.Code() != "BAD_USER_INPUT" || !strings.Contains(a.Body, `"field":"after"`) &&
				!strings.Contains(a.Body, `"field":"before"`) {
				t.Errorf("%s: %q: %s", name, a.Code(), a.Body)
			}
		}
		// The default order is an order like the others.
		if a := k.Ask(token, `{ workspace(slug: "acme") { members(first: 1, after: "`+byJoining+
			`", orderBy: {field: JOINED_AT, direction: DESC}) { totalCount } } }`, nil); a.Code() != "" {
			t.Errorf("the default order, named: %s", a.Body)
		}
	}, apptest.WithoutWorker)
}
