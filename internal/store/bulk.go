package store

import (
	"context"
	sqldriver "database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"github.com/lib/pq"

	"usher/internal/ident"
)

// Bulk is a set of new rows of one table. It saves what ent spends on a row: imports write 60,000
// rows a second and more by COPY, and some 20,000 by the bulk insert of ent.
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

// Insert writes rows inside the workspace in scope. Rows may refer to those of an earlier argument.
//
// PostgreSQL gets few rows in one statement, whatever their tables, and the rows of each table by
// COPY if there are many. SQLite gets statements of many rows.
//
// Security: these statements bypass ent, so the tenant filter is applied here. Rows of a table with
// a workspace_id must name the workspace in scope. Tables that join two others have no such column;
// their ids come from rows that were read or created behind the tenant filter.
func (tx *Tx) Insert(ctx context.Context, all ...*Bulk) error {
	all = slices.DeleteFunc(slices.Clone(all), func(b *Bulk) bool { return len(b.rows) == 0 })
	if len(all) == 0 {
		return nil
	}
	s, ok := scopeFrom(ctx)
	if !ok || s.caller != nil {
		return fmt.Errorf("store: insert rows of %s: no scope that may write", all[0].Table)
	}
	if err := tx.archive.requireInUse(ctx); err != nil {
		return err
	}
	tx.reserved.noteWrite(ctx)
	tx.reserved.noteCreated(all)
	// Every row is checked before the first is written: COPY stops in the middle of a table.
	values := 0
	for _, b := range all {
		if err := tx.prepareRows(s, b); err != nil {
			return err
		}
		values += len(b.rows) * len(b.Columns)
	}

	if tx.dialect == dialect.Postgres && values <= maxTogether {
		return tx.insertTogether(ctx, all)
	}
	insert := tx.insertRows
	// COPY exists in PostgreSQL only, and SQLite is fast with many rows in one statement.
	if tx.dialect == dialect.Postgres {
		insert = tx.copyRows
	}
	for _, b := range all {
		if err := insert(ctx, b); err != nil {
			return fmt.Errorf("store: insert rows of %s: %w", b.Table, err)
		}
	}
	return nil
}

// prepareRows checks that the rows belong to the scope, and converts their values for the driver.
func (tx *Tx) prepareRows(s accessScope, b *Bulk) error {
	for _, row := range b.rows {
		for i, value := range row {
			if id, _ := value.(ident.ID); b.Columns[i] == "workspace_id" && s.reason == "" &&
				id != s.workspace {
				return fmt.Errorf("store: insert rows of %s: a row is outside the workspace in scope",
					b.Table)
			}
			converted, err := tx.driverValue(value)
			if err != nil {
				return fmt.Errorf("store: %s.%s: %w", b.Table, b.Columns[i], err)
			}
			row[i] = converted
		}
	}
	return nil
}

// maxTogether is the number of values that one statement for several tables may have. A longer one
// takes longer to parse than COPY takes to begin.
const maxTogether = 500

// insertTogether inserts the rows of several tables by one statement. PostgreSQL checks references
// when it ends, so the order of its parts does not matter.
func (tx *Tx) insertTogether(ctx context.Context, all []*Bulk) error {
	var text strings.Builder
	var args []any
	for i, b := range all {
		last := i == len(all)-1
		switch {
		case last && i > 0:
			text.WriteString(" ")
		case i == 0 && !last:
			text.WriteString("WITH ")
		case i > 0:
			text.WriteString(", ")
		}
		if !last {
			fmt.Fprintf(&text, "i%d AS (", i)
		}
		args = b.writeInsert(&text, args)
		if !last {
			text.WriteString(")")
		}
	}
	if _, err := tx.exec.ExecContext(ctx, text.String(), args...); err != nil {
		return fmt.Errorf("store: insert rows of %s and other tables: %w", all[0].Table, err)
	}
	return nil
}

// writeInsert writes the statement that inserts the rows, and returns the arguments with its own.
// PostgreSQL only.
func (b *Bulk) writeInsert(text *strings.Builder, args []any) []any {
	fmt.Fprintf(text, "INSERT INTO %s (%s) VALUES ", pq.QuoteIdentifier(b.Table), b.quoteColumns())
	for n, row := range b.rows {
		if n > 0 {
			text.WriteString(", ")
		}
		for i, value := range row {
			text.WriteString([]string{"(", ", "}[min(i, 1)])
			args = append(args, value)
			fmt.Fprintf(text, "$%d", len(args))
		}
		text.WriteString(")")
	}
	return args
}

// quoteColumns returns the columns as PostgreSQL reads them.
func (b *Bulk) quoteColumns() string {
	quoted := make([]string, len(b.Columns))
	for i, column := range b.Columns {
		quoted[i] = pq.QuoteIdentifier(column)
	}
	return strings.Join(quoted, ", ")
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
	// lib/pq begins COPY when the statement is prepared, takes a row for each call, and sends the
	// rest when it is called without arguments.
	statement, err := tx.SQL.PrepareContext(ctx, "copy "+pq.QuoteIdentifier(b.Table)+" ("+
		b.quoteColumns()+") from stdin")
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
