package store

import (
	"context"
	sqldriver "database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"github.com/lib/pq"

	"usher/internal/ident"
)

// Bulk is a set of new rows of one table. PostgreSQL gets them by COPY, SQLite in statements of
// many rows. Imports use it: COPY writes 60,000 rows a second and more, and the bulk insert of ent
// some 20,000.
//
// Hooks and defaults do not run. Each row sets all columns except those that may be null.
type Bulk struct {
	Table   string
	Columns []string
	rows    [][]any
}

// Add appends a row, with its values in the order of the columns.
func (b *Bulk) Add(values ...any) { b.rows = append(b.rows, values) }

// Len returns the number of rows.
func (b *Bulk) Len() int { return len(b.rows) }

// AddMutation appends the row that an ent builder describes. Columns that the builder does not set
// take their value from defaults, or null.
func (b *Bulk) AddMutation(m ent.Mutation, id ident.ID, defaults map[string]any) {
	row := make([]any, len(b.Columns))
	for i, column := range b.Columns {
		if v, set := m.Field(column); set {
			row[i] = v
		} else {
			row[i] = defaults[column]
		}
		// The caller chooses the id, so that other new rows can refer to this one.
		if column == "id" {
			row[i] = id
		}
	}
	b.rows = append(b.rows, row)
}

// Insert writes the rows of a Bulk inside the workspace in scope.
//
// Security: these statements bypass ent, so the tenant filter is applied here. Rows of a table with
// a workspace_id must name the workspace in scope. Tables that join two others have no such column;
// their ids come from rows that were read or created behind the tenant filter.
func (tx *Tx) Insert(ctx context.Context, b *Bulk) error {
	if len(b.rows) == 0 {
		return nil
	}
	s, ok := scopeFrom(ctx)
	if !ok || s.caller != nil {
		return fmt.Errorf("store: insert rows of %s: no scope that may write", b.Table)
	}
	if err := tx.archive.requireInUse(ctx); err != nil {
		return err
	}
	tx.reserved.noteWrite(ctx)
	// Every row is checked before the first is written: COPY stops in the middle of a table.
	for i, column := range b.Columns {
		if column != "workspace_id" || s.reason != "" {
			continue
		}

		for _, row := range b.rows {
			if w, _ := row[i].(ident.ID); w != s.workspace {
				return fmt.Errorf(
					"store: insert rows of %s: a row is outside the workspace in scope",
					b.Table)
			}
		}
	}
	for _, row := range b.rows {
		for i := range row {
			v, err := tx.driverValue(row[i])
			if err != nil {
				return fmt.Errorf("store: %s.%s: %w", b.Table, b.Columns[i], err)
			}
			row[i] = v
		}
	}
	var err error
	// COPY exists in PostgreSQL only, and SQLite is fast with many rows in one statement.
	if tx.dialect == dialect.Postgres {
		err = tx.copyRows(ctx, b)
	} else {
		err = tx.insertRows(ctx, b)
	}
	if err != nil {
		return fmt.Errorf("store: insert rows of %s: %w", b.Table, err)
	}
	return nil
}

// ManyRows prepares a PostgreSQL transaction that writes many rows. A generic query plan that was
// made while a table was empty reads the whole table for every row that refers to it. Kept
// statements of the connection may hold such a plan, so the transaction uses custom plans only.
func (tx *Tx) ManyRows(ctx context.Context) error {
	if tx.dialect != dialect.Postgres {
		return nil
	}
	if _, err := tx.SQL.ExecContext(ctx,
		"SET LOCAL enable_seqscan = off; "+
			"SET LOCAL plan_cache_mode = force_custom_plan"); err != nil {
		return fmt.Errorf("store: set planner options: %w", err)
	}
	return nil
}

// Analyze updates the statistics of tables that have just received many rows. PostgreSQL's own
// autovacuum runs once a minute, and until then the query plans would be those of an empty table.
func (tx *Tx) Analyze(ctx context.Context, tables ...string) error {
	if tx.dialect != dialect.Postgres {
		return nil
	}
	for _, table := range tables {
		if _, err := tx.SQL.ExecContext(ctx, "ANALYZE "+pq.QuoteIdentifier(table)); err != nil {
			return fmt.Errorf("store: analyze %s: %w", table, err)
		}
	}
	return nil
}

// copyRows inserts the rows by COPY, which sends values without parsing or planning a statement for
// them. PostgreSQL only.
func (tx *Tx) copyRows(ctx context.Context, b *Bulk) error {
	quoted := make([]string, len(b.Columns))
	for i, column := range b.Columns {
		quoted[i] = pq.QuoteIdentifier(column)
	}
	// lib/pq begins COPY when the statement is prepared, takes a row for each call, and sends the
	// rest when it is called without arguments.
	statement, err := tx.SQL.PrepareContext(ctx, "copy "+pq.QuoteIdentifier(b.Table)+" ("+
		strings.Join(quoted, ", ")+") from stdin")
	if err != nil {
		return err
	}
	for _, row := range b.rows {
		if _, err := statement.ExecContext(ctx, row...); err != nil {
			_ = statement.Close()
			return err
		}
	}
	if _, err := statement.ExecContext(ctx); err != nil {
		_ = statement.Close()
		return err
	}
	return statement.Close()
}

// maxParameters is SQLite's limit of parameters in one statement (SQLITE_MAX_VARIABLE_NUMBER).
const maxParameters = 32_766

// insertRows inserts the rows by statements of many values, for SQLite, which has no COPY.
func (tx *Tx) insertRows(ctx context.Context, b *Bulk) error {
	// At most 500 rows: a longer statement takes longer to parse and is no faster.
	chunkSize := min(max(maxParameters/len(b.Columns), 1), 500)
	one := "(?" + strings.Repeat(", ?", len(b.Columns)-1) + ")"
	head := "INSERT INTO `" + b.Table + "` (`" + strings.Join(b.Columns, "`, `") + "`) VALUES "
	for from := 0; from < len(b.rows); from += chunkSize {
		part := b.rows[from:min(from+chunkSize, len(b.rows))]
		args := make([]any, 0, len(part)*len(b.Columns))
		for _, row := range part {
			args = append(args, row...)
		}
		if _, err := tx.SQL.ExecContext(ctx, head+one+strings.Repeat(", "+one, len(part)-1),
			args...); err != nil {
			return err
		}
	}
	return nil
}

// driverValue converts a value as ent would before it stores it: named string types to strings;
// structs, lists and maps to JSON; times to UTC with microseconds.
func (tx *Tx) driverValue(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, int, int64, bool:
		return v, nil
	case []byte:
		if v == nil {
			return nil, nil // null, not an empty value
		}
		return v, nil
	case time.Time:
		return v.UTC().Truncate(time.Microsecond), nil
	case ident.ID:
		return v.Value()
	}
	r := reflect.ValueOf(v)
	// Optional values are pointers, as ent's builders take them.
	if r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return nil, nil
		}
		return tx.driverValue(r.Elem().Interface())
	}
	if valuer, ok := v.(sqldriver.Valuer); ok {
		return valuer.Value()
	}
	switch r.Kind() {
	case reflect.String:
		return r.String(), nil
	// nil means null, and not the text 'null'.
	case reflect.Struct, reflect.Slice, reflect.Map:
		if r.Kind() != reflect.Struct && r.IsNil() {
			return nil, nil
		}
		b, err := json.Marshal(v)
		if tx.dialect == dialect.Postgres {
			return string(b), err // bytes would be taken for bytea
		}
		return b, err
	}
	return v, nil
}
