package store

import (
	"context"
	sqldriver "database/sql/driver"
)

// boundConn is a connection that applies the deadline of a context to the network below it. It
// keeps no prepared statements.
type boundConn struct {
	driverConn
	checker sqldriver.NamedValueChecker
	network *deadlineConn // nil where the driver dials no network
	tx      sqldriver.Tx  // nil outside of a transaction
}

// bindContext returns the error of a context that has ended. Otherwise it sets the deadline of the
// network to that of the context.
func (c *boundConn) bindContext(ctx context.Context) error {
	// lib/pq would send the statement of an ended context and then ask the server to cancel it. The
	// cancellation can arrive before the statement.
	if err := ctx.Err(); err != nil {
		return err
	}
	c.network.bindContext(ctx)
	return nil
}

// QueryContext runs a statement that returns rows.
func (c *boundConn) QueryContext(ctx context.Context, text string,
	args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	if err := c.bindContext(ctx); err != nil {
		return nil, err
	}
	return c.driverConn.QueryContext(ctx, text, args)
}

// ExecContext runs a statement that returns no rows.
func (c *boundConn) ExecContext(ctx context.Context, text string,
	args []sqldriver.NamedValue) (sqldriver.Result, error) {
	if err := c.bindContext(ctx); err != nil {
		return nil, err
	}
	return c.driverConn.ExecContext(ctx, text, args)
}

// CheckNamedValue lets the driver convert an argument, as database/sql does without this wrapper.
func (c *boundConn) CheckNamedValue(v *sqldriver.NamedValue) error {
	if c.checker == nil {
		return sqldriver.ErrSkip
	}
	return c.checker.CheckNamedValue(v)
}

// PrepareContext prepares a statement, which belongs to the caller.
func (c *boundConn) PrepareContext(ctx context.Context, text string) (sqldriver.Stmt, error) {
	c.network.bindContext(ctx)
	return c.driverConn.PrepareContext(ctx, text)
}

// Ping checks that the connection still works.
func (c *boundConn) Ping(ctx context.Context) error {
	c.network.bindContext(ctx)
	return c.driverConn.Ping(ctx)
}

// BeginTx begins a transaction and returns the connection itself as its handle: a connection has
// one transaction at a time.
func (c *boundConn) BeginTx(ctx context.Context, o sqldriver.TxOptions) (sqldriver.Tx, error) {
	c.network.bindContext(ctx)
	tx, err := c.driverConn.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	c.tx = tx
	return c, nil
}

// Commit commits the transaction.
func (c *boundConn) Commit() error { return c.takeTx().Commit() }

// Rollback rolls the transaction back.
func (c *boundConn) Rollback() error { return c.takeTx().Rollback() }

// takeTx ends the use of the transaction and returns it.
func (c *boundConn) takeTx() sqldriver.Tx {
	tx := c.tx
	c.tx = nil
	// The context of the last statement may be over. COMMIT and ROLLBACK need time of their own, or
	// the connection would be lost with the outcome unknown.
	c.network.extendDeadline()
	return tx
}
