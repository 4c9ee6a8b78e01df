package admission

import (
	"context"

	"usher/ent/auditevent"
	"usher/ent/schema"
	"usher/internal/audit"
	"usher/internal/ident"
)

// nameSkipped replaces the ids of skipped rows by their names: that of a row that still exists,
// such as a session that is over, else the one that the history of its removal tells. An id that
// nothing names stays.
func (a *Admission) nameSkipped(ctx context.Context) error {
	gone := schema.Grant{}
	var ids []ident.ID
	for _, d := range a.skipped {
		id, err := ident.Parse(d.Before)
		if err != nil {
			continue // a name already
		}
		ids = append(ids, id)
		if id.Kind() == ident.Session {
			gone.SessionIDs = append(gone.SessionIDs, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	names, err := readGrantNames(ctx, a.Tx.Client, gone)
	if err != nil {
		return err
	}
	// A row that is gone has no name any more. The event of its removal has kept it.
	removed, err := a.Tx.AuditEvent.Query().Where(auditevent.SubjectIDIn(ids...),
		auditevent.ActionIn(string(audit.GroupRemoved), string(audit.UnitRemoved),
			string(audit.RoleRemoved), string(audit.SessionRemoved))).All(ctx)
	if err != nil {
		return err
	}
	for _, e := range removed {
		for _, d := range e.Details {
			if d.Name == "name" {
				names[e.SubjectID] = d.Before
			}
		}
	}
	for i, d := range a.skipped {
		if id, err := ident.Parse(d.Before); err == nil && names[id] != "" {
			a.skipped[i].Before = names[id]
		}
	}
	return nil
}

// noteSkipped notes a part of the grant that is not applied.
func (a *Admission) noteSkipped(what, name string) {
	a.skipped = append(a.skipped, schema.Detail{Name: what, Before: name})
}
