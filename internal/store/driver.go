package store

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// newDriver returns an ent driver on a pool or a transaction.
func (s *Store) newDriver(eq entsql.ExecQuerier) entDriver {
	eq = checkedQuerier{eq}
	if s.wrapper != nil {
		eq = s.wrapper.Connection(eq)
	}
	return entDriver{Conn: entsql.Conn{ExecQuerier: eq}, name: s.dialect}
}

// Wrapper intercepts everything that a store sends to its database.
type Wrapper interface {
	// Connection wraps a pool or a transaction.
	Connection(entsql.ExecQuerier) entsql.ExecQuerier
	// Commit calls commit, which commits a transaction.
	Commit(ctx context.Context, commit func() error) error
}

// Wrap opens a store behind a wrapper. Tests use it to count statements and to make single ones
// fail (internal/testkit/probe).
func Wrap(w Wrapper) Option { return func(s *Store) { s.wrapper = w } }

// entDriver is the driver of one pool or transaction.
type entDriver struct {
	entsql.Conn
	name string
}

func (d entDriver) Dialect() string { return d.name }
func (d entDriver) Close() error    { return nil }

// Tx returns the open transaction: ent asks for one of its own when it creates rows with edges.
func (d entDriver) Tx(context.Context) (dialect.Tx, error) { return dialect.NopTx(d), nil }

// BeginTx returns the open transaction, as Tx does.
func (d entDriver) BeginTx(context.Context, *sql.TxOptions) (dialect.Tx, error) {
	return dialect.NopTx(d), nil
}

// errReadOnly tells a programmer that a write needs a transaction.
var errReadOnly = errors.New("store: this client only reads; write inside WithTx")

// readDriver is the driver of the client outside of transactions. It refuses writes.
type readDriver struct{ entDriver }

func (readDriver) Exec(context.Context, string, any, any) error { return errReadOnly }

func (readDriver) Tx(context.Context) (dialect.Tx, error) { return nil, errReadOnly }

func (readDriver) BeginTx(context.Context, *sql.TxOptions) (dialect.Tx, error) {
	return nil, errReadOnly
}

// transactionQuerier runs statements in a transaction, and after its commit reads from the pool. An
// operation returns rows of its transaction, and a resolver then asks them for their edges. Writes
// after the commit fail.
type transactionQuerier struct {
	entsql.ExecQuerier // the transaction
	reader             entsql.ExecQuerier
	committed          atomic.Bool
}

// ExecContext runs a write in the transaction. It fails after the commit.
func (p *transactionQuerier) ExecContext(ctx context.Context, query string,
	args ...any) (sql.Result, error) {
	if p.committed.Load() {
		return nil, errReadOnly
	}
	return p.ExecQuerier.ExecContext(ctx, query, args...)
}

// QueryContext runs a statement that returns rows: in the transaction, or after the commit on the
// pool, which only reads.
func (p *transactionQuerier) QueryContext(ctx context.Context, query string,
	args ...any) (*sql.Rows, error) {
	if p.committed.Load() {
		return p.reader.QueryContext(ctx, query, args...)
	}
	return p.ExecQuerier.QueryContext(ctx, query, args...)
}

// checkedQuerier rejects arguments that a database could not read back.
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
