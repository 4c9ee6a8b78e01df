package spreadsheet

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"usher/internal/fault"
	"usher/internal/i18n"
)

func TestOnlyTheFirstVisibleSheetIsRead(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	for _, name := range []string{"People", "Values"} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow(name, "A1", &[]any{name + "@example.org"}); err != nil {
			t.Fatal(err)
		}
	}
	f.SetActiveSheet(1)
	if err := f.SetSheetVisible("Sheet1", false); err != nil {
		t.Fatal(err)
	}
	records := mustRead(t, saved(t, f))
	if len(records) != 1 || records[0].Cells[0] != "People@example.org" {
		t.Errorf("%+v", records)
	}
}

func TestCellsAreReadAsTheyAreShown(t *testing.T) {
	t.Parallel()
	styles := `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-40C]d&quot; le &quot;mmm"/><numFmt numFmtId="171" formatCode="0.00&quot; days&quot;"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="20"/></cellXfs></styleSheet>`
	texts := `<sst><si><t>plain</t></si><si><r><t>two </t></r><r><t xml:space="preserve">runs</t></r><rPh><t>hint</t></rPh></si><si><t>a&amp;b&#10;&#x63;_x000D_</t></si><si/></sst>`
	for cell, want := range map[string]string{
		`<c t="s"><v>0</v></c>`:                                     "plain",
		`<c t="s"><v>1</v></c>`:                                     "two runs",
		`<c t="s"><v>2</v></c>`:                                     "a&b\nc\r",
		`<c t="s"><v>3</v></c>`:                                     "",
		`<c t="str"><f>A1</f><v>calculated</v></c>`:                 "calculated",
		`<c t="str"><f>A1</f><v></v></c>`:                           "",
		`<c t="inlineStr"><is><t><![CDATA[<x>&amp;]]></t></is></c>`: "<x>&amp;",
		`<c t="b"><v>1</v></c>`:                                     "TRUE",
		`<c t="b"><v>0</v></c>`:                                     "FALSE",
		`<c t="e"><v>#DIV/0!</v></c>`:                               "#DIV/0!",
		`<c t="d"><v>2026-03-01T00:00:00.000</v></c>`:               "2026-03-01",
		`<c t="d"><v>2026-03-01T10:00:00</v></c>`:                   "2026-03-01T10:00:00",
		`<c><v>42</v></c>`:                                          "42",
		`<c><v> -1.50 </v></c>`:                                     "-1.5",
		`<c><v>3.3612345678E10</v></c>`:                             "33612345678",
		`<c><v>0.30000000000000004</v></c>`:                         "0.3",
		`<c><v>1E-7</v></c>`:                                        "0.0000001",
		`<c><v>12345678901234567890</v></c>`:                        "12345678901234600000",
		`<c><v>1E300</v></c>`:                                       "1E300",
		`<c><v>NaN</v></c>`:                                         "NaN",
		`<c s="1"><v>46387</v></c>`:                                 "2026-12-31",
		`<c s="2"><v>46387.354166666664</v></c>`:                    "2026-12-31T08:30:00",
		`<c s="2"><v>46387.999999999</v></c>`:                       "2027-01-01",
		`<c s="4"><v>0.354166666666667</v></c>`:                     "08:30:00",
		`<c s="3"><v>1.5</v></c>`:                                   "1.5",
		`<c s="1"><v>1</v></c>`:                                     "1900-01-01",
		`<c s="1"><v>59</v></c>`:                                    "1900-02-28",
		`<c s="1"><v>60</v></c>`:                                    "60",
		`<c s="1"><v>61</v></c>`:                                    "1900-03-01",
		`<c s="1"><v>-5</v></c>`:                                    "-5",
		`<c s="1"><v>1E12</v></c>`:                                  "1000000000000",
		`<c s="99"><v>7</v></c>`:                                    "7",
		`<c s="x"><v>7</v></c>`:                                     "7",
	} {
		b := sheetOf(t, `<row><c t="inlineStr"><is><t>a@example.org</t></is></c>`+cell+`</row>`,
			"book/styles.xml", styles, "book/strings.xml", texts)
		records, err := all(b)
		if err != nil || len(records) != 1 {
			t.Errorf("%s: %v", cell, err)
			continue
		}
		got := ""
		if len(records[0].Cells) > 1 {
			got = records[0].Cells[1]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", cell, got, want)
		}
	}
}

