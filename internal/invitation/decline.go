package invitation

import (
	"context"

	"usher/ent/invitation"
	"usher/ent/suppression"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

// NeverMail tells which emails an invitee refuses. The words are part of the public schema.
type NeverMail string

// The scopes of a refusal.
const (
	ThisWorkspace NeverMail = "THIS_WORKSPACE"
	AllWorkspaces NeverMail = "ALL"
)

// Decline declines an invitation and tells the inviter. With never it also suppresses further
// emails (INV-11). Errors: LINK_INVALID, LINK_USED, LINK_EXPIRED, LINK_CANCELLED, FORBIDDEN for a
// copied link that would suppress emails of all workspaces.
func (s *Service) Decline(ctx context.Context, token string, never *NeverMail) (err error) {
	defer fault.Annotate(&err, "decline invitation")

	inv, err := s.openInvitation(ctx, s.Store.Client, token)
	if err != nil {
		return err
	}
	if never != nil && *never == AllWorkspaces && !inv.mailed {
		// Security: anybody may hold a copied link. Only the emailed one speaks for the address in
		// all workspaces.
		return fault.New(fault.Forbidden, "link.not_mailed")
	}

	ctx = store.InWorkspace(store.DespiteArchive(ctx, "an invitee may decline at any time"),
		inv.WorkspaceID)
	now := s.Clock()
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// As in Accept, the conditions of this statement decide between concurrent answers.
		n, err := tx.Invitation.Update().
			Where(invitation.ID(inv.ID), invitation.LinkVersion(inv.LinkVersion), IsOpen(now)).
			SetStatus(invitation.StatusDeclined).SetDeclinedAt(now).Save(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return s.explainLostRace(ctx, tx, inv.ID, now)
		}
		if never != nil {
			// The zero id stands for all workspaces.
			place := inv.WorkspaceID
			if *never == AllWorkspaces {
				place = ident.ID{}
			}
			if err := suppressAddress(ctx, tx, inv.EmailKey, place,
				suppression.ReasonAsked); err != nil {
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
		to, err := s.findInviter(ctx, tx, inv.Invitation)
		if to == nil || err != nil {
			return err
		}
		return s.Outbox.Post(ctx, tx, outbox.QueuedEmail{Kind: mail.InvitationDeclined,
			WorkspaceID: &inv.WorkspaceID, To: *to.Email, ToKey: *to.EmailKey, UserID: &to.ID,
			InvitationID: &inv.ID, DueAt: now})
	})
}

// StopEmail suppresses further emails, by the link that every email carries.
func (s *Service) StopEmail(ctx context.Context, token string, never NeverMail) (err error) {
	defer fault.Annotate(&err, "stop mail")

	p, err := s.openPreferences(ctx, token)
	if err != nil {
		return err
	}
	place := ident.ID{}
	if never == ThisWorkspace {
		// An email about an account comes from no workspace that could be stopped alone.
		if p.workspace == nil {
			return fault.Input("neverMailAgain", "link.no_workspace")
		}
		place = p.workspace.ID
	}
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		return suppressAddress(ctx, tx, p.key, place, suppression.ReasonAsked)
	})
}

func suppressAddress(ctx context.Context, tx *store.Tx, key string, place ident.ID,
	why suppression.Reason) error {
	ctx = store.AsSystem(ctx, "a refusal of mail belongs to the address")
	// A suppression that exists keeps its reason.
	return inputs.IgnoreNoRows(tx.Suppression.Create().SetEmailKey(key).SetPlaceID(place).
		SetReason(why).
		OnConflict(store.SkipExisting(suppression.FieldEmailKey, suppression.FieldPlaceID)...).
		Exec(ctx))
}
