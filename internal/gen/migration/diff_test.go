package main

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect"

	"usher/internal/testkit"
)

func TestTheMigrationsSayWhatTheSchemaSays(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		folder, dialect, driver string
		dsn                     func(testing.TB) string
	}{
		{"postgres", dialect.Postgres, "postgres", testkit.Postgres},
		{"sqlite", dialect.SQLite, "sqlite", func(t testing.TB) string {
			return sqliteDSN(t.TempDir())
		}},
	} {
		t.Run(d.folder, func(t *testing.T) {
			t.Parallel()
			db, err := sql.Open(d.driver, d.dsn(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			missing, err := diffSchema(t.Context(), d.dialect, db,
				filepath.Join("..", "..", "store", "migrations", d.folder), "drift")
			switch {
			case err == nil:
				t.Errorf(
					"ent/schema is ahead of the migrations; make one with `go run ./internal/gen/migration NAME`:\n%s", missing)
			case !errors.Is(err, migrate.ErrNoPlan):
				t.Fatal(err)
			}
		})
	}
}

func TestTwinsShareTheNextNumber(t *testing.T) {
	t.Parallel()
	n, err := nextNumber(filepath.Join("..", "..", "store", "migrations"))
	if err != nil || n < 2 {
		t.Errorf("%d, %v", n, err)
	}
}
