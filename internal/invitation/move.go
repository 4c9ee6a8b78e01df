package invitation

import (
	"context"

	"usher/ent"
	"usher/ent/invitation"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// RequestMove asks the inviter to move an invitation to the address of the signed-in caller
// (AHD-3). Only the inviter can correct the address. The inviter is emailed once a day for each
// invitation and caller; the answer is the same.
func (s *Service) RequestMove(ctx context.Context, by *access.Caller, token string) (err error) {
	defer fault.Annotate(&err, "request move")

	inv, err := s.openInvitation(ctx, s.Store.Client, token)
	if err != nil {
		return err
	}
	if err := by.AuthenticatedPerson(); err != nil {
		return err
	}
	now := s.Clock()
	if err := requireOpenLink(inv.Invitation, now); err != nil {
		return err
	}

	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "who is signed in, whichever workspaces they are in"), by.UserID)
	if err != nil {
		return err
	}
	if u.Email == nil || *u.EmailKey == inv.EmailKey {
		return fault.New(fault.Conflict, "link.not_moved")
	}

	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		wait, err := s.Limits.Allow(ctx, tx, ratelimit.Move, inv.ID.String()+" "+u.ID.String(), now)
		if err != nil || wait > 0 {
			return err
		}
		if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: inv.WorkspaceID,
			Action: audit.InvitationMoveAsk, EntryPoint: admission.EntryPointInvite,
			SubjectID: inv.ID}); err != nil {
			return err
		}
		to, err := s.findInviter(ctx, tx, inv.Invitation)
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
}

// findRequestedAddress returns the address that a MoveRequested email asks for. ErrGone once the
// invitation is no longer pending.
func (s *Service) findRequestedAddress(ctx context.Context, m *ent.Mail,
	inv *ent.Invitation) (string, error) {
	i, err := ident.Parse(inputs.ValueOrEmpty(m.Note))
	if err != nil || Status(inv, s.Clock()) != invitation.StatusPending {
		return "", outbox.ErrGone
	}
	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "who asked to be the one invited may be in no workspace yet"), i)
	if err != nil || u.Email == nil {
		return "", IgnoreGone(err)
	}
	return *u.Email, nil
}
