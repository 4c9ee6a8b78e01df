package spreadsheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The size of a sheet in every spreadsheet program.
const (
	sheetRows    = 1_048_576
	sheetColumns = 16_384
)

// errPlace ends reading a sheet whose cells name places out of order: values would land in wrong
// columns.
var errPlace = errors.New("xlsx: a row or a cell is not where it can be")

// sheetReader streams the rows of one sheet. Rows that the sheet omits cost nothing, whatever the
// number of the next row is.
type sheetReader struct {
	content   *sourceReader
	part      io.ReadCloser
	x         *xmlScanner
	shared    *sharedStrings
	styles    []cellStyle
	since1904 bool
	sheet     Sheet

	row  int    // number of the last row read
	buf  []byte // text of the row's cells
	ends []int
	done bool
}

// Close closes the sheet and its shared strings.
func (s *sheetReader) Close() error {
	if s.part != nil {
		_ = s.part.Close() // its error is about bytes that were not read
		s.part = nil
	}
	return s.shared.Close()
}

// nextRecord returns the next row of the sheet, io.EOF after the last one.
func (s *sheetReader) nextRecord() (Record, error) {
	// Inside of the XML, io.EOF means that something is missing too. Only after the last row it is
	// the end.
	rec, err := s.readNextRow()
	if err != nil && (err != io.EOF || !s.done) {
		return Record{}, s.content.attributeError(err)
	}
	return rec, err
}

// readNextRow returns the next row that is not empty.
func (s *sheetReader) readNextRow() (Record, error) {
	for !s.done {
		t, err := s.x.nextToken()
		switch {
		case err == io.EOF:
			return Record{}, errCut // the sheet has not ended yet
		case err != nil:
			return Record{}, err
		case t == tokenClose && (s.x.name == "sheetData" || s.x.name == "worksheet"):
			// What follows the rows (filters, drawings) is not read.
			s.done = true
		case t == tokenOpen && s.x.name == "row":
			hidden := isTrueAttribute(s.x.attributeValue("hidden"))
			rec, err := s.readRow()
			if err != nil {
				return Record{}, err
			}
			if rec = rec.TrimEnd(); rec.IsEmpty() {
				continue
			}
			if !hidden {
				return rec, nil
			}
			// Hidden rows are left out: people who filter a list mean the visible rows.
			if s.sheet.Hidden++; len(s.sheet.FirstHidden) < maxFirstHidden {
				s.sheet.FirstHidden = append(s.sheet.FirstHidden, rec.Row)
			}
		}
	}
	return Record{}, io.EOF
}

// readRow reads the row that has just opened. Programs may omit the numbers of rows and cells; each
// then follows the previous one.
func (s *sheetReader) readRow() (Record, error) {
	row := s.row + 1
	if at := s.x.attributeValue("r"); at != nil {
		n, err := strconv.Atoi(string(at))
		if err != nil || n < row || n > sheetRows {
			// Security: a row of number 999,999,999 must not become millions of empty ones.
			return Record{}, fmt.Errorf("%w: row %.20q", errPlace, at)
		}
		row = n
	}
	s.row = row
	// The buffer is used again for each row, so that memory does not grow with the sheet.
	s.buf, s.ends = s.buf[:0], s.ends[:0]
	rec := Record{Row: row}
	column := -1
	for {
		t, err := s.x.nextToken()
		switch {
		case err == io.EOF:
			return rec, errCut
		case err != nil:
			return rec, err
		case t == tokenClose && s.x.name == "row":
			rec.Cells = s.splitCells()
			return rec, nil
		case t != tokenOpen || s.x.name != "c":
			continue
		}
		if column, err = parseCellReference(s.x.attributeValue("r"), column); err != nil {
			return rec, err
		}
		began := len(s.buf)
		uncalculated, err := s.readCell()
		if err != nil {
			return rec, err
		}
		// Cells with only a format are empty, wherever they are.
		if len(bytes.TrimSpace(s.buf[began:])) == 0 && !uncalculated {
			s.buf = s.buf[:began]
			continue
		}
		// Reported at the first cell beyond the limit, so the rest of the row is not read.
		if column >= MaxColumns {
			return rec, newTooManyColumnsFault(row, column)
		}
		if len(s.buf) > maxRecord {
			return rec, newRecordTooLongFault(row)
		}
		if uncalculated {
			rec.Flaws = append(rec.Flaws, CellFlaw{column, "importfile.formula_without_value"})
		}
		// At most MaxColumns empty cells are inserted, whatever the reference says.
		for len(s.ends) < column {
			s.ends = append(s.ends, began)
		}
		s.ends = append(s.ends, len(s.buf))
	}
}

// parseCellReference returns the column of a cell reference such as "AB12", from 0. Without a
// reference it is the next column.
func parseCellReference(reference []byte, last int) (int, error) {
	if len(reference) == 0 {
		return last + 1, nil
	}
	column := 0
	for _, b := range reference {
		if b |= 0x20; b < 'a' || b > 'z' { // lower case
			break
		}
		if column = column*26 + int(b-'a') + 1; column > sheetColumns {
			break
		}
	}
	if column > sheetColumns || column-1 <= last {
		return 0, fmt.Errorf("%w: cell %.20q", errPlace, reference)
	}
	return column - 1, nil
}