func TestDatesOfTheOtherCalendarAreRead(t *testing.T) {
	t.Parallel()
	parts := bareParts(`<row><c s="0"><v>44925</v></c></row>`)
	parts[3] = strings.Replace(parts[3], "<x:sheets>", `<x:workbookPr date1904="1"/><x:sheets>`, 1)
	records := mustRead(t, archive(t, append(parts, "book/styles.xml",
		`<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`)...))
	if records[0].Cells[0] != "2026-12-31" {
		t.Errorf("%+v", records[0])
	}
}

func TestFormatsOfDatesAreKnownByTheirCode(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]cellStyle{
		"dd/mm/yyyy": {date: true}, "[$-409]mmmm d, yyyy;@": {date: true},
		`yyyy"-"mm`: {date: true}, "h:mm AM/PM": {date: true}, "[h]:mm": {date: true},
		"General": {}, "0.00": {}, `0" days"`: {}, `#,##0.00\ "h"`: {}, "[Red]0": {}, "@": {},
		"0.00E+00": {}, "0;d": {}, `0"open`: {}, "[open": {}, "_d0": {}, "": {},
		"00000": {zeros: 5}, "0": {}, "00": {zeros: 2}, strings.Repeat("0", 50): {},
	} {
		if got := parseFormatCode(code); got != want {
			t.Errorf("%s: %+v, want %+v", code, got, want)
		}
	}
}

func TestRowsAndCellsThatAreLeftOutKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	b := sheetOf(t, `<row r="3"><c r="B3" t="inlineStr"><is><t>e-mail</t></is></c><c t="inlineStr"><is><t>nom</t></is></c></row>`+
		`<!-- a>b "'<row> --->`+
		`<row/><row r="7" note="a>b"/><row><c r="XFD8" s="3"/></row><row r="900000"><c r="C900000" t="inlineStr"><is><t>Doe</t></is></c></row>`+
		`<row><c r="A900001"/><c r="B900001" t="inlineStr"><is><t>a@example.org</t></is></c></row>`)
	want := []Record{{3, []string{"", "e-mail", "nom"}, nil},
		{900_000, []string{"", "", "Doe"}, nil},
		{900_001, []string{"", "a@example.org"}, nil}}
	if records := mustRead(t, b); !reflect.DeepEqual(records, want) {
		t.Errorf("%+v", records)
	}
}

