package spreadsheet

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
func growth(t *testing.T, content io.ReaderAt, size int64) (records int, grown int64, err error) {
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
	r, err := Open(content, size, options)
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
			return records, grown, err
		}
		if records++; records%20_000 == 0 {
			sample()
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
	for i, rec := range list[1:] {
		if !strings.HasSuffix(rec.Cells[0], fmt.Sprint("é ", n-1-i)) {
			t.Fatalf("record %d: %q", i, rec.Cells[0])
		}
	}
	if len(list) != n+1 {
		t.Errorf("%d records", len(list))
	}
}

func TestALargeFileWithAnOpenQuoteIsRefusedAtOnce(t *testing.T) {
	content := "email,info\na@example.org,\"" + strings.Repeat("never closed\n", MaxBytes/13-10)
	began := time.Now()
	records, grown, err := growth(t, strings.NewReader(content), int64(len(content)))
	refusedAs(t, err, "open_quote")
	if took := time.Since(began); took > time.Second || grown > 4*mebibyte || records != 1 {
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
