package spreadsheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"usher/internal/fault"
)

// options know two headers, and no sheet to ignore.
var options = Options{
	IsHeader: func(cells []string) bool {
		return slices.ContainsFunc(cells, func(cell string) bool {
			return strings.EqualFold(cell, "e-mail") || strings.EqualFold(cell, "email")
		})
	},
	IgnoreSheet: func(string) bool { return false },
}

func openBytes(b []byte) (*Reader, error) {
	return Open(bytes.NewReader(b), int64(len(b)), options)
}

// all reads a file to its end.
func all(b []byte) ([]Record, error) {
	r, err := openBytes(b)
	if err != nil {
		return nil, err
	}
	records, err := rest(r)
	return records, errors.Join(err, r.Close())
}

func rest(r *Reader) ([]Record, error) {
	var records []Record
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return records, nil
		}
		if err != nil {
			return records, err
		}
		records = append(records, rec)
	}
}

func mustRead(t *testing.T, b []byte) []Record {
	t.Helper()
	records, err := all(b)
	if err != nil {
		t.Fatal(err)
	}
	return records
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

// archive makes a zip of parts, name and content in turn.
func archive(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bare is the least that makes a workbook around a sheet's XML, written as no program does:
// prefixes, other names.
func bareParts(sheetData string) []string {
	return []string{
		"_rels/.rels",
		`<Relationships><Relationship Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/book/main.xml" Id="a"/></Relationships>`,
		"book/main.xml",
		`<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="One" r:id="s1"/></x:sheets></x:workbook>`,
		"book/_rels/main.xml.rels",
		`<Relationships><Relationship Id="s1" Type="t/worksheet" Target="one.xml"/>` +
			`<Relationship Id="s2" Type="t/sharedStrings" Target="strings.xml"/><Relationship Id="s3" Type="t/styles" Target="styles.xml"/></Relationships>`,
		"book/one.xml", `<x:worksheet xmlns:x="m"><x:sheetData>` + sheetData +
			`</x:sheetData></x:worksheet>`,
	}
}

// sheetOf is a workbook around the XML of a sheet's rows, and more parts.
func sheetOf(t testing.TB, sheetData string, more ...string) []byte {
	t.Helper()
	return archive(t, append(bareParts(sheetData), more...)...)
}
