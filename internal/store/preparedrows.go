package store

import (
	sqldriver "database/sql/driver"
	"io"
	"reflect"
	"strings"
)

// preparedRows are the rows of a prepared statement, which is free again when they are closed.
// Column types that the driver's rows do not know get the defaults of database/sql.
type preparedRows struct {
	sqldriver.Rows
	c *preparedConn
	p *preparedStatement // nil when closed
}

// directRows are the rows of a statement that is not prepared.
type directRows struct{ preparedRows }

// Close closes the rows.
func (r *directRows) Close() error { return r.Rows.Close() }

// Next reads a row. On SQLite it replaces times that the driver returns as text because it cannot
// read them.
func (r *preparedRows) Next(into []sqldriver.Value) error {
	err := r.Rows.Next(into)
	if err != nil || r.c.postgres {
		return err
	}
	for i := range into {
		// Only columns of times: a text that looks like one must stay a text.
		if t, mended := readableTime(into[i]); mended &&
			strings.EqualFold(r.ColumnTypeDatabaseTypeName(i), "datetime") {
			into[i] = t
		}
	}
	return nil
}

// Close closes the rows and frees the statement. A statement that ended with an error is dropped,
// because the driver may have left data in it.
func (r *preparedRows) Close() error {
	p := r.p
	if p == nil {
		return nil
	}
	r.p = nil
	err := r.Rows.Close()
	p.open = false
	r.c.open--
	// A statement that was dropped while its rows were open is closed here.
	if p.gone || err != nil {
		r.c.dropStatement(p)
	}
	return err
}

// HasNextResultSet reports whether another result follows.
func (r *preparedRows) HasNextResultSet() bool {
	next, ok := r.Rows.(sqldriver.RowsNextResultSet)
	return ok && next.HasNextResultSet()
}

// NextResultSet moves to the next result; io.EOF if there is none.
func (r *preparedRows) NextResultSet() error {
	if next, ok := r.Rows.(sqldriver.RowsNextResultSet); ok {
		return next.NextResultSet()
	}
	return io.EOF
}

// ColumnTypeScanType returns the Go type of a column.
func (r *preparedRows) ColumnTypeScanType(i int) reflect.Type {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypeScanType); ok {
		return typed.ColumnTypeScanType(i)
	}
	return reflect.TypeFor[any]()
}

// ColumnTypeDatabaseTypeName returns the SQL type of a column.
func (r *preparedRows) ColumnTypeDatabaseTypeName(i int) string {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypeDatabaseTypeName); ok {
		return typed.ColumnTypeDatabaseTypeName(i)
	}
	return ""
}

// ColumnTypeLength returns the length of a column; false if it has none.
func (r *preparedRows) ColumnTypeLength(i int) (length int64, ok bool) {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypeLength); ok {
		return typed.ColumnTypeLength(i)
	}
	return 0, false
}

// ColumnTypeNullable reports whether a column may be null; false if that is unknown.
func (r *preparedRows) ColumnTypeNullable(i int) (nullable, ok bool) {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypeNullable); ok {
		return typed.ColumnTypeNullable(i)
	}
	return false, false
}

// ColumnTypePrecisionScale returns the precision of a decimal column.
func (r *preparedRows) ColumnTypePrecisionScale(i int) (precision, scale int64, ok bool) {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypePrecisionScale); ok {
		return typed.ColumnTypePrecisionScale(i)
	}
	return 0, 0, false
}
