package lifecycle

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"time"

	"usher/ent"
	"usher/ent/workspaceexport"
	"usher/internal/ident"
	"usher/internal/importfile"
	"usher/internal/spreadsheet"
)

// exportPageSize is how many rows of a table are in memory at a time.
const exportPageSize = 1_000

// exportTable is a table of an export.
type exportTable interface {
	writeTo(ctx context.Context, db *ent.Client, archive *zip.Writer,
		format workspaceexport.Format) error
}

// column is a column of the table of rows of type T.
//
// Security: columns are written out one by one, so that a new one is in no export by itself.
// Hashes, tokens and the versions of links are never among them.
type column[T any] struct {
	name  string
	value func(*T) any
}

// rowTable is a table with a row for each row of the database.
type rowTable[T any] struct {
	name    string
	columns []column[T]
	// page reads at most exportPageSize rows behind an id, in the order of their ids.
	page func(ctx context.Context, db *ent.Client, after ident.ID) ([]*T, error)
	id   func(*T) ident.ID
}

// tableWriter writes the rows of one table.
type tableWriter interface{ writeRow(values []any) error }

// writeTo adds the table to the archive as a file, page by page.
func (t rowTable[T]) writeTo(ctx context.Context, db *ent.Client, archive *zip.Writer,
	format workspaceexport.Format) error {
	ending := ".csv"
	if format == workspaceexport.FormatJSONLines {
		ending = ".jsonl"
	}
	file, err := archive.Create(t.name + ending)
	if err != nil {
		return err
	}
	return t.writeRows(ctx, db, file, format, ident.ID{})
}

// writeRows writes the rows behind an id, page by page.
func (t rowTable[T]) writeRows(ctx context.Context, db *ent.Client, file io.Writer,
	format workspaceexport.Format, last ident.ID) error {
	header := make([]string, len(t.columns))
	for i, c := range t.columns {
		header[i] = c.name
	}
	out, end, err := newTableWriter(file, format, header)
	if err != nil {
		return err
	}
	// One slice for all rows. The writers keep nothing of it.
	values := make([]any, len(t.columns))
	for {
		rows, err := t.page(ctx, db, last)
		if err != nil {
			return fmt.Errorf("lifecycle: read %s: %w", t.name, err)
		}
		for _, row := range rows {
			for i, c := range t.columns {
				values[i] = c.value(row)
			}
			if err := out.writeRow(values); err != nil {
				return err
			}
		}
		if len(rows) < exportPageSize {
			return end()
		}
		last = t.id(rows[len(rows)-1])
	}
}

// newTableWriter returns the writer of a format, and the function that ends the table.
func newTableWriter(file io.Writer, format workspaceexport.Format,
	header []string) (tableWriter, func() error, error) {
	if format == workspaceexport.FormatJSONLines {
		return &jsonLinesWriter{header: header, out: json.NewEncoder(file)},
			func() error { return nil }, nil
	}
	out, err := spreadsheet.NewWriter(file, spreadsheet.CSV, ',', "", header)
	if err != nil {
		return nil, nil, err
	}
	return csvTableWriter{out}, out.Close, nil
}

// jsonLinesWriter writes an object with a property for each column.
type jsonLinesWriter struct {
	header []string
	out    *json.Encoder
}

// writeRow writes a row as one line of JSON, an object with the names of the header.
func (w *jsonLinesWriter) writeRow(values []any) error {
	row := make(map[string]any, len(values))
	for i, v := range values {
		row[w.header[i]] = v
	}
	return w.out.Encode(row)
}

// csvTableWriter writes rows of cells that no spreadsheet takes for formulas.
type csvTableWriter struct{ spreadsheet.Writer }

// writeRow writes a row as CSV, with a cell for each column of the header.
func (w csvTableWriter) writeRow(values []any) error {
	cells := make([]string, len(values))
	for i, v := range values {
		cell, err := formatCell(v)
		if err != nil {
			return err
		}
		cells[i] = cell
	}
	return w.Write(cells)
}

// formatCell returns a value as the text of a cell. A list of texts becomes texts between bars, as
// imports read them; other lists and objects become JSON.
func formatCell(v any) (string, error) {
	// Optional columns are pointers, and nil is an empty cell.
	value := reflect.ValueOf(v)
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return "", nil
		}
		return formatCell(value.Elem().Interface())
	}
	switch v := v.(type) {
	case nil:
		return "", nil
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), nil
	case ident.ID:
		return v.String(), nil
	case []string:
		return importfile.JoinValues(v), nil
	}
	switch value.Kind() {
	case reflect.String:
		return value.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(value.Bool()), nil
	case reflect.Int:
		return strconv.FormatInt(value.Int(), 10), nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

// writeTables writes all tables of an export.
func (s *Service) writeTables(ctx context.Context, archive *zip.Writer,
	e *ent.WorkspaceExport) error {
	for _, t := range exportTables {
		if err := t.writeTo(ctx, s.Store.Client, archive, e.Format); err != nil {
			return err
		}
	}
	return nil
}
