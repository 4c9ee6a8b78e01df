package importfile

import (
	"bytes"
	"io"
)

// Options say how a file is to be read.
type Options struct {
	Fields []Field      // the workspace's custom fields, which may be columns
	Header HeaderOption // empty: HeaderDetect
	// ExactPasswords keeps the blanks around a password. Rows of a request say exactly what they
	// mean; in a file blanks stand around the cells of whoever aligns columns, or writes one after
	// each comma.
	ExactPasswords bool
}

// Reader reads the rows of a file one after the other.
type Reader struct {
	source         recordSource
	vocabulary     *headerVocabulary
	columns        []Column
	delimiter      byte
	encoding       Encoding
	headerRow      int // 0 without a header
	leftAbove      int // records above the header
	mustFit        bool
	exactPasswords bool
	reasonsIndex   int          // place of the column of reasons, -1 without one
	pending        []fileRecord // what was read to find the header
	pendingError   error        // what comes behind pending
	rows           int
	sample         []string
}

// Beginnings that tell what a file is.
var (
	zipMagic = []byte("PK")
	oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
)

// Open recognises what a file is (an XLSX workbook; or text, its encoding and its delimiter) and
// reads its header, if it has one. Faults of the file are BAD_USER_INPUT at "file"; any other error
// is that of who holds the bytes. The reader reads on from content until it is closed.
func Open(content io.ReaderAt, size int64, o Options) (*Reader, error) {
	if size > MaxBytes {
		return nil, newTooBigFault()
	}
	head := make([]byte, min(size, 64))
	if _, err := content.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	// By the bytes, never by the file's name: people rename, and browsers make up types.
	r := &Reader{reasonsIndex: -1, delimiter: ',', exactPasswords: o.ExactPasswords}
	v := newVocabulary(o.Fields)
	var err error
	switch {
	case bytes.HasPrefix(head, oleMagic):
		return nil, refuseOLE(content)
	// a person may well be called PK
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
	if err := r.readHead(v, o.Header); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Reader) openText(content io.ReaderAt, size int64, v *headerVocabulary) error {
	decoded, encoding, err := decodeText(content, size)
	if err != nil {
		return err
	}
	t, err := newTextReader(decoded)
	if err != nil {
		return err
	}
	// What the file begins with, already decoded: programs write web pages in UTF-16, too.
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

// dropReasonsColumn takes the reasons out of the columns: a file of rejected rows comes back as if
// it had none.
func (r *Reader) dropReasonsColumn() {
	for i, c := range r.columns {
		if c.Name == reasonsColumn {
			r.reasonsIndex = i
			r.columns = append(r.columns[:i:i], r.columns[i+1:]...)
			return
		}
	}
}

// Columns returns the columns, as the file has them or in the classic order, without the reasons of
// a rejected file.
func (r *Reader) Columns() []Column { return r.columns }

// HasHeader tells whether the file names its columns.
func (r *Reader) HasHeader() bool { return r.headerRow > 0 }

// Delimiter returns what separates the cells, the comma for a workbook; a file of rejected rows is
// written with it.
func (r *Reader) Delimiter() byte { return r.delimiter }

// Close gives back what the reader holds open. It does not close the content.
func (r *Reader) Close() error { return r.source.Close() }

// Next returns the next row that has something in it, io.EOF after the last. Its errors are those
// of Open; after one the rest of the file cannot be read.
func (r *Reader) Next() (Row, error) {
	rec, err := r.readRecord()
	if err != nil {
		return Row{}, err
	}
	// Counted as they come: a sheet may say any size, and its empty rows are no people.
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

// checkRow judges a row as a whole, hides its secrets, and takes what it shows of the file's
// encoding.
func (r *Reader) checkRow(row *Row) {
	switch {
	case r.vocabulary.repeatsHeader(row.Cells):
		row.addRowError("importfile.header_again")
	case r.headerRow == 0 && len(r.columns) > 1 && !r.mustFit:
		// Somebody said that the file has no header. A row that does not fit the order is in error
		// by itself, or here.
		switch key, column := findMisfit(fileRecord{cells: row.Cells}); key {
		case "importfile.misfit_secret":
			row.addError(r.columnAt(column), "importfile.misfit_secret_cell", nil)
		case "importfile.misfit_address":
			row.addError(r.columnAt(column), "importfile.misfit_address_cell", nil)
		}
	}
	row.hideSecrets(r.columns)
	r.sampleNames(row)
}

// readRecord returns the next record, without the reasons of an earlier attempt.
func (r *Reader) readRecord() (fileRecord, error) {
	for {
		rec, err := r.readRawRecord()
		if err != nil {
			return rec, err
		}
		if r.reasonsIndex >= 0 && r.reasonsIndex < len(rec.cells) {
			rec.cells = append(rec.cells[:r.reasonsIndex], rec.cells[r.reasonsIndex+1:]...)
			if rec = trimRecord(rec); len(rec.cells) == 0 && len(rec.flaws) == 0 {
				continue // a row of which only the reasons were left
			}
		}
		return rec, nil
	}
}

// readRawRecord returns the next record, of those that were read to find the header first.
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

// columnAt returns the column of a cell; beyond the last one there is one without a name.
func (r *Reader) columnAt(i int) Column {
	if i < len(r.columns) {
		return r.columns[i]
	}
	if r.reasonsIndex >= 0 && i >= r.reasonsIndex {
		i++
	}
	return Column{Index: i}
}
