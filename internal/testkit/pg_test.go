package testkit

import (
	"crypto/rand"
	"database/sql"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	var dsns [3]string
	t.Run("group", func(t *testing.T) {
		for i := range dsns {
			t.Run("one of several", func(t *testing.T) {
				t.Parallel()
				dsns[i] = Postgres(t)
				db := open(t, dsns[i])
				exec(t, db, "CREATE TABLE thing (n integer)")
				exec(t, db, "INSERT INTO thing VALUES (1)")
				if n := count(t, db); n != 1 {
					t.Errorf("%d rows", n)
				}
			})
		}
	})
	for _, dsn := range dsns {
		if err := open(t, dsn).Ping(); err == nil {
			t.Error("the database outlived its test")
		}
	}
}

func TestADatabaseInUseIsDroppedAllTheSame(t *testing.T) {
	t.Parallel()
	var db *sql.DB
	t.Run("leaves a connection open", func(inner *testing.T) {
		db = open(t, Postgres(inner)) // closed with the outer test, after the database is dropped
		exec(inner, db, "CREATE TABLE thing (n integer)")
	})
	if err := db.Ping(); err == nil {
		t.Error("the database outlived its test")
	}
}

func TestATemplateIsBuiltOnceAndItsCopiesAreSeparate(t *testing.T) {
	t.Parallel()
	name := rand.Text() // new at each run of -count
	var built atomic.Int32
	build := func(dsn string) {
		built.Add(1)
		db := open(t, dsn)
		exec(t, db, "CREATE TABLE thing (n integer)")
		exec(t, db, "INSERT INTO thing VALUES (1), (2)")
		db.Close()
	}
	t.Run("group", func(t *testing.T) {
		for range 4 {
			t.Run("one of several", func(t *testing.T) {
				t.Parallel()
				db := open(t, TemplatePostgres(t, name, build))
				exec(t, db, "INSERT INTO thing VALUES (3)")
				if n := count(t, db); n != 3 {
					t.Errorf("%d rows", n)
				}
			})
		}
	})
	if built.Load() != 1 {
		t.Errorf("built %d times", built.Load())
	}
}

func TestATemplateThatCouldNotBeBuiltIsTriedAgain(t *testing.T) {
	t.Parallel()
	name := rand.Text()
	func() {
		defer func() { recover() }()
		TemplatePostgres(t, name, func(string) { panic("no migrations today") })
	}()
	db := open(t, TemplatePostgres(t, name, func(dsn string) {
		db := open(t, dsn)
		exec(t, db, "CREATE TABLE thing (n integer)")
		db.Close()
	}))
	if n := count(t, db); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestTheServerOutlivesTheGarbageCollector(t *testing.T) {
	t.Parallel()
	first := open(t, Postgres(t))
	for range 3 { // a file that nobody holds is closed one collection after it was found
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	if err := first.Ping(); err != nil {
		t.Error(err)
	}
	if err := open(t, Postgres(t)).Ping(); err != nil {
		t.Error(err)
	}
}

func BenchmarkPostgres(b *testing.B) {
	for b.Loop() {
		createDatabase(b, "template0")
	}
}

func BenchmarkTemplatePostgres(b *testing.B) {
	for b.Loop() {
		TemplatePostgres(b, "benchmark", func(dsn string) {
			db := open(b, dsn)
			exec(b, db, "CREATE TABLE thing (n integer)")
			db.Close()
		})
	}
}

func open(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, db *sql.DB) int {
	t.Helper()
	var n int
	if err := db.QueryRow("SELECT count(*) FROM thing").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
