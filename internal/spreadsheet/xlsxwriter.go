package spreadsheet

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The parts of a workbook that describe the others. They contain what ISO 29500 requires, which is
// enough for a table.
const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpace    = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relSpace     = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageSpace = "http://schemas.openxmlformats.org/package/2006/"
	sheetType    = "application/vnd.openxmlformats-officedocument.spreadsheetml."

	rootRels = xmlHead + `<Relationships xmlns="` + packageSpace +
		`relationships"><Relationship Id="rId1" Type="` + relSpace +
		`/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	// Style 0 is everything, style 1 the header: bold.
	stylesPart = xmlHead + `<styleSheet xmlns="` + mainSpace + `">` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
	frozenRow = `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`
)

// Workbook writes an XLSX workbook as a stream. It keeps only the window of the compressor, so a
// file of 100,000 rows goes directly into a response.
type Workbook struct {
	zip      *zip.Writer   // parts have no date, so that equal rows give equal bytes
	w        *bufio.Writer // current sheet
	sheets   int           // begun
	row      int
	inHeader bool // the current row is the header
}

// NewWorkbook begins a workbook with sheets of these names. It writes the parts before the sheets,
// which contain the names. The caller begins each sheet in this order.
func NewWorkbook(w io.Writer, names ...string) (*Workbook, error) {
	// Every part has to be named three times: by its type, by the workbook, and by the relation
	// that the workbook means.
	var types, list, rels strings.Builder
	for i, name := range names {
		n := strconv.Itoa(i + 1)
		types.WriteString(`<Override PartName="/xl/worksheets/sheet` + n + `.xml" ContentType="` +
			sheetType + `worksheet+xml"/>`)
		list.WriteString(`<sheet name="` + escapeXML(cleanSheetName(name)) + `" sheetId="` + n +
			`" r:id="rId` + n + `"/>`)
		rels.WriteString(`<Relationship Id="rId` + n + `" Type="` + relSpace +
			`/worksheet" Target="worksheets/sheet` + n + `.xml"/>`)
	}
	n := strconv.Itoa(len(names) + 1)
	rels.WriteString(`<Relationship Id="rId` + n + `" Type="` + relSpace +
		`/styles" Target="styles.xml"/>`)

	b := &Workbook{zip: zip.NewWriter(w)}
	for _, p := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + packageSpace + `content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + sheetType +
			`sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + sheetType + `styles+xml"/>` +
			types.String() + `</Types>`},
		{"_rels/.rels", strings.TrimPrefix(rootRels, xmlHead)},
		{"xl/workbook.xml", `<workbook xmlns="` + mainSpace + `" xmlns:r="` + relSpace +
			`"><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packageSpace + `relationships">` +
			rels.String() + `</Relationships>`},
		{"xl/styles.xml", strings.TrimPrefix(stylesPart, xmlHead)},
	} {
		part, err := b.zip.Create(p[0])
		if err == nil {
			_, err = io.WriteString(part, xmlHead+p[1])
		}
		if err != nil {
			return nil, err
		}
	}
	return b, nil
}

// BeginSheet ends the current sheet, if any, and begins the next one with its header; nil for none.
func (b *Workbook) BeginSheet(header []string) error {
	if err := b.endSheet(); err != nil {
		return err
	}
	b.sheets++
	part, err := b.zip.Create("xl/worksheets/sheet" + strconv.Itoa(b.sheets) + ".xml")
	if err != nil {
		return err
	}
	b.w, b.row = bufio.NewWriterSize(part, sampleBytes), 0
	// bufio keeps its first error: the last call before a return reports it.
	_, _ = b.w.WriteString(xmlHead + `<worksheet xmlns="` + mainSpace + `">`)
	if header == nil {
		_, err = b.w.WriteString(`<sheetData>`)
		return err
	}
	_, _ = b.w.WriteString(frozenRow + `<cols>`)
	for i, title := range header {
		// Widths are in digits: enough for the title and for an address.
		width := min(max(utf8.RuneCountInString(title)+4, 18), 40)
		_, _ = fmt.Fprintf(b.w, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1,
			i+1, width)
	}
	_, _ = b.w.WriteString(`</cols><sheetData>`)
	b.inHeader = true
	err = b.Write(header)
	b.inHeader = false
	return err
}

// Write writes one row. Every cell is text, so that a spreadsheet neither runs it nor converts it
// to a number.
func (b *Workbook) Write(cells []string) error {
	b.row++
	row := strconv.Itoa(b.row)
	_, _ = b.w.WriteString(`<row r="` + row + `">`)
	for i, cell := range cells {
		// Empty cells are omitted. Each cell has its reference, so no other one moves.
		if cell == "" {
			continue
		}
		// The reader takes a leading apostrophe as protection, as in a CSV file that went through
		// Excel.
		if cell[0] == '\'' {
			cell = protectCell(cell)
		}
		_, _ = b.w.WriteString(`<c r="` + ColumnLetter(i) + row + `"`)
		if b.inHeader {
			_, _ = b.w.WriteString(` s="1"`)
		}
		// Inline rather than shared: shared strings would have to be kept until the sheet is done.
		// The attribute keeps spaces at the ends, which XML readers may otherwise drop.
		_, _ = b.w.WriteString(` t="inlineStr"><is><t xml:space="preserve">`)
		_, _ = b.w.WriteString(escapeXML(truncateCell(cell)))
		_, _ = b.w.WriteString(`</t></is></c>`)
	}
	_, err := b.w.WriteString(`</row>`)
	return err
}

// Close ends the workbook.
func (b *Workbook) Close() error {
	if err := b.endSheet(); err != nil {
		return err
	}
	return b.zip.Close()
}

// endSheet closes the sheet that is being written, if there is one. bufio keeps the first error of
// a write, so Flush returns it.
func (b *Workbook) endSheet() error {
	if b.w == nil {
		return nil
	}
	_, _ = b.w.WriteString(`</sheetData></worksheet>`)
	return b.w.Flush()
}

// escapeXML escapes text for XML: markup as entities; characters that XML cannot contain as
// _x0007_; and the underscore of text that looks like such an escape.
func escapeXML(s string) string {
	if !strings.ContainsFunc(s, needsEscape) { // nearly all cells
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '_':
			if _, looks := parseEscapedControl(s[i:]); looks {
				b.WriteString("_x005F")
			}
			b.WriteByte('_')
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			fmt.Fprintf(&b, "_x%04X_", r)
		default:
			b.WriteRune(r) // invalid bytes become U+FFFD
		}
	}
	return b.String()
}

func needsEscape(r rune) bool {
	return r == '&' || r == '<' || r == '>' || r == '"' || r == '_' || r < ' ' || r >= 0xFFFD
}

// truncateCell cuts a cell to 32,767 UTF-16 units, the limit of Excel, which would otherwise repair
// or reject the workbook.
func truncateCell(s string) string {
	const longest = 32_767
	if len(s) <= longest {
		return s
	}
	// A text never has more units than bytes, so only long texts are counted.
	units := 0
	for i, r := range s {
		if units++; r > 0xFFFF {
			units++
		}
		if units > longest {
			return s[:i]
		}
	}
	return s
}

// cleanSheetName returns a name that Excel accepts: none of []:*?/\, no apostrophe at either end,
// at most 31 characters.
func cleanSheetName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return '-'
		}
		return r
	}, name), "' ")
	if r := []rune(name); len(r) > 31 {
		name = string(r[:31])
	}
	if name == "" {
		return "1"
	}
	return name
}
