package importfile

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"usher/internal/fault"
)

func openBytes(b []byte, fields ...Field) (*Reader, error) {
	return Open(bytes.NewReader(b), int64(len(b)), Options{Fields: fields})
}

// openUnheaded opens a file of which somebody says that it has no header.
func openUnheaded(b []byte, fields ...Field) (*Reader, error) {
	return Open(bytes.NewReader(b), int64(len(b)), Options{Fields: fields, Header: HeaderNone})
}

// mustReadUnheaded reads such a file to its end.
func mustReadUnheaded(t *testing.T, b []byte) []Row {
	t.Helper()
	r, err := openUnheaded(b)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := rest(r)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// whole returns the cells of a row with those that are hidden.
func whole(row Row) []string {
	cells := slices.Clone(row.Cells)
	for i, cell := range row.Hidden {
		cells[i] = cell.Reveal()
	}
	return cells
}

// all reads a file to its end.
func all(b []byte, fields ...Field) ([]Row, error) {
	r, err := openBytes(b, fields...)
	if err != nil {
		return nil, err
	}
	rows, err := rest(r)
	return rows, errors.Join(err, r.Close())
}

func rest(r *Reader) ([]Row, error) {
	var rows []Row
	for {
		row, err := r.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

func mustRead(t *testing.T, b []byte, fields ...Field) []Row {
	t.Helper()
	rows, err := all(b, fields...)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// refusedAs holds an error to be a fault with a key.
func refusedAs(t *testing.T, err error, key string) *fault.Error {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Code != fault.BadUserInput || f.Field != "file" ||
		f.Message.Key != "importfile."+key {
		t.Fatalf("%v (%+v), want %s", err, f, key)
	}
	if strings.Contains(f.Error(), "<no value>") || strings.HasPrefix(f.Error(), "importfile.") {
		t.Errorf("not a sentence: %q", f)
	}
	return f
}

// workbook makes a file by the hand of a library that is not ours.
func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	return saved(t, f)
}

func saved(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
