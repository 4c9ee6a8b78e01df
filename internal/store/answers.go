package store

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect"
)

// ForgetAnswers deletes the answers to one custom field from all members of the workspace in scope.
// Answers are keys of one JSON column, and ent cannot remove a key from many rows in one statement.
//
// Security: this statement bypasses ent, so it applies the tenant filter itself. It fails unless
// one workspace is in scope.
func (tx *Tx) ForgetAnswers(ctx context.Context, key string) error {
	s, ok := scopeFrom(ctx)
	if !ok || s.workspace.IsZero() {
		return fmt.Errorf("store: forget answers: needs the scope of one workspace")
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
