package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"reflect"
	"slices"
	"testing"

	"entgo.io/ent/dialect"
)

func TestColumnsAndArgumentsAreThoseOfTheDriver(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		kept, plain := things(t, url), opened(t, url, Unprepared)
		text := kept.text("SELECT id, text, code, code / 2.0, 'x' FROM thing WHERE id < ?")
		type column struct {
			Name, Type     string
			Scan           reflect.Type
			A, B, C        int64
			OkA, OkB, Null bool
			OkNull         bool
		}
		columns := func(c *sql.Conn) (all []column) {
			rows, err := c.QueryContext(t.Context(), text, 2)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			types, err := rows.ColumnTypes()
			if err != nil || !rows.Next() || !rows.Next() || rows.Next() || rows.NextResultSet() ||
				rows.Err() != nil {
				t.Fatal(err, rows.Err())
			}
			for _, ct := range types {
				c := column{Name: ct.Name(), Type: ct.DatabaseTypeName(), Scan: ct.ScanType()}
				c.A, c.OkA = ct.Length()
				c.B, c.C, c.OkB = ct.DecimalSize()
				c.Null, c.OkNull = ct.Nullable()
				all = append(all, c)
			}
			return all
		}
		c, d := session(t, kept), columns(session(t, plain))
		for range 3 {
			if got := columns(c); !reflect.DeepEqual(got, d) {
				t.Errorf("%+v, want %+v", got, d)
			}
		}
		wantKept(t, c, 1)
		// lists and unsigned numbers are lib/pq's own to convert
		if kept.dialect == dialect.Postgres {
			for range 3 {
				if got := read(t, c, "SELECT id FROM thing WHERE id = ANY($1) AND code < $2",
					[]int64{1, 2}, uint64(2)); !slices.Equal(got, []string{"1"}) {
					t.Errorf("by a list: %v", got)
				}
			}
		}
	})
}

func TestCopyGoesStraightToTheDriver(t *testing.T) {
	t.Parallel()
	s := things(t, empties["postgres"](t))
	c := session(t, s)
	for i := range 3 {
		tx, err := c.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		read(t, tx, "SELECT id FROM thing WHERE id = $1", 1)
		in, err := tx.PrepareContext(t.Context(), "copy thing (id, text) from stdin")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 100 {
			run(t, statementOf{in}, "", 2000+100*i+n, "copied")
		}
		run(t, statementOf{in}, "")
		if err := errors.Join(in.Close(), tx.Commit()); err != nil {
			t.Fatal(err)
		}
	}
	wantKept(t, c, 1)
	if got := read(t, c, "SELECT count(*) FROM thing"); got[0] != "1300" {
		t.Errorf("%s rows", got[0])
	}
}

// statementOf runs a statement that stands already.
type statementOf struct{ *sql.Stmt }

func (s statementOf) ExecContext(ctx context.Context, _ string, args ...any) (sql.Result, error) {
	return s.Stmt.ExecContext(ctx, args...)
}

// mute is a connection that can do nothing but what every driver's can.
type mute struct{ sqldriver.Conn }

func (mute) Close() error { return nil }

type muted struct{ sqldriver.Connector }

func (muted) Connect(context.Context) (sqldriver.Conn, error) { return mute{}, nil }

func TestADriverThatCannotKeepStatementsIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := (preparingConnector{Connector: muted{}}).Connect(t.Context()); err == nil {
		t.Error("accepted")
	}
}
