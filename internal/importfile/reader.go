package importfile

import (
	"bytes"
	"io"
)

// Options configure the reading of a file.
type Options struct {
	Fields []Field      // custom fields of the workspace that may be columns
	Header HeaderOption // empty: HeaderDetect
	// Choices say what columns are, and come before what is known of their headers.
	Choices []ColumnChoice
	// Recall returns the choices of an earlier file of a layout (FormatLayout), nil for none. It is
	// asked if there are no Choices.
	Recall func(layout string) []ColumnChoice
	// Unknown says what becomes of columns that nobody knows.
	Unknown UnknownOption
	// MonthFirst says that dates such as 3/4/2026 begin with the month.
	MonthFirst bool
	// ExactPasswords keeps spaces around a password. Rows of a request are exact. In a file, people
	// put spaces around cells to align columns or after each comma.
	ExactPasswords bool
}

// Reader reads the rows of a file one by one.
type Reader struct {
	source         recordSource
	vocabulary     *headerVocabulary
	columns        []Column
	delimiter      byte
	encoding       Encoding
	headerRow      int  // 0 without a header
	leftAbove      int  // records above the header
	recalled       bool // the columns are as chosen for an earlier file
	mustFit        bool
	exactPasswords bool
	reasonsIndex   int          // index of the column of reasons; -1 for none
	pending        []fileRecord // records read to find the header
	pendingError   error        // error that follows pending
	rows           int
	sample         []string
	// the first date whose day and month could change places, and as it was read
	ambiguousDate, ambiguousRead string
}

// Magic numbers of formats.
var (
	zipMagic = []byte("PK")
	oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
)

// Open detects the format of a file (an XLSX workbook, or text with its encoding and delimiter) and
// reads its header, if there is one. Errors of the file are BAD_USER_INPUT at "file"; other errors
// come from content. The reader uses content until it is closed.
func Open(content io.ReaderAt, size int64, o Options) (*Reader, error) {
	if size > MaxBytes {
		return nil, newTooBigFault()
	}
	head := make([]byte, min(size, 64))
	if _, err := content.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	// The bytes decide, never the name or the media type: people rename files, and browsers guess
	// types.
	r := &Reader{reasonsIndex: -1, delimiter: ',', exactPasswords: o.ExactPasswords}
	v := newVocabulary(o.Fields, o.Choices)
	var err error
	switch {
	case bytes.HasPrefix(head, oleMagic):
		return nil, refuseOLE(content)
	// A name may begin with PK, so the bytes after it must be binary.
	case bytes.HasPrefix(head, zipMagic) && len(head) > 3 && head[2] < ' ':
		r.source, err = openWorkbook(content, size)
	default:
		if f := refuseBinary(head); f != nil {
			return nil, f
		}
		err = r.openText(content, size, v)
	}
	if err != nil {
		return nil, err
	}
	if err := r.readHead(v, o); err != nil {
		_ = r.Close()
		return nil, err
	}
	for i := range r.columns {
		// With the column, so that a stored row is read again in the same way.
		r.columns[i].MonthFirst = o.MonthFirst
	}
	return r, nil
}

// openText prepares reading a text file: encoding, delimiter, and a refusal of files that are no
// tables, such as web pages.
func (r *Reader) openText(content io.ReaderAt, size int64, v *headerVocabulary) error {
	decoded, encoding, err := decodeText(content, size)
	if err != nil {
		return err
	}
	t, err := newTextReader(decoded)
	if err != nil {
		return err
	}
	// Checked after decoding, because programs also write web pages in UTF-16.
	start, _ := t.r.Peek(4096)
	if f := refuseText(string(start)); f != nil {
		return f
	}
	if t.delimiter == 0 {
		t.detectDelimiter(v)
	}
	r.source, r.delimiter, r.encoding = t, t.delimiter, encoding
	return nil
}

// dropReasonsColumn removes the column of reasons, so that a corrected file of rejected rows reads
// like the original.
func (r *Reader) dropReasonsColumn() {
	for i, c := range r.columns {
		if c.Name == reasonsColumn {
			r.reasonsIndex = i
			r.columns = append(r.columns[:i:i], r.columns[i+1:]...)
			return
		}
	}
}

