package invitation

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/invitation"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
	"usher/internal/suppression"
)

// SweepSize is the number of rows that a periodic job changes in one transaction. It keeps locks
// short.
const SweepSize = 200

// Remind queues the reminders that are due and sets the date of the next one (INV-14). It runs
// every few seconds. Several reminders that became due while no process ran are sent as one.
func (s *Service) Remind(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "remind invitation")

	for more := true; more; {
		err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
			n, err := s.remindChunk(store.AsSystem(ctx, "reminders fall due in all workspaces"), tx)
			more = n == SweepSize
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// remindChunk queues the reminders of at most SweepSize due invitations and returns how many were
// due; fewer than SweepSize end the round. Each of them gets its next date in the same transaction,
// so a crash neither repeats nor loses a reminder.
func (s *Service) remindChunk(ctx context.Context, tx *store.Tx) (int, error) {
	now := s.Clock()
	q := tx.Invitation.Query().Where(invitation.RemindAtLTE(now),
		invitation.StatusEQ(invitation.StatusPending)).Limit(SweepSize)
	if tx.Locks() {
		// Rows that are locked are left to the next round. Waiting for them could deadlock, since
		// these come in no order: sorting by id would keep PostgreSQL from the index on remind_at.
		// Two processes that run the round share the due invitations.
		q.ForUpdate(sql.WithLockAction(sql.SkipLocked))
	}
	due, err := q.WithWorkspace().All(ctx)
	if err != nil {
		return 0, err
	}
	var queued []outbox.QueuedEmail
	var events []audit.Event
	for _, inv := range due {
		w := inv.Edges.Workspace
		update := tx.Invitation.UpdateOne(inv)
		// Without a handover there is nothing to remind of yet: the invitation's own email is
		// queued, and sets the next date when it leaves.
		var next *time.Time
		if inv.LastSentAt != nil {
			next = nextReminder(w, *inv.LastSentAt, inv.ExpiresAt, now)
		}
		// Written also for those that get no email below, or they would be due again in the next
		// round.
		setReminder(update.Mutation(), next)
		if err := update.Exec(ctx); err != nil {
			return 0, err
		}
		if suppressed, err := suppression.IsSuppressed(ctx, tx.Client,
			inv.EmailKey, inv.WorkspaceID); err != nil {
			return 0, err
		} else if suppressed || w.ArchivedAt != nil || !s.Outbox.Sends() || IsExpired(inv, now) ||
			isUndelivered(inv) {
			continue
		}
		queued = append(queued, outbox.QueuedEmail{Kind: mail.Reminder, WorkspaceID: &w.ID,
			To: inv.Email, ToKey: inv.EmailKey, Version: inv.LinkVersion, InvitationID: &inv.ID,
			DueAt: now})
		events = append(events, audit.Event{WorkspaceID: w.ID, Action: audit.InvitationReminded,
			EntryPoint: admission.EntryPointInvite, SubjectID: inv.ID})
	}
	if err := audit.Record(ctx, tx, now, events...); err != nil {
		return 0, err
	}
	if len(queued) == 0 {
		return len(due), nil
	}
	return len(due), s.Outbox.Post(ctx, tx, queued...)
}

// isUndelivered tells whether no email of an invitation has reached its address.
func isUndelivered(inv *ent.Invitation) bool {
	return inv.LastSentAt == nil || inv.DeliveryStatus == invitation.DeliveryStatusFailed ||
		inv.DeliveryStatus == invitation.DeliveryStatusBounced
}
