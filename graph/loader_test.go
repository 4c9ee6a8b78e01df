package graph_test

import (
	"strings"
	"testing"

	"usher/internal/apptest"
)

// The loader of entgql 0.7 answers some shapes wrongly without a word, and panics over some
// cursors. They are refused in words before anything is read.
func TestWhatTheLoaderGetsWrongIsRefused(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		_, variables := furnished(t, k)
		token := k.SignIn("admin@acme.test", apptest.Password)
		var groups struct {
			Workspace struct {
				Groups struct{ PageInfo struct{ EndCursor string } }
			}
		}
		k.Must(token, `{ workspace(slug: "acme") { groups(first: 1) { pageInfo { endCursor } } } }`,
			nil, &groups)
		others := groups.Workspace.Groups.PageInfo.EndCursor
		for name, query := range map[string]string{
			"edges under another name":     `{ workspace(slug: "acme") { members(first: 1) { rows: edges { node { id } } } } }`,
			"node under another name":      `{ workspace(slug: "acme") { members(first: 1) { edges { row: node { id } } } } }`,
			"the total under another name": `{ workspace(slug: "acme") { members(first: 1) { n: totalCount } } }`,
			"an edge under two names":      `{ workspace(slug: "acme") { members(first: 1) { edges { node { user { email } who: user { firstName } } } } } }`,
			"an edge under two, by a fragment": `{ workspace(slug: "acme") { members(first: 1) { edges { node { user { email } ...who } } } } }
				fragment who on Member { who: user { firstName } }`,
			"an edge under two, of a node": `query($member: ID!) { node(id: $member) { ... on Member { user { email } who: user { firstName } } } }`,
			"a cursor that is none":        `{ workspace(slug: "acme") { members(first: 1, after: "bad") { totalCount } } }`,
			"a cursor that is none, below": `query($member: ID!) { node(id: $member) { ... on Member { workspace { groups(first: 1, before: "bad") { totalCount } } } } }`,
			"the cursor of another list":   `{ workspace(slug: "acme") { members(first: 1, after: "` + others + `") { totalCount edges { node { id } } } } }`,
		} {
			values := map[string]any{}
			if strings.Contains(query, "$member") {
				values["member"] = variables["member"]
			}
			if a := k.Ask(token, query, values); a.Code() != "BAD_USER_INPUT" {
				t.Errorf("%s: %q: %s", name, a.Code(), a.Body)
			}
		}
		// Alone, another name is harmless.
		a := k.Ask(token,
			`{ w: workspace(slug: "acme") { members(first: 1) { edges { node { who: user { email } } } } } }`, nil)
		if !strings.Contains(a.Body, `"who":{"email":"`) {
			t.Errorf("an edge under one other name: %s", a.Body)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
