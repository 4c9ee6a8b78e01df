package store

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect"
)

// ForgetAnswers deletes the answers of the members of the workspace in scope to one of its
// questions. Answers are one JSON column of a member, and ent has no words for taking one out of
// many rows in a statement.
//
// Security: this is not ent, so the tenant filter is applied here: without one workspace in scope
// it refuses.
func (tx *Tx) ForgetAnswers(ctx context.Context, key string) error {
	s, ok := scopeFrom(ctx)
	if !ok || s.workspace.IsZero() {
		return fmt.Errorf("store: answers are forgotten in a workspace's scope only")
	}
	statement := forgetSQLite
	if tx.dialect == dialect.Postgres {
		statement = forgetPostgres
	}
	if _, err := tx.SQL.ExecContext(ctx, statement, key, s.workspace); err != nil {
		return fmt.Errorf("store: forget answers: %w", err)
	}
	return nil
}

// The key is quoted in SQLite's path; it holds letters, digits and underscores only.
const (
	forgetPostgres = `UPDATE members SET custom_fields = custom_fields - $1::text
WHERE workspace_id = $2 AND custom_fields -> $1::text IS NOT NULL`
	forgetSQLite = `UPDATE members SET custom_fields = json_remove(custom_fields, '$."' || ?1 || '"')
WHERE workspace_id = ?2 AND json_extract(custom_fields, '$."' || ?1 || '"') IS NOT NULL`
)