// Columns returns the columns of the header, or those of the classic order, without the column of
// reasons.
func (r *Reader) Columns() []Column { return r.columns }

// HasHeader reports whether the file has a header.
func (r *Reader) HasHeader() bool { return r.headerRow > 0 }

// Delimiter returns the delimiter of the file, a comma for a workbook. The file of rejected rows
// uses it too.
func (r *Reader) Delimiter() byte { return r.delimiter }

// Close releases the resources of the reader. It does not close the content.
func (r *Reader) Close() error { return r.source.Close() }

// Next returns the next row that is not empty, io.EOF after the last. Its errors are those of Open.
// After an error the rest of the file cannot be read.
func (r *Reader) Next() (Row, error) {
	rec, err := r.readRecord()
	if err != nil {
		return Row{}, err
	}
	// Rows are counted as they are read: a sheet may declare any size, and empty rows do not count.
	if r.rows++; r.rows > MaxRows {
		return Row{}, newTooManyRowsFault()
	}
	if r.mustFit {
		if misfit := findMisfitKey(rec); misfit != "" {
			return Row{}, refuseMisfit(rec, misfit)
		}
	}
	row := Row{Number: rec.row, Cells: rec.cells, exactPassword: r.exactPasswords}
	for i, cell := range rec.cells {
		row.setCell(r.columnAt(i), cell)
	}
	row.settleCells(r.columns)
	for _, f := range rec.flaws {
		if r.reasonsIndex < 0 || f.column < r.reasonsIndex {
			row.addError(r.columnAt(f.column), f.key, nil)
		} else if f.column > r.reasonsIndex {
			row.addError(r.columnAt(f.column-1), f.key, nil)
		}
	}
	r.checkRow(&row)
	return row, nil
}

// checkRow adds errors of the row as a whole, hides its secrets, and takes samples of names in a
// guessed encoding.
func (r *Reader) checkRow(row *Row) {
	switch {
	case r.vocabulary.repeatsHeader(row.Cells):
		row.addRowError("importfile.header_again")
	case r.headerRow == 0 && len(r.columns) > 1 && !r.mustFit:
		// The caller said that the file has no header. A row that does not fit the classic order
		// gets an error, here or from its cells.
		switch key, column := findMisfit(fileRecord{cells: row.Cells}); key {
		case "importfile.misfit_secret":
			row.addError(r.columnAt(column), "importfile.misfit_secret_cell", nil)
		case "importfile.misfit_address":
			row.addError(r.columnAt(column), "importfile.misfit_address_cell", nil)
		}
	}
	if r.ambiguousDate == "" {
		r.ambiguousDate, r.ambiguousRead = row.ambiguousDate, row.ambiguousRead
	}
	row.hideSecrets(r.columns)
	r.sampleNames(row)
}

// readRecord returns the next record without the column of reasons.
func (r *Reader) readRecord() (fileRecord, error) {
	for {
		rec, err := r.readRawRecord()
		if err != nil {
			return rec, err
		}
		if r.reasonsIndex >= 0 && r.reasonsIndex < len(rec.cells) {
			rec.cells = append(rec.cells[:r.reasonsIndex], rec.cells[r.reasonsIndex+1:]...)
			if rec = trimRecord(rec); len(rec.cells) == 0 && len(rec.flaws) == 0 {
				continue // the row had reasons only
			}
		}
		return rec, nil
	}
}

// readRawRecord returns the next record, beginning with those that were read to find the header.
func (r *Reader) readRawRecord() (fileRecord, error) {
	if len(r.pending) > 0 {
		rec := r.pending[0]
		r.pending = r.pending[1:]
		return rec, nil
	}
	if r.pendingError != nil {
		return fileRecord{}, r.pendingError
	}
	rec, err := r.source.nextRecord()
	for i, cell := range rec.cells {
		rec.cells[i] = restoreCell(cell)
	}
	return rec, err
}

// columnAt returns the column of a cell; an unnamed one beyond the last.
func (r *Reader) columnAt(i int) Column {
	if i < len(r.columns) {
		return r.columns[i]
	}
	if r.reasonsIndex >= 0 && i >= r.reasonsIndex {
		i++
	}
	return Column{Index: i}
}
