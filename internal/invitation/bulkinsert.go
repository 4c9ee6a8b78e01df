package invitation

import (
	"context"

	"usher/ent"
	"usher/ent/invitation"
	"usher/internal/ident"
	"usher/internal/store"
)

// insertInBulk inserts the invitations of an import without ent, whose bulk insert would take most
// of the time of an import. It reads nothing back.
func (b *InviteBatch) insertInBulk(ctx context.Context, rows []*ent.InvitationCreate) error {
	all := store.Bulk{Table: invitation.Table, Columns: invitation.Columns}
	groups := store.Bulk{Table: invitation.GroupsTable, Columns: invitation.GroupsPrimaryKey}
	roles := store.Bulk{Table: invitation.RolesTable, Columns: invitation.RolesPrimaryKey}
	sessions := store.Bulk{Table: invitation.SessionsTable, Columns: invitation.SessionsPrimaryKey}
	defaults := map[string]any{
		invitation.FieldLinkVersion:   invitation.DefaultLinkVersion,
		invitation.FieldLifetimeDays:  invitation.DefaultLifetimeDays,
		invitation.FieldSentCount:     invitation.DefaultSentCount,
		invitation.FieldNotifyInviter: invitation.DefaultNotifyInviter,
	}
	for _, row := range rows {
		m := row.Mutation()
		i, _ := m.ID()
		all.AddMutation(m, i, defaults)
		for _, edge := range []struct {
			to  *store.Bulk
			ids []ident.ID
		}{{&groups, m.GroupsIDs()}, {&roles, m.RolesIDs()}, {&sessions, m.SessionsIDs()}} {
			for _, other := range edge.ids {
				edge.to.Add(i, other)
			}
		}
	}
	for _, part := range []*store.Bulk{&all, &groups, &roles, &sessions} {
		if err := b.Tx.Insert(ctx, part); err != nil {
			return err
		}
	}
	return nil
}
