package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	entgo "entgo.io/ent"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/ident"
)

// Tx is an open transaction. Code inside WithTx uses no other access to the database.
type Tx struct {
	*ent.Client
	SQL     *sql.Tx // the same transaction, for the queue
	dialect string

	// the same transaction, for statements that ent cannot express
	exec          entsql.ExecQuerier
	organizations map[ident.ID]bool // locked by LockOrganization
	archive       *archiveGuard
	reserved      *reservedAttempt // nil without a reservation
}

// maxAttempts is the number of attempts of one transaction. With retryPause between them, the last
// attempt begins within a second.
const maxAttempts = 6

// retryPause is the longest pause before the second attempt; it doubles with each attempt. The
// pause is random, so that transactions that were in conflict do not meet again.
const retryPause = 20 * time.Millisecond

// WithTx runs fn in one transaction, which is committed when fn returns nil and rolled back
// otherwise. Slow work such as email, password hashes and files does not belong inside: SQLite runs
// one transaction at a time.
//
// WithTx calls fn again when the database aborted the transaction in favour of another (40001,
// 40P01), and when a row that fn refers to was deleted in the meantime (23503). fn must therefore
// use only the transaction, and create inside itself every variable that an attempt changes. After
// the last attempt the error is UNAVAILABLE with a time to retry, or CONFLICT when the row is still
// missing.
func (s *Store) WithTx(ctx context.Context, fn func(tx *Tx) error) error {
	return s.runAttempts(ctx, fn, func(err error) bool {
		return isAborted(err) || isForeignKeyViolation(err)
	})
}

// Retry is WithTx that also calls fn again after a unique violation: the next attempt finds the row
// that another transaction has just written, and decides by it. It does the same after
// ErrOvertaken. After the last attempt the error is CONFLICT.
func (s *Store) Retry(ctx context.Context, fn func(tx *Tx) error) error {
	return s.runAttempts(ctx, fn, func(err error) bool {
		return isAborted(err) || isForeignKeyViolation(err) || isUniqueViolation(err) ||
			errors.Is(err, ErrOvertaken)
	})
}

// runAttempts runs a transaction until it succeeds, fails with an error that is not worth another
// attempt, or has used all attempts.
func (s *Store) runAttempts(ctx context.Context, fn func(tx *Tx) error,
	again func(error) bool) error {
	for n := 1; ; n++ {
		err := s.runOnce(ctx, fn, n == 1)
		switch {
		case err == nil || !again(err):
			return err
		// Without a pause both transactions would meet in the same state again.
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

// waitBeforeRetry waits before the next attempt. It returns false when the context ends first.
func waitBeforeRetry(ctx context.Context, attempt int) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(rand.N(retryPause << (attempt - 1))):
		return true
	}
}

// runOnce runs one attempt.
func (s *Store) runOnce(ctx context.Context, fn func(tx *Tx) error, first bool) error {
	sqlTx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() { _ = sqlTx.Rollback() }() // no effect after a commit

	running := &transactionQuerier{ExecQuerier: recordLocks(sqlTx, s.dialect), reader: s.reader}
	driver := s.newDriver(running)
	// Rows that fn returns keep this client. After the commit it reads from the pool, see
	// transactionQuerier.
	client := ent.NewClient(ent.Driver(driver))
	guard := &archiveGuard{client: client, inUse: map[ident.ID]bool{}}
	hooks := []entgo.Hook{guard.refuseArchived}
	reserved := reservedAttemptOf(ctx)
	if reserved != nil {
		hooks = append(hooks, reserved.observeWrites)
	}
	tx := &Tx{Client: addTenantFilter(client, hooks...), SQL: sqlTx,
		dialect: s.dialect, exec: driver.ExecQuerier, organizations: map[ident.ID]bool{},
		archive: guard, reserved: reserved}

	if err := fn(tx); err != nil {
		return err
	}
	// The last write before the commit: nobody else waits for this row behind it.
	if err := reserved.mark(ctx, client); err != nil {
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
		reserved.keep()
		return nil
	})
}

// commitThrough commits through the wrapper, if there is one.
func (s *Store) commitThrough(ctx context.Context, commit func() error) error {
	if s.wrapper == nil {
		return commit()
	}
	return s.wrapper.Commit(ctx, commit)
}

// BreakOffFirst makes the first attempt of every transaction fail at its commit with 40001 or
// 40P01, as a real conflict does. An empty code ends it. Tests compare a run under it with a run
// without.
func (s *Store) BreakOffFirst(code string) {
	if code == "" {
		s.abortCode.Store(nil)
		return
	}
	s.abortCode.Store(&code)
}

// ErrOvertaken makes Retry run a transaction again. fn returns it when rows have changed that it
// read before it locked their owner.
var ErrOvertaken = errors.New("store: rows changed before they were locked")

// isAborted reports whether the database aborted a transaction in favour of another: a
// serialization failure or a deadlock.
func isAborted(err error) bool {
	var pg *pq.Error
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

// isUniqueViolation reports whether a unique index rejected a value.
func isUniqueViolation(err error) bool { return sqlgraph.IsUniqueConstraintError(err) }

// isForeignKeyViolation reports whether a row refers to one that another transaction has just
// deleted, such as the acting member.
func isForeignKeyViolation(err error) bool { return sqlgraph.IsForeignKeyConstraintError(err) }

// Locks reports whether rows must be locked before a decision. SQLite runs one transaction at a
// time and has no SELECT … FOR UPDATE.
func (tx *Tx) Locks() bool { return tx.dialect == dialect.Postgres }

// Concurrent reports whether transactions can write side by side. SQLite runs one at a time.
func (s *Store) Concurrent() bool { return s.dialect == dialect.Postgres }
