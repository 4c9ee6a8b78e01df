package store

import (
	"context"
	"encoding/json"
	"fmt"

	"entgo.io/ent/dialect"

	"usher/ent/schema"
	"usher/internal/ident"
)

// RowResult is the result of one row of an import.
type RowResult struct {
	Row        ident.ID
	Outcome    string
	Errors     []schema.RowError
	Member     ident.ID // zero for none
	Invitation ident.ID // zero for none
	Keep       bool     // keep the errors and the member that the preview stored
}

// markedRow is a RowResult as the statement reads it.
type markedRow struct {
	ID         string            `json:"id"`
	Outcome    string            `json:"outcome"`
	Errors     []schema.RowError `json:"errors,omitempty"`
	Member     string            `json:"member,omitempty"`
	Invitation string            `json:"invitation,omitempty"`
	Keep       bool              `json:"keep"`
}

// MarkRows stores the results of many import rows in one statement, which ent cannot express
// because each row has values of its own. The ids are of rows that were read through the tenant
// filter. It fails when a row is done already, because another worker has run it since.
func (tx *Tx) MarkRows(ctx context.Context, rows []RowResult) error {
	if len(rows) == 0 {
		return nil
	}
	list := make([]markedRow, len(rows))
	for i, r := range rows {
		list[i] = markedRow{ID: plainID(r.Row), Outcome: r.Outcome, Errors: r.Errors, Keep: r.Keep}
		if !r.Member.IsZero() {
			list[i].Member = plainID(r.Member)
		}
		if !r.Invitation.IsZero() {
			list[i].Invitation = plainID(r.Invitation)
		}
	}
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	statement := markPostgres
	if tx.dialect != dialect.Postgres {
		statement = markSQLite
	}
	result, err := tx.SQL.ExecContext(ctx, statement, string(b))
	if err != nil {
		return fmt.Errorf("store: mark rows: %w", err)
	}
	// Fewer rows than asked for: the condition NOT done has excluded some.
	n, err := result.RowsAffected()
	if err == nil && int(n) != len(rows) {
		err = fmt.Errorf("store: mark rows: %d of %d are done already", len(rows)-int(n),
			len(rows))
	}
	return err
}

// plainID returns an id in the form in which its column stores it.
func plainID(id ident.ID) string {
	v, err := id.Value()
	if err != nil {
		return ""
	}
	s, _ := v.(string)
	return s
}

const (
	markPostgres = `UPDATE import_rows AS r SET done = true, sealed_password = NULL, outcome = v.outcome,
	errors = CASE WHEN v.keep THEN r.errors ELSE v.errors END,
	member_id = CASE WHEN v.keep THEN r.member_id ELSE v.member END, invitation_id = v.invitation
FROM jsonb_to_recordset($1::jsonb) AS v(id uuid, outcome text, errors jsonb, member uuid, invitation uuid, keep boolean)
WHERE r.id = v.id AND NOT r.done`
	markSQLite = `UPDATE import_rows SET done = 1, sealed_password = NULL, outcome = v.outcome,
	errors = CASE WHEN v.keep THEN import_rows.errors ELSE v.errors END,
	member_id = CASE WHEN v.keep THEN import_rows.member_id ELSE v.member END, invitation_id = v.invitation
FROM (SELECT value->>'id' AS id, value->>'outcome' AS outcome, value->'errors' AS errors, value->>'member' AS member,
	value->>'invitation' AS invitation, value->>'keep' AS keep FROM json_each(?)) AS v
WHERE import_rows.id = v.id AND NOT import_rows.done`
)
