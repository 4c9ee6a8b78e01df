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
	// connectPause is how long a process without any connection waits before it asks again for one.
	connectPause = 100 * time.Millisecond
	// shrinkTime is how long a pool that PostgreSQL refused to let grow stays as small as it was.
	shrinkTime = 10 * time.Second
)

// retryingConnector makes connections to a PostgreSQL that may have none to give. Several processes
// share one server, and together their pools may be larger than max_connections. A refusal is no
// reason to fail a request: the pool shrinks to the connections it has, for a while, and the
// request waits for one of them like under any load. A process that has none asks again until its
// context ends, or connectTimeout is over.
type retryingConnector struct {
	sqldriver.Connector
	size int
	pool atomic.Pointer[sql.DB]
	open atomic.Int64 // connections made and not closed

	mu      sync.Mutex
	shrunk  bool
	restore *time.Timer
}

// Connect makes a connection.
func (p *retryingConnector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	for {
		c, err := p.Connector.Connect(ctx)
		if err == nil {
			p.open.Add(1)
			return &countedConn{c.(driverConn), p}, nil
		}
		if !isRefusedConnection(err) {
			return nil, err
		}
		if open := p.open.Load(); open > 0 {
			p.shrinkPool(int(open))
			// database/sql tries again after this error, and finds the pool full.
			return nil, sqldriver.ErrBadConn
		}
		select {
		case <-waiting.Done():
			return nil, err
		case <-time.After(connectPause):
		}
	}
}

// shrinkPool bounds the pool by what it has.
func (p *retryingConnector) shrinkPool(open int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if db := p.pool.Load(); db != nil {
		db.SetMaxOpenConns(open)
	}
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
			db.SetMaxIdleConns(p.size) // a smaller limit of open ones had lowered it
		}
	})
}

// isRefusedConnection tells whether PostgreSQL has no connection left, or none for this role or
// database.
func isRefusedConnection(err error) bool {
	var refused *pq.Error
	return errors.As(err, &refused) && refused.Code == "53300"
}

// countedConn tells its connector when it is closed.
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
