package invitation

import (
	"context"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

// RequestNewLink asks for a new link of an expired or cancelled invitation, or of a pending one
// whose granted access has ended and that cannot be accepted (INV-12). An administrator who may
// give the grant is told once until it is renewed; resendInvitation renews an expired invitation.
// The answer does not depend on the status. LINK_INVALID.
func (s *Service) RequestNewLink(ctx context.Context, token string) (err error) {
	defer fault.Annotate(&err, "request new")

	inv, err := s.openInvitation(ctx, s.Store.Client, token)
	if err != nil {
		return err
	}

	// The inviter is emailed while they may still give the grant. Their membership is loaded before
	// the transaction, which must not wait for a second connection.
	var inviter *access.Membership
	if inv.InvitedByID != nil {
		if inviter, err = s.Accounts.LoadMembership(ctx, inv.WorkspaceID,
			*inv.InvitedByID); err != nil {
			return err
		}
	}

	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	now := s.Clock()
	unusable := []invitation.Status{invitation.StatusExpired, invitation.StatusCancelled}
	if end := inv.Grant.AccessExpiresAt; end != nil && !end.After(now) {
		// Such an invitation is pending and cannot be accepted any more (ADM-8).
		unusable = append(unusable, invitation.StatusPending)
	}
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The mark is set by the statement that asks for it, so a link that is clicked twice sends
		// one email.
		n, err := tx.Invitation.Update().
			Where(invitation.ID(inv.ID), invitation.RenewalAskedAtIsNil(),
				HasStatusAt(now, unusable...)).
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
			to, err = s.findInviter(ctx, tx, inv.Invitation)
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
}

// findInviter returns the account of the inviter while they are active and have an address, else
// nil.
func (s *Service) findInviter(ctx context.Context, tx *store.Tx,
	inv *ent.Invitation) (*ent.User, error) {
	if inv.InvitedByID == nil {
		return nil, nil
	}
	return FindMailableAccount(ctx, tx.Member.Query().Where(member.ID(*inv.InvitedByID)))
}

// FindAdministrator returns the longest-standing active administrator of the workspace who has an
// address, or nil.
func FindAdministrator(ctx context.Context, tx *store.Tx) (*ent.User, error) {
	return FindMailableAccount(ctx, tx.Member.Query().
		Where(member.HasRoleAssignmentsWith(roleassignment.HasRoleWith(role.Key(access.Admin))),
			member.HasUserWith(user.EmailNotNil())).Order(ent.Asc(member.FieldID)))
}

// FindMailableAccount returns the account of the first active member of the query if it has an
// address, else nil.
func FindMailableAccount(ctx context.Context, q *ent.MemberQuery) (*ent.User, error) {
	m, err := q.Where(member.StatusEQ(member.StatusActive)).WithUser().First(ctx)
	if ent.IsNotFound(err) || err == nil && m.Edges.User.Email == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return m.Edges.User, nil
}
