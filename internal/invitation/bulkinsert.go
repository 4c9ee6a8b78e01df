package invitation

import (
	"context"

	"usher/ent"
	"usher/ent/invitation"
	"usher/internal/ident"
	"usher/internal/store"
)

// WriteInBulk is WriteAll for the rows of an import. It reads nothing back, so the outcomes know
// only the ids of their invitations.
func (b *InviteBatch) WriteInBulk(ctx context.Context) error {
	if err := b.insertInBulk(ctx, b.sortCreated()); err != nil {
		return err
	}
	for _, m := range b.Created {
		id, _ := m.Row.Mutation().ID()
		m.outcome.Invitation = &ent.Invitation{ID: id}
	}
	return b.writeEffects(ctx)
}

// insertInBulk inserts invitations without ent, whose bulk insert would take most of the time of an
// import.
func (b *InviteBatch) insertInBulk(ctx context.Context, rows []*ent.InvitationCreate) error {
	if len(rows) == 0 {
		return nil
	}
	all := store.Bulk{Table: invitation.Table, Columns: invitation.Columns}
	groups := store.Bulk{Table: invitation.GroupsTable, Columns: invitation.GroupsPrimaryKey}
	roles := store.Bulk{Table: invitation.RolesTable, Columns: invitation.RolesPrimaryKey}
	sessions := store.Bulk{Table: invitation.SessionsTable, Columns: invitation.SessionsPrimaryKey}
	// ent fills these when it saves a row, which does not happen here.
	defaults := map[string]any{
		invitation.FieldLinkVersion:   invitation.DefaultLinkVersion,
		invitation.FieldLifetimeDays:  invitation.DefaultLifetimeDays,
		invitation.FieldSentCount:     invitation.DefaultSentCount,
		invitation.FieldNotifyInviter: invitation.DefaultNotifyInviter,
	}
	for _, row := range rows {
		m := row.Mutation()
		id, _ := m.ID()
		all.AddMutation(m, id, defaults)
		for _, edge := range []struct {
			to  *store.Bulk
			ids []ident.ID
		}{{&groups, m.GroupsIDs()}, {&roles, m.RolesIDs()}, {&sessions, m.SessionsIDs()}} {
			for _, other := range edge.ids {
				edge.to.Add(id, other)
			}
		}
	}
	// The invitations first: the rows of the other tables refer to them.
	for _, part := range []*store.Bulk{&all, &groups, &roles, &sessions} {
		if err := b.Tx.Insert(ctx, part); err != nil {
			return err
		}
	}
	return nil
}
