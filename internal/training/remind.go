package training

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	entmail "usher/ent/mail"
	"usher/ent/member"
	"usher/ent/session"
	"usher/ent/user"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

// nextReminder returns the first reminder after a moment that the workspace's settings demand for a
// session, or nil. The days before the start are calendar days, at the hour of the start in the
// workspace's time zone, so that a change of the clocks does not shift the reminder.
func nextReminder(w *ent.Workspace, starts *time.Time, after time.Time) *time.Time {
	if starts == nil {
		return nil
	}
	var next *time.Time
	local := starts.In(i18n.LoadZone(w.TimeZone))
	for _, days := range w.Settings.SessionReminderDaysBefore {
		// In calendar days of the zone: at a change of the clocks the hour stays and the distance
		// does not.
		at := local.AddDate(0, 0, -days).UTC()
		if at.After(after) && at.Before(*starts) && (next == nil || at.Before(*next)) {
			next = &at
		}
	}
	return next
}

// Remind queues the reminders that are due, for members and invitees of each session, and stores
// when the next one is due (MAI-2). A job calls it every few seconds. A reminder that became due
// while no process ran is sent once, and none about a session that has started.
func (s *Service) Remind(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "remind program")

	// One session for each transaction: a failure does not undo the reminders of the others.
	for more := true; more; {
		err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
			row, err := s.lockDueSession(
				store.AsSystem(ctx, "reminders fall due in all workspaces"), tx)
			if more = row != nil; err != nil || row == nil {
				return err
			}
			// The outbox drops the emails of an archived workspace; only the date moves on.
			scoped := store.DespiteArchive(ctx, "reminders are rescheduled")
			return s.queueReminders(store.InWorkspace(scoped, row.WorkspaceID), tx, row)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lockDueSession locks one session whose reminder is due; nil if there is none.
func (s *Service) lockDueSession(ctx context.Context, tx *store.Tx) (*ent.Session, error) {
	q := tx.Session.Query().Where(session.RemindAtLTE(s.Clock())).
		Order(ent.Asc(session.FieldRemindAt)).WithWorkspace()
	if tx.Locks() {
		q.ForUpdate()
	}
	row, err := q.First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// queueReminders queues the reminders of one session, for its enrolled members and its invitees.
func (s *Service) queueReminders(ctx context.Context, tx *store.Tx, row *ent.Session) error {
	// The next date is stored first, so that a session without recipients is not found again.
	now := s.Clock()
	update := tx.Session.UpdateOne(row)
	inputs.SetOrClear(nextReminder(row.Edges.Workspace, row.StartsAt, now), update.SetRemindAt,
		update.ClearRemindAt)
	if err := update.Exec(ctx); err != nil {
		return err
	}
	// The date is stored even if nothing is sent, so that reminders of the past never follow later.
	if !s.Outbox.Sends() || row.StartsAt == nil || !row.StartsAt.After(now) {
		return nil
	}
	people, err := tx.User.Query().Where(user.EmailNotNil(), user.HasMembersWith(
		member.WorkspaceID(row.WorkspaceID), member.StatusEQ(member.StatusActive),
		member.HasEnrollmentsWith(enrollment.SessionID(row.ID),
			enrollment.StatusEQ(enrollment.StatusEnrolled)),
	)).Select(user.FieldID, user.FieldEmail, user.FieldEmailKey).All(ctx)
	if err != nil {
		return err
	}
	// The session email of an invitee was queued when the invitation was. The composer checks
	// whether the invitation still holds when the reminder is sent.
	invited, err := tx.Mail.Query().Where(entmail.SessionID(row.ID),
		entmail.Kind(string(mail.SessionInvitation)), entmail.InvitationIDNotNil(), isQueuedOrSent).
		Select(entmail.FieldTo, entmail.FieldToKey, entmail.FieldInvitationID).All(ctx)
	if err != nil {
		return err
	}
	reminded := map[string]bool{}
	var queued []outbox.QueuedEmail
	// An address may be a member and an invitee at the same time. It gets one reminder.
	add := func(l outbox.QueuedEmail) {
		if !reminded[l.ToKey] {
			reminded[l.ToKey] = true
			l.Kind, l.WorkspaceID, l.SessionID, l.DueAt = mail.SessionReminder, &row.WorkspaceID,
				&row.ID, now
			queued = append(queued, l)
		}
	}
	for _, u := range people {
		add(outbox.QueuedEmail{To: *u.Email, ToKey: *u.EmailKey, UserID: &u.ID})
	}
	for _, m := range invited {
		add(outbox.QueuedEmail{To: m.To, ToKey: m.ToKey, InvitationID: m.InvitationID})
	}
	if len(queued) == 0 {
		return nil
	}
	return s.Outbox.Post(ctx, tx, queued...)
}

// ScheduleReminders computes the next reminders of the future sessions of a workspace again, after its
// settings or its time zone changed. A reminder that is due stays due.
func (s *Service) ScheduleReminders(ctx context.Context, tx *store.Tx, w *ent.Workspace) error {
	now := s.Clock()
	// All of them are locked by one statement, in the order of ids: Remind locks single ones.
	q := tx.Session.Query().Where(session.StartsAtGT(now)).Order(ent.Asc(session.FieldID))
	if tx.Locks() {
		q.ForUpdate()
	}
	rows, err := q.All(ctx)
	if err != nil {
		return err
	}
	// Sessions with the same next reminder are updated in one statement.
	at := map[time.Time][]*ent.Session{}
	for _, row := range rows {
		// A reminder that is due belongs to Remind. Moving it would leave it out.
		isDue := row.RemindAt != nil && !row.RemindAt.After(now) &&
			len(w.Settings.SessionReminderDaysBefore) > 0
		next := nextReminder(w, row.StartsAt, now)
		if isDue || equalTimes(row.RemindAt, next) {
			continue
		}
		key := time.Time{}
		if next != nil {
			key = *next
		}
		at[key] = append(at[key], row)
	}
	for when, due := range at {
		for chunk := range slices.Chunk(due, chunkSize) {
			update := tx.Session.Update().Where(session.IDIn(SessionIDs(chunk)...))
			if when.IsZero() {
				update.ClearRemindAt()
			} else {
				update.SetRemindAt(when)
			}
			if err := update.Exec(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}
