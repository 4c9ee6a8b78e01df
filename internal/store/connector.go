package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

const (
	// connectPause is the pause between attempts of a process that has no connection.
	connectPause = 100 * time.Millisecond
	// shrinkTime is how long a pool keeps its size after PostgreSQL refused another connection.
	shrinkTime = 10 * time.Second
)

// retryingConnector connects to a PostgreSQL server that may have no connection left. Several
// processes share the server, and their pools together may exceed max_connections. A refused
// connection does not fail the request: the pool is limited to its open connections for shrinkTime,
// and the request waits for one of them. A process without any connection tries again until its
// context ends, or for connectTimeout.
type retryingConnector struct {
	sqldriver.Connector
	size int
	pool atomic.Pointer[sql.DB]
	open atomic.Int64 // number of open connections

	mu      sync.Mutex
	shrunk  bool
	restore *time.Timer
}

// Connect opens a connection.
func (p *retryingConnector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	for {
		c, err := p.Connector.Connect(ctx)
		if err == nil {
			p.open.Add(1)
			return &countedConn{c.(driverConn), p}, nil
		}
		// Other errors, such as a wrong password, would be the same in the next attempt.
		if !isRefusedConnection(err) {
			return nil, err
		}
		// After ErrBadConn database/sql tries again. It then finds the pool full and waits for a
		// connection to be returned.
		if open := p.open.Load(); open > 0 {
			p.shrinkPool(int(open))
			return nil, sqldriver.ErrBadConn
		}
		select {
		case <-waiting.Done():
			return nil, err
		case <-time.After(connectPause):
		}
	}
}

// shrinkPool limits the pool to its open connections for shrinkTime.
func (p *retryingConnector) shrinkPool(open int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if db := p.pool.Load(); db != nil {
		db.SetMaxOpenConns(open)
	}
	// Each refusal extends the time.
	if p.shrunk {
		p.restore.Reset(shrinkTime)
		return
	}
	p.shrunk = true
	p.restore = time.AfterFunc(shrinkTime, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.shrunk = false
		if db := p.pool.Load(); db != nil {
			db.SetMaxOpenConns(p.size)
			db.SetMaxIdleConns(p.size) // SetMaxOpenConns had lowered it too
		}
	})
}

// isRefusedConnection reports whether PostgreSQL has no connection left: for anybody, for this role
// or for this database.
func isRefusedConnection(err error) bool {
	var refused *pq.Error
	return errors.As(err, &refused) && refused.Code == "53300"
}

// countedConn is a connection that its connector counts as open until it is closed.
type countedConn struct {
	driverConn
	connector *retryingConnector
}

// CheckNamedValue lets the driver convert an argument.
func (c *countedConn) CheckNamedValue(v *sqldriver.NamedValue) error {
	if checker, ok := c.driverConn.(sqldriver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return sqldriver.ErrSkip
}

// Close closes the connection.
func (c *countedConn) Close() error {
	c.connector.open.Add(-1)
	return c.driverConn.Close()
}
