package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/ident"
)

// Tx is an open transaction: the only thing that the code inside WithTx may touch.
type Tx struct {
	*ent.Client
	SQL     *sql.Tx // the same transaction, for the queue
	dialect string

	// the same transaction, for statements that ent has no words for
	exec          entsql.ExecQuerier
	organizations map[ident.ID]bool // locked by LockOrganization
}

// maxAttempts is how often one transaction is tried. With retryPause between, the last attempt
// begins within a second.
const maxAttempts = 6

// retryPause is the longest pause before the second attempt; it doubles with each attempt. The
// pause is random, so that transactions that stood in each other's way do not meet again.
const retryPause = 20 * time.Millisecond

// WithTx runs fn in one transaction: everything that it wrote takes effect, or, when it returns an
// error or the process dies, nothing. Nothing slow belongs inside: no email, no hash, no file.
// SQLite lets one transaction in at a time.
//
// fn is called again when the database broke the transaction off in favour of another (40001,
// 40P01), and when a row that fn refers to was deleted meanwhile (23503): fn then misses it. It
// must therefore touch nothing but the transaction, and make inside itself whatever an attempt
// changes. After the last attempt the error is UNAVAILABLE with a time to come back, or CONFLICT
// when the row is still missed.
func (s *Store) WithTx(ctx context.Context, fn func(tx *Tx) error) error {
	return s.runAttempts(ctx, fn, func(err error) bool {
		return isAborted(err) || isForeignKeyViolation(err)
	})
}

// Retry is WithTx that also calls fn again when a unique index decided against it: a fresh look
// finds the row that another transaction has just written, and decides by it. It does the same
// after ErrOvertaken. After the last attempt the error is CONFLICT.
func (s *Store) Retry(ctx context.Context, fn func(tx *Tx) error) error {
	return s.runAttempts(ctx, fn, func(err error) bool {
		return isAborted(err) || isForeignKeyViolation(err) || isUniqueViolation(err) ||
			errors.Is(err, ErrOvertaken)
	})
}

func (s *Store) runAttempts(ctx context.Context, fn func(tx *Tx) error,
	again func(error) bool) error {
	for n := 1; ; n++ {
		err := s.runOnce(ctx, fn, n == 1)
		switch {
		case err == nil || !again(err):
			return err
		case n < maxAttempts && waitBeforeRetry(ctx, n):
			continue
		case isAborted(err):
			f := fault.New(fault.Unavailable, "fault.busy").Because(err)
			f.RetryAfter = time.Second
			return f
		}
		return fault.New(fault.Conflict, "fault.overtaken").Because(err)
	}
}

// waitBeforeRetry waits before another attempt; false when the context ends first.
func waitBeforeRetry(ctx context.Context, attempt int) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(rand.N(retryPause << (attempt - 1))):
		return true
	}
}

// runOnce is one attempt.
func (s *Store) runOnce(ctx context.Context, fn func(tx *Tx) error, first bool) error {
	sqlTx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() { _ = sqlTx.Rollback() }() // after a commit it does nothing
	running := &transactionQuerier{ExecQuerier: recordLocks(sqlTx, s.dialect), reader: s.reader}
	driver := s.newDriver(running)
	client := ent.NewClient(ent.Driver(driver))
	tx := &Tx{Client: addTenantFilter(client), SQL: sqlTx, dialect: s.dialect,
		exec: driver.ExecQuerier, organizations: map[ident.ID]bool{}}
	if err := fn(tx); err != nil {
		return err
	}
	return s.commitThrough(ctx, func() error {
		if code := s.abortCode.Load(); first && code != nil {
			return &pq.Error{Code: pqerror.Code(*code), Message: "made to fail by BreakOffFirst"}
		}
		if err := sqlTx.Commit(); err != nil {
			return fmt.Errorf("store: commit: %w", err)
		}
		running.committed.Store(true)
		return nil
	})
}

// commitThrough runs a commit through the wrapper, if there is one.
func (s *Store) commitThrough(ctx context.Context, commit func() error) error {
	if s.wrapper == nil {
		return commit()
	}
	return s.wrapper.Commit(ctx, commit)
}

// BreakOffFirst has the first attempt of every transaction of this store broken off at its commit,
// as a database does that found another transaction in its way: 40001 or 40P01. An empty code ends
// it. Tests compare a run under it with a run without.
func (s *Store) BreakOffFirst(code string) {
	if code == "" {
		s.abortCode.Store(nil)
		return
	}
	s.abortCode.Store(&code)
}

// ErrOvertaken is what a transaction that runs in Retry returns when rows have changed that it read
// before it locked what owns them: it is run again.
var ErrOvertaken = errors.New("store: rows changed before they were locked")

// isAborted tells a transaction that the database broke off in favour of another: a serialization
// failure or a deadlock.
func isAborted(err error) bool {
	var pg *pq.Error
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

// isUniqueViolation tells a value that a unique index did not take.
func isUniqueViolation(err error) bool { return sqlgraph.IsUniqueConstraintError(err) }

// isForeignKeyViolation tells a row that refers to one which another transaction has deleted
// meanwhile, such as the member who acts.
func isForeignKeyViolation(err error) bool { return sqlgraph.IsForeignKeyConstraintError(err) }

// Locks tells whether rows must be locked to count under a limit. SQLite's transaction is alone
// already, and has no SELECT … FOR UPDATE.
func (tx *Tx) Locks() bool { return tx.dialect == dialect.Postgres }

// Concurrent tells whether transactions can write side by side. SQLite lets one in at a time.
func (s *Store) Concurrent() bool { return s.dialect == dialect.Postgres }
