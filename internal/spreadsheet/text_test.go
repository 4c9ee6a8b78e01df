package spreadsheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

func split(t *testing.T, content string, delimiter byte) ([]Record, error) {
	t.Helper()
	x := &textReader{r: bufio.NewReader(strings.NewReader(content)), line: 1, delimiter: delimiter}
	var list []Record
	for {
		rec, err := x.nextRecord()
		if err != nil {
			return list, err
		}
		list = append(list, rec)
	}
}

func TestTextIsSplitAsSpreadsheetsDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want []string // number, then the cells
	}{
		{"a,b", []string{"1|a|b"}},
		{"a,b\n", []string{"1|a|b"}},
		{"a\r\nb\rc\nd", []string{"1|a", "2|b", "3|c", "4|d"}},
		{"\n\r\n ,, \na", []string{"4|a"}},
		{"a,,,\n,b,", []string{"1|a", "2||b"}},
		{`"a,b","c""d"`, []string{`1|a,b|c"d`}},
		{"\"a\r\nb\nc\rd\",e\nf", []string{"1|a\r\nb\nc\rd|e", "5|f"}},
		{`  "a" , "b"  ,c`, []string{"1|a|b|c"}},
		{` a , b `, []string{"1| a | b "}},
		{`5" disk,O"Neil`, []string{`1|5" disk|O"Neil`}},
		{`"a"b"c,d`, []string{`1|ab"c|d`}},
		{`"a" b,c`, []string{`1|a b|c`}},
		{`"",x`, []string{`1||x`}},
		{`"a` + "\n" + `"`, []string{"1|a\n"}},
		{"é,ü", []string{"1|é|ü"}},
	} {
		records, _ := split(t, c.in, ',')
		var got []string
		for _, r := range records {
			got = append(got, fmt.Sprint(r.Row, "|", strings.Join(r.Cells, "|")))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestWellFormedTextIsSplitAsTheStandardLibraryDoes(t *testing.T) {
	t.Parallel()
	in := "a,b,c\n1,\"x\ny\",3\n\"q\"\"q\",,z\n"
	want, err := csv.NewReader(strings.NewReader(in)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	records, _ := split(t, in, ',')
	var got [][]string
	for _, r := range records {
		got = append(got, r.Cells)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAQuoteThatIsNeverClosedIsToldByItsLine(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"email,nom\na@example.org\nb@example.org,\"never\nclosed\n",
		"email,nom\na@example.org\nb@example.org,\"never" + strings.Repeat("x\n", maxRecord),
	} {
		records, err := all([]byte(in))
		f := refusedAs(t, err, "open_quote")
		if f.Message.Args["Row"] != 3 || len(records) != 2 {
			t.Errorf("%v after %d records", f.Message.Args, len(records))
		}
	}
	_, err := all([]byte("email\n" + strings.Repeat("x", maxRecord+1)))
	if f := refusedAs(t, err, "record_too_long"); f.Message.Args["Row"] != 2 {
		t.Error(f)
	}
	_, err = all([]byte("email\n" + strings.Repeat(",", maxRecord+1)))
	refusedAs(t, err, "record_too_long")
}

func utf16Bytes(s string, mark, little bool) []byte {
	if mark {
		s = "\ufeff" + s
	}
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if little {
			b = append(b, byte(u), byte(u>>8))
		} else {
			b = append(b, byte(u>>8), byte(u))
		}
	}
	return b
}

// BAT-1: the encoding is recognised.
func TestEveryEncodingIsRecognised(t *testing.T) {
	t.Parallel()
	const content = "Nom;Prénom;E-mail\nLefèvre;Anaïs;anais@example.org\n€œ;Žofie;z@example.org\n"
	cp1252, err := charmap.Windows1252.NewEncoder().String(content)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"UTF-8":              []byte(content),
		"UTF-8 with mark":    []byte("\ufeff" + content),
		"UTF-16 LE":          utf16Bytes(content, true, true),
		"UTF-16 BE":          utf16Bytes(content, true, false),
		"UTF-16 LE, no mark": utf16Bytes(content, false, true),
		"UTF-16 BE, no mark": utf16Bytes(content, false, false),
		"Windows-1252":       []byte(cp1252),
	} {
		want := []Record{{1, []string{"Nom", "Prénom", "E-mail"}, nil},
			{2, []string{"Lefèvre", "Anaïs", "anais@example.org"}, nil},
			{3, []string{"€œ", "Žofie", "z@example.org"}, nil}}
		records, err := all(b)
		if err != nil || !reflect.DeepEqual(records, want) {
			t.Errorf("%s: %+v, %v", name, records, err)
		}
	}
}

func TestOneBadLineDoesNotChangeTheEncodingOfTheFile(t *testing.T) {
	t.Parallel()
	// The only byte that is not UTF-8 is the last but one; characters straddle every border of a
	// piece.
	for shift := range 4 {
		b := []byte("e-mail;nom\n" + strings.Repeat(" ", shift) + strings.Repeat("é€😀\n", 40_000))
		ok, err := all(b)
		if err != nil || len(ok) != 40_001 || ok[40_000].Cells[0] != "é€😀" {
			t.Fatalf("shift %d: %d records, %v", shift, len(ok), err)
		}
		b = append(b, 'x', 0xE9, '\n')
		records, err := all(b)
		if err != nil || len(records) != 40_002 || records[40_001].Cells[0] != "x\ufffd" ||
			records[1].Cells[0] != ok[1].Cells[0] {
			t.Errorf("shift %d: %d records, the last is %+v, %v", shift, len(records),
				records[len(records)-1], err)
		}
	}
}

func TestBytesThatAreNoTextAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("email\n", 20_000)
	_, err := openBytes([]byte("\ufeffemail\na@example.org\nb\xff@example.org\n"))
	if f := refusedAs(t, err, "not_utf8"); f.Message.Args["Row"] != 3 {
		t.Error(f)
	}
	_, err = openBytes([]byte("\ufeff" + long + "\xff"))
	if f := refusedAs(t, err, "not_utf8"); f.Message.Args["Row"] != 20_001 {
		t.Error(f)
	}
	_, err = openBytes([]byte(long + "x\x00y"))
	refusedAs(t, err, "not_text")
	_, err = openBytes([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"))
	refusedAs(t, err, "old_workbook")
	for _, empty := range []string{"", "\n\n", "\ufeff", ",,,\n", "\xff\xfe", "sep=;\n"} {
		if records, err := all([]byte(empty)); len(records) > 0 || err != nil {
			t.Errorf("%q: %+v, %v", empty, records, err)
		}
	}
	// A surrogate without its other half becomes a cell that cannot be read, not a row of something
	// else.
	records := mustRead(t, append(utf16Bytes("email\na@example.org,b\nc", true, true), 0x00, 0xD8,
		'x', 0))
	if len(records) != 3 || records[2].Cells[0] != "c\ufffdx" {
		t.Errorf("%+v", records)
	}
}
