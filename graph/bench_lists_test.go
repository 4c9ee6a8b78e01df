package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/internal/apptest"
)

// listed asks for fifty members with what a row of the console's list shows.
const listed = `{ workspace(slug: "acme") { members(first: 50%s) { pageInfo { hasNextPage endCursor } edges { node {
	id status joinedAt labels user { email firstName lastName } orgUnit { name } } } } } }`

// BenchmarkMemberLists asks for lists of members on PostgreSQL, one after the other, through the
// whole handler, sign-in included: searches by their beginning, filters, orders. It prints the
// median and the slowest of each. The promise is 50 ms at a million members (quality.md);
// BENCH_MEMBERS names other sizes.
func BenchmarkMemberLists(b *testing.B) {
	for _, n := range sizes(b, "postgres") {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			k := apptest.New(b, "postgres", apptest.WithoutWorker, apptest.WithoutMail)
			p := k.Found("Acme", "acme")
			populate(b, p, n)
			token := k.SignIn("admin@acme.test", apptest.Password)
			g := p.Store.Group.Query().Where(group.Name("Group 100")).OnlyX(p.In()).ID.String()
			u := p.Store.OrgUnit.Query().Where(orgunit.Name("Unit 101")).OnlyX(p.In()).ID.String()
			for _, list := range []struct{ name, args string }{
				{"newest", ``}, {"by-name", `, orderBy: {field: NAME, direction: ASC}`},
				{"one-by-email", `, filter: {search: "member4321@"}`},
				{"many-by-email", `, filter: {search: "m"}`},
				{"some-by-last-name", `, filter: {search: "last77"}`}, {"some-by-first-name",
					`, filter: {search: "first77"}`}, {"nobody", `, filter: {search: "zzz"}`},
				{"some-by-name-in-order",
					`, filter: {search: "last7"}, orderBy: {field: NAME, direction: ASC}`},
				{"some-who-came-together", `, filter: {search: "member77"}`},
				{"some-who-came-together-by-name",
					`, filter: {search: "member77"}, orderBy: {field: NAME, direction: ASC}`},
				{"deactivated", `, filter: {status: [DEACTIVATED]}`},
				{"label", `, filter: {label: "rare"}`},
				{"no-such-label", `, filter: {label: "none"}`},
				{"group", `, filter: {groupId: "` + g + `"}`},
				{"unit", `, filter: {orgUnitId: "` + u + `"}`},
				{"unit-and-search", `, filter: {orgUnitId: "` + u + `", search: "last9"}`},
			} {
				b.Run(list.name, func(b *testing.B) {
					body, _ := json.Marshal(map[string]any{"query": fmt.Sprintf(listed, list.args)})
					var took []time.Duration
					for b.Loop() {
						r := httptest.NewRequestWithContext(b.Context(), "POST", "/graphql",
							bytes.NewReader(body))
						r.Header.Set("Content-Type", "application/json")
						r.Header.Set("Authorization", "Bearer "+token)
						w, begun := httptest.NewRecorder(), time.Now()
						k.Handler.ServeHTTP(w, r)
						took = append(took, time.Since(begun))
						if strings.Contains(w.Body.String(), `"errors"`) {
							b.Fatal(w.Body.String())
						}
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
					b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
				})
			}
		})
	}
}
