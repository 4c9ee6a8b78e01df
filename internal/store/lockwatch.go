package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// lockReport receives transactions that break the lock order; nil outside of tests.
var lockReport atomic.Pointer[func(broken string)]

// WatchLocks makes every transaction on PostgreSQL record the locks of its statements, and calls
// report for each transaction that breaks lockOrder. Tests switch it on for the whole process. It
// is off in the product.
func WatchLocks(report func(broken string)) { lockReport.Store(&report) }

// lockRecorder is a transaction that records its locks.
type lockRecorder struct {
	entsql.ExecQuerier
	report func(string)
	held   []string // kinds, in the order of their first lock
	made   []string // tables into which the transaction has inserted
}

// recordLocks records the locks of a transaction when WatchLocks is on.
func recordLocks(eq entsql.ExecQuerier, name string) entsql.ExecQuerier {
	report := lockReport.Load()
	if report == nil || name != dialect.Postgres {
		return eq
	}
	return &lockRecorder{ExecQuerier: eq, report: *report}
}

// ExecContext records the lock of a statement before it runs, since a statement that waits must be
// recorded too.
func (w *lockRecorder) ExecContext(ctx context.Context, query string,
	args ...any) (sql.Result, error) {
	w.recordLock(query)
	return w.ExecQuerier.ExecContext(ctx, query, args...)
}

// QueryContext is ExecContext for a statement that returns rows.
func (w *lockRecorder) QueryContext(ctx context.Context, query string,
	args ...any) (*sql.Rows, error) {
	w.recordLock(query)
	return w.ExecQuerier.QueryContext(ctx, query, args...)
}

// recordLock records the lock of a statement and reports it when it breaks the order.
func (w *lockRecorder) recordLock(query string) {
	// An insert is recorded before its lock, because it may be an upsert that locks too.
	if made := insertPattern.FindStringSubmatch(query); made != nil {
		w.made = append(w.made, made[1])
	}
	kind := lockedKind(query)
	rank := slices.Index(lockOrder, kind)
	// A kind that is held already is not checked again: rows of one kind are locked together, at
	// the first lock of the kind. A kind of which the transaction inserted a row is not checked
	// either: no other transaction sees that row.
	if rank < 0 || slices.Contains(w.held, kind) || slices.Contains(w.made, kind) {
		return
	}
	for _, before := range w.held {
		if slices.Index(lockOrder, before) > rank {
			w.report(fmt.Sprintf("%s is locked after %s: %s", kind,
				strings.Join(w.held, ", "), query))
			break
		}
	}
	w.held = append(w.held, kind)
}

var (
	lockingRead = regexp.MustCompile(
		`(?s)^SELECT .*? FROM "(\w+)".* FOR (UPDATE|NO KEY UPDATE|SHARE|KEY SHARE)$`)
	lockingWrite  = regexp.MustCompile(`^(?:UPDATE|DELETE FROM) "?(\w+)"?`)
	insertPattern = regexp.MustCompile(`^INSERT INTO "?(\w+)"?`)
	lockingUpsert = regexp.MustCompile(`(?s)^INSERT INTO "(\w+)".* ON CONFLICT .* DO UPDATE SET`)
)

// lockedKind returns the table whose rows a statement locks, judged by its text; "" for none. Plain
// INSERTs do not count, because no other transaction sees their rows yet. Nor do the locks that
// foreign keys take on other rows, because these only conflict with deletions.
func lockedKind(query string) string {
	if query == lockAddresses || query == shareAddresses {
		return addressLocks
	}
	for _, form := range []*regexp.Regexp{lockingRead, lockingWrite, lockingUpsert} {
		if found := form.FindStringSubmatch(query); found != nil {
			return found[1]
		}
	}
	return ""
}
