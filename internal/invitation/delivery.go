package invitation

import (
	"context"

	"usher/ent"
	"usher/ent/invitation"
	entmail "usher/ent/mail"
	entsuppression "usher/ent/suppression"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/bounce"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/store"
	"usher/internal/suppression"
)

// recordDelivery updates the delivery status of an invitation with the outcome of its latest email
// (INV-15).
func (s *Service) recordDelivery(ctx context.Context, tx *store.Tx, m *ent.Mail) error {
	if m.InvitationID == nil || mail.Kind(m.Kind) != mail.Invitation &&
		mail.Kind(m.Kind) != mail.Reminder {
		return nil
	}
	// Statuses without an action leave no event: a queued email has not happened yet.
	states := map[entmail.Status]struct {
		state  invitation.DeliveryStatus
		action audit.Action
	}{
		entmail.StatusQueued:  {invitation.DeliveryStatusQueued, ""},
		entmail.StatusSent:    {invitation.DeliveryStatusSent, audit.InvitationSent},
		entmail.StatusFailed:  {invitation.DeliveryStatusFailed, audit.InvitationFailed},
		entmail.StatusBounced: {invitation.DeliveryStatusBounced, audit.InvitationBounced},
		// cancelled, accepted or corrected before the email was sent
		entmail.StatusDropped: {invitation.DeliveryStatusNotSent, ""},
	}
	to, known := states[m.Status]
	if !known {
		return nil
	}
	ctx = store.InWorkspace(store.DespiteArchive(ctx, "what became of an email is recorded"),
		*m.WorkspaceID)
	// A bounce or a complaint holds for the address, whichever workspace caused it.
	if m.Status == entmail.StatusBounced {
		why := entsuppression.ReasonBounced
		if m.Error != nil && *m.Error == bounce.ComplaintReason {
			why = entsuppression.ReasonComplaint
		}
		if err := suppression.SuppressAddress(ctx, tx, m.ToKey, ident.ID{}, why); err != nil {
			return err
		}
	}
	// The version keeps the outcome of an email to the previous address away from the present one.
	update := tx.Invitation.Update().Where(invitation.ID(*m.InvitationID),
		invitation.LinkVersion(m.Version)).SetDeliveryStatus(to.state)
	if m.Error == nil {
		update.ClearDeliveryError()
	} else {
		update.SetDeliveryError(*m.Error)
	}
	switch m.Status {
	case entmail.StatusSent:
		if err := s.recordHandover(ctx, tx, m, update.Mutation()); err != nil {
			return err
		}
	case entmail.StatusDropped:
		// A dropped email changes nothing if an earlier one has been delivered.
		update.Where(invitation.DeliveryStatusEQ(invitation.DeliveryStatusQueued))
	}
	n, err := update.Save(ctx)
	if n == 0 || err != nil || to.action == "" {
		return err
	}
	return audit.Record(ctx, tx, s.Clock(), audit.Event{WorkspaceID: *m.WorkspaceID,
		Action: to.action, EntryPoint: admission.EntryPointInvite, SubjectID: *m.InvitationID})
}

// recordHandover notes when an invitation left, and counts it. It runs once for each email that
// left, since the outbox records SENT only on the row that is still queued. Reminders count from
// this time, not from when the email was queued: else one would be due again right after it went
// out. A reminder itself moves nothing.
func (s *Service) recordHandover(ctx context.Context, tx *store.Tx, m *ent.Mail,
	to *ent.InvitationMutation) error {
	if mail.Kind(m.Kind) != mail.Invitation {
		return nil
	}
	inv, err := tx.Invitation.Query().Where(invitation.ID(*m.InvitationID)).WithWorkspace().
		Only(ctx)
	if err != nil {
		return err
	}
	to.SetLastSentAt(*m.SentAt)
	to.AddSentCount(1)
	// Counted from the handover and not from the request: the email may have waited (INV-14).
	setReminder(to, nextReminder(inv.Edges.Workspace, *m.SentAt, inv.ExpiresAt, *m.SentAt))
	return nil
}
