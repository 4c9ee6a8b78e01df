package graph_test

import "testing"

// figure is what the ratios take of one measurement; figures are those of a database, by "request/way".
type (
	figure  struct{ rate, p50 float64 } // requests a second, milliseconds
	figures map[string]figure
)

// What PostGraphile 5.1.5 answered in a second in a workspace of a hundred thousand, by request, on a machine on which the
// page as one statement was answered 2,253 times a second, all with eight clients (measured 2026-11-21). On another machine, or
// a busy one, it is taken to be as much slower as that statement is. It was asked over HTTP, which this benchmark leaves out:
// the comparison is kinder to us by what a connection costs.
var (
	postGraphile      = map[string]float64{"page": 608, "search": 772, "one": 3249}
	postGraphileFloor = 2253.0
)

// compare prints in one line what the server's rates are beside those of the others of the same run, as far as there are any.
func compare(b *testing.B, got figures) {
	floor := got["page/one-statement"].rate
	if floor == 0 {
		return // SQLite, or not all was asked for
	}
	b.Run("ratios", func(b *testing.B) {
		b.ReportMetric(0, "ns/op") // nothing is timed here
		for _, request := range []string{"page", "deep", "search", "one"} {
			fast, plain := got[request+"/fast"].rate, got[request+"/plain"].rate
			if fast == 0 || plain == 0 {
				continue
			}
			b.ReportMetric(fast/plain, request+":of-plain")
			if theirs := postGraphile[request]; theirs > 0 {
				b.ReportMetric(fast/(theirs*floor/postGraphileFloor), request+":times-PostGraphile")
			}
		}
	})
}

// grown prints how much longer the server's answers take in the largest workspace than in the smallest.
func grown(b *testing.B, smallest, largest figures) {
	b.ReportMetric(0, "ns/op")
	for _, request := range []string{"page", "deep", "search", "one"} {
		if from, to := smallest[request+"/fast"].p50, largest[request+"/fast"].p50; from > 0 && to > 0 {
			b.ReportMetric(to/from, request+":p50-growth")
		}
	}
}
