package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"entgo.io/ent/dialect"
)

// text is a statement with the marks of this database for its arguments.
func (s *Store) text(query string) string {
	for n := 1; s.dialect == dialect.Postgres && strings.Contains(query, "?"); n++ {
		query = strings.Replace(query, "?", fmt.Sprintf("$%d", n), 1)
	}
	return query
}

// things opens a database with a table of a thousand rows.
func things(t testing.TB, url string, options ...Option) *Store {
	t.Helper()
	s := opened(t, url, options...)
	series := "SELECT n, 'text ' || n, n FROM generate_series(0, 999) AS n"
	if s.dialect == dialect.SQLite {
		series = "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < 999) SELECT n, 'text ' || n, n FROM s"
	}
	run(t, s.writer, "DROP TABLE IF EXISTS thing")
	run(t, s.writer, "CREATE TABLE thing (id integer PRIMARY KEY, text text NOT NULL, code integer UNIQUE)")
	run(t, s.writer, "INSERT INTO thing "+series)
	return s
}

type executor interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

func run(t testing.TB, on executor, text string, args ...any) {
	t.Helper()
	if _, err := on.ExecContext(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}

type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

// read returns the rows of a query, one string each.
func read(t testing.TB, on querier, text string, args ...any) []string {
	t.Helper()
	all, err := tryRead(t.Context(), on, text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func tryRead(ctx context.Context, on querier, text string, args ...any) (all []string, err error) {
	rows, err := on.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		names, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		row, to := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		all = append(all, fmt.Sprint(row...))
	}
	return all, rows.Err()
}

// session is a connection of the pool that writes.
func session(t testing.TB, s *Store) *sql.Conn {
	t.Helper()
	c, err := s.writer.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// inside looks into a connection.
func inside(t testing.TB, c *sql.Conn, look func(*preparedConn)) {
	t.Helper()
	if err := c.Raw(func(conn any) error {
		look(conn.(*preparedConn))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// wantKept checks how many statements a connection keeps, and on PostgreSQL that its server knows
// as many.
func wantKept(t testing.TB, c *sql.Conn, want int) {
	t.Helper()
	var postgres bool
	inside(t, c, func(p *preparedConn) {
		postgres = p.postgres
		if p.recent.Len() != want || len(p.byText) != want || p.open != 0 {
			t.Errorf("%d and %d statements are kept, %d rows open; want %d", p.recent.Len(),
				len(p.byText), p.open, want)
		}
	})
	if postgres {
		if got := read(t, c,
			"SELECT count(*) FROM pg_prepared_statements"); got[0] != fmt.Sprint(want) {
			t.Errorf("the server knows %s statements, want %d", got[0], want)
		}
	}
}

func TestATextIsPreparedWhenItComesForTheSecondTime(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url)
		c := session(t, s)
		for i, want := range []int{0, 1, 1, 1} {
			if got := read(t, c, s.text("SELECT text FROM thing WHERE id = ?"), i); !slices.Equal(
				got, []string{fmt.Sprintf("text %d", i)}) {
				t.Errorf("%d: %v", i, got)
			}
			wantKept(t, c, want)
		}
		for i, want := range []int{1, 2, 2, 2} {
			result, err := c.ExecContext(t.Context(),
				s.text("UPDATE thing SET text = ? WHERE id < ?"), "new", i)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := result.RowsAffected(); n != int64(i) || err != nil {
				t.Errorf("%d: %d, %v", i, n, err)
			}
			wantKept(t, c, want)
		}
		if got := read(t, c, s.text("SELECT id FROM thing WHERE text = ? ORDER BY id"),
			"new"); !slices.Equal(got, []string{"0", "1", "2"}) {
			t.Errorf("wrote %v", got)
		}
	})
}

// closing counts how often a statement is closed, and says that it went wrong.
type closing struct {
	driverStatement
	times *int
}

func (c closing) Close() error {
	*c.times++
	return errors.Join(errors.New("closing failed"), c.driverStatement.Close())
}

func TestTheLeastRecentlyUsedStatementMakesRoom(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url)
		c := session(t, s)
		text := func(i int) string {
			return s.text(fmt.Sprintf("SELECT text, %d FROM thing WHERE id = ?", i))
		}
		use := func(i int) {
			if got := read(t, c, text(i), 7); !slices.Equal(got,
				[]string{fmt.Sprintf("text 7%d", i)}) {
				t.Errorf("%d: %v", i, got)
			}
		}
		for i := range keptStatements {
			use(i)
			use(i)
		}
		wantKept(t, c, keptStatements)
		use(0)
		var closed int
		inside(t, c, func(c *preparedConn) {
			for _, e := range c.byText {
				p := e.Value.(*preparedStatement)
				p.driverStatement = closing{p.driverStatement, &closed}
			}
		})
		use(keptStatements)
		use(keptStatements)
		wantKept(t, c, keptStatements)
		inside(t, c, func(c *preparedConn) {
			if c.byText[text(0)] == nil || c.byText[text(1)] != nil || closed != 1 {
				t.Errorf("another one than the second made room, and %d were closed", closed)
			}
		})
		use(1)
		use(1)
	})
}

func TestTextsThatComeOnceAreNeitherPreparedNorRememberedForEver(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url)
		c := session(t, s)
		for i := range rememberedTexts + 50 {
			read(t, c, s.text(fmt.Sprintf("SELECT %d FROM thing WHERE id = ?", i)), 7)
		}
		wantKept(t, c, 0)
		inside(t, c, func(c *preparedConn) {
			if len(c.seen) != 50 {
				t.Errorf("%d texts are remembered", len(c.seen))
			}
		})
	})
}

