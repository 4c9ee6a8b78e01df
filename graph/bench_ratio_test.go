package graph_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// figures are the medians of a database's answers in milliseconds, by "request/way".
type figures map[string]float64

// What PostGraphile 5.1.5 answered in a second in a workspace of a hundred thousand, by request, on
// a machine on which the page as one statement was answered 2,253 times a second, all with eight
// clients (measured 2026-11-21). On another machine, or a busy one, it is taken to be as much
// slower as that statement is. It was asked over HTTP, which this benchmark leaves out: the
// comparison is kinder to us by what a connection costs.
var (
	postGraphile      = map[string]float64{"page": 608, "search": 772, "one": 3249}
	postGraphileFloor = 2253.0
)

// rates are how often a second each way answers a request of a kind. The ways take turns, so that
// whatever else the machine does slows all of them alike.
func rates(b *testing.B, ways []way, w *wish) map[string]float64 {
	b.Helper()
	const rounds, turn, clients = 8, 200 * time.Millisecond, 8
	got := map[string]float64{}
	for range rounds {
		for _, way := range ways {
			if way.name == "gqlgen" {
				continue
			}
			var next atomic.Int64
			var wait sync.WaitGroup
			begun := time.Now()
			for range clients {
				wait.Go(func() {
					for time.Since(begun) < turn {
						way.ask(b.Context(), w, int(next.Add(1))%len(w.args))
					}
				})
			}
			wait.Wait()
			got[way.name] += float64(next.Load()) / time.Since(begun).Seconds() / rounds
		}
	}
	return got
}

// compare prints in one line what the server's rates are beside those of the others.
func compare(b *testing.B, of map[string]map[string]float64) {
	b.Run("ratios", func(b *testing.B) {
		b.ReportMetric(0, "ns/op") // nothing is timed here
		floor := of["page"]["one-statement"]
		for request, rate := range of {
			b.ReportMetric(rate["fast"]/rate["plain"], request+":of-plain")
			if theirs := postGraphile[request]; theirs > 0 && floor > 0 { // not on SQLite
				b.ReportMetric(rate["fast"]/(theirs*floor/postGraphileFloor),
					request+":times-PostGraphile")
			}
		}
	})
}

// grown prints how much longer the server's answers take in the largest workspace than in the
// smallest.
func grown(b *testing.B, smallest, largest figures) {
	b.ReportMetric(0, "ns/op")
	for _, request := range []string{"page", "deep", "search", "one"} {
		if from, to := smallest[request+"/fast"], largest[request+"/fast"]; from > 0 && to > 0 {
			b.ReportMetric(to/from, request+":p50-growth")
		}
	}
}
