package store

import (
	sqldriver "database/sql/driver"
	"io"
	"reflect"
	"strings"
)

// preparedRows are the rows of a prepared statement, which is free again when they are closed. What
// the driver's rows do not know of their columns is answered as database/sql would answer by
// itself.
type preparedRows struct {
	sqldriver.Rows
	c *preparedConn
	p *preparedStatement // nil when closed
}

// directRows are the rows of a statement that is not prepared.
type directRows struct{ preparedRows }

// Close closes them.
func (r *directRows) Close() error { return r.Rows.Close() }

// Next reads a row. On SQLite it mends the moments that the driver leaves as text because it cannot
// read them.
func (r *preparedRows) Next(into []sqldriver.Value) error {
	err := r.Rows.Next(into)
	if err != nil || r.c.postgres {
		return err
	}
	for i := range into {
		if t, mended := readableTime(into[i]); mended &&
			strings.EqualFold(r.ColumnTypeDatabaseTypeName(i), "datetime") {
			into[i] = t
		}
	}
	return nil
}

// Close gives the statement back. One that did not end well is not used again: the driver may have
// left something in it.
func (r *preparedRows) Close() error {
	p := r.p
	if p == nil {
		return nil
	}
	r.p = nil
	err := r.Rows.Close()
	p.open = false
	r.c.open--
	if p.gone || err != nil {
		r.c.dropStatement(p)
	}
	return err
}

// HasNextResultSet tells whether another result follows.
func (r *preparedRows) HasNextResultSet() bool {
	next, ok := r.Rows.(sqldriver.RowsNextResultSet)
	return ok && next.HasNextResultSet()
}

// NextResultSet goes on to the next result.
func (r *preparedRows) NextResultSet() error {
	if next, ok := r.Rows.(sqldriver.RowsNextResultSet); ok {
		return next.NextResultSet()
	}
	return io.EOF
}

// ColumnTypeScanType is the Go type of a column.
func (r *preparedRows) ColumnTypeScanType(i int) reflect.Type {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypeScanType); ok {
		return typed.ColumnTypeScanType(i)
	}
	return reflect.TypeFor[any]()
}

// ColumnTypeDatabaseTypeName is the SQL type of a column.
func (r *preparedRows) ColumnTypeDatabaseTypeName(i int) string {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypeDatabaseTypeName); ok {
		return typed.ColumnTypeDatabaseTypeName(i)
	}
	return ""
}

// ColumnTypeLength is the length of a column, where it has one.
func (r *preparedRows) ColumnTypeLength(i int) (length int64, ok bool) {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypeLength); ok {
		return typed.ColumnTypeLength(i)
	}
	return 0, false
}

// ColumnTypeNullable tells whether a column may be null, where that is known.
func (r *preparedRows) ColumnTypeNullable(i int) (nullable, ok bool) {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypeNullable); ok {
		return typed.ColumnTypeNullable(i)
	}
	return false, false
}

// ColumnTypePrecisionScale is the precision of a decimal column.
func (r *preparedRows) ColumnTypePrecisionScale(i int) (precision, scale int64, ok bool) {
	if typed, ok := r.Rows.(sqldriver.RowsColumnTypePrecisionScale); ok {
		return typed.ColumnTypePrecisionScale(i)
	}
	return 0, 0, false
}