func TestOnlyStatementsWithSomeArgumentsAreKept(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url)
		c := session(t, s)
		for n, want := range map[int]int{0: 0, manyArguments: 0, manyArguments - 1: 1} {
			args := make([]any, n)
			for i := range args {
				args[i] = i
			}
			text := s.text(fmt.Sprintf("SELECT %d FROM thing WHERE id IN (-1%s)", n,
				strings.Repeat(", ?", n)))
			for range 3 {
				if got := read(t, c, text, args...); len(got) != n {
					t.Errorf("%d rows for %d", len(got), n)
				}
			}
			inside(t, c, func(c *preparedConn) {
				if got := c.byText[text] != nil; got != (want == 1) {
					t.Errorf("with %d arguments it is kept: %v", n, got)
				}
			})
		}
		wantKept(t, c, 1)
	})
}

func TestSQLiteReadsTheSameTextTwiceAtOnce(t *testing.T) {
	t.Parallel()
	s := things(t, empties["sqlite"](t))
	c := session(t, s)
	text := "SELECT id FROM thing WHERE id < ? ORDER BY id"
	read(t, c, text, 3)
	read(t, c, text, 3)
	tx, err := c.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var open []*sql.Rows
	for range 3 {
		rows, err := tx.QueryContext(t.Context(), text, 1000)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		open = append(open, rows)
		for _, rows := range open {
			rows.Next()
		}
	}
	// Two hundred others push it out while it is read: it must not be closed under its rows.
	for i := range keptStatements {
		for range 2 {
			read(t, tx, fmt.Sprintf("SELECT %d FROM thing WHERE id = ?", i), 1)
		}
	}
	for i, rows := range open {
		n := 3 - i
		for rows.Next() {
			var id int
			if err := rows.Scan(&id); err != nil || id != n {
				t.Fatalf("%d: %d, %v; want %d", i, id, err, n)
			}
			n++
		}
		if n != 1000 || rows.Err() != nil {
			t.Errorf("%d: %d rows, %v", i, n, rows.Err())
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	wantKept(t, c, keptStatements)
	if got := read(t, c, text, 3); len(got) != 3 {
		t.Errorf("afterwards: %v", got)
	}
	_ = c.Close()
	letGo(t, s)
}

func TestPostgreSQLRefusesAStatementWhileRowsAreOpen(t *testing.T) {
	t.Parallel()
	s := things(t, empties["postgres"](t))
	c := session(t, s)
	text := "SELECT id FROM thing WHERE id < $1 ORDER BY id"
	for range 3 {
		read(t, c, text, 3)
	}
	tx, err := c.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := tx.QueryContext(t.Context(), text, 1000)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for _, other := range []string{"SAVEPOINT part", text} {
		var args []any
		if other == text {
			args = []any{1}
		}
		if _, err := tx.ExecContext(t.Context(), other, args...); !errors.Is(err, errRowsOpen) {
			t.Errorf("%s: %v", other, err)
		}
		if _, err := tryRead(t.Context(), tx, other, args...); !errors.Is(err, errRowsOpen) {
			t.Errorf("%s: %v", other, err)
		}
	}
	n := 0
	for rows.Next() {
		n++
	}
	if err := tx.Commit(); n != 1000 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	wantKept(t, c, 1)
}

func TestEightAtOnceReadAndWriteByKeptStatements(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url)
		texts := make([]string, 5)
		for i := range texts {
			texts[i] = s.text(fmt.Sprintf("SELECT text FROM thing WHERE id = ? AND %d = %d", i, i))
		}
		var wait sync.WaitGroup
		for g := range 8 {
			wait.Go(func() {
				for i := range 60 {
					got, err := tryRead(t.Context(), s.reader, texts[i%len(texts)], i)
					if err != nil || !slices.Equal(got, []string{fmt.Sprintf("text %d", i)}) {
						t.Errorf("%d: %v, %v", i, got, err)
					}
					tx, err := s.writer.BeginTx(t.Context(), nil)
					if err != nil {
						t.Error(err)
						return
					}
					defer func() { _ = tx.Rollback() }()
					if _, err := tx.ExecContext(t.Context(),
						s.text("UPDATE thing SET code = code + ? WHERE id = ?"), 10_000,
						900+g); err != nil {
						t.Error(err)
						return
					}
					if i%3 == 0 {
						_ = tx.Rollback()
					} else if err := tx.Commit(); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		if got := read(t, s.reader,
			"SELECT min(code), max(code) FROM thing WHERE id >= 900 AND id < 908"); got[0] != "400900 400907" {
			t.Errorf("codes from %s", got[0])
		}
	})
}

func TestUnpreparedKeepsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url, Unprepared)
		c := session(t, s)
		for range 4 {
			read(t, c, s.text("SELECT text FROM thing WHERE id = ?"), 7)
		}
		if err := c.Raw(func(conn any) error {
			if _, ok := conn.(*preparedConn); ok {
				t.Error("a connection that keeps statements")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if s.dialect == dialect.Postgres {
			if got := read(t, c, "SELECT count(*) FROM pg_prepared_statements"); got[0] != "0" {
				t.Errorf("the server knows %s statements", got[0])
			}
		}
	})
}

func TestSQLiteLetsGoOfTheFileInSpiteOfKeptStatements(t *testing.T) {
	t.Parallel()
	s := things(t, empties["sqlite"](t))
	for range 3 {
		read(t, s.writer, "SELECT text FROM thing WHERE id = ?", 1)
		read(t, s.reader, "SELECT text FROM thing WHERE id = ?", 1)
	}
	letGo(t, s)
}

// letGo closes an SQLite file. The last connection that really closes, with no statement left,
// takes the log with it.
func letGo(t *testing.T, s *Store) {
	t.Helper()
	if _, err := os.Stat(s.path + "-wal"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a connection is still open: %v", err)
	}
}
