package importfile

import (
	"bytes"
	"io"
	"testing"

	"usher/internal/spreadsheet"
)

func benchmarkRead(b *testing.B, f spreadsheet.Format) {
	const n = 100_000
	content := people(b, f, n)
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Open(bytes.NewReader(content), int64(len(content)), Options{})
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for ; err == nil; rows++ {
			_, err = r.Next()
		}
		if err != io.EOF || rows-1 != n {
			b.Fatal(rows, err)
		}
		_ = r.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkReadCSV(b *testing.B) { benchmarkRead(b, spreadsheet.CSV) }

func BenchmarkReadXLSX(b *testing.B) { benchmarkRead(b, spreadsheet.XLSX) }
