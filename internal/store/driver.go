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

type counterKey struct{}

// CountStatements returns a context under which the SQL statements of this store are counted.
func CountStatements(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, counterKey{}, n), n
}

type counted struct{ entsql.ExecQuerier }

func (c counted) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	count(ctx)
	return c.ExecQuerier.ExecContext(ctx, query, args...)
}

func (c counted) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	count(ctx)
	return c.ExecQuerier.QueryContext(ctx, query, args...)
}

func count(ctx context.Context) {
	if n, ok := ctx.Value(counterKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}
