package importfile

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"usher/internal/i18n"
)

// fileRecord is one line of cells as the file has it.
type fileRecord struct {
	row   int // as a spreadsheet counts: the line where it begins, from 1
	cells []string
	flaws []cellFlaw
}

// cellFlaw is what only the format can know about a cell, as the key of a sentence.
type cellFlaw struct {
	column int
	key    string
}

// recordSource hands out the records of a file that have something in them; io.EOF after the last.
type recordSource interface {
	nextRecord() (fileRecord, error)
	Close() error
}

// textReader reads delimited text. It is encoding/csv but for two things: a record is bounded, and
// it is as lenient as spreadsheets are: a quote inside a cell is a quote, spaces around a quoted
// cell are nothing.
type textReader struct {
	r         *bufio.Reader
	delimiter byte
	line      int // of the next byte
	buf       []byte
	ends      []int // where in buf each finished cell ends
	started   bool  // whether the record has any byte at all, the delimiters included
	quoted    int   // the line where the open quote began
	trimmed   int   // length of buf without the spaces behind a closing quote
}

func newTextReader(r io.Reader) (*textReader, error) {
	t := &textReader{r: bufio.NewReaderSize(r, sampleBytes), line: 1}
	sample, err := t.r.Peek(sampleBytes)
	if err != nil && err != io.EOF {
		return nil, err
	}
	// Excel's own way to name the delimiter, in a line before all others.
	if len(sample) > 5 && bytes.EqualFold(sample[:4], []byte("sep=")) &&
		(sample[5] == '\n' || sample[5] == '\r') && sample[4] < 0x80 {
		t.delimiter = sample[4]
		_, err := t.readRecord()
		return t, err
	}
	return t, nil
}

// Close does nothing: the bytes belong to who gave them.
func (*textReader) Close() error { return nil }

func (t *textReader) nextRecord() (fileRecord, error) {
	// The line is noted before the record is read: with a text of several lines in it, that is
	// where people find it.
	for {
		row := t.line
		rec, err := t.readRecord()
		if err != nil {
			return fileRecord{}, err
		}
		if rec = trimRecord(rec); len(rec.cells) > 0 {
			rec.row = row
			return rec, checkColumnCount(rec)
		}
	}
}

// trimRecord drops the empty cells at the end, of which spreadsheets write many; an empty record
// has no cells left.
func trimRecord(rec fileRecord) fileRecord {
	for len(rec.cells) > 0 && isBlank(rec.cells[len(rec.cells)-1]) {
		rec.cells = rec.cells[:len(rec.cells)-1]
	}
	return rec
}

// checkColumnCount refuses a record that has something beyond the last column that there may be.
func checkColumnCount(rec fileRecord) error {
	if n := len(rec.cells); n > MaxColumns {
		return newTooManyColumnsFault(rec.row, n-1)
	}
	return nil
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// The places inside a cell.
const (
	atStart = iota // nothing but spaces so far
	inPlain
	inQuotes
	atQuote    // behind a quote that closes, or is the first of two
	afterQuote // behind spaces that follow a closing quote
)

// readRecord reads up to the next end of a line that is not inside quotes.
func (t *textReader) readRecord() (fileRecord, error) {
	t.buf, t.ends, t.started = t.buf[:0], t.ends[:0], false
	first, place := t.line, atStart
	for {
		b, err := t.r.ReadByte()
		if err != nil {
			return t.endLastRecord(place, err)
		}
		t.started = true
		if len(t.buf)+len(t.ends) >= maxRecord {
			return fileRecord{}, t.newTooLongFault(place, first)
		}

		newline := b == '\n' || b == '\r'
		if newline {
			b = t.endLine(b, place)
		}
		switch {
		case place == inQuotes && b == '"':
			place = atQuote
		case place == inQuotes:
			t.buf = append(t.buf, b)
		case place == atQuote && b == '"':
			t.buf, place = append(t.buf, b), inQuotes
		case newline:
			t.endCell(place)
			return t.splitRecord(), nil
		case b == t.delimiter:
			t.endCell(place)
			place = atStart
		case b == '"' && place == atStart:
			t.buf, t.quoted, place = t.buf[:t.cellStart()], t.line, inQuotes
		case b == ' ' && place == atStart:
			t.buf = append(t.buf, b)
		case b == ' ' && (place == atQuote || place == afterQuote):
			t.appendTrailingSpace(b, place)
			place = afterQuote
		default:
			t.buf, place = append(t.buf, b), inPlain
			t.appendPlainRun()
		}
	}
}

// appendTrailingSpace keeps a space behind a closing quote, and where the first of them stands:
// endCell drops them unless more text follows.
func (t *textReader) appendTrailingSpace(b byte, place int) {
	if place == atQuote {
		t.trimmed = len(t.buf)
	}
	t.buf = append(t.buf, b)
}

// endLine counts a line and returns the last byte of its end. \r\n is one end, whose two bytes are
// both kept inside quotes.
func (t *textReader) endLine(b byte, place int) byte {
	if b == '\r' && t.peekByte() == '\n' {
		if place == inQuotes {
			t.buf = append(t.buf, b)
		}
		b, _ = t.r.ReadByte()
	}
	t.line++
	return b
}

// newTooLongFault names the likely cause of a record without an end: inside quotes it is a quote
// that nothing closes.
func (t *textReader) newTooLongFault(place, first int) error {
	if place == inQuotes {
		return newFileFault("importfile.open_quote", i18n.Args{"Row": t.quoted})
	}
	return newRecordTooLongFault(first)
}

// appendPlainRun takes over at once what follows inside a plain cell, up to the next byte that may
// mean something: most of a file.
func (t *textReader) appendPlainRun() {
	ahead, _ := t.r.Peek(min(t.r.Buffered(), maxRecord-len(t.buf)))
	n := 0
	for n < len(ahead) && ahead[n] != t.delimiter && ahead[n] != '\n' && ahead[n] != '\r' {
		n++
	}
	t.buf = append(t.buf, ahead[:n]...)
	_, _ = t.r.Discard(n)
}

// endLastRecord ends the record that the end of the file ends.
func (t *textReader) endLastRecord(place int, err error) (fileRecord, error) {
	switch {
	case err != io.EOF:
		return fileRecord{}, err
	case place == inQuotes:
		return fileRecord{}, newFileFault("importfile.open_quote", i18n.Args{"Row": t.quoted})
	case !t.started:
		return fileRecord{}, io.EOF
	}
	t.endCell(place)
	return t.splitRecord(), nil
}

// cellStart is where in buf the cell at hand begins.
func (t *textReader) cellStart() int {
	if n := len(t.ends); n > 0 {
		return t.ends[n-1]
	}
	return 0
}

// endCell ends the cell at hand; spaces between its closing quote and the delimiter are nothing.
func (t *textReader) endCell(place int) {
	if place == afterQuote {
		t.buf = t.buf[:t.trimmed]
	}
	t.ends = append(t.ends, len(t.buf))
}

// peekByte looks at the next byte; at the end there is none, and 0 is in no text.
func (t *textReader) peekByte() byte {
	if b, err := t.r.Peek(1); err == nil {
		return b[0]
	}
	return 0
}

// splitRecord makes the cells out of one string: two allocations a record, however many cells.
func (t *textReader) splitRecord() fileRecord {
	whole := string(t.buf)
	cells := make([]string, len(t.ends))
	from := 0
	for i, to := range t.ends {
		cells[i] = whole[from:to]
		from = to
	}
	return fileRecord{cells: cells}
}
