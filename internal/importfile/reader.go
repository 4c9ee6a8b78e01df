package importfile

import (
	"bytes"
	"io"
	"strings"
)

// Options say how a file is to be read.
type Options struct {
	Fields []Field // the workspace's custom fields, which may be columns
}

// Reader reads the rows of a file one after the other.
type Reader struct {
	source    source
	columns   []Column
	headed    bool
	delimiter byte
	reasons   int     // place of the column of reasons, -1 without one
	pending   *record // the first record, when it is no header
	rows      int
}

// Beginnings that tell what a file is.
var (
	zipMagic = []byte("PK")
	oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
)

// Open recognises what a file is (an XLSX workbook; or text, its encoding and its delimiter) and reads its header, if it
// has one. Faults of the file are BAD_USER_INPUT at "file"; any other error is that of who holds the bytes. The reader
// reads on from content until it is closed.
func Open(content io.ReaderAt, size int64, o Options) (*Reader, error) {
	if size > MaxBytes {
		return nil, tooBig()
	}
	head := make([]byte, min(size, int64(len(oleMagic))))
	if _, err := content.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	// By the bytes, never by the file's name: people rename, and browsers make up types.
	r := &Reader{reasons: -1, delimiter: ','}
	v := newVocabulary(o.Fields)
	var err error
	switch {
	case bytes.HasPrefix(head, oleMagic):
		return nil, refuse("importfile.old_workbook")
	case bytes.HasPrefix(head, zipMagic) && len(head) > 3 && head[2] < ' ': // a person may well be called PK
		r.source, err = openWorkbook(content, size)
	default:
		r.source, r.delimiter, err = openText(content, size, v)
	}
	if err != nil {
		return nil, err
	}
	if err := r.begin(v); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

func openText(content io.ReaderAt, size int64, v *vocabulary) (source, byte, error) {
	decoded, err := decode(content, size)
	if err != nil {
		return nil, 0, err
	}
	t, err := newText(decoded)
	if err != nil {
		return nil, 0, err
	}
	if t.delimiter == 0 {
		t.sniff(v)
	}
	return t, t.delimiter, nil
}

// begin reads the first record and finds the columns by it.
func (r *Reader) begin(v *vocabulary) error {
	first, err := r.source.next()
	if err == io.EOF {
		return refuse("importfile.empty")
	}
	if err != nil {
		return err
	}
	for i := range first.cells {
		first.cells[i] = restore(first.cells[i])
	}
	if r.headed = v.isHeader(first.cells); r.headed {
		r.columns, err = v.read(first.cells)
		r.forgetReasons()
		return err
	}
	r.pending = &first
	if len(first.cells) == 1 && strings.Contains(first.cells[0], "@") {
		// A bare list of addresses: the classic order would make last names of them.
		r.columns = []Column{{Name: Email}}
		return nil
	}
	// BAT-1: without a header the order is that of the form which people have been using.
	for i, name := range classic {
		r.columns = append(r.columns, Column{Name: name, Index: i})
	}
	return nil
}

// forgetReasons takes the reasons out of the columns: a file of rejected rows comes back as if it had none.
func (r *Reader) forgetReasons() {
	for i, c := range r.columns {
		if c.Name == reasons {
			r.reasons = i
			r.columns = append(r.columns[:i:i], r.columns[i+1:]...)
			return
		}
	}
}

// Columns returns the columns, as the file has them or in the classic order, without the reasons of a rejected file.
func (r *Reader) Columns() []Column { return r.columns }

// HasHeader tells whether the file names its columns.
func (r *Reader) HasHeader() bool { return r.headed }

// Delimiter returns what separates the cells, the comma for a workbook; a file of rejected rows is written with it.
func (r *Reader) Delimiter() byte { return r.delimiter }

// Close gives back what the reader holds open. It does not close the content.
func (r *Reader) Close() error { return r.source.Close() }

// Next returns the next row that has something in it, io.EOF after the last. Its errors are those of Open; after one the
// rest of the file cannot be read.
func (r *Reader) Next() (Row, error) {
	rec, err := r.record()
	if err != nil {
		return Row{}, err
	}
	// Counted as they come: a sheet may say any size, and its empty rows are no people.
	if r.rows++; r.rows > MaxRows {
		return Row{}, tooManyRows()
	}
	row := Row{Number: rec.row, Cells: rec.cells}
	for i, cell := range rec.cells {
		c := r.column(i)
		row.read(c, cell)
		if c.Name == Password {
			rec.cells[i] = ""
		}
	}
	for _, f := range rec.flaws {
		if r.reasons < 0 || f.column < r.reasons {
			row.fail(r.column(f.column), f.key, nil)
		} else if f.column > r.reasons {
			row.fail(r.column(f.column-1), f.key, nil)
		}
	}
	return row, nil
}

// record returns the next record, without the reasons of an earlier attempt.
func (r *Reader) record() (record, error) {
	if first := r.pending; first != nil {
		r.pending = nil
		return *first, nil
	}
	for {
		rec, err := r.source.next()
		if err != nil {
			return rec, err
		}
		for i, cell := range rec.cells {
			rec.cells[i] = restore(cell)
		}
		if r.reasons >= 0 && r.reasons < len(rec.cells) {
			rec.cells = append(rec.cells[:r.reasons], rec.cells[r.reasons+1:]...)
			if rec = trim(rec); len(rec.cells) == 0 && len(rec.flaws) == 0 {
				continue // a row of which only the reasons were left
			}
		}
		return rec, nil
	}
}

// column returns the column of a cell; beyond the last one there is one without a name.
func (r *Reader) column(i int) Column {
	if i < len(r.columns) {
		return r.columns[i]
	}
	if r.reasons >= 0 && i >= r.reasons {
		i++
	}
	return Column{Index: i}
}
