package acceptance

import (
	"context"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// RequestMove asks the inviter to move an invitation to the address of the signed-in caller
// (AHD-3). Only the inviter can correct the address. The inviter is emailed once a day for each
// invitation and caller; the answer, which is the invitation, is the same.
func (s *Service) RequestMove(ctx context.Context, by *access.Caller,
	token string) (_ *OpenedInvitation, err error) {
	defer fault.Annotate(&err, "request move")

	inv, err := s.openInvitation(ctx, s.Store.Client, token)
	if err != nil {
		return nil, err
	}
	if err := by.RequirePerson(); err != nil {
		return nil, err
	}
	now := s.Clock()
	if err := requireOpenLink(inv.Invitation, now); err != nil {
		return nil, err
	}

	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "who is signed in, whichever workspaces they are in"), by.UserID)
	if err != nil {
		return nil, err
	}
	// Nothing to move to, or already the invited address.
	if u.Email == nil || *u.EmailKey == inv.EmailKey {
		return nil, fault.New(fault.Conflict, "link.not_moved")
	}

	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// Refused without an error: the request has reached the inviter before, and the person need
		// not know how often they asked.
		wait, err := s.Limits.Allow(ctx, tx, ratelimit.Move, inv.ID.String()+" "+u.ID.String(), now)
		if err != nil || wait > 0 {
			return err
		}
		if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: inv.WorkspaceID,
			Action: audit.InvitationMoveAsk, EntryPoint: admission.EntryPointInvite,
			SubjectID: inv.ID}); err != nil {
			return err
		}
		to, err := findInviter(ctx, tx, inv.Invitation)
		if err == nil && to == nil {
			to, err = FindAdministrator(ctx, tx)
		}
		if to == nil || err != nil {
			return err
		}
		return s.Outbox.Post(ctx, tx, outbox.QueuedEmail{
			Kind: mail.MoveRequested, WorkspaceID: &inv.WorkspaceID, To: *to.Email,
			ToKey: *to.EmailKey, UserID: &to.ID,
			InvitationID: &inv.ID, Note: u.ID.String(), DueAt: now,
		})
	})
	if err != nil {
		return nil, err
	}
	return inv, nil
}
