package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/role"
	"usher/internal/fastgql"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/testkit/usherkit"
)

// The page of the list of members: fifty, from a random place, with all that the console shows of them.
const memberPage = `query($after: String) { workspace(slug: "acme") { members(first: 50, after: $after) { pageInfo { hasNextPage endCursor } edges { node {
	id status joinedAt user { id email firstName lastName } groups { id name } orgUnit { name } roleAssignments { role { key name } group { name } } } } } } }`

// BenchmarkMemberPage asks for pages through the whole handler, sign-in included, eight at a time: with the fast path, by
// gqlgen alone, and a plain handler by hand over the same rows. On PostgreSQL also the page as one statement, which is the
// floor. It prints rates, latencies, processor time of the process (the database's own is not in it), and statements.
// BENCH_MEMBERS says how many members there are, 10000 by default; several are separated by commas.
func BenchmarkMemberPage(b *testing.B) {
	for _, n := range sizes(b) {
		for _, kind := range []string{"sqlite", "postgres"} {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) { memberPages(b, kind, n) })
		}
	}
}

// sizes are how many members the benchmarks are run with.
func sizes(b *testing.B) (list []int) {
	b.Helper()
	asked := os.Getenv("BENCH_MEMBERS")
	if asked == "" {
		asked = "10000"
	}
	for size := range strings.SplitSeq(asked, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

func memberPages(b *testing.B, kind string, n int) {
	k := usherkit.New(b, kind, usherkit.WithoutWorker, usherkit.WithoutMail)
	p := k.Found("Acme", "acme")
	cursors := populate(b, p, n)
	token := k.SignIn("admin@acme.test", usherkit.Password)
	bodies := make([][]byte, len(cursors))
	for i, c := range cursors {
		var text strings.Builder
		c.MarshalGQL(&text)
		bodies[i], _ = json.Marshal(map[string]any{"query": memberPage, "variables": map[string]any{"after": strings.Trim(text.String(), `"`)}})
	}
	through := func(change func(context.Context) context.Context) func(ctx context.Context, i int) string {
		return func(ctx context.Context, i int) string {
			r := httptest.NewRequestWithContext(change(ctx), "POST", "/graphql", bytes.NewReader(bodies[i%len(bodies)]))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			k.Handler.ServeHTTP(w, r)
			return w.Body.String()
		}
	}
	as := func(ctx context.Context) context.Context { return ctx }
	hand := byHand(b, k, p.Workspace.ID)
	ways := []struct {
		name string
		ask  func(ctx context.Context, i int) string
	}{
		{"fast", through(as)}, {"gqlgen", through(fastgql.Without)},
		{"plain", func(ctx context.Context, i int) string {
			if _, err := k.Accounts.Caller(ctx, token); err != nil {
				b.Error(err)
			}
			return hand.page(ctx, cursors[i%len(cursors)])
		}},
	}
	if kind == "postgres" {
		ways = append(ways, struct {
			name string
			ask  func(ctx context.Context, i int) string
		}{"one-statement", func(ctx context.Context, i int) string { return hand.floor(ctx, cursors[i%len(cursors)]) }})
	}
	want := strings.Count(ways[0].ask(b.Context(), 0), `"email":`)
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			ctx, statements := store.CountStatements(b.Context())
			if got := way.ask(ctx, 0); strings.Count(got, `"email":`) != want || want != 50 || strings.Contains(got, `"errors":[{`) {
				b.Fatalf("a page of %d members: %.600s", strings.Count(got, `"email":`), got)
			}
			asked := float64(statements.Load())
			load(b, way.ask)
			b.ReportMetric(asked, "statements")
		})
	}
}

