// Command migration writes the changes of ent/schema since the last migration as SQL for both
// databases:
//
//	go run ./internal/gen/migration add_labels
//
// It creates internal/store/migrations/postgres/00007_add_labels.sql and the same for SQLite, or
// only the one that differs. Read them before you commit them. A renamed column looks like a
// dropped one and a new one. A table that is gone from ent/schema stays in the database until a
// hand-written migration drops it.
//
// PostgreSQL is the empty database in USHER_DEV_POSTGRES, or a temporary server.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"

	"ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect"
	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"usher/internal/testkit/pgserver"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("migration: ")
	if err := writeMigrations(context.Background(), os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

// goodName is the form of a migration's name, which becomes a part of a file name.
var goodName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// writeMigrations writes one migration for each dialect, under one number.
func writeMigrations(ctx context.Context, args []string) error {
	if len(args) != 1 || !goodName.MatchString(args[0]) {
		return errors.New("give the migration one name of small letters, digits and underscores")
	}
	root := filepath.Join("internal", "store", "migrations")
	number, err := nextNumber(root)
	if err != nil {
		return fmt.Errorf("run it from the module's root: %w", err)
	}
	name := fmt.Sprintf("%05d_%s", number, args[0])

	// The difference is computed against empty databases, to which all earlier migrations are
	// applied.
	scratch, err := os.MkdirTemp("", "usher-migration-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	dsn, stop, err := devPostgres()
	if err != nil {
		return err
	}
	defer stop()

	for _, d := range []struct{ folder, dialect, driver, dsn string }{
		{"postgres", dialect.Postgres, "postgres", dsn},
		{"sqlite", dialect.SQLite, "sqlite", sqliteDSN(scratch)},
	} {
		folder := filepath.Join(root, d.folder)
		db, err := sql.Open(d.driver, d.dsn)
		if err != nil {
			return err
		}
		text, err := diffSchema(ctx, d.dialect, db, folder, name)
		_ = db.Close()
		// A change may concern one dialect only: the other folder then gets no file.
		if errors.Is(err, migrate.ErrNoPlan) {
			log.Printf("%s: nothing to do", d.folder)
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", d.folder, err)
		}
		path := filepath.Join(folder, name+".sql")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
		log.Printf("wrote %s", path)
	}
	return nil
}

// devPostgres returns an empty database to try the SQL in, and a function that stops it.
func devPostgres() (dsn string, stop func(), err error) {
	if dsn := os.Getenv("USHER_DEV_POSTGRES"); dsn != "" {
		return dsn, func() {}, nil
	}
	server, err := pgserver.Start(pgserver.Options{})
	if err != nil {
		return "", nil, err
	}
	return server.DSN, server.Stop, nil
}
