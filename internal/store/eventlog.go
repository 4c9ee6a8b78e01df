package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"

	"entgo.io/ent/dialect/sql"

	"usher/internal/ident"
)

// The log of events is the audit log in the order of commits (PAR-6). An event gets its place after
// its transaction has committed, so a transaction that writes early and commits late cannot slip in
// before a place that somebody has read. The place is a number of the workspace. It is written
// once, so it survives a dump, a restore and a change of the server, which a transaction id of
// PostgreSQL does not.
//
// Proof that a reader misses nothing:
//
//  1. One transaction at a time numbers the events of a workspace, because it holds an advisory
//     lock until it has committed. On SQLite all writes run one at a time.
//  2. Its statement begins behind the lock, so its snapshot has every place that was given before,
//     and it gives places above the highest of them.
//  3. So the places become visible in ascending order. A reader that sees place n sees all places
//     below it, and an event that becomes visible later has a higher place.

// numberedAtOnce is how many events one transaction numbers, so that an import of 100,000 rows
// holds the lock of its workspace for short times only.
const numberedAtOnce = 5_000

const (
	// The condition is that of the index of waiting events, letter by letter.
	hasUnnumbered = `SELECT EXISTS (SELECT 1 FROM audit_events WHERE workspace_id = $1 AND position IS NULL)`

	// Ids of one process ascend in the order in which it recorded the events. Among the events that
	// wait together, this is the order of what depends on each other.
	numberEvents = `UPDATE audit_events SET position = latest.n + waiting.n
FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM (SELECT id FROM audit_events
		WHERE workspace_id = $1 AND position IS NULL ORDER BY id LIMIT %d) AS next_events) AS waiting,
	(SELECT COALESCE(MAX(position), 0) AS n FROM audit_events
		WHERE workspace_id = $1 AND position > 0) AS latest
WHERE audit_events.id = waiting.id`

	unnumberedWorkspaces = `SELECT DISTINCT workspace_id FROM audit_events WHERE position IS NULL`

	lockEventLog = `SELECT pg_advisory_xact_lock($1)`
)

// NumberEvents gives a place to every event of a workspace that was committed before the call. A
// reader calls it first: then the places that it reads hold all that has happened. It writes
// nothing, and takes no lock, if all events have places.
//
// Security: these statements bypass ent. They name one workspace, and return nothing of its rows.
func (s *Store) NumberEvents(ctx context.Context, workspace ident.ID) error {
	for {
		waiting, err := s.hasUnnumberedEvents(ctx, workspace)
		if err != nil || !waiting {
			return err
		}
		err = s.WithTx(ctx, func(tx *Tx) error { return tx.NumberEvents(ctx, workspace) })
		if err != nil {
			return fmt.Errorf("store: number events: %w", err)
		}
	}
}

// hasUnnumberedEvents reports whether an event of a workspace waits for its place. An event that
// another transaction is just numbering still waits: the reader has to wait with it.
func (s *Store) hasUnnumberedEvents(ctx context.Context, workspace ident.ID) (waiting bool,
	_ error) {
	rows, err := s.newDriver(s.reader).QueryContext(ctx, hasUnnumbered, workspace)
	if err != nil {
		return false, fmt.Errorf("store: events without a place: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&waiting); err != nil {
			return false, fmt.Errorf("store: events without a place: %w", err)
		}
	}
	return waiting, rows.Err()
}

// NumberEvents gives places to the next events of a workspace, at most numberedAtOnce.
func (tx *Tx) NumberEvents(ctx context.Context, workspace ident.ID) error {
	if tx.Locks() {
		// A statement of its own: the snapshot of the next one must be taken behind the lock.
		if _, err := tx.SQL.ExecContext(ctx, lockEventLog, eventLogLock(workspace)); err != nil {
			return err
		}
	}
	_, err := tx.SQL.ExecContext(ctx, fmt.Sprintf(numberEvents, numberedAtOnce), workspace)
	return err
}

// IsNumbered keeps the events that have a place. It is the condition of the index on places, letter
// by letter: PostgreSQL uses a partial index only for a query that repeats its condition.
func IsNumbered(s *sql.Selector) { s.Where(sql.ExprP(s.C("position") + " > 0")) }

// eventLogLock returns the number of the advisory lock of a workspace's log. Two workspaces with
// one number wait for each other, which costs time and never correctness.
func eventLogLock(workspace ident.ID) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("event log"))
	_, _ = h.Write(workspace[:])
	return int64(h.Sum64())
}

// NumberAllEvents gives places to the waiting events of all workspaces. Run every minute, it keeps
// their number low for the next reader.
func (s *Store) NumberAllEvents(ctx context.Context) error {
	workspaces, err := s.listUnnumberedWorkspaces(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, workspace := range workspaces {
		// A workspace that fails must not keep the others waiting.
		failed = append(failed, s.NumberEvents(ctx, workspace))
	}
	return errors.Join(failed...)
}

// listUnnumberedWorkspaces returns the workspaces with events that wait for their places.
func (s *Store) listUnnumberedWorkspaces(ctx context.Context) (ids []ident.ID, _ error) {
	rows, err := s.newDriver(s.reader).QueryContext(ctx, unnumberedWorkspaces)
	if err != nil {
		return nil, fmt.Errorf("store: workspaces with events without a place: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id ident.ID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("store: workspaces with events without a place: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
