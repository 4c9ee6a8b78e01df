// Package probe counts and records the statements of a store and makes single ones fail. Tests
// measure the cost of an operation with it, and what remains when the process dies in the middle.
package probe

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	entsql "entgo.io/ent/dialect/sql"

	"usher/internal/store"
)

// Option opens a store whose statements CountStatements, RecordQueries and FailAt see.
func Option(s *store.Store) { store.Wrap(connectionWrapper{})(s) }

// counterKey is the context key of CountStatements.
type counterKey struct{}

// CountStatements returns a context under which the SQL statements of a store are counted.
func CountStatements(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, counterKey{}, n), n
}

// recorderKey is the context key of RecordQueries.
type recorderKey struct{}

// queryRecorder collects texts of statements. A request may run several at the same time.
type queryRecorder struct {
	mu    sync.Mutex
	texts []string
}

// RecordQueries returns a context under which the texts of the SQL statements that return rows are
// recorded, and a function that returns the texts so far.
func RecordQueries(ctx context.Context) (context.Context, func() []string) {
	r := new(queryRecorder)
	return context.WithValue(ctx, recorderKey{}, r), func() []string {
		r.mu.Lock()
		defer r.mu.Unlock()
		return slices.Clone(r.texts)
	}
}

// recordQuery records a text if RecordQueries wants it.
func recordQuery(ctx context.Context, text string) {
	if r, ok := ctx.Value(recorderKey{}).(*queryRecorder); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.texts = append(r.texts, text)
	}
}

// ErrFailed is the error of a statement that FailAt made fail.
var ErrFailed = errors.New("probe: this statement was made to fail")

// failureKey is the context key of FailAt.
type failureKey struct{}

// plannedFailure counts down to the statement that is to fail.
type plannedFailure struct {
	left atomic.Int64
	done bool
}

// FailAt returns a context under which the nth statement of a store fails, commits included: before
// it runs, or after it has run if done is true. A process that dies there leaves the same database.
// Tests go through an operation statement by statement.
func FailAt(ctx context.Context, n int, done bool) context.Context {
	f := &plannedFailure{done: done}
	f.left.Store(int64(n))
	return context.WithValue(ctx, failureKey{}, f)
}

// takeFailure returns ErrFailed if FailAt wants the present statement to fail.
func takeFailure(ctx context.Context, done bool) error {
	if f, ok := ctx.Value(failureKey{}).(*plannedFailure); ok && f.done == done &&
		f.left.Add(-1) == 0 {
		return ErrFailed
	}
	return nil
}

// connectionWrapper wraps the connections of a store.
type connectionWrapper struct{}

// Connection implements store.Wrapper.
func (connectionWrapper) Connection(eq entsql.ExecQuerier) entsql.ExecQuerier {
	return probedConnection{eq}
}

// Commit implements store.Wrapper.
func (connectionWrapper) Commit(ctx context.Context, commit func() error) error {
	if err := takeFailure(ctx, false); err != nil {
		return err
	}
	if err := commit(); err != nil {
		return err
	}
	return takeFailure(ctx, true)
}

// probedConnection is a pool or a transaction.
type probedConnection struct{ entsql.ExecQuerier }

// ExecContext implements entsql.ExecQuerier.
func (p probedConnection) ExecContext(ctx context.Context, query string,
	args ...any) (sql.Result, error) {
	countStatement(ctx)
	if err := takeFailure(ctx, false); err != nil {
		return nil, err
	}
	r, err := p.ExecQuerier.ExecContext(ctx, query, args...)
	if err == nil {
		err = takeFailure(ctx, true)
	}
	return r, err
}

// QueryContext implements entsql.ExecQuerier.
func (p probedConnection) QueryContext(ctx context.Context, query string,
	args ...any) (*sql.Rows, error) {
	countStatement(ctx)
	recordQuery(ctx, query)
	if err := takeFailure(ctx, false); err != nil {
		return nil, err
	}
	rows, err := p.ExecQuerier.QueryContext(ctx, query, args...)
	if err == nil {
		if err = takeFailure(ctx, true); err != nil {
			// Open rows would block the transaction.
			_ = rows.Close()
			return nil, err
		}
	}
	return rows, err
}

// countStatement counts a statement under a context of CountStatements.
func countStatement(ctx context.Context) {
	if n, ok := ctx.Value(counterKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}
