package graph_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

// What the console shows of a member, and the three queries for it.
const (
	memberRow = `id status joinedAt user { id email firstName lastName } groups { id name } orgUnit { name }
		roleAssignments { role { key name } group { name } }`
	memberRows   = `pageInfo { hasNextPage endCursor } edges { node { ` + memberRow + ` } }`
	memberPage   = `query($after: String) { workspace(slug: "acme") { members(first: 50, after: $after) { ` + memberRows + ` } } }`
	memberSearch = `query($search: String) { workspace(slug: "acme") { members(first: 50, filter: {search: $search}) { ` + memberRows + ` } } }`
	oneMember    = `query($id: ID!) { node(id: $id) { ... on Member { ` + memberRow + ` } } }`
)

// wish is one kind of request, a thousand of them, in the form that each way takes.
type wish struct {
	name   string
	people int      // in an answer
	bodies [][]byte // for the API
	paths  []string // for the plain handler
	args   [][]any  // for the one statement
}

func (w *wish) add(query, variable, value string, args ...any) {
	body, _ := json.Marshal(
		map[string]any{"query": query, "variables": map[string]any{variable: value}})
	w.bodies = append(w.bodies, body)
	w.paths = append(w.paths, "/members?"+url.Values{variable: {value}}.Encode())
	w.args = append(w.args, args)
}

// choose makes the requests: at random, the same in every run, and so many that a large list is not
// asked for a few pages only, which the database would soon have at hand.
func choose(b *testing.B, c *populated) []*wish {
	b.Helper()
	n, random := len(c.ids), rand.New(rand.NewPCG(6, 6))
	anywhere, deep := &wish{name: "page", people: 50}, &wish{name: "deep", people: 50}
	search, one := &wish{name: "search", people: 50}, &wish{name: "one", people: 1}
	for range 1000 {
		// The list starts with who came last, and 51 are left behind the cursor.
		for w, at := range map[*wish]int{anywhere: 51 + random.IntN(n-51),
			deep: 51 + random.IntN(max(n/50-51, 50))} {
			cursor := c.cursor(at)
			var text strings.Builder
			cursor.MarshalGQL(&text)
			w.add(memberPage, "after", strings.Trim(text.String(), `"`), cursor.Value, cursor.ID)
		}
		// So many digits that 111 numbers below n begin with them, whatever n is.
		beginning := fmt.Sprint("member", n/1000+random.IntN(n/100-n/1000))
		search.add(memberSearch, "search", beginning, beginning, beginning+"\U0010ffff")
		id := c.ids[random.IntN(n)]
		one.add(oneMember, "id", id.String(), id)
	}
	return []*wish{anywhere, deep, search, one}
}
