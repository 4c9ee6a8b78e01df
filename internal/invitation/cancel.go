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
	"usher/internal/store"
)

// Cancel cancels a PENDING or EXPIRED invitation: both its links are revoked (INV-6). An expired
// one can be cancelled too, so that its holder cannot ask for a new link without effect on the
// list. Errors: NOT_FOUND, FORBIDDEN, CONFLICT.
func (s *Service) Cancel(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.Invitation, err error) {
	defer fault.Annotate(&err, "cancel invitation")

	inv, err := s.Admission.FindInvitation(ctx, by, id)
	if err != nil {
		return nil, err
	}
	// Asked before the lock, so that a caller without the right makes nobody wait for the row.
	m, err := s.requireInviteRight(by, inv)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	now := s.Clock()
	err = s.Store.WithTx(ctx, func(tx *store.Tx) (err error) {
		if inv, err = lockInvitation(ctx, tx, id); err != nil {
			return err
		}
		if err := admission.RequireGrantAuthority(ctx, tx.Client, m, inv.Grant,
			"invite.not_whole"); err != nil {
			return err
		}
		// The stored status and not the one by the clock: both PENDING and EXPIRED can be
		// cancelled.
		if inv.Status != invitation.StatusPending && inv.Status != invitation.StatusExpired {
			return newNotOpenFault(inv.Status)
		}

		if inv, err = tx.Invitation.UpdateOne(inv).SetStatus(invitation.StatusCancelled).
			// The link needs no change: opening it asks for the status, and a later renewal raises
			// the version.
			SetCancelledAt(now).ClearRenewalAskedAt().Save(ctx); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, audit.Event{WorkspaceID: inv.WorkspaceID,
			Action: audit.InvitationCancelled, EntryPoint: admission.EntryPointInvite, By: by,
			SubjectID: id})
	})
	if err != nil {
		return nil, err
	}
	return inv, nil
}

// CancelMany cancels several invitations, each in its own transaction.
func (s *Service) CancelMany(ctx context.Context, by *access.Caller,
	ids []ident.ID) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "cancel many")

	return s.changeEach(ctx, by, ids, func(i ident.ID) (*ent.Invitation, error) {
		return s.Cancel(ctx, by, i)
	})
}
