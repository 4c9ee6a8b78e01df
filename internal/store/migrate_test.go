package store

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/ident"
	"usher/internal/testkit"
)

// empties are the two kinds of database, empty.
var empties = map[string]func(testing.TB) string{
	"postgres": testkit.Postgres,
	"sqlite": func(t testing.TB) string {
		return "sqlite:" + filepath.Join(t.TempDir(), "usher.db")
	},
}

func opened(t testing.TB, url string, options ...Option) *Store {
	t.Helper()
	s, err := Open(url, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func onBoth(t *testing.T, test func(t *testing.T, url string)) {
	t.Parallel()
	for name, empty := range empties {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, empty(t))
		})
	}
}

func TestAnEmptyDatabaseIsMigratedOnceAndForAll(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s := opened(t, url)
		if done, err := s.Migrated(t.Context()); done || err != nil {
			t.Fatalf("before: %v, %v", done, err)
		}
		applied, pending, err := s.MigrationStatus(t.Context())
		if len(applied) != 0 || len(pending) < 2 || pending[0] != "00001_init" || err != nil {
			t.Fatalf("before: %v, %v, %v", applied, pending, err)
		}
		for range 2 {
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if done, err := s.Migrated(t.Context()); !done || err != nil {
				t.Fatalf("after: %v, %v", done, err)
			}
		}
		if applied, left, err := s.MigrationStatus(t.Context()); len(applied) != len(pending) ||
			len(left) != 0 || err != nil {
			t.Errorf("after: %v, %v, %v", applied, left, err)
		}
		newOrganization(t, s)
	})
}

// newOrganization writes a row, which shows that the tables are what ent expects.
func newOrganization(t *testing.T, s *Store) ident.ID {
	t.Helper()
	var o *ent.Organization
	err := s.WithTx(AsSystem(t.Context(), "test"), func(tx *Tx) (err error) {
		o, err = tx.Organization.Create().SetName("Acme").SetEntitlements(schema.Entitlements{}).
			Save(AsSystem(t.Context(), "test"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func TestEightAtOnceMigrateTheSameEmptyDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		start := make(chan struct{})
		var wait sync.WaitGroup
		for range 8 {
			s := opened(t, url)
			wait.Go(func() {
				<-start
				if err := s.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		close(start)
		wait.Wait()
		onceOnly(t, opened(t, url))
	})
}

// toMigrate is set in copies of this test binary that migrate as processes of their own.
const toMigrate = "USHER_TEST_MIGRATE"

func TestMain(m *testing.M) {
	url := os.Getenv(toMigrate)
	if url == "" {
		os.Exit(m.Run())
	}
	s, err := Open(url)
	if err == nil {
		err = s.Migrate(context.Background())
	}
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

func TestSeveralProcessesMigrateTheSameEmptyDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		var wait sync.WaitGroup
		for range 8 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), toMigrate+"="+url)
			wait.Go(func() {
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
		wait.Wait()
		onceOnly(t, opened(t, url))
	})
}

func onceOnly(t *testing.T, s *Store) {
	t.Helper()
	if done, err := s.Migrated(t.Context()); !done || err != nil {
		t.Errorf("%v, %v", done, err)
	}
	known, err := s.listMigrations()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := s.reader.QueryRow("SELECT count(*) FROM goose_db_version WHERE version_id > 0").
		Scan(&n); n != len(known) || err != nil {
		t.Errorf("%d migrations recorded, %d known (%v)", n, len(known), err)
	}
}

func TestMigratingIsNotCutShortByTheTimeoutOfRequests(t *testing.T) {
	t.Parallel()
	url := testkit.Postgres(t)
	holder := opened(t, url)
	conn, err := holder.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "SELECT pg_advisory_lock($1)",
		migrationLock); err != nil {
		t.Fatal(err)
	}
	waiting := opened(t, url+"&statement_timeout=200")
	done := make(chan error)
	go func() { done <- waiting.Migrate(t.Context()) }()
	select {
	case err := <-done:
		t.Fatalf("did not wait for the lock: %v", err)
	case <-time.After(600 * time.Millisecond):
	}
	if _, err := conn.ExecContext(t.Context(), "SELECT pg_advisory_unlock($1)",
		migrationLock); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	var timeout string
	if err := waiting.writer.QueryRow("SHOW statement_timeout").Scan(&timeout); timeout != "200ms" {
		t.Errorf("the pool is left with %s (%v)", timeout, err)
	}
}

func TestAWaitForTheLockEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := opened(t, empties["sqlite"](t))
	unlock, err := s.lockFile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Migrate(ctx); err == nil {
		t.Error("migrated while another one held the lock")
	}
}

func TestASQLiteDatabaseThatHoldsSomethingIsCopiedFirstAndKeepsItsChildRows(t *testing.T) {
	t.Parallel()
	url := empties["sqlite"](t)
	s := opened(t, url)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	system := AsSystem(t.Context(), "test")
	parent := newOrganization(t, s)
	err := s.WithTx(system, func(tx *Tx) error {
		return tx.Workspace.Create().SetOrganizationID(parent).SetName("A").SetSlug("a").
			SetSettings(schema.WorkspaceSettings{}).Exec(system)
	})
	if err != nil {
		t.Fatal(err)
	}
	if copies := beside(t, s); len(copies) != 0 {
		t.Errorf("an empty database was copied: %v", copies)
	}

	// A table that is created again, in the way that SQLite must and that our generator writes.
	lock, err := s.lockFile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lock()
	name, err := s.backUp(t.Context(), "00002_again")
	if err != nil || name != s.path+".before-00002_again" {
		t.Fatal(name, err)
	}
	if copies := beside(t, s); len(copies) != 1 {
		t.Errorf("copies: %v", copies)
	}
	db, err := s.openWithoutForeignKeys()
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rebuild(t, db)
	if dangling, err := findDanglingTable(t.Context(), db); dangling != "" || err != nil {
		t.Errorf("%s, %v", dangling, err)
	}
	for _, store := range []*Store{s, opened(t, "sqlite:"+name)} {
		if n := store.Workspace.Query().CountX(system); n != 1 {
			t.Errorf("%d workspaces in %s", n, store.path)
		}
	}

	// And the check does find what points nowhere.
	if _, err := db.Exec("DELETE FROM organizations"); err != nil {
		t.Fatal(err)
	}
	if table, err := findDanglingTable(t.Context(), db); table != "workspaces" || err != nil {
		t.Errorf("%q, %v", table, err)
	}
}

func rebuild(t *testing.T, db *sql.DB) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"PRAGMA foreign_keys = off",
		"CREATE TABLE new_organizations AS SELECT * FROM organizations",
		"DROP TABLE organizations",
		"ALTER TABLE new_organizations RENAME TO organizations",
		"CREATE UNIQUE INDEX organizations_id ON organizations (id)",
	} {
		if _, err := tx.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func beside(t *testing.T, s *Store) []string {
	t.Helper()
	files, err := filepath.Glob(s.path + ".before-*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, ".part") {
			t.Errorf("half a copy is left: %s", f)
		}
	}
	return files
}
