package store

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"usher/internal/ident"
)

// anyTraceOf asks whether anything is stored under some addresses or counters.
const anyTraceOf = `SELECT EXISTS (SELECT FROM invitations
	WHERE workspace_id = $1 AND email_key = ANY ($2) AND status = 'PENDING')
OR EXISTS (SELECT FROM users WHERE email_key = ANY ($2))
OR EXISTS (SELECT FROM suppressions WHERE email_key = ANY ($2))
OR EXISTS (SELECT FROM mails WHERE to_key = ANY ($2))
OR EXISTS (SELECT FROM throttles WHERE key = ANY ($3))`

// HasNoTrace reports whether nothing in the database is about some addresses, as for people whom
// nobody has invited yet: no pending invitation of the workspace; and in all workspaces no account,
// no suppression, no email, and none of the given counters of ratelimit. One statement then stands
// for the five that would find nothing.
//
// False says nothing. SQLite, whose statements need no round trip, always returns it.
//
// Security: the tenant filter does not see this statement. Its answer decides only which statements
// follow.
func (tx *Tx) HasNoTrace(ctx context.Context, workspace ident.ID, keys,
	counters []string) (bool, error) {
	if !tx.Locks() {
		return false, nil
	}
	rows, err := tx.exec.QueryContext(ctx, anyTraceOf, workspace, pq.Array(keys), pq.Array(counters))
	if err != nil {
		return false, fmt.Errorf("store: look for traces of addresses: %w", err)
	}
	defer rows.Close()
	known := true
	for rows.Next() {
		if err := rows.Scan(&known); err != nil {
			return false, fmt.Errorf("store: look for traces of addresses: %w", err)
		}
	}
	return !known, rows.Err()
}
