package store

import (
	"container/list"
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"

	"github.com/lib/pq"

	"usher/ent"
)

const (
	// keptStatements is how many statements a connection keeps prepared; a server process holds
	// some 20 kB for each.
	keptStatements = 200
	// rememberedTexts is how many texts that came once a connection remembers before it starts
	// afresh.
	rememberedTexts = 1000
	// manyArguments is where a statement is taken to be of an import, whose texts differ by the
	// number of rows.
	manyArguments = 200
)

// preparingConnector opens connections that keep their statements prepared, or, unprepared, ones
// that only end in time.
type preparingConnector struct {
	sqldriver.Connector
	postgres   bool
	unprepared bool // keeps none: every text runs as it comes
}

// Connect opens a connection.
func (p preparingConnector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	var below *deadlineConn // stays nil where the driver dials no network
	c, err := p.Connector.Connect(context.WithValue(ctx, dialedKey{}, &below))
	if err != nil {
		return nil, err
	}
	able, ok := c.(driverConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: a %T cannot keep statements", c), c.Close())
	}
	checker, _ := c.(sqldriver.NamedValueChecker)
	bound := &boundConn{driverConn: able, checker: checker, network: below}
	if p.unprepared {
		return bound, nil
	}
	return &preparedConn{
		boundConn: bound, postgres: p.postgres, seen: map[uint64]struct{}{},
		byText: map[string]*list.Element{}, recent: list.New(),
	}, nil
}

// driverConn is what the connections of both drivers can do, and database/sql looks for.
type driverConn interface {
	sqldriver.Conn
	sqldriver.ConnBeginTx
	sqldriver.ConnPrepareContext
	sqldriver.ExecerContext
	sqldriver.QueryerContext
	sqldriver.Pinger
	sqldriver.SessionResetter
	sqldriver.Validator
}

// driverStatement is what the prepared statements of both drivers can do. COPY, which is prepared
// too, cannot.
type driverStatement interface {
	sqldriver.Stmt
	sqldriver.StmtExecContext
	sqldriver.StmtQueryContext
}

// preparedConn is a connection that prepares a text when it comes for the second time, and from
// then on only sends the arguments: on PostgreSQL one round trip instead of two and no parsing, on
// SQLite no parsing and planning. It goes between database/sql, which never calls it twice at a
// time, and the driver.
type preparedConn struct {
	*boundConn // what is prepared explicitly, COPY among it, goes straight to the driver
	postgres   bool
	open       int // rows of prepared statements that are not closed yet

	seen   map[uint64]struct{} // hashes of texts that came once
	byText map[string]*list.Element
	recent *list.List // of *prepared, the most recently used first
}

// preparedStatement is a statement that is kept. While its rows are open nobody else may run it:
// SQLite would start them over.
type preparedStatement struct {
	driverStatement
	text       string
	open, gone bool // gone: kept no longer, and to be closed with its rows
}

var textSeed = maphash.MakeSeed()

var errRowsOpen = errors.New("store: rows of another statement are open on this connection")

// QueryContext runs what returns rows.
func (c *preparedConn) QueryContext(ctx context.Context, text string,
	args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	p, err := c.findStatement(ctx, text, len(args))
	if err != nil {
		return nil, err
	}
	if p != nil {
		rows, err := p.QueryContext(ctx, args)
		if err == nil {
			p.open = true
			c.open++
			return &preparedRows{Rows: rows, c: c, p: p}, nil
		}
		if !c.dropOutdated(p, err) {
			return nil, err
		}
	}
	rows, err := c.driverConn.QueryContext(ctx, text, args)
	if err != nil || c.postgres {
		return rows, err
	}
	return &directRows{preparedRows{Rows: rows, c: c}}, nil
}

// ExecContext runs what returns no rows.
func (c *preparedConn) ExecContext(ctx context.Context, text string,
	args []sqldriver.NamedValue) (sqldriver.Result, error) {
	p, err := c.findStatement(ctx, text, len(args))
	if err != nil {
		return nil, err
	}
	if p != nil {
		result, err := p.ExecContext(ctx, args)
		if err == nil || !c.dropOutdated(p, err) {
			return result, err
		}
	}
	return c.driverConn.ExecContext(ctx, text, args)
}

// findStatement returns the statement that a text is kept as, nil where it is to run unprepared.
func (c *preparedConn) findStatement(ctx context.Context, text string,
	args int) (*preparedStatement, error) {
	if err := c.bindContext(ctx); err != nil {
		return nil, err
	}
	// lib/pq notices this between statements that it prepares itself, and would else take these
	// rows for the answer.
	if c.postgres && c.open > 0 {
		return nil, errRowsOpen
	}
	if args == 0 || args >= manyArguments || strings.Contains(text, ent.PlannedAnew) {
		return nil, nil
	}
	if e, ok := c.byText[text]; ok {
		p := e.Value.(*preparedStatement)
		if p.open {
			return nil, nil
		}
		c.recent.MoveToFront(e)
		return p, nil
	}
	hash := maphash.String(textSeed, text)
	if _, again := c.seen[hash]; !again {
		if len(c.seen) == rememberedTexts {
			clear(c.seen)
		}
		c.seen[hash] = struct{}{}
		return nil, nil
	}
	delete(c.seen, hash)
	return c.prepareStatement(ctx, text)
}

func (c *preparedConn) prepareStatement(ctx context.Context,
	text string) (*preparedStatement, error) {
	s, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	able, ok := s.(driverStatement)
	if !ok {
		return nil, s.Close()
	}
	p := &preparedStatement{driverStatement: able, text: text}
	c.byText[text] = c.recent.PushFront(p)
	if c.recent.Len() > keptStatements {
		c.dropStatement(c.recent.Back().Value.(*preparedStatement))
	}
	return p, nil
}

// dropStatement keeps a statement no longer. That it cannot be closed is no harm: if the connection
// is broken, its next use tells.
func (c *preparedConn) dropStatement(p *preparedStatement) {
	if e, kept := c.byText[p.text]; kept && e.Value == p {
		delete(c.byText, p.text)
		c.recent.Remove(e)
	}
	p.gone = true
	if !p.open {
		_ = p.Close()
	}
}

// dropOutdated looks at the error of a prepared statement, and tells whether to run the text
// unprepared immediately. PostgreSQL refuses a statement whose result (0A000) or whose parameters
// (42…) another migration changed the types of, and one that somebody discarded (26000). It did
// nothing then; only a transaction is lost, and its owner hears of it.
func (c *preparedConn) dropOutdated(p *preparedStatement, err error) bool {
	var refused *pq.Error
	if !errors.As(err, &refused) {
		return false
	}
	switch {
	// and the others with it, unknown to the server: there is nothing to close
	case refused.Code == "26000":
		clear(c.byText)
		c.recent.Init()
	case refused.Code == "0A000", strings.HasPrefix(string(refused.Code), "42"):
		c.dropStatement(p)
	default:
		return false
	}
	return c.tx == nil
}

// Close closes the connection. PostgreSQL forgets its statements with it; SQLite would keep the
// file open for them.
func (c *preparedConn) Close() error {
	if !c.postgres {
		for e := c.recent.Front(); e != nil; e = e.Next() {
			_ = e.Value.(*preparedStatement).Close()
		}
	}
	return c.driverConn.Close()
}
