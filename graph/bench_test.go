package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"usher/internal/app"
	"usher/internal/apptest"
	"usher/internal/fastgql"
	"usher/internal/testkit/probe"
)

// BenchmarkMemberPage asks for members through the whole handler, sign-in included, eight at a
// time: fifty from a random place of the list (page), fifty from its far end (deep), the first
// fifty that a search finds (search), and one by its id (one), each with all that the console
// shows. Four ways answer: the server as it runs (fast), gqlgen without the fast path (gqlgen), a
// handler written by hand over the same rows (plain), and on PostgreSQL one statement that makes
// the whole answer, for nobody in particular (one-statement): the floor. All are called in this
// process, without a network between them and the client. Before anything is measured they have to
// answer the same.
//
// It prints rates, latencies, processor time of this process (the database's own is not in it),
// memory and statements; after each size on PostgreSQL how the server compares, after the last how
// its latency grew. `make bench BENCH=MemberPage` is the whole of it: ten thousand, a hundred
// thousand and a million members on PostgreSQL, ten thousand on SQLite, in some six minutes, of
// which filling the million takes one or two. BENCH_MEMBERS=10000 beside it is a short run, several
// numbers are separated by commas. The ratios are of rates that were measured in turns, the other
// figures of one way after the other.
func BenchmarkMemberPage(b *testing.B) {
	app.TuneCollector() // as the server does
	for _, kind := range []string{"sqlite", "postgres"} {
		var runs []figures
		for _, n := range sizes(b, kind) {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				runs = append(runs, memberPages(b, kind, n))
			})
		}
		if len(runs) > 1 {
			b.Run(kind+"/growth", func(b *testing.B) { grown(b, runs[0], runs[len(runs)-1]) })
		}
	}
}

// sizes are how many members the benchmarks are run with on a kind of database; BENCH_MEMBERS names
// others.
func sizes(b *testing.B, kind string) (list []int) {
	b.Helper()
	asked := os.Getenv("BENCH_MEMBERS")
	switch {
	case asked == "" && kind == "postgres":
		asked = "10000,100000,1000000"
	case asked == "":
		asked = "10000"
	}
	for size := range strings.SplitSeq(asked, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1000 {
			b.Fatalf("BENCH_MEMBERS: %q is no number of members from 1000", size)
		}
		list = append(list, n)
	}
	return list
}

// way is one of the ways to answer; it answers the request of a kind at i.
type way struct {
	name string
	ask  func(ctx context.Context, w *wish, i int) string
}

func memberPages(b *testing.B, kind string, n int) figures {
	k := apptest.New(b, kind, apptest.WithoutWorker, apptest.WithoutMail)
	p := k.Found("Acme", "acme")
	wishes := choose(b, populate(b, p, n))
	hand := byHand(b, k, p.Workspace.ID)
	token := k.SignIn("admin@acme.test", apptest.Password)
	send := func(h http.Handler, r *http.Request) string {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Body.String()
	}
	query := func(ctx context.Context, w *wish, i int) string {
		return send(k.Handler, httptest.NewRequestWithContext(ctx, "POST", "/graphql",
			bytes.NewReader(w.bodies[i])))
	}
	ways := []way{
		{"fast", query},
		{"gqlgen", func(ctx context.Context, w *wish, i int) string {
			return query(fastgql.Without(ctx), w, i)
		}},
		{"plain", func(ctx context.Context, w *wish, i int) string {
			return send(hand, httptest.NewRequestWithContext(ctx, "GET", w.paths[i], nil))
		}},
	}
	if kind == "postgres" {
		ways = append(ways, way{"one-statement", func(ctx context.Context, w *wish, i int) string {
			return hand.floor(ctx, w.name, w.args[i])
		}})
	}
	got, of := figures{}, map[string]map[string]float64{}
	for _, w := range wishes {
		agree(b, ways, w)
		of[w.name] = rates(b, ways, w)
		for _, way := range ways {
			b.Run(w.name+"/"+way.name, func(b *testing.B) {
				ctx, statements := probe.CountStatements(b.Context())
				before := hand.asked.Load()
				way.ask(ctx, w, 0)
				asked := statements.Load() + hand.asked.Load() - before
				got[w.name+"/"+way.name] = load(b, func(i int) bool {
					return strings.Contains(way.ask(b.Context(), w, i%len(w.args)), "@example.org")
				})
				b.ReportMetric(float64(asked), "statements")
			})
		}
	}
	compare(b, of)
	return got
}

var emails = regexp.MustCompile(`"email" ?: ?"[^"]*"`)

// agree fails unless all ways answer some requests with the same people in the same order, and all
// but the floor, whose answer has another form, with the same of each. It asks more than five
// times: from the sixth on PostgreSQL may keep a plan.
func agree(b *testing.B, ways []way, w *wish) {
	b.Helper()
	for i := range 8 {
		want := ways[0].ask(b.Context(), w, i)
		found := emails.FindAllString(want, -1)
		if len(found) != w.people {
			b.Fatalf("%s: %d people, want %d: %.600s", w.name, len(found), w.people, want)
		}
		for _, way := range ways[1:] {
			got := way.ask(b.Context(), w, i)
			them := strings.ReplaceAll(strings.Join(emails.FindAllString(got, -1), " "),
				`" : "`, `":"`)
			if them != strings.Join(found, " ") || way.name != "one-statement" &&
				meaning(b, got) != meaning(b, want) {
				b.Fatalf("%s: %s and %s answer differently\n%.900s\n%.900s", w.name, way.name,
					ways[0].name, got, want)
			}
		}
	}
}

// meaning is what an answer tells, in a form of its own: nobody asked for an order of the roles.
func meaning(b *testing.B, answer string) string {
	b.Helper()
	var a handAnswer
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		b.Fatalf("%v: %.600s", err, answer)
	}
	members := []*handMember{a.Data.Node}
	if a.Data.Workspace != nil {
		members = nil
		for _, e := range a.Data.Workspace.Members.Edges {
			members = append(members, e.Node)
		}
	}
	for _, m := range members {
		slices.SortFunc(m.Held, func(x, y handHeld) int {
			return strings.Compare(x.Role.Key+x.Group.Name, y.Role.Key+y.Group.Name)
		})
	}
	out, err := json.Marshal(&a)
	if err != nil {
		b.Fatal(err)
	}
	return string(out)
}
