package graph_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// figures are the medians of a database's answers in milliseconds, by "request/way".
type figures map[string]float64

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

// compare prints in one line the server's rates beside those of the plain handler, which were
// measured in turns with them. `make bench-peers` compares with other servers, over HTTP.
func compare(b *testing.B, of map[string]map[string]float64) {
	b.Run("ratios", func(b *testing.B) {
		b.ReportMetric(0, "ns/op") // nothing is timed here
		for request, rate := range of {
			b.ReportMetric(rate["fast"]/rate["plain"], request+":of-plain")
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
