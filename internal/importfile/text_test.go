package importfile

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

func split(t *testing.T, content string, delimiter byte) ([]fileRecord, error) {
	t.Helper()
	x := &textReader{r: bufio.NewReader(strings.NewReader(content)), line: 1, delimiter: delimiter}
	var list []fileRecord
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
			got = append(got, fmt.Sprint(r.row, "|", strings.Join(r.cells, "|")))
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
		got = append(got, r.cells)
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
		rows, err := all([]byte(in))
		f := refusedAs(t, err, "open_quote")
		if f.Message.Args["Row"] != 3 || len(rows) != 1 {
			t.Errorf("%v after %d rows", f.Message.Args, len(rows))
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
		rows, err := all(b)
		if err != nil || len(rows) != 2 || rows[0].LastName != "Lefèvre" ||
			rows[0].FirstName != "Anaïs" ||
			rows[1].LastName != "€œ" || rows[1].FirstName != "Žofie" ||
			rows[1].Email != "z@example.org" || rows[1].Number != 3 {
			t.Errorf("%s: %+v, %v", name, rows, err)
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
		if err != nil || len(ok) != 40_000 || ok[39_999].Email != "é€😀" {
			t.Fatalf("shift %d: %d rows, %v", shift, len(ok), err)
		}
		b = append(b, 'x', 0xE9, '\n')
		rows, err := all(b)
		if err != nil || len(rows) != 40_001 || rows[40_000].Email != "" ||
			len(rows[40_000].Errors) != 1 || rows[0].Email != ok[0].Email {
			t.Errorf("shift %d: %d rows, the last is %+v, %v", shift, len(rows),
				rows[len(rows)-1], err)
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
		_, err = openBytes([]byte(empty))
		refusedAs(t, err, "empty")
	}
	// A surrogate without its other half becomes a cell that cannot be read, not a row of something
	// else.
	rows := mustRead(t, append(utf16Bytes("email\na@example.org,b\nc", true, true), 0x00, 0xD8,
		'x', 0))
	if len(rows) != 2 || len(rows[1].Errors) != 1 ||
		rows[1].Errors[0].Err.Message.Key != "importfile.cell_unreadable" {
		t.Errorf("%+v", rows)
	}
}

// BAT-1: the delimiter is recognised.
func TestTheDelimiterIsFoundByTheFirstLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want byte
	}{
		"header with commas":             {"Last name,First name,E-mail\nx;y,b,c\n", ','},
		"header with semicolons":         {"Nom;Prénom;E-mail\na,b;c;d\n", ';'},
		"header with tabs":               {"Nom\tPrénom\tE-mail\na,b\tc\td;e\n", '\t'},
		"quoted header":                  {"\"Nom\",\"Prénom\"\n\"a;b\",c", ','},
		"no header, commas":              {"Doe,Jane,jane@example.org\nRoe,Rick,rick@example.org", ','},
		"no header, semicolons":          {"Doe;Jane;jane@example.org;;;;;Floor 3, left\nRoe;Rick;rick@example.org", ';'},
		"a comma in every row":           {"Doe;Jane;jane@example.org;;;;;a, b\nRoe;Rick;rick@example.org;;;;;c, d", ';'},
		"semicolons inside quotes":       {"Doe,Jane,\"a;b;c\"\nRoe,Rick,\"d;e;f\"", ','},
		"tabs pasted from a spreadsheet": {"Doe\tJane\tjane@example.org\nRoe\tRick\trick@example.org", '\t'},
		"told":                           {"sep=;\nDoe,Jane;x\nRoe,Rick;y", ';'},
		"told otherwise":                 {"SEP=|\r\nDoe,a|Jane|jane@example.org", '|'},
		"a long first line": {strings.Repeat("Doe;", 9) +
			strings.Repeat("x", sampleBytes), ';'},
	} {
		r, err := openUnheaded([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if r.Delimiter() != c.want {
			t.Errorf("%s: %q, want %q", name, r.Delimiter(), c.want)
		}
	}
}

func TestAFileOfOneColumnWorks(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"E-mail\na@example.org\nb@example.org\n",
		"a@example.org\nb@example.org", "\"a@example.org\"\r\n\r\nb@example.org"} {
		rows := mustRead(t, []byte(in))
		if len(rows) != 2 || rows[0].Email != "a@example.org" || rows[1].Email != "b@example.org" ||
			rows[0].LastName != "" {
			t.Errorf("%q: %+v", in, rows)
		}
	}
}
