package store

import (
	"context"
	"encoding/json"
	"fmt"

	"entgo.io/ent/dialect"

	"usher/internal/ident"
)

// Rows that are never changed otherwise are overwritten in one case only: a person is forgotten
// (AHD-5). ent's schema has no words for an exception, and should have none: so these statements
// are the only ones that touch such columns.

// EraseMails removes the address, the personal message and the mail server's reply from emails. It
// drops those that are still queued, because there is no recipient left. Kinds, dates and outcomes
// stay for statistics.
func (tx *Tx) EraseMails(ctx context.Context, mails []ident.ID) error {
	return tx.eraseColumns(ctx,
		`UPDATE mails SET "to" = 'erased', to_key = 'erased', note = NULL, error = NULL,
	status = CASE status WHEN 'QUEUED' THEN 'DROPPED' ELSE status END WHERE id`, mails)
}

// EraseDetails removes previous and new values from the audit events about some invitations,
// members or requests, and what receivers of webhooks answered to these events. Actor, action, time
// and entry point stay.
func (tx *Tx) EraseDetails(ctx context.Context, subjects []ident.ID) error {
	if err := tx.eraseColumns(ctx, `UPDATE audit_events SET details = '[]' WHERE subject_id`,
		subjects); err != nil {
		return err
	}
	if err := tx.eraseColumns(ctx, `UPDATE audit_events SET details = '[]' WHERE member_id`,
		subjects); err != nil {
		return err
	}
	// A receiver that knows the person often names them in its answer.
	return tx.eraseColumns(ctx, `UPDATE webhook_deliveries SET answer = NULL
		WHERE answer IS NOT NULL AND sequence_id`, subjects)
}

// EraseJournal removes previous and new values from the journal of imports. Undoing an import then
// leaves these subjects unchanged.
func (tx *Tx) EraseJournal(ctx context.Context, subjects []ident.ID) error {
	return tx.eraseColumns(ctx, `UPDATE import_changes SET cells = '[]' WHERE subject_id`, subjects)
}

// eraseColumns runs a statement that ends in the column to compare with a list of ids of any
// length.
//
// Security: this statement bypasses ent, so the tenant filter is applied here. Inside a workspace
// it changes rows of that workspace only.
func (tx *Tx) eraseColumns(ctx context.Context, statement string, ids []ident.ID) error {
	s, ok := scopeFrom(ctx)
	if !ok || s.workspace.IsZero() && s.reason == "" {
		return fmt.Errorf("store: erase: needs the scope of a workspace or of the system")
	}
	if len(ids) == 0 {
		return nil
	}
	plain := make([]string, len(ids))
	for i, v := range ids {
		plain[i] = plainID(v)
	}
	list, err := json.Marshal(plain)
	if err != nil {
		return err
	}
	// One JSON argument instead of a parameter for each id: PostgreSQL and SQLite limit the number
	// of parameters.
	mark, these := "?", ` IN (SELECT value FROM json_each(?1))`
	if tx.dialect == dialect.Postgres {
		mark, these = "$", ` IN (SELECT v::uuid FROM jsonb_array_elements_text($1::jsonb) AS v)`
	}
	args := []any{string(list)}
	statement += these
	// The tenant filter: AsSystem has no workspace, and erases everywhere.
	if !s.workspace.IsZero() {
		statement += " AND workspace_id = " + mark + "2"
		args = append(args, s.workspace)
	}
	if _, err := tx.SQL.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("store: erase: %w", err)
	}
	return nil
}

// EraseRows deletes at most limit rows of a table inside the workspace in scope and returns how
// many. The table must have the columns id and workspace_id.
//
// Security: this statement bypasses ent, so the tenant filter is applied here.
func (tx *Tx) EraseRows(ctx context.Context, table string, limit int) (int, error) {
	s, ok := scopeFrom(ctx)
	if !ok || s.workspace.IsZero() {
		return 0, fmt.Errorf("store: erase rows of %s: needs the scope of a workspace", table)
	}
	mark := "?1"
	if tx.dialect == dialect.Postgres {
		mark = "$1"
	}
	result, err := tx.SQL.ExecContext(ctx, fmt.Sprintf(
		`DELETE FROM %[1]s WHERE id IN (SELECT id FROM %[1]s WHERE workspace_id = %[2]s LIMIT %[3]d)`,
		table, mark, limit), s.workspace)
	if err != nil {
		return 0, fmt.Errorf("store: erase rows of %s: %w", table, err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}
