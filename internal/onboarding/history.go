package onboarding

import (
	"context"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/internal/access"
	"usher/internal/store"
)

// maxHistory is how far a history goes back.
const maxHistory = 100

// History is what happened to an invitation, the newest first, for whoever may see the invitation: to track one is part
// of being able to invite (INV-13, AHD-6).
func (s *Service) History(ctx context.Context, by *access.Caller, inv *ent.Invitation) ([]*ent.AuditEvent, error) {
	if !by.In(inv.WorkspaceID).CanAnywhere(access.MembersInvite) {
		return []*ent.AuditEvent{}, nil
	}
	return s.Store.AuditEvent.Query().Where(auditevent.SubjectID(inv.ID)).Order(ent.Desc(auditevent.FieldID)).Limit(maxHistory).
		All(store.InWorkspace(ctx, inv.WorkspaceID))
}
