package spreadsheet

import (
	"bytes"
	"io"
)

// Options tell what only the caller knows about the content of a file. Both are required.
type Options struct {
	// IsHeader reports whether cells are those of a header. If one of the first records is a header
	// when it is split at a delimiter, the text has that delimiter.
	IsHeader func(cells []string) bool
	// IgnoreSheet reports whether the sheet of a name is neither read nor listed.
	IgnoreSheet func(name string) bool
}

// Reader reads the records of a file one by one.
type Reader struct {
	source    recordSource
	delimiter byte
	encoding  Encoding
}

// recordSource returns the records of a file that are not empty; io.EOF after the last.
type recordSource interface {
	nextRecord() (Record, error)
	Close() error
}

// Sheet describes how the sheet of a workbook was read.
type Sheet struct {
	Name        string
	Others      []string // visible sheets that are not read
	Hidden      int      // hidden rows that are not empty, which are left out
	FirstHidden []int    // numbers of the first five of them
}

// maxFirstHidden is the number of hidden rows whose numbers are kept.
const maxFirstHidden = 5

// Magic numbers of formats.
var (
	zipMagic = []byte("PK")
	oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
)

// Open detects the format of a file: an XLSX workbook, or text with its encoding and delimiter.
// Errors of the file are BAD_USER_INPUT at "file"; other errors come from content. The reader uses
// content until it is closed.
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
	switch {
	case bytes.HasPrefix(head, oleMagic):
		return nil, refuseOLE(content)
	// A name may begin with PK, so the bytes after it must be binary.
	case bytes.HasPrefix(head, zipMagic) && len(head) > 3 && head[2] < ' ':
		source, err := openWorkbook(content, size, o.IgnoreSheet)
		if err != nil {
			return nil, err
		}
		return &Reader{source: source, delimiter: ','}, nil
	}
	if f := refuseBinary(head); f != nil {
		return nil, f
	}
	return openText(content, size, o.IsHeader)
}

// openText prepares reading a text file: encoding, delimiter, and a refusal of files that are no
// tables, such as web pages.
func openText(content io.ReaderAt, size int64,
	isHeader func(cells []string) bool) (*Reader, error) {
	decoded, encoding, err := decodeText(content, size)
	if err != nil {
		return nil, err
	}
	t, err := newTextReader(decoded)
	if err != nil {
		return nil, err
	}
	// Checked after decoding, because programs also write web pages in UTF-16.
	start, _ := t.r.Peek(4096)
	if f := refuseText(string(start)); f != nil {
		return nil, f
	}
	if t.delimiter == 0 {
		t.detectDelimiter(isHeader)
	}
	return &Reader{source: t, delimiter: t.delimiter, encoding: encoding}, nil
}

// Next returns the next record that is not empty, io.EOF after the last. Its errors are those of
// Open. After an error the rest of the file cannot be read.
func (r *Reader) Next() (Record, error) {
	rec, err := r.source.nextRecord()
	for i, cell := range rec.Cells {
		rec.Cells[i] = restoreCell(cell)
	}
	return rec, err
}

// Delimiter returns the delimiter of a text, a comma for a workbook.
func (r *Reader) Delimiter() byte { return r.delimiter }

// Encoding returns the character encoding of a text, empty for a workbook.
func (r *Reader) Encoding() Encoding { return r.encoding }

// Sheet describes the sheet that is read; false for a text. Its hidden rows are complete after the
// last record.
func (r *Reader) Sheet() (Sheet, bool) {
	if s, ok := r.source.(*sheetReader); ok {
		return s.sheet, true
	}
	return Sheet{}, false
}

// Close releases the resources of the reader. It does not close the content.
func (r *Reader) Close() error { return r.source.Close() }
