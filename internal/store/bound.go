package store

import (
	"context"
	sqldriver "database/sql/driver"
)

// boundConn is a connection whose statements end in time, as far as its wire can see to it. It
// keeps no statements.
type boundConn struct {
	driverConn
	checker sqldriver.NamedValueChecker
	network *deadlineConn // nil where the driver dials no network
	tx      sqldriver.Tx  // nil outside of a transaction
}

// bindContext refuses a context that has ended, and lets the wire read and write as long as it
// lasts.
func (c *boundConn) bindContext(ctx context.Context) error {
	// lib/pq would start the statement, and ask the server to end it perhaps before it hears of it.
	if err := ctx.Err(); err != nil {
		return err
	}
	c.network.bindContext(ctx)
	return nil
}

// QueryContext runs what returns rows.
func (c *boundConn) QueryContext(ctx context.Context, text string,
	args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	if err := c.bindContext(ctx); err != nil {
		return nil, err
	}
	return c.driverConn.QueryContext(ctx, text, args)
}

// ExecContext runs what returns no rows.
func (c *boundConn) ExecContext(ctx context.Context, text string,
	args []sqldriver.NamedValue) (sqldriver.Result, error) {
	if err := c.bindContext(ctx); err != nil {
		return nil, err
	}
	return c.driverConn.ExecContext(ctx, text, args)
}

// CheckNamedValue lets the driver convert an argument, as it would without us.
func (c *boundConn) CheckNamedValue(v *sqldriver.NamedValue) error {
	if c.checker == nil {
		return sqldriver.ErrSkip
	}
	return c.checker.CheckNamedValue(v)
}

// PrepareContext prepares a statement for its caller, which keeps it.
func (c *boundConn) PrepareContext(ctx context.Context, text string) (sqldriver.Stmt, error) {
	c.network.bindContext(ctx)
	return c.driverConn.PrepareContext(ctx, text)
}

// Ping tells whether the connection still works.
func (c *boundConn) Ping(ctx context.Context) error {
	c.network.bindContext(ctx)
	return c.driverConn.Ping(ctx)
}

// BeginTx begins a transaction, which the connection itself stands for: there is one at a time.
func (c *boundConn) BeginTx(ctx context.Context, o sqldriver.TxOptions) (sqldriver.Tx, error) {
	c.network.bindContext(ctx)
	tx, err := c.driverConn.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	c.tx = tx
	return c, nil
}

// Commit ends the transaction, and what it wrote is there.
func (c *boundConn) Commit() error { return c.takeTx().Commit() }

// Rollback ends the transaction, and what it wrote never was.
func (c *boundConn) Rollback() error { return c.takeTx().Rollback() }

func (c *boundConn) takeTx() sqldriver.Tx {
	tx := c.tx
	c.tx = nil
	c.network.extendDeadline()
	return tx
}
