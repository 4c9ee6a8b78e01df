package admission

import (
	"context"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/store"
)

// LoadInviterName returns the name of the inviter as the invitee sees it, "" if there is none to
// show.
func (s *Service) LoadInviterName(ctx context.Context, inv *ent.Invitation) (_ string, err error) {
	defer fault.Annotate(&err, "load inviter name")

	// Made by an API key, or the inviter is gone.
	if inv.InvitedByID == nil {
		return "", nil
	}
	m, err := s.Store.Member.Get(store.InWorkspace(ctx, inv.WorkspaceID), *inv.InvitedByID)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	u, err := s.Store.User.Get(store.InWorkspace(ctx, inv.WorkspaceID), m.UserID)
	if err != nil {
		return "", err
	}
	return DisplayName(u), nil
}
