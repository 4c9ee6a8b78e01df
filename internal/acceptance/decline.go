package acceptance

import (
	"context"

	entinvitation "usher/ent/invitation"
	entsuppression "usher/ent/suppression"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
	"usher/internal/suppression"
)

// Decline declines an invitation and tells the inviter. With never it also suppresses further
// emails (INV-11). It returns the invitation as it is then. Errors: LINK_INVALID, LINK_USED,
// LINK_EXPIRED, LINK_CANCELLED, FORBIDDEN for a copied link that would suppress emails of all
// workspaces.
func (s *Service) Decline(ctx context.Context, token string,
	never *suppression.NeverEmail) (_ *OpenedInvitation, err error) {
	defer fault.Annotate(&err, "decline invitation")

	inv, err := s.openInvitation(ctx, s.Store.Client, token)
	if err != nil {
		return nil, err
	}
	if never != nil && *never == suppression.AllWorkspaces && !inv.emailedLink {
		// Security: anybody may hold a copied link. Only the emailed one speaks for the address in
		// all workspaces.
		return nil, fault.New(fault.Forbidden, "link.not_mailed")
	}

	ctx = store.InWorkspace(store.DespiteArchive(ctx, "an invitee may decline at any time"),
		inv.WorkspaceID)
	now := s.Clock()
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// As in Accept, the conditions of this statement decide between concurrent answers.
		n, err := tx.Invitation.Update().
			Where(entinvitation.ID(inv.ID), entinvitation.LinkVersion(inv.LinkVersion),
				invitation.IsOpen(now)).
			SetStatus(entinvitation.StatusDeclined).SetDeclinedAt(now).Save(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return s.explainLostRace(ctx, tx, inv.ID, now)
		}
		if never != nil {
			// The zero id stands for all workspaces.
			scope := inv.WorkspaceID
			if *never == suppression.AllWorkspaces {
				scope = ident.ID{}
			}
			if err := suppression.SuppressAddress(ctx, tx, inv.EmailKey, scope,
				entsuppression.ReasonAsked); err != nil {
				return err
			}
		}
		if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: inv.WorkspaceID,
			Action: audit.InvitationDeclined, EntryPoint: admission.EntryPointInvite,
			SubjectID: inv.ID}); err != nil {
			return err
		}
		// An inviter who has left is told nothing. The list of invitations shows the answer to
		// everybody else.
		to, err := findInviter(ctx, tx, inv.Invitation)
		if to == nil || err != nil {
			return err
		}
		return s.Outbox.Post(ctx, tx, outbox.QueuedEmail{Kind: mail.InvitationDeclined,
			WorkspaceID: &inv.WorkspaceID, To: *to.Email, ToKey: *to.EmailKey, UserID: &to.ID,
			InvitationID: &inv.ID, DueAt: now})
	})
	if err != nil {
		return nil, err
	}
	// What the statement has set, so that the answer needs no second read.
	inv.Status, inv.DeclinedAt = entinvitation.StatusDeclined, &now
	return inv, nil
}
