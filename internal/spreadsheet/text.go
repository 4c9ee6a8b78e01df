package spreadsheet

import (
	"bufio"
	"bytes"
	"io"

	"usher/internal/i18n"
)

// textReader reads delimited text like encoding/csv, except for two things. Records are bounded. It
// is as lenient as spreadsheets: a quote inside a cell is a quote, and spaces around a quoted cell
// are ignored.
type textReader struct {
	r         *bufio.Reader
	delimiter byte
	line      int // of the next byte
	buf       []byte
	ends      []int // where in buf each finished cell ends
	started   bool  // the record has at least one byte, delimiters included
	quoted    int   // line of the opening quote
	trimmed   int   // length of buf without spaces after a closing quote
}

// newTextReader returns a reader at the first record. It knows the delimiter only if the file names
// it in a sep= line.
func newTextReader(r io.Reader) (*textReader, error) {
	t := &textReader{r: bufio.NewReaderSize(r, sampleBytes), line: 1}
	// Looked at and not read, so that the first record begins at the first byte.
	sample, err := t.r.Peek(sampleBytes)
	if err != nil && err != io.EOF {
		return nil, err
	}
	// Excel names the delimiter in a line of its own before all others.
	if len(sample) > 5 && bytes.EqualFold(sample[:4], []byte("sep=")) &&
		(sample[5] == '\n' || sample[5] == '\r') && sample[4] < 0x80 {
		t.delimiter = sample[4]
		_, err := t.readRecord()
		return t, err
	}
	return t, nil
}

// Close does nothing: the content belongs to the caller.
func (*textReader) Close() error { return nil }

// nextRecord returns the next record that is not blank, with the number of the line on which it
// begins; io.EOF after the last one.
func (t *textReader) nextRecord() (Record, error) {
	// The line is noted before the record is read: a record with a text of several lines begins
	// there, and people look for it there.
	for {
		row := t.line
		rec, err := t.readRecord()
		if err != nil {
			return Record{}, err
		}
		if rec = rec.TrimEnd(); len(rec.Cells) > 0 {
			rec.Row = row
			return rec, checkColumnCount(rec)
		}
	}
}

// checkColumnCount rejects a record with text beyond the last allowed column.
func checkColumnCount(rec Record) error {
	if n := len(rec.Cells); n > MaxColumns {
		return newTooManyColumnsFault(rec.Row, n-1)
	}
	return nil
}

// States inside a cell.
const (
	atStart = iota // only spaces so far
	inPlain
	inQuotes
	atQuote    // after a quote that closes, or is the first of two
	afterQuote // after spaces that follow a closing quote
)

// readRecord reads up to the next line end outside quotes.
func (t *textReader) readRecord() (Record, error) {
	t.buf, t.ends, t.started = t.buf[:0], t.ends[:0], false
	first, place := t.line, atStart
	for {
		b, err := t.r.ReadByte()
		if err != nil {
			return t.endLastRecord(place, err)
		}
		t.started = true
		// Counted with the cells: a record of a million empty cells is too long as well.
		if len(t.buf)+len(t.ends) >= maxRecord {
			return Record{}, t.newTooLongFault(place, first)
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
		// Blanks before a quotation mark are no part of the cell.
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

// appendTrailingSpace keeps a space after a closing quote and remembers where the first of them
// stands. endCell drops them unless more text follows.
func (t *textReader) appendTrailingSpace(b byte, place int) {
	if place == atQuote {
		t.trimmed = len(t.buf)
	}
	t.buf = append(t.buf, b)
}

// endLine counts a line and returns the last byte of its end. \r\n is one line end; inside quotes
// both bytes are kept.
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

// newTooLongFault names the likely cause of an endless record: inside quotes it is a quote that is
// never closed.
func (t *textReader) newTooLongFault(place, first int) error {
	if place == inQuotes {
		return NewFileFault("importfile.open_quote", i18n.Args{"Row": t.quoted})
	}
	return newRecordTooLongFault(first)
}

// appendPlainRun appends the rest of a plain cell in one copy, up to the next byte that has a
// meaning. Most of a file consists of such runs.
func (t *textReader) appendPlainRun() {
	ahead, _ := t.r.Peek(min(t.r.Buffered(), maxRecord-len(t.buf)))
	n := 0
	for n < len(ahead) && ahead[n] != t.delimiter && ahead[n] != '\n' && ahead[n] != '\r' {
		n++
	}
	t.buf = append(t.buf, ahead[:n]...)
	_, _ = t.r.Discard(n)
}

// endLastRecord ends the record at the end of the file.
func (t *textReader) endLastRecord(place int, err error) (Record, error) {
	switch {
	case err != io.EOF:
		return Record{}, err
	case place == inQuotes:
		return Record{}, NewFileFault("importfile.open_quote", i18n.Args{"Row": t.quoted})
	case !t.started:
		return Record{}, io.EOF
	}
	t.endCell(place)
	return t.splitRecord(), nil
}

// cellStart returns where in buf the current cell begins.
func (t *textReader) cellStart() int {
	if n := len(t.ends); n > 0 {
		return t.ends[n-1]
	}
	return 0
}

// endCell ends the current cell. Spaces between its closing quote and the delimiter are dropped.
func (t *textReader) endCell(place int) {
	if place == afterQuote {
		t.buf = t.buf[:t.trimmed]
	}
	t.ends = append(t.ends, len(t.buf))
}

// peekByte returns the next byte; 0, which no text contains, at the end.
func (t *textReader) peekByte() byte {
	if b, err := t.r.Peek(1); err == nil {
		return b[0]
	}
	return 0
}

// splitRecord makes all cells out of one string: two allocations for a record with any number of
// cells.
func (t *textReader) splitRecord() Record {
	whole := string(t.buf)
	cells := make([]string, len(t.ends))
	from := 0
	for i, to := range t.ends {
		cells[i] = whole[from:to]
		from = to
	}
	return Record{Cells: cells}
}
