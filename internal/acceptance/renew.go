package acceptance

import (
	"context"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

// RequestNewLink asks for a new link of an expired or cancelled invitation, or of a pending one
// whose granted access has ended and that cannot be accepted (INV-12). An administrator who may
// give the grant is told once until it is renewed; resendInvitation renews an expired invitation.
// The answer, which is the invitation as it was opened, does not depend on the status.
// LINK_INVALID.
func (s *Service) RequestNewLink(ctx context.Context,
	token string) (_ *OpenedInvitation, err error) {
	defer fault.Annotate(&err, "request new")

	inv, err := s.openInvitation(ctx, s.Store.Client, token)
	if err != nil {
		return nil, err
	}

	// The inviter is emailed while they may still give the grant. Their membership is loaded before
	// the transaction, which must not wait for a second connection.
	var inviter *access.Membership
	if inv.InvitedByID != nil {
		if inviter, err = s.Accounts.LoadMembership(ctx, inv.WorkspaceID,
			*inv.InvitedByID); err != nil {
			return nil, err
		}
	}

	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	now := s.Clock()
	unusable := []entinvitation.Status{entinvitation.StatusExpired, entinvitation.StatusCancelled}
	if inputs.HasPassed(inv.Grant.AccessExpiresAt, now) {
		// Such an invitation is pending and cannot be accepted any more (ADM-8).
		unusable = append(unusable, entinvitation.StatusPending)
	}
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The mark is set by the statement that asks for it, so a link that is clicked twice sends
		// one email.
		n, err := tx.Invitation.Update().
			Where(entinvitation.ID(inv.ID), entinvitation.RenewalAskedAtIsNil(),
				invitation.HasStatusAt(now, unusable...)).
			SetRenewalAskedAt(now).Save(ctx)
		if n == 0 || err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: inv.WorkspaceID,
			Action: audit.InvitationRenewalAsk, EntryPoint: admission.EntryPointInvite,
			SubjectID: inv.ID}); err != nil {
			return err
		}
		var to *ent.User
		whole, err := admission.CoversGrant(ctx, tx.Client, inviter, inv.Grant)
		if err == nil && whole {
			// Only somebody who could renew it is asked. Anybody else would have to pass the
			// request on.
			to, err = findInviter(ctx, tx, inv.Invitation)
		}
		if err == nil && to == nil {
			to, err = FindAdministrator(ctx, tx)
		}
		if to == nil || err != nil {
			return err
		}
		return s.Outbox.Post(ctx, tx, outbox.QueuedEmail{Kind: mail.NewLinkRequested,
			WorkspaceID: &inv.WorkspaceID, To: *to.Email, ToKey: *to.EmailKey, UserID: &to.ID,
			InvitationID: &inv.ID, DueAt: now})
	})
	if err != nil {
		return nil, err
	}
	return inv, nil
}
