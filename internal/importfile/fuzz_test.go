package importfile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"usher/internal/fault"
)

var fuzzFields = []Field{{Key: "size", Name: "Size"}, {Key: "born", Name: "Born", Date: true}}

// hold reads a file and holds what comes out to what is promised whatever goes in.
func hold(t *testing.T, b []byte) []Row {
	t.Helper()
	rows, err := all(b, fuzzFields...)
	if err != nil {
		if f, ok := fault.Of(err); !ok || f.Code != fault.BadUserInput || f.Error() == "" {
			t.Fatalf("not the file's fault: %v", err)
		}
	}
	last := 0
	for _, r := range rows {
		if r.Number <= last || len(r.Cells) > MaxColumns {
			t.Fatalf("row %d behind row %d, of %d cells", r.Number, last, len(r.Cells))
		}
		last = r.Number
		for _, s := range append([]string{r.LastName, r.FirstName, r.Email, r.Username,
			r.AdditionalInfo, r.OrgUnit, r.Fields["size"]}, r.Groups...) {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > MaxCell ||
				strings.TrimSpace(s) != s {
				t.Fatalf("%q", s)
			}
		}
		if r.Locale != "" && r.Locale != "en" && r.Locale != "fr" {
			t.Fatalf("%q", r.Locale)
		}
		for _, e := range r.Errors {
			if e.In("fr") == "" || e.Column.Letter() == "" {
				t.Fatalf("%+v", e)
			}
		}
	}
	return rows
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"e-mail,nom\na@example.org,Doe\n", "Doe;Jane;a@example.org;x|y;1;pw;fr;info;G|H",
		"\ufeffe-mail\tborn\tsize\n\"a\nb\"\t31/12/2026\t\"x\"\"y\"",
		"\xff\xfea\x00@\x00\n\x00", "sep=;\ne-mail;Motifs du rejet\na;'=1", "\"open", "PK\x03\x04",
		"a\rb\r\nc", "e-mail\n\xe9t\xe9", ",,,,\n ,\n\"\"",
		"Staff\nLast name [Required],E-mail *\nDoe,a@x.test\nLast name,E-mail\n",
		"Doe,Jane,a@x.test,a\\|b|c\\,1, Sup3r-secret-w0rd ,en",
		"\"e-mail,nom\"\n\"a@x.test,Doe\"\n",
		"Nom;E-mail\rDupr\x8e;r@x.test\r", "Nom;E-mail\nDupré;r@x.test\nM\xfcller;m@x.test\n",
		"Contacts\na@x.test\n", "<html><table>", "dn: cn=a\n", "{\"a\":1}", "BEGIN:VCARD\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rows := hold(t, b)
		// What was read is written, in either format, and read as the same again.
		for _, format := range []Format{CSV, XLSX} {
			var table [][]string
			for _, r := range rows {
				if !strings.ContainsFunc(strings.Join(r.Cells, ""), func(c rune) bool {
					return c == utf8.RuneError
				}) {
					table = append(table, r.Cells)
				}
			}
			again, err := all(written(t, format, []string{"e-mail", "nom"}, table...))
			if err != nil || len(again) > len(table) {
				t.Fatalf("%s: %d rows of %d, %v", format, len(again), len(table), err)
			}
		}
	})
}

func FuzzXLSX(f *testing.F) {
	whole := workbook(f, []any{"E-mail", "Nom", "Born", "Size"},
		[]any{"a@example.org", "Doe & <Co>", 46387, 1.5}, []any{nil, "_x000D_", true})
	f.Add(whole, uint16(0), []byte{})
	f.Add(whole, uint16(30), []byte("PK\x01\x02"))
	f.Add(sheetOf(f, `<row r="3"><c r="B3" s="1"><v>1E5</v></c></row>`, "book/styles.xml",
		`<cellXfs><xf numFmtId="14"/></cellXfs>`), uint16(9), []byte{0xFF})
	f.Fuzz(func(t *testing.T, b []byte, at uint16, patch []byte) {
		b = bytes.Clone(b)
		copy(b[min(int(at), len(b)):], patch)
		hold(t, b)
	})
}

