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
	// keptStatements is the maximum number of prepared statements of a connection. A server process
	// needs some 20 kB for each.
	keptStatements = 200
	// rememberedTexts is the maximum number of hashes of texts that occurred once. A full set is
	// emptied.
	rememberedTexts = 1000
	// manyArguments is the number of arguments from which on a statement is not prepared. Such
	// statements come from imports, and their texts differ by the number of rows.
	manyArguments = 200
)

// preparingConnector opens connections that keep prepared statements, or, if unprepared,
// connections that only apply deadlines.
type preparingConnector struct {
	sqldriver.Connector
	postgres   bool
	unprepared bool // keep no statements
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
	// A connection pooler that gives each transaction another connection cannot keep statements.
	if p.unprepared {
		return bound, nil
	}
	return &preparedConn{
		boundConn: bound, postgres: p.postgres, seen: map[uint64]struct{}{},
		byText: map[string]*list.Element{}, recent: list.New(),
	}, nil
}

// driverConn lists what the connections of both drivers implement and database/sql uses.
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

// driverStatement lists what prepared statements of both drivers implement. COPY, which is prepared
// too, does not.
type driverStatement interface {
	sqldriver.Stmt
	sqldriver.StmtExecContext
	sqldriver.StmtQueryContext
}

// preparedConn is a connection that prepares a text at its second occurrence and from then on sends
// the arguments only. PostgreSQL then needs one round trip instead of two and parses nothing;
// SQLite parses and plans nothing. It stands between database/sql, which never uses a connection
// concurrently, and the driver.
type preparedConn struct {
	*boundConn // statements prepared by a caller, such as COPY, go to the driver directly
	postgres   bool
	open       int // prepared statements whose rows are not closed

	seen   map[uint64]struct{} // hashes of texts that occurred once
	byText map[string]*list.Element
	recent *list.List // of *prepared, the most recently used first
}

// preparedStatement is a kept statement. While its rows are open it must not run again: SQLite
// would restart them.
type preparedStatement struct {
	driverStatement
	text       string
	open, gone bool // gone: dropped from the connection; closes with its rows
}

// textSeed makes the hashes of texts differ between processes.
var textSeed = maphash.MakeSeed()

// errRowsOpen names the mistake that would otherwise appear as a protocol error of the driver.
var errRowsOpen = errors.New("store: rows of another statement are open on this connection")

// QueryContext runs a statement that returns rows.
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
		// Rejected as outdated, outside of a transaction: nothing ran, so the text runs unprepared.
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

// ExecContext runs a statement that returns no rows.
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

// findStatement returns the kept statement of a text, which it prepares at the second occurrence;
// nil if the text must run unprepared.
func (c *preparedConn) findStatement(ctx context.Context, text string,
	args int) (*preparedStatement, error) {
	if err := c.bindContext(ctx); err != nil {
		return nil, err
	}
	// lib/pq checks this for the statements that it prepares itself. Here it would take the rows of
	// the open statement for the answer.
	if c.postgres && c.open > 0 {
		return nil, errRowsOpen
	}
	if args == 0 || args >= manyArguments || strings.Contains(text, ent.CustomPlan) {
		return nil, nil
	}

	if e, ok := c.byText[text]; ok {
		p := e.Value.(*preparedStatement)
		// The rows of the same text are still open on this connection: the second run goes
		// unprepared.
		if p.open {
			return nil, nil
		}
		c.recent.MoveToFront(e)
		return p, nil
	}
	// Most texts of an import or of a filter occur once. A hash for each is enough to find those
	// that occur again.
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

// prepareStatement prepares a text and keeps it; the statement that was not used for longest makes
// room.
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
	// The least recently used statement makes room.
	if c.recent.Len() > keptStatements {
		c.dropStatement(c.recent.Back().Value.(*preparedStatement))
	}
	return p, nil
}

// dropStatement removes a kept statement, and closes it unless its rows are open. An error of
// closing is ignored: if the connection is broken, its next use fails.
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

// dropOutdated drops a kept statement that the server rejected as outdated, and reports whether the
// text may run unprepared now. PostgreSQL rejects a statement when a migration changed the types of
// its result (0A000) or parameters (42…), or when a pooler discarded it (26000). A rejected
// statement changed nothing, but inside a transaction the transaction is aborted.
func (c *preparedConn) dropOutdated(p *preparedStatement, err error) bool {
	var refused *pq.Error
	if !errors.As(err, &refused) {
		return false
	}
	switch {
	// The server has discarded all statements of the session: there is nothing to close.
	case refused.Code == "26000":
		clear(c.byText)
		c.recent.Init()
	case refused.Code == "0A000", strings.HasPrefix(string(refused.Code), "42"):
		c.dropStatement(p)
	default:
		return false
	}
	// In a transaction the error stands, because PostgreSQL has aborted the transaction.
	return c.tx == nil
}

// Close closes the connection. PostgreSQL drops the statements with it; SQLite would keep the file
// open for them.
func (c *preparedConn) Close() error {
	if !c.postgres {
		for e := c.recent.Front(); e != nil; e = e.Next() {
			_ = e.Value.(*preparedStatement).Close()
		}
	}
	return c.driverConn.Close()
}
