package store

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// newDriver puts ent on a pool or on a transaction.
func (s *Store) newDriver(eq entsql.ExecQuerier) entDriver {
	eq = checkedQuerier{eq}
	if s.wrapper != nil {
		eq = s.wrapper.Connection(eq)
	}
	return entDriver{Conn: entsql.Conn{ExecQuerier: eq}, name: s.dialect}
}

// Wrapper sees all that a store sends to its database.
type Wrapper interface {
	// Connection wraps a pool or a transaction.
	Connection(entsql.ExecQuerier) entsql.ExecQuerier
	// Commit calls commit, which commits a transaction.
	Commit(ctx context.Context, commit func() error) error
}

// Wrap opens a store behind a wrapper. Tests count statements with it and let single ones fail
// (internal/testkit/probe).
func Wrap(w Wrapper) Option { return func(s *Store) { s.wrapper = w } }

type entDriver struct {
	entsql.Conn
	name string
}

func (d entDriver) Dialect() string { return d.name }
func (d entDriver) Close() error    { return nil }

// Tx joins the transaction that is open already: ent opens one of its own for creations with edges.
func (d entDriver) Tx(context.Context) (dialect.Tx, error) { return dialect.NopTx(d), nil }

func (d entDriver) BeginTx(context.Context, *sql.TxOptions) (dialect.Tx, error) {
	return dialect.NopTx(d), nil
}

var errReadOnly = errors.New("store: this client only reads; write inside WithTx")

// readDriver is what the client outside of transactions runs on.
type readDriver struct{ entDriver }

func (readDriver) Exec(context.Context, string, any, any) error { return errReadOnly }

func (readDriver) Tx(context.Context) (dialect.Tx, error) { return nil, errReadOnly }

func (readDriver) BeginTx(context.Context, *sql.TxOptions) (dialect.Tx, error) {
	return nil, errReadOnly
}

// transactionQuerier is a transaction that comes to its end while its rows live on: a verb returns
// them, and a client then asks for their edges. From the commit on they read what everybody reads,
// and write nothing.
type transactionQuerier struct {
	entsql.ExecQuerier // the transaction
	reader             entsql.ExecQuerier
	committed          atomic.Bool
}

// ExecContext writes, as long as the transaction runs.
func (p *transactionQuerier) ExecContext(ctx context.Context, query string,
	args ...any) (sql.Result, error) {
	if p.committed.Load() {
		return nil, errReadOnly
	}
	return p.ExecQuerier.ExecContext(ctx, query, args...)
}

// QueryContext reads, and writes what returns something as long as the transaction runs.
func (p *transactionQuerier) QueryContext(ctx context.Context, query string,
	args ...any) (*sql.Rows, error) {
	if p.committed.Load() {
		return p.reader.QueryContext(ctx, query, args...)
	}
	return p.ExecQuerier.QueryContext(ctx, query, args...)
}

// checkedQuerier refuses arguments that a database could not read back.
type checkedQuerier struct{ entsql.ExecQuerier }

// ExecContext checks the arguments and runs the statement.
func (c checkedQuerier) ExecContext(ctx context.Context, query string,
	args ...any) (sql.Result, error) {
	if err := checkArguments(query, args); err != nil {
		return nil, err
	}
	return c.ExecQuerier.ExecContext(ctx, query, args...)
}

// QueryContext checks the arguments and runs the statement.
func (c checkedQuerier) QueryContext(ctx context.Context, query string,
	args ...any) (*sql.Rows, error) {
	if err := checkArguments(query, args); err != nil {
		return nil, err
	}
	return c.ExecQuerier.QueryContext(ctx, query, args...)
}
