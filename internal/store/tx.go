package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"entgo.io/ent/dialect"
	"github.com/lib/pq"

	"usher/ent"
)

// Tx is an open transaction: the only thing that the code inside WithTx may touch.
type Tx struct {
	*ent.Client
	SQL     *sql.Tx // the same transaction, for the queue
	dialect string
}

// WithTx runs fn in one transaction: all of what it wrote is there afterwards, or, when it returns an error or the
// process dies, nothing. Nothing slow belongs inside: no mail, no hash, no file. SQLite lets one in at a time.
func (s *Store) WithTx(ctx context.Context, fn func(tx *Tx) error) error {
	sqlTx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() { _ = sqlTx.Rollback() }() // after a commit it does nothing
	running := &passing{ExecQuerier: sqlTx, reader: s.reader}
	client := ent.NewClient(ent.Driver(conn(running, s.dialect)))
	if err := fn(&Tx{Client: fenced(client), SQL: sqlTx, dialect: s.dialect}); err != nil {
		return err
	}
	if err := fails(ctx, false); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	running.over.Store(true)
	return fails(ctx, true)
}

// Retry is WithTx that starts over, twice at most, when another transaction got in between: a unique index or a deadlock
// decided against this one, and a fresh look finds what the other one left. fn must touch nothing but the transaction.
func (s *Store) Retry(ctx context.Context, fn func(tx *Tx) error) error {
	err := s.WithTx(ctx, fn)
	for again := 0; again < 2 && overtaken(err); again++ {
		err = s.WithTx(ctx, fn)
	}
	return err
}

func overtaken(err error) bool {
	var pg *pq.Error
	if errors.As(err, &pg) {
		return pg.Code == "40P01" || pg.Code == "40001" || pg.Code == "23505"
	}
	return ent.IsConstraintError(err)
}

// Locks tells whether rows must be locked to count under a limit. SQLite's transaction is alone already, and has no
// SELECT … FOR UPDATE.
func (tx *Tx) Locks() bool { return tx.dialect == dialect.Postgres }

// Concurrent tells whether transactions can write side by side. SQLite lets one in at a time.
func (s *Store) Concurrent() bool { return s.dialect == dialect.Postgres }
