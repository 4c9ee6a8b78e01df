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

	"usher/internal/apptest"
)

// BenchmarkMemberSearch searches 100,000 members, through the whole handler, sign-in included, for
// words that one has, some have, and all have, in every order, with and without a status, the first
// and the last page. For each search it prints the median of the fastest and of the slowest of
// these lists, and which that is. The promise is that no beginning of a word takes more than a few
// milliseconds at the server, whatever number of people it finds.
//
//	make bench BENCH=MemberSearch BENCH_MEMBERS=100000
func BenchmarkMemberSearch(b *testing.B) {
	for _, kind := range []string{"postgres", "sqlite"} {
		for _, n := range sizes(b, kind) {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				k := apptest.New(b, kind, apptest.WithoutWorker, apptest.WithoutMail)
				p := k.Found("Acme", "acme")
				populate(b, p, n)
				token := k.SignIn("admin@acme.test", apptest.Password)
				for _, search := range []struct{ name, text string }{
					{"nobody", "zzz"}, {"one", "member4321@"}, {"address", "member4321@example.org"},
					{"eleven", "last5432"}, {"some", "last77"}, {"thousand", "last7"},
					{"most-that-are-few", "first6 first7"}, {"many", "last1"},
					{"many-who-came-first", "member1"}, {"all", "m"}, {"domain", "example.org"},
					{"one-of-all", "example last54321"}, {"few-of-two-many", "first1 last2"},
					{"none-of-two-many", "first1 last2 member3"},
				} {
					b.Run(search.name, func(b *testing.B) { searchEveryWay(b, k, token, search.text) })
				}
			})
		}
	}
}

// searchEveryWay measures the lists of one search.
func searchEveryWay(b *testing.B, k *apptest.Kit, token, search string) {
	type way struct {
		args string
		took []time.Duration
	}
	var ways []*way
	for _, status := range []string{"", ", status: [ACTIVE]", ", status: [DEACTIVATED]"} {
		for _, order := range []string{"JOINED_AT", "NAME", "CREATED_AT", "UPDATED_AT",
			"ACCESS_EXPIRES_AT"} {
			for _, page := range []string{"first", "last"} {
				ways = append(ways, &way{args: fmt.Sprintf(
					"%s: 50, orderBy: {field: %s, direction: DESC}, filter: {search: %q%s}",
					page, order, search, status)})
			}
		}
	}
	for b.Loop() {
		for _, w := range ways {
			body, _ := json.Marshal(map[string]any{"query": strings.Replace(
				fmt.Sprintf(listed, ""), "first: 50", w.args, 1)})
			r := httptest.NewRequestWithContext(b.Context(), "POST", "/graphql",
				bytes.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			answer, begun := httptest.NewRecorder(), time.Now()
			k.Handler.ServeHTTP(answer, r)
			w.took = append(w.took, time.Since(begun))
			if strings.Contains(answer.Body.String(), `"errors"`) {
				b.Fatal(answer.Body.String())
			}
		}
	}
	median := func(w *way) time.Duration {
		slices.Sort(w.took)
		return w.took[len(w.took)/2]
	}
	slices.SortFunc(ways, func(x, y *way) int { return int(median(x) - median(y)) })
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(median(ways[0])), "fastest-ms")
	b.ReportMetric(ms(median(ways[len(ways)/2])), "median-ms")
	b.ReportMetric(ms(median(ways[len(ways)-1])), "slowest-ms")
	for _, w := range ways[len(ways)-3:] {
		b.Logf("%.1f ms: %s", ms(median(w)), w.args)
	}
}