// load asks b.N times, eight at a time.
func load(b *testing.B, ask func(ctx context.Context, i int) string) {
	const clients = 8
	var next atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	var wait sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	cpu, begun := processor(), time.Now()
	for range clients {
		wait.Go(func() {
			var own []time.Duration
			for i := int(next.Add(1)); i <= b.N; i = int(next.Add(1)) {
				from := time.Now()
				ask(b.Context(), i)
				own = append(own, time.Since(from))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	wait.Wait()
	all, used := time.Since(begun), processor()-cpu
	b.StopTimer()
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(float64(b.N)/all.Seconds(), "req/s")
	b.ReportMetric(at(0.50), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(float64(used.Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// processor is the processor time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// populate puts members into a workspace, each in two of 500 groups with a role in each, most in one of 200 org units, and
// returns the cursors of a hundred of them.
func populate(b *testing.B, p *usherkit.Place, n int) (cursors []*ent.Cursor) {
	b.Helper()
	at := p.Clock.Now().UTC().Truncate(time.Second).Add(-time.Duration(n) * time.Second)
	roles := p.Store.Role.Query().Where(role.BuiltIn(true)).AllX(p.In())
	var groups, units []ident.ID
	workspace := p.Workspace.ID
	write := func(fill func(rows map[string]*store.Bulk)) {
		rows := map[string]*store.Bulk{
			"groups":    {Table: "groups", Columns: []string{"id", "created_at", "updated_at", "name", "visibility", "workspace_id"}},
			"org_units": {Table: "org_units", Columns: []string{"id", "created_at", "updated_at", "name", "workspace_id"}},
			"users":     {Table: "users", Columns: []string{"id", "created_at", "updated_at", "email", "email_key", "first_name", "last_name"}},
			"members": {Table: "members", Columns: []string{"id", "created_at", "updated_at", "status", "labels", "custom_fields", "joined_at",
				"joined_via", "email_key", "sort_name", "first_key", "workspace_id", "user_id", "org_unit_id"}},
			"role_assignments": {Table: "role_assignments", Columns: []string{"id", "place_id", "created_at", "workspace_id", "member_id", "role_id", "group_id"}},
		}
		fill(rows)
		ctx := store.AsSystem(b.Context(), "a benchmark prepares")
		err := p.Store.WithTx(ctx, func(tx *store.Tx) error {
			for _, table := range []string{"groups", "org_units", "users", "members", "role_assignments"} {
				if err := tx.Insert(ctx, rows[table]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	write(func(rows map[string]*store.Bulk) {
		for i := range 500 {
			groups = append(groups, ident.New(ident.Group))
			rows["groups"].Add(groups[i], at, at, fmt.Sprintf("Group %03d", i), "PRIVATE", workspace)
		}
		for i := range 200 {
			units = append(units, ident.New(ident.OrgUnit))
			rows["org_units"].Add(units[i], at, at, fmt.Sprintf("Unit %03d", i), workspace)
		}
	})
	for from := 0; from < n; from += 5000 {
		write(func(rows map[string]*store.Bulk) {
			for i := from; i < min(n, from+5000); i++ {
				user, member, joined := ident.New(ident.User), ident.New(ident.Member), at.Add(time.Duration(i)*time.Second)
				email := fmt.Sprintf("member%d@example.org", i)
				rows["users"].Add(user, joined, joined, email, email, fmt.Sprintf("First%d", i), fmt.Sprintf("Last%d", i))
				var unit any
				if i%10 > 0 {
					unit = units[i%len(units)]
				}
				status, labels := "ACTIVE", "[]"
				if i%1000 == 7 { // few, and far apart
					status, labels = "DEACTIVATED", `["rare"]`
				}
				rows["members"].Add(member, joined, joined, status, labels, "{}", joined, "INVITED", email, fmt.Sprintf("last%d", i), fmt.Sprintf("first%d", i),
					workspace, user, unit)
				for j := range 2 {
					group := groups[(i*7+j*131)%len(groups)]
					rows["role_assignments"].Add(ident.New(ident.RoleAssignment), group, joined, workspace, member, roles[(i+j)%len(roles)].ID, group)
				}
				if i%max(n/100, 1) == 0 && i > 60 { // from where a whole page follows
					cursors = append(cursors, &ent.Cursor{ID: member, Value: joined})
				}
			}
		})
	}
	if _, err := p.Store.DB().Exec("ANALYZE"); err != nil {
		b.Fatal(err)
	}
	return cursors
}
