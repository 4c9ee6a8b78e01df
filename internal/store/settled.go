package store

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
)

// A row gets the time of its change while its transaction runs, and is visible once that commits. A
// program that reads changes in their order, and goes on from the latest it saw, would never see a
// row with an earlier time that commits later. So its reading ends before all such times.

// settlingTime is what the clocks of two servers may differ, and what may pass between the moment
// whose time a row gets and that at which PostgreSQL counts its transaction as one that writes.
const settlingTime = 2 * time.Second

// oldestWriter counts a transaction that has written nothing yet while it is young. A long one, such
// as a backup, only reads.
const oldestWriter = `SELECT COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - MIN(xact_start)), 0)::float8
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND (backend_xid IS NOT NULL OR xact_start > clock_timestamp() - interval '30 seconds')`

// SettledBefore returns the time, UTC, before which the order of changes is complete: a statement
// that begins after the call sees every earlier change. It is two seconds ago, or before the oldest
// transaction that writes. PostgreSQL hides those of other roles, so all servers use the same role.
func (s *Store) SettledBefore(ctx context.Context) (time.Time, error) {
	now := time.Now().UTC().Truncate(time.Microsecond).Add(-settlingTime)
	if s.dialect != dialect.Postgres {
		return now, nil // one transaction writes at a time
	}
	var age float64 // in seconds
	if err := s.reader.QueryRowContext(ctx, oldestWriter).Scan(&age); err != nil {
		return time.Time{}, fmt.Errorf("store: oldest transaction: %w", err)
	}
	return now.Add(-time.Duration(age*1e6) * time.Microsecond), nil
}
