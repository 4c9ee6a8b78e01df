package importfile

import (
	"io"

	"usher/internal/i18n"
	"usher/internal/spreadsheet"
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
	// Active says that a header such as "Status" or "Active" is the column Active. Otherwise it is
	// left out.
	Active bool
}

// Reader reads the rows of a file one by one.
type Reader struct {
	file           *spreadsheet.Reader
	vocabulary     *headerVocabulary
	columns        []Column
	headerRow      int  // 0 without a header
	leftAbove      int  // records above the header
	recalled       bool // the columns are as chosen for an earlier file
	mustFit        bool
	exactPasswords bool
	reasonsIndex   int                  // index of the column of reasons; -1 for none
	pending        []spreadsheet.Record // records read to find the header
	pendingError   error                // error that follows pending
	rows           int
	sample         []string
	// the first date whose day and month could change places, and as it was read
	ambiguousDate, ambiguousRead string
}

// Open opens a file of any format that package spreadsheet reads, and reads its header, if there is
// one. Errors of the file are BAD_USER_INPUT at "file"; other errors
// come from content. The reader uses content until it is closed.
func Open(content io.ReaderAt, size int64, o Options) (*Reader, error) {
	v := newVocabulary(o.Fields, o.Choices, o.activeHeaders()...)
	file, err := spreadsheet.Open(content, size, spreadsheet.Options{IsHeader: v.isHeader,
		IgnoreSheet: isValueSheet})
	if err != nil {
		return nil, err
	}
	r := &Reader{file: file, reasonsIndex: -1, exactPasswords: o.ExactPasswords}
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
func (r *Reader) Delimiter() byte { return r.file.Delimiter() }

// Close releases the resources of the reader. It does not close the content.
func (r *Reader) Close() error { return r.file.Close() }

// Next returns the next row that is not empty, io.EOF after the last. Its errors are those of Open.
// After an error the rest of the file cannot be read.
func (r *Reader) Next() (Row, error) {
	rec, err := r.readRecord()
	if err != nil {
		return Row{}, err
	}
	// Rows are counted as they are read: a sheet may declare any size, and empty rows do not count.
	if r.rows++; r.rows > spreadsheet.MaxRows {
		return Row{}, spreadsheet.NewFileFault("importfile.too_many_rows",
			i18n.Args{"Max": spreadsheet.MaxRows})
	}
	if r.mustFit {
		if misfit := findMisfitKey(rec); misfit != "" {
			return Row{}, refuseMisfit(rec, misfit)
		}
	}
	row := Row{Number: rec.Row, Cells: rec.Cells, exactPassword: r.exactPasswords}
	for i, cell := range rec.Cells {
		row.setCell(r.columnAt(i), cell)
	}
	row.settleCells(r.columns)
	for _, f := range rec.Flaws {
		if r.reasonsIndex < 0 || f.Column < r.reasonsIndex {
			row.addError(r.columnAt(f.Column), f.Key, nil)
		} else if f.Column > r.reasonsIndex {
			row.addError(r.columnAt(f.Column-1), f.Key, nil)
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
		switch key, column := findMisfit(spreadsheet.Record{Cells: row.Cells}); key {
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
func (r *Reader) readRecord() (spreadsheet.Record, error) {
	for {
		rec, err := r.readRawRecord()
		if err != nil {
			return rec, err
		}
		if r.reasonsIndex >= 0 && r.reasonsIndex < len(rec.Cells) {
			rec.Cells = append(rec.Cells[:r.reasonsIndex], rec.Cells[r.reasonsIndex+1:]...)
			if rec = rec.TrimEnd(); rec.IsEmpty() {
				continue // the row had reasons only
			}
		}
		return rec, nil
	}
}

// readRawRecord returns the next record, beginning with those that were read to find the header.
func (r *Reader) readRawRecord() (spreadsheet.Record, error) {
	if len(r.pending) > 0 {
		rec := r.pending[0]
		r.pending = r.pending[1:]
		return rec, nil
	}
	if r.pendingError != nil {
		return spreadsheet.Record{}, r.pendingError
	}
	return r.file.Next()
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
