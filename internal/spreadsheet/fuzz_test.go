package spreadsheet

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

// hold reads a file and holds what comes out to what is promised whatever goes in.
func hold(t *testing.T, b []byte) {
	t.Helper()
	records, err := all(b)
	if err != nil {
		if f, ok := fault.Of(err); !ok || f.Code != fault.BadUserInput || f.Error() == "" {
			t.Fatalf("not the file's fault: %v", err)
		}
	}
	last := 0
	for _, rec := range records {
		if rec.Row <= last || rec.IsEmpty() || len(rec.Cells) > MaxColumns {
			t.Fatalf("record %d behind record %d, of %d cells", rec.Row, last, len(rec.Cells))
		}
		last = rec.Row
		for _, cell := range rec.Cells {
			if !utf8.ValidString(cell) {
				t.Fatalf("%q", cell)
			}
		}
		for _, f := range rec.Flaws {
			if f.Key == "" || f.Column < 0 || f.Column >= MaxColumns {
				t.Fatalf("%+v", f)
			}
		}
	}
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
