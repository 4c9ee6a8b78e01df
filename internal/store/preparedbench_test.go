package store

import "testing"

// BenchmarkStatement reads a row by its primary key, on one connection.
func BenchmarkStatement(b *testing.B) {
	for name, empty := range empties {
		url := empty(b)
		for kind, options := range map[string][]Option{"prepared": nil,
			"unprepared": {Unprepared}} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				s := things(b, url, options...)
				c, query := session(b, s), s.text("SELECT id, text FROM thing WHERE id = ?")
				b.ReportAllocs()
				for n := 0; b.Loop(); n++ {
					var id int
					var text string
					if err := c.QueryRowContext(b.Context(), query, n%1000).
						Scan(&id, &text); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/read")
			})
		}
	}
}
