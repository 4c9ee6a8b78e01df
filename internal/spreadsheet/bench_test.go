package spreadsheet

import (
	"io"
	"testing"
)

func benchmarkWrite(b *testing.B, f Format) {
	const n = 100_000
	row := []string{"Dupont", "Jean-François", "jean.dupont@example.org", "new|paris", "1", "",
		"fr", "Floor 3, left", "Sales / North|Everyone"}
	b.ReportAllocs()
	for b.Loop() {
		w, err := NewWriter(io.Discard, f, ',', "People", row)
		for i := 0; i < n && err == nil; i++ {
			err = w.Write(row)
		}
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWriteCSV(b *testing.B) { benchmarkWrite(b, CSV) }

func BenchmarkWriteXLSX(b *testing.B) { benchmarkWrite(b, XLSX) }
