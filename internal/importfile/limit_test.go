package importfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"usher/internal/spreadsheet"
)

// These tests measure, so they do not run beside others. The bounds leave room for a busy machine;
// what they are there to notice is ten times more.

// growth reads a file and returns how far the live heap rose above what it was before, as sampled
// along the way.
func growth(t *testing.T, content io.ReaderAt, size int64) (rows int, grown int64, err error) {
	t.Helper()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := int64(m.HeapAlloc)
	sample := func() {
		runtime.GC()
		runtime.ReadMemStats(&m)
		grown = max(grown, int64(m.HeapAlloc)-before)
	}
	r, err := Open(content, size, Options{})
	sample()
	if err != nil {
		return 0, grown, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		_, err := r.Next()
		if err != nil {
			sample()
			if err == io.EOF {
				err = nil
			}
			return rows, grown, err
		}
		if rows++; rows%20_000 == 0 {
			sample()
		}
	}
}

// people writes many rows that all differ.
func people(t testing.TB, f spreadsheet.Format, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := spreadsheet.NewWriter(&b, f, ',', "People", []string{"Last name",
		"First name", "E-mail",
		"Labels", "Send credentials", "Password", "Language", "Additional information", "Groups"})
	for i := 0; i < n && err == nil; i++ {
		err = w.Write([]string{fmt.Sprint("Dupont", i), "Jean-François",
			fmt.Sprintf("jean.dupont%d@example.org", i), "new|paris", "1", "", "fr",
			"Floor 3, left", "Sales / North|Everyone"})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestMemoryDoesNotGrowWithTheRows(t *testing.T) {
	for _, f := range []spreadsheet.Format{spreadsheet.CSV, spreadsheet.XLSX} {
		b := people(t, f, spreadsheet.MaxRows)
		began := time.Now()
		rows, grown, err := growth(t, bytes.NewReader(b), int64(len(b)))
		t.Logf("%s: %d rows of %d KiB in %v, heap + %d KiB", f, rows, len(b)>>10, time.Since(began),
			grown>>10)
		if err != nil || rows != spreadsheet.MaxRows || grown > 2<<20 {
			t.Errorf("%s: %d rows, %v, heap + %d KiB", f, rows, err, grown>>10)
		}
	}
}

func TestTheLimitsAreReachedAndNotPassed(t *testing.T) {
	line := "a@example.org\n"
	for _, f := range []spreadsheet.Format{spreadsheet.CSV, spreadsheet.XLSX} {
		// Empty rows and the header are not counted.
		var table [][]string
		for i := range spreadsheet.MaxRows + 1 {
			if i%2 == 0 {
				table = append(table, []string{""})
			}
			table = append(table, []string{"a@example.org"})
		}
		rows, err := all(written(t, f, []string{"e-mail"}, table[:len(table)-1]...))
		if err != nil || len(rows) != spreadsheet.MaxRows {
			t.Errorf("%s: %d rows, %v", f, len(rows), err)
		}
		rows, err = all(written(t, f, []string{"e-mail"}, table...))
		if told := refusedAs(t, err, "too_many_rows"); len(rows) != spreadsheet.MaxRows ||
			!strings.Contains(told.Error(), "100000") {
			t.Errorf("%s: %d rows, %v", f, len(rows), err)
		}

		wide := make([]string, spreadsheet.MaxColumns+1)
		for i := range wide {
			wide[i] = strings.Repeat("é", spreadsheet.MaxCell)
		}
		header := []string{"e-mail"}
		if rows, err := all(written(t, f, header, wide[:spreadsheet.MaxColumns])); err != nil ||
			len(rows) != 1 || len(rows[0].Cells) != spreadsheet.MaxColumns {
			t.Errorf("%s: %v", f, err)
		}
		blank := append(make([]string, spreadsheet.MaxColumns), " ")
		_, err = all(written(t, f, header, blank, wide))
		if told := refusedAs(t, err,
			"too_many_columns"); told.Error() != "Row 3 reaches to column BI; a file may have 60 columns." {
			t.Error(told)
		}
	}
	long := []byte(strings.Repeat(line, spreadsheet.MaxBytes/len(line)+1))[:spreadsheet.MaxBytes+1]
	_, err := openBytes(long)
	refusedAs(t, err, "too_big")
	if _, err := openBytes(long[:spreadsheet.MaxBytes]); err != nil {
		t.Error(err)
	}
}
