package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"entgo.io/ent/dialect"

	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/ident"
)

// PostgreSQL keeps the number of members by workspace and status in member_counts, which triggers
// on members write (migration 00014). SQLite counts its members: its databases are small, and it
// has one writer.

// MemberCounts returns the kept number of members of a workspace by status. kept is false where the
// rows have to be counted instead: on SQLite, and for a caller who does not see all members of the
// workspace.
//
// Security: this statement bypasses ent, so the visibility of the caller in scope is checked here.
// It is that of visibleMember.
func (s *Store) MemberCounts(ctx context.Context,
	workspace ident.ID) (counts map[member.Status]int, kept bool, err error) {
	// The kept number is that of all members, and would tell others how many are hidden from them.
	if s.dialect != dialect.Postgres || !SeesAllMembers(ctx, workspace) {
		return nil, false, nil
	}

	rows, err := s.newDriver(s.reader).QueryContext(ctx, readMemberCounts, workspace)
	if err != nil {
		return nil, false, fmt.Errorf("store: member counts: %w", err)
	}
	counts, err = scanCounts(rows)
	return counts, true, err
}

// scanCounts reads and closes rows of a status and a number each.
func scanCounts(rows *sql.Rows) (map[member.Status]int, error) {
	defer rows.Close()
	counts := map[member.Status]int{}
	for rows.Next() {
		var status member.Status
		var n int
		if err := rows.Scan(&status, &n); err != nil {
			return nil, fmt.Errorf("store: member counts: %w", err)
		}
		counts[status] = n
	}
	return counts, rows.Err()
}

// SeesAllMembers reports whether the caller in scope sees every member of a workspace.
func SeesAllMembers(ctx context.Context, workspace ident.ID) bool {
	scope, ok := scopeFrom(ctx)
	if !ok || scope.caller == nil || scope.caller.MustChange {
		return false
	}
	m := scope.caller.In(workspace)
	return m != nil && m.Throughout(access.MembersView)
}

const (
	readMemberCounts = `SELECT status, SUM(change)::bigint FROM member_counts
WHERE workspace_id = $1 GROUP BY status`

	// A change that commits meanwhile stays: the statement deletes what its snapshot sees. Of two
	// such statements at the same time the second deletes only what the first has left.
	sumMemberCounts = `WITH gone AS (DELETE FROM member_counts WHERE workspace_id IN (
	SELECT workspace_id FROM member_counts GROUP BY workspace_id, status
	HAVING COUNT(*) > 1 OR SUM(change) = 0)
	RETURNING workspace_id, status, change)
INSERT INTO member_counts (workspace_id, status, change)
SELECT workspace_id, status, SUM(change) FROM gone GROUP BY workspace_id, status
HAVING SUM(change) <> 0`

	// One statement has one snapshot, in which members and changes fit each other. The lock keeps a
	// second repair from adding the same difference again.
	lockMemberCounts   = `SELECT pg_advisory_xact_lock(7236838411)`
	repairMemberCounts = `INSERT INTO member_counts (workspace_id, status, change)
SELECT workspace_id, status, COALESCE(present.n, 0) - COALESCE(kept.n, 0)
FROM (SELECT workspace_id, status, COUNT(*) AS n FROM members GROUP BY workspace_id, status) present
FULL JOIN (SELECT workspace_id, status, SUM(change) AS n FROM member_counts
	GROUP BY workspace_id, status) kept USING (workspace_id, status)
WHERE COALESCE(present.n, 0) <> COALESCE(kept.n, 0)
RETURNING workspace_id, status, change`
)

// SumMemberCounts replaces the changes of each workspace and status by their sum, so that reading a
// total stays cheap. Until then each change is a row.
func (s *Store) SumMemberCounts(ctx context.Context) error {
	if s.dialect != dialect.Postgres {
		return nil
	}
	err := s.WithTx(AsSystem(ctx, "adds up the changes of all workspaces"), func(tx *Tx) error {
		_, err := tx.SQL.ExecContext(ctx, sumMemberCounts)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: sum member counts: %w", err)
	}
	return nil
}

// RepairMemberCounts compares the kept numbers with the members and corrects them. It logs a
// warning for each number that was wrong: members were then written with triggers off.
func (s *Store) RepairMemberCounts(ctx context.Context) error {
	if s.dialect != dialect.Postgres {
		return nil
	}
	var wrong []memberCountChange
	err := s.WithTx(AsSystem(ctx, "counts the members of all workspaces"), func(tx *Tx) error {
		// Another attempt of the transaction starts from nothing.
		wrong = nil
		if _, err := tx.SQL.ExecContext(ctx, lockMemberCounts); err != nil {
			return err
		}
		rows, err := tx.SQL.QueryContext(ctx, repairMemberCounts)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c memberCountChange
			if err := rows.Scan(&c.workspace, &c.status, &c.change); err != nil {
				return err
			}
			wrong = append(wrong, c)
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("store: repair member counts: %w", err)
	}

	for _, c := range wrong {
		slog.WarnContext(ctx, "member count repaired", "workspace", c.workspace,
			"status", c.status, "change", c.change)
	}
	return nil
}

// memberCountChange is the correction of one number.
type memberCountChange struct {
	workspace ident.ID
	status    member.Status
	change    int
}
