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

// Bulk puts many rows into one table: by COPY on PostgreSQL, in statements of many rows on SQLite.
// It is for imports, where ent's own bulk insert, at some 20,000 rows a second, would be most of
// the work (COPY: 60,000 and more).
//
// Hooks and defaults do not run: each row sets all of its columns, except those that may be null.
type Bulk struct {
	Table   string
	Columns []string
	rows    [][]any
}

// Add adds a row, its values in the order of the columns.
func (b *Bulk) Add(values ...any) { b.rows = append(b.rows, values) }

// Len is how many rows there are.
func (b *Bulk) Len() int { return len(b.rows) }

// AddMutation adds the row that an ent builder has put together. What it does not set is taken from
// the defaults, else null.
func (b *Bulk) AddMutation(m ent.Mutation, id ident.ID, defaults map[string]any) {
	row := make([]any, len(b.Columns))
	for i, column := range b.Columns {
		if v, set := m.Field(column); set {
			row[i] = v
		} else {
			row[i] = defaults[column]
		}
		if column == "id" {
			row[i] = id
		}
	}
	b.rows = append(b.rows, row)
}

// Insert writes what a Bulk holds, inside the workspace in scope.
//
// Security: this is not ent, so the tenant filter is applied here. A table of a workspace must say
// its workspace_id, the one in scope; a table that joins two others has none, and its ids come from
// rows that were read or created behind the tenant filter.
func (tx *Tx) Insert(ctx context.Context, b *Bulk) error {
	if len(b.rows) == 0 {
		return nil
	}
	s, ok := scopeFrom(ctx)
	if !ok || s.caller != nil {
		return fmt.Errorf("store: many rows of %s without a scope to write in", b.Table)
	}
	for i, column := range b.Columns {
		if column != "workspace_id" || s.reason != "" {
			continue
		}
		for _, row := range b.rows {
			if w, _ := row[i].(ident.ID); w != s.workspace {
				return fmt.Errorf("store: a new row of %s outside of the workspace in scope",
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
	if tx.dialect == dialect.Postgres {
		err = tx.copyRows(ctx, b)
	} else {
		err = tx.insertRows(ctx, b)
	}
	if err != nil {
		return fmt.Errorf("store: many rows of %s: %w", b.Table, err)
	}
	return nil
}

// ManyRows prepares a transaction on PostgreSQL for writing many rows: each statement is planned
// for what it finds. A plan that was made, and kept, while a table was empty reads all of the table
// for every row that refers to it. Statements that the connection keeps may have such a plan from
// earlier on, so no kept plan is used either.
func (tx *Tx) ManyRows(ctx context.Context) error {
	if tx.dialect != dialect.Postgres {
		return nil
	}
	if _, err := tx.SQL.ExecContext(ctx,
		"SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_custom_plan"); err != nil {
		return fmt.Errorf("store: plan for many rows: %w", err)
	}
	return nil
}

// Analyze tells PostgreSQL how a table looks now that many rows have come at once; its own rounds
// are a minute apart.
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

func (tx *Tx) copyRows(ctx context.Context, b *Bulk) error {
	quoted := make([]string, len(b.Columns))
	for i, column := range b.Columns {
		quoted[i] = pq.QuoteIdentifier(column)
	}
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

// maxParameters is what SQLite takes in one statement.
const maxParameters = 32_766

func (tx *Tx) insertRows(ctx context.Context, b *Bulk) error {
	atOnce := min(max(maxParameters/len(b.Columns), 1), 500)
	one := "(?" + strings.Repeat(", ?", len(b.Columns)-1) + ")"
	head := "INSERT INTO `" + b.Table + "` (`" + strings.Join(b.Columns, "`, `") + "`) VALUES "
	for from := 0; from < len(b.rows); from += atOnce {
		part := b.rows[from:min(from+atOnce, len(b.rows))]
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

// driverValue makes of a value what the driver stores as ent would: words of words' own types, JSON
// of structs, lists and maps.
func (tx *Tx) driverValue(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, int, int64, bool:
		return v, nil
	case []byte:
		if v == nil {
			return nil, nil // and not zero bytes
		}
		return v, nil
	case time.Time:
		return v.UTC().Truncate(time.Microsecond), nil
	case ident.ID:
		return v.Value()
	}
	r := reflect.ValueOf(v)
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
