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

// NeverMail is who may not mail an address again. The words are the public contract.
type NeverMail string

// Who may not.
const (
	ThisWorkspace NeverMail = "THIS_WORKSPACE"
	AllWorkspaces NeverMail = "ALL"
)

// Decline is the invitee's no, with or without 'do not mail me again' (INV-11). The inviter is
// told.
func (s *Service) Decline(ctx context.Context, token string, never *NeverMail) (err error) {
	defer fault.Annotate(&err, "decline invitation")

	inv, err := s.openInvitation(ctx, s.Store.Client, token)
	if err != nil {
		return err
	}
	if never != nil && *never == AllWorkspaces && !inv.mailed {
		// Security: a copied link may be in anybody's hands; only the mailbox speaks for the
		// address everywhere.
		return fault.New(fault.Forbidden, "link.not_mailed")
	}

	ctx = store.InWorkspace(store.DespiteArchive(ctx, "an invitee may decline at any time"),
		inv.WorkspaceID)
	now := s.Clock()
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
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
		to, err := s.findInviter(ctx, tx, inv.Invitation)
		if to == nil || err != nil {
			return err
		}
		return s.Outbox.Post(ctx, tx, outbox.QueuedEmail{Kind: mail.InvitationDeclined,
			WorkspaceID: &inv.WorkspaceID, To: *to.Email, ToKey: *to.EmailKey, UserID: &to.ID,
			InvitationID: &inv.ID, DueAt: now})
	})
}

// StopEmail is 'do not mail me again' from the link that every mail carries.
func (s *Service) StopEmail(ctx context.Context, token string, never NeverMail) (err error) {
	defer fault.Annotate(&err, "stop mail")

	p, err := s.openPreferences(ctx, token)
	if err != nil {
		return err
	}
	place := ident.ID{}
	if never == ThisWorkspace {
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
	return inputs.IgnoreNoRows(tx.Suppression.Create().SetEmailKey(key).SetPlaceID(place).
		SetReason(why).
		OnConflict(store.SkipExisting(suppression.FieldEmailKey, suppression.FieldPlaceID)...).
		Exec(ctx))
}
