package graph_test

import (
	"testing"

	"usher/internal/apptest"
	"usher/internal/fastgql"
)

// budget is how many allocations an answer to one of the console's queries may cost, reading
// included, of the workspace that this test furnishes. gqlgen alone takes more than twice as many
// for a list.
var budget = map[string]float64{
	"members": 5000, "invitations": 13400, "one member": 2000, "groups": 3200, "sessions": 1950,
	"join links": 3600, "join requests": 2250,
	"imports": 3400, "rows of an import": 2700, "audit events": 5050, "viewer": 2150,
}

// alone: others would be counted too
func TestTheConsolesQueriesKeepToTheirAllocations(t *testing.T) {
	k := apptest.New(t, "sqlite", apptest.WithoutWorker)
	c, variables := furnished(t, k)
	c.grow(t, 9)
	token := k.SignIn("admin@acme.test", apptest.Password)
	for _, q := range console {
		stock := testing.AllocsPerRun(5, func() {
			posted(t, fastgql.Without(t.Context()), k, token, q.query, variables)
		})
		fast := testing.AllocsPerRun(5, func() {
			posted(t, t.Context(), k, token, q.query, variables)
		})
		t.Logf("%s: %.0f allocations, %.0f by gqlgen alone", q.name, fast, stock)
		if fast > budget[q.name] {
			t.Errorf("%s: %.0f allocations, and %.0f are enough; %.0f by gqlgen alone", q.name,
				fast, budget[q.name], stock)
		}
	}
}
