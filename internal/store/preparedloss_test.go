package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

func TestNobodyNoticesThatATableWasAltered(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url)
		c := session(t, s)
		other := session(t, opened(t, url))
		star, where := s.text("SELECT * FROM thing WHERE id = ?"),
			s.text("SELECT id FROM thing WHERE code = ?")
		for range 3 {
			read(t, c, star, 5)
			read(t, c, where, "5")
		}
		wantKept(t, c, 2)
		run(t, other, "ALTER TABLE thing ADD COLUMN more text DEFAULT 'more'")
		for range 3 {
			if got := read(t, c, star, 5); len(got) != 1 || !strings.HasSuffix(got[0], "more") {
				t.Errorf("with another column: %v", got)
			}
		}
		if s.dialect == dialect.Postgres {
			run(t, other, "ALTER TABLE thing ALTER COLUMN code TYPE text")
		}
		for range 3 {
			if got := read(t, c, where, "5"); !slices.Equal(got, []string{"5"}) {
				t.Errorf("with another type: %v", got)
			}
		}
		wantKept(t, c, 2)
	})
}

// stale runs a text in a transaction after it was spoilt, and wants that code once.
func stale(t *testing.T, code pqerror.Code, spoil func(s *Store, c *sql.Conn)) {
	t.Helper()
	s := things(t, empties["postgres"](t))
	c := session(t, s)
	text := "SELECT * FROM thing WHERE id = $1"
	for range 3 {
		read(t, c, text, 5)
	}
	spoil(s, c)
	for _, again := range []bool{false, true} {
		tx, err := c.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tryRead(t.Context(), tx, text, 5)
		var refused *pq.Error
		if again && (len(got) != 1 || err != nil) || !again &&
			(!errors.As(err, &refused) || refused.Code != code) {
			t.Errorf("again %v: %v, %v", again, got, err)
		}
		_ = tx.Rollback()
	}
	read(t, c, text, 5)
	wantKept(t, c, 1)
	run(t, c, "DEALLOCATE ALL")
	read(t, c, text, 5) // in no transaction any more, so nobody hears of it
	wantKept(t, c, 0)
}

func TestATransactionHearsOfAnOutdatedStatementOnce(t *testing.T) {
	t.Parallel()
	stale(t, "0A000", func(s *Store, c *sql.Conn) {
		run(t, s.writer, "ALTER TABLE thing ADD COLUMN more text")
	})
	stale(t, "26000", func(_ *Store, c *sql.Conn) { run(t, c, "DISCARD ALL") })
}

func TestNobodyNoticesThatTheServerForgotTheStatements(t *testing.T) {
	t.Parallel()
	s := things(t, empties["postgres"](t))
	c := session(t, s)
	texts := []string{"SELECT text FROM thing WHERE id = $1",
		"UPDATE thing SET text = text WHERE id = $1 RETURNING text"}
	for _, forget := range []string{"DEALLOCATE ALL", "DISCARD ALL"} {
		for range 3 {
			for _, text := range texts {
				read(t, c, text, 5)
			}
		}
		run(t, c, "UPDATE thing SET text = text WHERE id = $1", 5)
		run(t, c, "UPDATE thing SET text = text WHERE id = $1", 5)
		wantKept(t, c, 3)
		run(t, c, forget)
		run(t, c, "UPDATE thing SET text = text WHERE id = $1", 5)
		wantKept(t, c, 0)
		for _, text := range texts {
			if got := read(t, c, text, 5); !slices.Equal(got, []string{"text 5"}) {
				t.Errorf("%s: %v", forget, got)
			}
		}
	}
}

func TestACancelledContextLeavesTheConnectionUsable(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url)
		c := session(t, s)
		// As many steps as the argument says; a second's worth and more of them are not waited for.
		slow := "SELECT pg_sleep($1::float / 1000000)"
		if s.dialect == dialect.SQLite {
			slow = "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < ?) SELECT max(n) FROM s"
		}
		fast := s.text("SELECT text FROM thing WHERE id < ?")
		for range 3 {
			read(t, c, slow, 1)
			read(t, c, fast, 1)
		}
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			begun := time.Now()
			if _, err := tryRead(ctx, c, slow, 60_000_000); err == nil ||
				time.Since(begun) > 10*time.Second {
				t.Errorf("%v after %v", err, time.Since(begun))
			}
			if _, err := c.ExecContext(ctx, slow, 60_000_000); !errors.Is(err,
				context.DeadlineExceeded) {
				t.Errorf("a context that is over runs a statement: %v", err)
			}
			cancel()

			ctx, cancel = context.WithCancel(t.Context())
			rows, err := c.QueryContext(ctx, fast, 1000)
			if err != nil || !rows.Next() {
				t.Fatal(err)
			}
			cancel()
			for rows.Next() {
			}
			_ = rows.Close()
			if got := read(t, c, fast, 2); len(got) != 2 {
				t.Errorf("afterwards: %v", got)
			}
			read(t, c, slow, 1)
		}
	})
}

func TestAnErrorLeavesTheStatementUsable(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := things(t, url)
		c := session(t, s)
		insert := s.text("INSERT INTO thing (id, text, code) VALUES (?, ?, ?)")
		returning := s.text("INSERT INTO thing (id, text, code) VALUES (?, ?, ?) RETURNING id")
		for i := range 3 {
			run(t, c, insert, 1000+i, "new", nil)
			read(t, c, returning, 2000+i, "new", nil)
		}
		for i := range 3 {
			if _, err := c.ExecContext(t.Context(), insert, 1000, "twice", nil); err == nil {
				t.Error("the same id twice")
			}
			if _, err := tryRead(t.Context(), c, returning, 3000+i, "twice", 999); err == nil {
				t.Error("the same code twice")
			}
			run(t, c, insert, 4000+i, "after", nil)
			if got := read(t, c, returning, 5000+i, "after", nil); !slices.Equal(got,
				[]string{fmt.Sprint(5000 + i)}) {
				t.Errorf("after: %v", got)
			}
		}
		wantKept(t, c, 2)
		if got := read(t, c, "SELECT count(*) FROM thing WHERE id >= 1000"); got[0] != "12" {
			t.Errorf("%s rows", got[0])
		}
	})
}