// FuzzSheet changes what the archive's checksums would hide from FuzzXLSX: the XML of each part
// that is read.
func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c t="inlineStr"><is><t>nom</t></is></c></row><row r="5"><c r="B5"><f>1</f></c></row>`,
		`<sst><si><t>e-mail</t></si><si><r><t>a</t></r><rPh><t>b</t></rPh></si></sst>`,
		`<numFmt numFmtId="1" formatCode="[x]yy"/><cellXfs><xf numFmtId="1"/></cellXfs>`)
	f.Add(`<row><c><v>1</v></c></row><row r='2'><!-- x --><c r='XFD2' t='b'><v><![CDATA[1]]></v></c></row>`, `<sst/>`, ``)
	f.Fuzz(func(t *testing.T, rows, texts, styles string) {
		hold(t, sheetOf(t, rows, "book/strings.xml", texts, "book/styles.xml", styles))
	})
}

// FuzzXML holds the scanner to the standard library's: what that takes, without a declaration,
// reads the same.
func FuzzXML(f *testing.F) {
	for _, s := range []string{
		`<a b="c>d" x:e='f'><g/>t&amp;x&#65;<!-- - --><![CDATA[<&]]]]></a>`,
		`<?xml version="1.0"?><a>` + "\r\n" + `</a>`, `<a  b = "1"	c='2' />`, `<a:b></a:b>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 || !strings.HasPrefix(s, "<") || strings.Contains(s, "\r") ||
			strings.Contains(s, "<!D") {
			return
		}
		var want, got []string
		d := xml.NewDecoder(strings.NewReader(s))
		for {
			tok, err := d.RawToken()
			if err == io.EOF {
				break
			}
			if err != nil {
				return // not XML: all that counts is that we end, too
			}
			switch e := tok.(type) {
			case xml.StartElement:
				// odd names that the two cut in different places
				if strings.Contains(e.Name.Local, ":") {
					return
				}
				for _, a := range e.Attr {
					if strings.ContainsAny(a.Name.Local, ":\"'=") {
						return
					}
				}
				want = append(want, "<"+e.Name.Local)
				if len(e.Attr) > 0 {
					want = append(want, e.Attr[0].Value)
				}
			case xml.EndElement:
				if strings.Contains(e.Name.Local, ":") {
					return
				}
				want = append(want, ">"+e.Name.Local)
			case xml.CharData:
				if n := len(want) - 1; n >= 0 && strings.HasPrefix(want[n], "t:") {
					want[n] += string(e)
				} else if len(e) > 0 {
					want = append(want, "t:"+string(e))
				}
			case xml.Directive:
				return
			}
		}
		x := newXMLScanner(strings.NewReader(s))
		d = xml.NewDecoder(strings.NewReader(s)) // for the names of first attributes
		var first []string
		for {
			tok, err := d.RawToken()
			if err != nil {
				break
			}
			if e, ok := tok.(xml.StartElement); ok {
				name := ""
				if len(e.Attr) > 0 {
					name = e.Attr[0].Name.Local
				}
				first = append(first, name)
			}
		}
		for {
			kind, err := x.nextToken()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			switch kind {
			case tokenOpen:
				got = append(got, "<"+x.name)
				if first[0] != "" {
					got = append(got, x.attributeText(first[0]))
				}
				first = first[1:]
			case tokenClose:
				got = append(got, ">"+x.name)
			case tokenText:
				text := string(x.appendText(nil))
				if n := len(got) - 1; n >= 0 && strings.HasPrefix(got[n], "t:") {
					got[n] += text
				} else if text != "" {
					got = append(got, "t:"+text)
				}
			}
		}
		if !slices.Equal(want, got) {
			t.Fatalf("%q:\n%q, want\n%q", s, got, want)
		}
	})
}

func TestAMutatedWorkbookNeverSurprises(t *testing.T) {
	t.Parallel()
	whole := workbook(t, []any{"E-mail", "Nom", "Born", "Size"},
		[]any{"a@example.org", "Doe", 46387, 1.5})
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil || len(z.File) < 5 {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 3 {
		changed := bytes.Clone(whole)
		changed[at] ^= 1 << (at % 8)
		hold(t, changed)
		hold(t, whole[:at])
	}
}
