package invitation

import (
	"slices"
	"strings"

	"usher/ent"
	"usher/ent/invitation"
	"usher/internal/ident"
	"usher/internal/store"
)

// newRows returns the rows of the invitations that were noted, those that others refer to first, and
// sets the invitations of the outcomes. Hooks and defaults of ent do not run for them.
func (b *InviteBatch) newRows() []*store.Bulk {
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
	// Two requests that insert the same addresses wait for each other in one order, and never in a
	// circle.
	slices.SortFunc(b.Created, func(a, z *NewInvitation) int { return strings.Compare(a.key, z.key) })
	for _, created := range b.Created {
		m := created.Row.Mutation()
		id, _ := m.ID()
		created.outcome.Invitation = describeNew(m)
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
	return []*store.Bulk{&all, &groups, &roles, &sessions}
}

// describeNew returns an invitation that is not inserted yet, without its edges.
func describeNew(m *ent.InvitationMutation) *ent.Invitation {
	inv := &ent.Invitation{LinkVersion: invitation.DefaultLinkVersion}
	inv.ID, _ = m.ID()
	inv.WorkspaceID, _ = m.WorkspaceID()
	inv.Email, _ = m.Email()
	inv.EmailKey, _ = m.EmailKey()
	inv.Status, _ = m.Status()
	inv.DeliveryStatus, _ = m.DeliveryStatus()
	inv.Grant, _ = m.Grant()
	inv.CreatedAt, _ = m.CreatedAt()
	inv.ExpiresAt = optional(m.ExpiresAt())
	inv.Message = optional(m.Message())
	inv.FirstName, inv.LastName = optional(m.FirstName()), optional(m.LastName())
	inv.GrantorID, inv.GrantorKeyID = optional(m.GrantorID()), optional(m.GrantorKeyID())
	inv.InvitedByID = optional(m.InvitedByID())
	inv.SeveralGrantors, _ = m.SeveralGrantors()
	return inv
}

// optional returns a value that a builder has set, or nil.
func optional[T any](value T, set bool) *T {
	if !set {
		return nil
	}
	return &value
}
