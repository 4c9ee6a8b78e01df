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

	exec          entsql.ExecQuerier // the same transaction, for statements that ent has no words for
	organizations map[ident.ID]bool  // locked by LockOrganization
}

// maxAttempts is how often one transaction is tried. With retryPause between, the last attempt begins within a second.
const maxAttempts = 6

// retryPause is the longest pause before the second attempt; it doubles with each attempt. The pause is random, so that
// transactions that stood in each other's way do not meet again.
const retryPause = 20 * time.Millisecond

// WithTx runs fn in one transaction: everything that it wrote takes effect, or, when it returns an error or the process dies,
// nothing. Nothing slow belongs inside: no email, no hash, no file. SQLite lets one transaction in at a time.
//
// fn is called again when the database broke the transaction off in favour of another (40001, 40P01), and when a row that
// fn refers to was deleted meanwhile (23503): fn then misses it. It must therefore touch nothing but the transaction, and
// make inside itself whatever an attempt changes. After the last attempt the error is UNAVAILABLE with a time to come back,
// or CONFLICT when the row is still missed.
func (s *Store) WithTx(ctx context.Context, fn func(tx *Tx) error) error {
	return s.attempt(ctx, fn, func(err error) bool { return brokenOff(err) || refersToDeleted(err) })
}

// Retry is WithTx that also calls fn again when a unique index decided against it: a fresh look finds the row that another
// transaction has just written, and decides by it. It does the same after ErrOvertaken. After the last attempt the error is
// CONFLICT.
func (s *Store) Retry(ctx context.Context, fn func(tx *Tx) error) error {
	return s.attempt(ctx, fn, func(err error) bool {
		return brokenOff(err) || refersToDeleted(err) || taken(err) || errors.Is(err, ErrOvertaken)
	})
}

func (s *Store) attempt(ctx context.Context, fn func(tx *Tx) error, again func(error) bool) error {
	for n := 1; ; n++ {
		err := s.once(ctx, fn, n == 1)
		switch {
		case err == nil || !again(err):
			return err
		case n < maxAttempts && pause(ctx, n):
			continue
		case brokenOff(err):
			f := fault.New(fault.Unavailable, "fault.busy").Because(err)
			f.RetryAfter = time.Second
			return f
		}
		return fault.New(fault.Conflict, "fault.overtaken").Because(err)
	}
}

// pause waits before another attempt; false when the context ends first.
func pause(ctx context.Context, attempt int) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(rand.N(retryPause << (attempt - 1))):
		return true
	}
}

// once is one attempt.
func (s *Store) once(ctx context.Context, fn func(tx *Tx) error, first bool) error {
	sqlTx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() { _ = sqlTx.Rollback() }() // after a commit it does nothing
	running := &passing{ExecQuerier: watch(sqlTx, s.dialect), reader: s.reader}
	driver := s.conn(running)
	client := ent.NewClient(ent.Driver(driver))
	tx := &Tx{Client: fenced(client), SQL: sqlTx, dialect: s.dialect, exec: driver.ExecQuerier, organizations: map[ident.ID]bool{}}
	if err := fn(tx); err != nil {
		return err
	}
	return s.commit(ctx, func() error {
		if code := s.breakOff.Load(); first && code != nil {
			return &pq.Error{Code: pqerror.Code(*code), Message: "made to fail by BreakOffFirst"}
		}
		if err := sqlTx.Commit(); err != nil {
			return fmt.Errorf("store: commit: %w", err)
		}
		running.over.Store(true)
		return nil
	})
}

// commit runs a commit through the wrapper, if there is one.
func (s *Store) commit(ctx context.Context, commit func() error) error {
	if s.wrapper == nil {
		return commit()
	}
	return s.wrapper.Commit(ctx, commit)
}

// BreakOffFirst has the first attempt of every transaction of this store broken off at its commit, as a database does that
// found another transaction in its way: 40001 or 40P01. An empty code ends it. Tests compare a run under it with a run without.
func (s *Store) BreakOffFirst(code string) {
	if code == "" {
		s.breakOff.Store(nil)
		return
	}
	s.breakOff.Store(&code)
}

// ErrOvertaken is what a transaction that runs in Retry returns when rows have changed that it read before it locked what
// owns them: it is run again.
var ErrOvertaken = errors.New("store: rows changed before they were locked")

// brokenOff tells a transaction that the database broke off in favour of another: a serialization failure or a deadlock.
func brokenOff(err error) bool {
	var pg *pq.Error
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

// taken tells a value that a unique index did not take.
func taken(err error) bool { return sqlgraph.IsUniqueConstraintError(err) }

// refersToDeleted tells a row that refers to one which another transaction has deleted meanwhile, such as the member who acts.
func refersToDeleted(err error) bool { return sqlgraph.IsForeignKeyConstraintError(err) }

// Locks tells whether rows must be locked to count under a limit. SQLite's transaction is alone already, and has no
// SELECT … FOR UPDATE.
func (tx *Tx) Locks() bool { return tx.dialect == dialect.Postgres }

// Concurrent tells whether transactions can write side by side. SQLite lets one in at a time.
func (s *Store) Concurrent() bool { return s.dialect == dialect.Postgres }
