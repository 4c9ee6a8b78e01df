package store

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// conn puts ent on a pool or on a transaction, and counts statements for who asked (CountStatements).
func conn(eq entsql.ExecQuerier, name string) driver {
	return driver{Conn: entsql.Conn{ExecQuerier: counted{eq}}, name: name}
}

type driver struct {
	entsql.Conn
	name string
}

func (d driver) Dialect() string { return d.name }
func (d driver) Close() error    { return nil }

// Tx joins the transaction that is open already: ent opens one of its own for creations with edges.
func (d driver) Tx(context.Context) (dialect.Tx, error) { return dialect.NopTx(d), nil }

func (d driver) BeginTx(context.Context, *sql.TxOptions) (dialect.Tx, error) {
	return dialect.NopTx(d), nil
}

var errReadOnly = errors.New("store: this client only reads; write inside WithTx")

// readDriver is what the client outside of transactions runs on.
type readDriver struct{ driver }

func (readDriver) Exec(context.Context, string, any, any) error { return errReadOnly }

func (readDriver) Tx(context.Context) (dialect.Tx, error) { return nil, errReadOnly }

func (readDriver) BeginTx(context.Context, *sql.TxOptions) (dialect.Tx, error) {
	return nil, errReadOnly
}

// passing is a transaction that comes to its end while its rows live on: a verb returns them, and a client then asks for
// their edges. From the commit on they read what everybody reads, and write nothing.
type passing struct {
	entsql.ExecQuerier // the transaction
	reader             entsql.ExecQuerier
	over               atomic.Bool
}

// ExecContext writes, as long as the transaction runs.
func (p *passing) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if p.over.Load() {
		return nil, errReadOnly
	}
	return p.ExecQuerier.ExecContext(ctx, query, args...)
}

// QueryContext reads, and writes what returns something as long as the transaction runs.
func (p *passing) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if p.over.Load() {
		return p.reader.QueryContext(ctx, query, args...)
	}
	return p.ExecQuerier.QueryContext(ctx, query, args...)
}

type counterKey struct{}

// CountStatements returns a context under which the SQL statements of this store are counted.
func CountStatements(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, counterKey{}, n), n
}

// ErrFailed is what a statement ends with that FailAt let fail.
var ErrFailed = errors.New("store: this statement was made to fail")

type failureKey struct{}

// failure is a statement that is to fail, counted down to.
type failure struct {
	left atomic.Int64
	done bool
}

// FailAt returns a context under which the nth statement of this store fails, commits included: before it reaches the
// database, or with done once the database has done it. A process that dies there leaves the database the same; so tests
// go through a verb statement by statement. Nothing else has a use for it.
func FailAt(ctx context.Context, n int, done bool) context.Context {
	f := &failure{done: done}
	f.left.Store(int64(n))
	return context.WithValue(ctx, failureKey{}, f)
}

// fails tells whether it is at this statement, done or not, that FailAt wants a failure.
func fails(ctx context.Context, done bool) error {
	if f, ok := ctx.Value(failureKey{}).(*failure); ok && f.done == done && f.left.Add(-1) == 0 {
		return ErrFailed
	}
	return nil
}

type counted struct{ entsql.ExecQuerier }

func (c counted) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	count(ctx)
	if err := errors.Join(checkArguments(query, args), fails(ctx, false)); err != nil {
		return nil, err
	}
	r, err := c.ExecQuerier.ExecContext(ctx, query, args...)
	if err == nil {
		err = fails(ctx, true)
	}
	return r, err
}

func (c counted) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	count(ctx)
	if err := errors.Join(checkArguments(query, args), fails(ctx, false)); err != nil {
		return nil, err
	}
	rows, err := c.ExecQuerier.QueryContext(ctx, query, args...)
	if err == nil {
		if err = fails(ctx, true); err != nil {
			_ = rows.Close() // or the transaction would wait for them
			return nil, err
		}
	}
	return rows, err
}

func count(ctx context.Context) {
	if n, ok := ctx.Value(counterKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}