func TestAWorkbookThatDoesNotHoldTogetherIsRefused(t *testing.T) {
	t.Parallel()
	ok := `<row><c t="inlineStr"><is><t>a@example.org</t></is></c></row>`
	for name, c := range map[string]struct {
		file []byte
		key  string
	}{
		"row beyond the last": {sheetOf(t, ok+`<row r="999999999"><c><v>1</v></c></row>`),
			"damaged"},
		"row that is no number":   {sheetOf(t, ok+`<row r="x"><c><v>1</v></c></row>`), "damaged"},
		"rows out of order":       {sheetOf(t, ok+`<row r="1"><c><v>1</v></c></row>`), "damaged"},
		"cell that has no column": {sheetOf(t, ok+`<row><c r="12"><v>1</v></c></row>`), "damaged"},
		"cells out of order": {sheetOf(
			t, ok+`<row><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>`), "damaged"},
		"cell beyond the last": {sheetOf(t, ok+`<row><c r="XFE2"><v>1</v></c></row>`),
			"damaged"},
		"no such string": {sheetOf(t, ok+`<row><c t="s"><v>9</v></c></row>`), "damaged"},
		"a declaration":  {sheetOf(t, `<!DOCTYPE x [<!ENTITY a "b">]>`+ok), "damaged"},
		"cut off": {archive(t, append(bareParts("")[:6], "book/one.xml",
			`<worksheet><sheetData>`+ok+`<row><c`)...), "damaged"},
		"not closed": {archive(t, append(bareParts("")[:6], "book/one.xml",
			`<worksheet><sheetData>`+ok)...), "damaged"},
		"no sheet's part": {archive(t, bareParts("")[:6]...), "damaged"},
		"an endless attribute": {sheetOf(t, ok+`<row a="`+strings.Repeat(">", maxToken+1)+`"/>`),
			"damaged"},
		"an endless text": {sheetOf(t, ok+`<row>`+strings.Repeat("x", maxToken+1)),
			"damaged"},
		"an endless comment": {sheetOf(t, ok+`<!--`+strings.Repeat("-", maxToken)), "damaged"},
		"column XFD": {sheetOf(t, ok+`<row><c r="XFD2"><v>1</v></c></row>`),
			"too_many_columns"},
		"a row too long": {sheetOf(t, ok+`<row><c t="s"><v>0</v></c></row>`, "book/strings.xml",
			`<sst><si><t>`+strings.Repeat("é", maxRecord/2+1)+`</t></si></sst>`),
			"record_too_long"},
		"no sheets": {archive(t, append(bareParts("")[:2], "book/main.xml",
			`<workbook/>`)...), "no_sheet"},
		"another archive": {archive(t, "mimetype",
			"application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>"),
			"is_open_document"},
		"a text document": {archive(t, append(bareParts("")[:2], "book/main.xml",
			`<document/>`)...), "not_workbook"},
		"cut archive": {sheetOf(t, ok)[:200], "damaged"},
		"styles too large": {sheetOf(t, ok, "book/styles.xml",
			strings.Repeat("<s a=\"012345678901234567890123456789\"/>", maxPart/30)), "damaged"},
	} {
		_, err := all(c.file)
		f, found := fault.Of(err)
		if !found || f.Message.Key != "importfile."+c.key {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
}

// broken fails to give its bytes behind a place.
type broken struct {
	io.ReaderAt
	from int64
}

var errDisk = errors.New("disk")

func (b broken) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.from {
		return 0, errDisk
	}
	return b.ReaderAt.ReadAt(p, off)
}

func TestWhoHoldsTheBytesIsBlamedForWhatIsNotTheFiles(t *testing.T) {
	t.Parallel()
	xlsx := workbook(t, []any{"a@example.org"})
	text := []byte(strings.Repeat("a@example.org\n", 50_000))
	for _, b := range [][]byte{xlsx, text} {
		for _, from := range []int64{0, 10, int64(len(b)) - 10, int64(len(b)) / 2} {
			r, err := Open(broken{strings.NewReader(string(b)), from}, int64(len(b)), options)
			if err == nil {
				_, err = rest(r)
			}
			if _, ofFile := fault.Of(err); ofFile || !errors.Is(err, errDisk) {
				t.Errorf("from %d: %v", from, err)
			}
		}
	}
	// A file that is shorter than it says.
	if _, err := Open(strings.NewReader("email\nx"), 1000, options); err == nil {
		t.Error("bytes that are not there were not missed")
	}
}

func TestFaultsOfFilesAreSentencesInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, f := range []*fault.Error{newTooBigFault(), newUnpackedTooBigFault(),
		newTooManyEntriesFault(), newTooManyColumnsFault(3, 60),
		newRecordTooLongFault(3), newDamagedFault(errDisk)} {
		for _, l := range i18n.Locales {
			said := f.Message.In(l)
			if strings.Contains(said, "importfile.") || strings.Contains(said, "<no value>") ||
				strings.Contains(said, "disk") {
				t.Errorf("%s: %q", l, said)
			}
			if max, ok := f.Message.Args["Max"]; ok && !strings.Contains(said, fmt.Sprint(max)) {
				t.Errorf("%s: %q does not give the number", l, said)
			}
		}
	}
}
