package imports

import (
	"fmt"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/schema"
	"usher/internal/i18n"
	files "usher/internal/importfile"
	"usher/internal/inputs"
)

// Reading describes how the file of an import was understood.
type Reading struct {
	Encoding      *string
	Delimiter     *string
	HeaderRow     *int
	Columns       []*ReadColumn
	Sheet         *string
	SheetsLeftOut []string
	HiddenRows    int
	Notes         []i18n.Message
}

// ReadColumn is one column of the file.
type ReadColumn struct {
	Letter  string
	Header  *string
	Name    *string
	Ignored bool // it has a header and is left out
}

// newReadColumn returns a column of a file in the form of the API.
func newReadColumn(c files.Column) *ReadColumn {
	out := &ReadColumn{Letter: c.Letter(), Header: inputs.NilIfEmpty(c.Header)}
	if out.Ignored = c.Name == files.Ignored; !out.Ignored {
		out.Name = inputs.NilIfEmpty(c.Path())
	}
	return out
}

// ReadingOf returns how the file of an import was understood; nil before its preview, and for rows
// of a request, which have no file.
func ReadingOf(b *ent.ImportBatch) *Reading {
	if len(b.Columns) == 0 || b.Source == importbatch.SourceRows {
		return nil
	}
	stored := b.Reading
	r := &Reading{
		Encoding: inputs.NilIfEmpty(stored.Encoding), Sheet: inputs.NilIfEmpty(stored.Sheet),
		SheetsLeftOut: []string{}, HiddenRows: stored.HiddenRows,
		Columns: []*ReadColumn{}, Notes: []i18n.Message{},
	}
	r.SheetsLeftOut = append(r.SheetsLeftOut, stored.SheetsLeftOut...)
	if stored.HeaderRow > 0 {
		r.HeaderRow = &stored.HeaderRow
	}
	// A workbook has neither encoding nor delimiter.
	if stored.Encoding != "" {
		r.Delimiter = &b.Delimiter
	}
	for _, c := range restoreColumns(b.Columns) {
		r.Columns = append(r.Columns, newReadColumn(c))
	}
	for _, note := range stored.Notes {
		r.Notes = append(r.Notes, storedMessage(note.Message, note.Args))
	}
	return r
}

// storedReading returns a reading in the form that the database stores.
func storedReading(r files.Reading) schema.ImportReading {
	out := schema.ImportReading{
		Encoding: string(r.Encoding), HeaderRow: r.HeaderRow, Sheet: r.Sheet,
		SheetsLeftOut: r.SheetsLeftOut, HiddenRows: r.HiddenRows,
	}
	for _, w := range r.Warnings {
		args := map[string]string{}
		for name, v := range w.Args {
			args[name] = fmt.Sprint(v)
		}
		out.Notes = append(out.Notes, schema.ImportNote{Message: w.Key, Args: args})
	}
	return out
}
