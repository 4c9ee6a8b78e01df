package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// migrationLock is the advisory lock under which PostgreSQL is migrated: "usher" as a number.
const migrationLock = 0x7573686572

// migratePostgres holds a lock on a connection of its own, which PostgreSQL frees when the process
// dies.
func (s *Store) migratePostgres(ctx context.Context) error {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		// Not back into the pool: with the connection go the lock and its settings.
		_ = conn.Raw(func(any) error { return sqldriver.ErrBadConn })
		_ = conn.Close()
	}()
	if err := (timeoutLifter{}).SessionLock(ctx, conn); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return err
	}
	return s.applyMigrations(ctx, s.writer, goose.WithSessionLocker(timeoutLifter{}))
}

// timeoutLifter is no lock. It is where goose lets us prepare its connection: a migration of a
// large table takes longer than any statement of a request may.
type timeoutLifter struct{}

func (timeoutLifter) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SET statement_timeout = 0")
	return err
}

func (timeoutLifter) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "RESET statement_timeout")
	return err
}

// migrateSQLite works without foreign keys, which are checked afterwards: SQLite changes a table by
// creating it again, and dropping the old one would delete all that points to it.
func (s *Store) migrateSQLite(ctx context.Context) (err error) {
	unlock, err := s.lockFile(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	_, pending, err := s.MigrationStatus(ctx)
	if err != nil || len(pending) == 0 { // another process was quicker
		return err
	}
	backup, err := s.backUp(ctx, pending[0])
	if err != nil {
		return fmt.Errorf("copy the database first: %w", err)
	}

	db, err := s.openWithoutForeignKeys()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := s.applyMigrations(ctx, db); err != nil {
		return err
	}
	table, err := findDanglingTable(ctx, db)
	if table != "" {
		err = fmt.Errorf("rows of %s point nowhere now; the database as it was is %s",
			table, backup)
	}
	return err
}

// openWithoutForeignKeys opens the database without foreign keys, and with one connection: goose
// and the queue each take a turn.
func (s *Store) openWithoutForeignKeys() (*sql.DB, error) {
	settings := strings.Replace(sqliteSettings, "_foreign_keys=1", "_foreign_keys=0", 1)
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: s.path}).EscapedPath()+"?"+settings+
		"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// findDanglingTable names a table with rows that point to rows which are gone, if there is one.
func findDanglingTable(ctx context.Context, db *sql.DB) (table string, err error) {
	err = db.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).
		Scan(&table)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return table, err
}

// lockFile keeps other processes from migrating the same SQLite file. The lock is an exclusive
// transaction on a database beside it, because SQLite knows on every system how to hold one, and
// the system frees it when the process dies. The empty file stays: deleting it while another
// process waits on it would let two in.
func (s *Store) lockFile(ctx context.Context) (unlock func(), err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: s.path + ".migrating"}).
		EscapedPath()+"?_busy_timeout=100")
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err == nil {
		err = beginExclusive(ctx, conn)
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		_ = conn.Close()
		_ = db.Close()
	}, nil
}

// beginExclusive waits for the lock as long as the context lasts.
func beginExclusive(ctx context.Context, conn *sql.Conn) error {
	for {
		_, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
		var busy *sqlite.Error
		if !errors.As(err, &busy) || busy.Code()&0xff != sqlite3.SQLITE_BUSY {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// backUp copies a database that holds something to <file>.before-<migration>, and returns that
// name. It is written under another name first, so that a copy with the right name is a whole one.
func (s *Store) backUp(ctx context.Context, migration string) (string, error) {
	ours, _, err := s.readVersions(ctx)
	if err != nil || ours == 0 {
		return "", err
	}
	name := s.path + ".before-" + migration
	part := name + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if _, err := s.writer.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return "", err
	}
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return "", err
	}
	return name, os.Rename(part, name)
}
