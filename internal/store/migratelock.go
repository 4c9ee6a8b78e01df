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

// migrationLimit is the time that a server migrates at most, or waits for another that does. It only
// has to be longer than any migration: without a deadline a connection ends after silenceLimit.
const migrationLimit = 24 * time.Hour

// migratePostgres migrates behind an advisory lock on a connection of its own. PostgreSQL releases
// the lock when the process dies.
func (s *Store) migratePostgres(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, migrationLimit)
	defer cancel()
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		// Security: the connection is closed instead of returned to the pool, because it still has
		// the lock and no statement timeout.
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

// timeoutLifter implements goose's session locker without locking. Goose calls it with its
// connection, which needs to run without the statement timeout: a migration of a large table takes
// longer than a request may.
type timeoutLifter struct{}

// SessionLock lifts the timeout before the migrations.
func (timeoutLifter) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SET statement_timeout = 0")
	return err
}

// SessionUnlock restores the timeout behind the migrations, because the connection returns to the
// pool.
func (timeoutLifter) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "RESET statement_timeout")
	return err
}

// migrateSQLite copies the database file and applies the pending migrations. Foreign keys are off
// during that and are checked at the end: SQLite changes a table by creating it again, and dropping
// the old table would delete all rows that refer to it.
func (s *Store) migrateSQLite(ctx context.Context) (err error) {
	unlock, err := s.lockFile(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	// Behind the lock the status is read again: another process may have migrated while this one
	// waited.
	_, pending, err := s.MigrationStatus(ctx)
	if err != nil || len(pending) == 0 {
		return err
	}

	backup, err := s.backUp(ctx, pending[0])
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
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
		err = fmt.Errorf("rows of %s refer to missing rows; the previous database is %s",
			table, backup)
	}
	return err
}

// openWithoutForeignKeys opens the database file again, without foreign keys and with one
// connection, which goose and the queue use in turn.
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

// findDanglingTable returns a table with rows that refer to missing rows; "" for none.
func findDanglingTable(ctx context.Context, db *sql.DB) (table string, err error) {
	err = db.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).
		Scan(&table)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return table, err
}

// lockFile keeps other processes from migrating the same SQLite file. The lock is an exclusive
// transaction on a second database file: SQLite can hold one on every operating system, and the
// system releases it when the process dies. The empty file stays, because deleting it while another
// process waits for it would let two in.
func (s *Store) lockFile(ctx context.Context) (unlock func(), err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: s.path + ".migrating"}).
		EscapedPath()+"?_busy_timeout=100")
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	// The lock belongs to this connection, so it stays out of the pool until unlock.
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

// beginExclusive waits for the exclusive transaction until the context ends.
func beginExclusive(ctx context.Context, conn *sql.Conn) error {
	for {
		_, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
		if !isBusy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		// SQLite does not tell when the lock is free, so it is asked for again.
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// isBusy tells whether SQLite refused because another connection holds a lock.
func isBusy(err error) bool {
	var busy *sqlite.Error
	return errors.As(err, &busy) && busy.Code()&0xff == sqlite3.SQLITE_BUSY
}

// backUp copies a database that is not empty to <file>.before-<migration> and returns that name. It
// writes to another name first, so that a file of the final name is always complete.
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
	// VACUUM INTO reads one consistent state, whatever other connections write. It does not sync
	// the file.
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
