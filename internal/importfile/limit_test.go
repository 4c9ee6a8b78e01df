package importfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
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
func people(t testing.TB, f Format, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, f, ',', "People", []string{"Last name", "First name", "E-mail",
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
	for _, f := range []Format{CSV, XLSX} {
		b := people(t, f, MaxRows)
		began := time.Now()
		rows, grown, err := growth(t, bytes.NewReader(b), int64(len(b)))
		t.Logf("%s: %d rows of %d KiB in %v, heap + %d KiB", f, rows, len(b)>>10, time.Since(began),
			grown>>10)
		if err != nil || rows != MaxRows || grown > 2*mebibyte {
			t.Errorf("%s: %d rows, %v, heap + %d KiB", f, rows, err, grown>>10)
		}
	}
}

func TestSharedStringsBeyondMemoryAreReadFromAFile(t *testing.T) {
	const n = MaxRows
	var texts, rows strings.Builder
	rows.WriteString(`<row><c t="s"><v>0</v></c></row>`)
	texts.WriteString(`<sst><si><t>e-mail</t></si>`)
	for i := range n {
		fmt.Fprintf(&texts, `<si><t>%s %d</t></si>`, strings.Repeat("é", 400), i)
		fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c></row>`, n-i)
	}
	b := sheetOf(t, rows.String(), "book/strings.xml", texts.String()+`</sst>`)
	texts.Reset()
	rows.Reset()

	_, grown, err := growth(t, bytes.NewReader(b), int64(len(b)))
	t.Logf("heap + %d KiB", grown>>10)
	if err != nil || grown > 24*mebibyte {
		t.Errorf("heap + %d KiB, %v", grown>>10, err)
	}
	list := mustRead(t, b)
	for i, row := range list {
		if !strings.HasSuffix(row.Email, fmt.Sprint("é ", n-1-i)) {
			t.Fatalf("row %d: %q", i, row.Email)
		}
	}
	if len(list) != n {
		t.Errorf("%d rows", len(list))
	}
}

func TestALargeFileWithAnOpenQuoteIsRefusedAtOnce(t *testing.T) {
	content := "email,info\na@example.org,\"" + strings.Repeat("never closed\n", MaxBytes/13-10)
	began := time.Now()
	rows, grown, err := growth(t, strings.NewReader(content), int64(len(content)))
	refusedAs(t, err, "open_quote")
	if took := time.Since(began); took > time.Second || grown > 4*mebibyte || rows != 0 {
		t.Errorf("after %v, heap + %d KiB", took, grown>>10)
	}
}

func TestABombIsRefusedByItsDirectory(t *testing.T) {
	many := []string{}
	for i := range MaxEntries {
		many = append(many, fmt.Sprint("media/", i), "x")
	}
	var names []string
	for i := range 40_000 {
		names = append(names, fmt.Sprint("x/", i), "")
	}
	crowd := archive(t, names...)
	for name, c := range map[string]struct {
		file []byte
		key  string
	}{
		"one part that unpacks to more than all may": {sized(t, MaxUnpacked+1), "unpacked_too_big"},
		"sizes that add up": {sized(t, 60<<20, 60<<20, 60<<20, 60<<20),
			"unpacked_too_big"},
		"a size that no number holds twice": {sized(t, 1<<32-2, 1<<32-2),
			"unpacked_too_big"},
		"a part too many": {archive(
			t, append(bareParts(""), many...)...), "too_many_entries"},
		"thousands of parts":                    {crowd, "too_many_entries"},
		"thousands, and the directory says ten": {claiming(crowd, 10), "too_many_entries"},
	} {
		began := time.Now()
		_, grown, err := growth(t, bytes.NewReader(c.file), int64(len(c.file)))
		took := time.Since(began)
		refusedAs(t, err, c.key)
		t.Logf("%s (%d KiB): %v", name, len(c.file)>>10, took)
		if took > 500*time.Millisecond || grown > 4*mebibyte {
			t.Errorf("%s (%d KiB): after %v, heap + %d KiB", name, len(c.file)>>10, took, grown>>10)
		}
	}
}

// sized is an archive whose parts say that they are of these sizes, and are empty.
func sized(t *testing.T, sizes ...uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, size := range sizes {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i), Method: zip.Store,
			UncompressedSize64: size, CRC32: crc32.ChecksumIEEE(nil)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claiming changes the number of parts that the end of the directory tells.
func claiming(file []byte, parts uint16) []byte {
	file = bytes.Clone(file)
	end := bytes.LastIndex(file, []byte("PK\x05\x06"))
	binary.LittleEndian.PutUint16(file[end+8:], parts)
	binary.LittleEndian.PutUint16(file[end+10:], parts)
	return file
}

func TestAPartThatIsLongerThanItSaysIsRefused(t *testing.T) {
	t.Parallel()
	b := sheetOf(t, `<row><c t="inlineStr"><is><t>a@example.org</t></is></c></row>`+
		strings.Repeat(`<row/>`, 100_000))
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	directory := bytes.LastIndex(b, []byte("PK\x01\x02")) // of the last part, the sheet
	if !strings.HasSuffix(z.File[3].Name, "one.xml") {
		t.Fatal(z.File[3].Name)
	}
	binary.LittleEndian.PutUint32(b[directory+24:], 300)
	_, err = all(b)
	refusedAs(t, err, "damaged")
}

func TestTheLimitsAreReachedAndNotPassed(t *testing.T) {
	line := "a@example.org\n"
	for _, f := range []Format{CSV, XLSX} {
		// Empty rows and the header are not counted.
		var table [][]string
		for i := range MaxRows + 1 {
			if i%2 == 0 {
				table = append(table, []string{""})
			}
			table = append(table, []string{"a@example.org"})
		}
		rows, err := all(written(t, f, []string{"e-mail"}, table[:len(table)-1]...))
		if err != nil || len(rows) != MaxRows {
			t.Errorf("%s: %d rows, %v", f, len(rows), err)
		}
		rows, err = all(written(t, f, []string{"e-mail"}, table...))
		if told := refusedAs(t, err, "too_many_rows"); len(rows) != MaxRows ||
			!strings.Contains(told.Error(), "100000") {
			t.Errorf("%s: %d rows, %v", f, len(rows), err)
		}

		wide := make([]string, MaxColumns+1)
		for i := range wide {
			wide[i] = strings.Repeat("é", MaxCell)
		}
		header := []string{"e-mail"}
		if rows, err := all(written(t, f, header, wide[:MaxColumns])); err != nil ||
			len(rows) != 1 || len(rows[0].Cells) != MaxColumns {
			t.Errorf("%s: %v", f, err)
		}
		_, err = all(written(t, f, header, append(make([]string, MaxColumns), " "), wide))
		if told := refusedAs(t, err,
			"too_many_columns"); told.Error() != "Row 3 reaches to column BI; a file may have 60 columns." {
			t.Error(told)
		}
	}
	long := []byte(strings.Repeat(line, MaxBytes/len(line)+1))[:MaxBytes+1]
	_, err := openBytes(long)
	refusedAs(t, err, "too_big")
	if _, err := openBytes(long[:MaxBytes]); err != nil {
		t.Error(err)
	}
}