// readCell appends the text of a cell as a spreadsheet shows it, except dates, which become ISO. A
// formula has its last calculated value; uncalculated reports one without.
func (s *sheetReader) readCell() (uncalculated bool, err error) {
	// Read before the next token, which overwrites the attributes.
	kind := s.x.internName(s.x.attributeValue("t"))
	format := s.currentStyle()
	began := len(s.buf)
	formula, valued, inValue := false, false, false
	for {
		t, err := s.x.nextToken()
		switch {
		case err == io.EOF:
			return false, errCut
		case err != nil:
			return false, err
		case t == tokenOpen && s.x.name == "v":
			valued, inValue = true, true
		case t == tokenOpen && s.x.name == "is":
			valued = true
			if s.buf, err = appendRichText(s.x, s.buf); err != nil {
				return false, err
			}
		case t == tokenOpen && s.x.name == "f":
			formula = true // its text is skipped: formulas are never calculated
		case t == tokenText && inValue:
			s.buf = s.x.appendText(s.buf)
		case t == tokenClose && s.x.name == "c":
			return formula && !valued, s.formatCell(began, kind, format)
		case t == tokenClose:
			inValue = false
		}
	}
}

// currentStyle returns the style of the current cell; the default for none or an unknown one.
func (s *sheetReader) currentStyle() cellStyle {
	if id := s.x.attributeValue("s"); id != nil {
		if n, err := strconv.Atoi(string(id)); err == nil && n >= 0 && n < len(s.styles) {
			return s.styles[n]
		}
	}
	return cellStyle{}
}

// formatCell replaces the stored value in buf after began by the displayed text.
func (s *sheetReader) formatCell(began int, kind string, format cellStyle) error {
	switch kind {
	case "s":
		// An empty index is an empty cell. An invalid or too large one means a broken file.
		index, err := strconv.Atoi(string(bytes.TrimSpace(s.buf[began:])))
		if err != nil && len(s.buf) == began {
			return nil
		}
		var ok bool
		if s.buf, ok, err = s.shared.appendString(s.buf[:began], index); err != nil {
			return err
		} else if !ok {
			return fmt.Errorf("xlsx: there is no shared string %d", index)
		}
		s.buf = unescapeControls(s.buf, began)
	case "str", "inlineStr":
		s.buf = unescapeControls(s.buf, began)
	// All programs display the same words, whatever their language.
	case "b":
		value := string(bytes.TrimSpace(s.buf[began:]))
		s.buf = append(s.buf[:began],
			strings.ToUpper(strconv.FormatBool(value == "1" || value == "true"))...)
	case "d":
		s.buf = append(s.buf[:began], trimMidnight(string(s.buf[began:]))...)
	case "", "n":
		s.buf = format.formatNumber(s.buf, began, s.since1904)
	}
	return nil
}

// splitCells cuts all cells from one string. Invalid UTF-8 becomes U+FFFD, which invalidates its
// cell only.
func (s *sheetReader) splitCells() []string {
	// One string for the row and slices of it for the cells: one allocation instead of one for each
	// cell.
	whole := strings.ToValidUTF8(string(s.buf), "\uFFFD")
	// Replacing has moved the ends. This is rare, so each cell is converted by itself.
	if len(whole) != len(s.buf) {
		cells, from := make([]string, len(s.ends)), 0
		for i, to := range s.ends {
			cells[i] = strings.ToValidUTF8(string(s.buf[from:to]), "\uFFFD")
			from = to
		}
		return cells
	}
	cells, from := make([]string, len(s.ends)), 0
	for i, to := range s.ends {
		cells[i] = whole[from:to]
		from = to
	}
	return cells
}

// unescapeControls resolves the escapes that workbooks use for characters that XML cannot contain:
// _x000D_ is a carriage return, and _x005F_ the underscore of a text that looks like an escape.
func unescapeControls(buf []byte, began int) []byte {
	if !bytes.Contains(buf[began:], []byte("_x")) {
		return buf
	}
	text := string(buf[began:])
	buf = buf[:began]
	for {
		i := strings.Index(text, "_x")
		if i < 0 {
			return append(buf, text...)
		}
		buf, text = append(buf, text[:i]...), text[i:]
		if n, ok := parseEscapedControl(text); ok {
			buf = append(buf, string(rune(n))...)
			text = text[len("_x0000_"):]
		} else {
			buf, text = append(buf, text[:2]...), text[2:]
		}
	}
}

// parseEscapedControl parses the escape at the start of a text, such as _x000D_: exactly four
// hexadecimal digits.
func parseEscapedControl(text string) (uint64, bool) {
	if len(text) < len("_x0000_") || text[6] != '_' || text[:2] != "_x" {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return n, err == nil
}
