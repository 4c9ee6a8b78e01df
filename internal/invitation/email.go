package invitation

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/admission"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/store"
	"usher/internal/training"
)

// manualKinds are the kinds of emails that a member sends by hand. ratelimit.MemberMail limits them.
// They are counted from the queued emails, so that all entry points and processes count together;
// its own counts hold the emails of the other kinds.
var manualKinds = []string{
	string(mail.Invitation), string(mail.Credentials), string(mail.JoinApproved),
	string(mail.JoinRejected),
}

// invitationEmail is an email about an invitation that is to be queued.
type invitationEmail struct {
	kind       mail.Kind
	invitation ident.ID
	to, key    string
	version    int
	note       string
	due        time.Time // the earliest time to send it; zero means immediately
	outcome    *Outcome  // gets the time if the email has to wait
}

// queueEmails queues emails in the transaction, as scheduleEmails returns them.
func (s *Service) queueEmails(ctx context.Context, tx *store.Tx, w *ent.Workspace, now time.Time,
	emails ...invitationEmail) error {
	queued, err := s.scheduleEmails(ctx, tx, w, now, emails)
	if err != nil {
		return err
	}
	return s.Outbox.Post(ctx, tx, queued...)
}

// scheduleEmails returns emails for the outbox. An email within the cool-down of its mailbox is held
// until the cool-down is over.
func (s *Service) scheduleEmails(ctx context.Context, tx *store.Tx, w *ent.Workspace,
	now time.Time, emails []invitationEmail) ([]outbox.QueuedEmail, error) {
	if len(emails) == 0 {
		return nil, nil
	}
	keys := make([]string, len(emails))
	for i, email := range emails {
		keys[i] = email.key
	}
	// A mailbox that just got an email by hand gets the next one later. It is delayed and not
	// refused: the invitation itself is fine.
	free, err := s.NextAllowedTimes(ctx, tx, keys, now)
	if err != nil {
		return nil, err
	}
	return holdEmails(w, now, free, emails), nil
}

// holdEmails returns emails for the outbox, none before the time when its mailbox is free.
func holdEmails(w *ent.Workspace, now time.Time, free map[string]time.Time,
	emails []invitationEmail) []outbox.QueuedEmail {
	out := make([]outbox.QueuedEmail, len(emails))
	for i, email := range emails {
		out[i] = outbox.QueuedEmail{Kind: email.kind, WorkspaceID: &w.ID, To: email.to,
			ToKey:   email.key,
			Version: email.version, Note: email.note, InvitationID: &email.invitation, DueAt: now}
		if email.due.After(now) {
			out[i].DueAt = email.due
		}
		// The later of the two times counts: the one that the caller chose, and the end of the
		// cool-down.
		if due, held := free[email.key]; held && due.After(out[i].DueAt) {
			out[i].DueAt = due
			if email.outcome != nil {
				// The inviter is told, or they would resend because nothing arrived.
				email.outcome.Sentence = i18n.Message{Key: "invite.held",
					Args: i18n.Args{"Count": inputs.WholeSeconds(due.Sub(now))}}
			}
		}
	}
	return out
}

// queueSessionEmails queues the emails of the sessions into which the noted invitations lead. The
// sessions are worked out once for all invitations that name the same places.
func (b *InviteBatch) queueSessionEmails(ctx context.Context) error {
	known := map[string][]*ent.Session{}
	var all []training.PendingSessionEmail
	for _, p := range b.pendingSessionEmails {
		g := p.grant
		key := fmt.Sprint(g.Roles, g.GroupIDs, g.SessionIDs, g.ProgramIDs)
		// Most requests give all recipients one grant, so this is worked out once for 500 of them.
		sessions, worked := known[key]
		if !worked {
			a := admission.Admission{Service: b.Service.Admission, Tx: b.Tx, Workspace: b.Workspace,
				Grant: g, Grantor: b.Grantor, Now: b.Now}
			places, err := a.ResolvePlaces(ctx)
			if err != nil {
				return err
			}
			sessions = places.Sessions
			known[key] = sessions
		}
		if len(sessions) > 0 {
			all = append(all, training.PendingSessionEmail{Invitation: p.invitation,
				Email: p.address.Display,
				Key:   p.address.Key, Sessions: sessions, NotBefore: p.due})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return b.Training.QueueSessionEmails(ctx, b.Tx, b.Workspace.ID, all)
}

// NextAllowedTimes returns, for mailboxes that got emails lately, the time of the next allowed one:
// the cool-down of INV-5, and the daily limit.
func (s *Service) NextAllowedTimes(ctx context.Context, tx *store.Tx, keys []string,
	now time.Time) (map[string]time.Time, error) {
	var sent []struct {
		ToKey string    `sql:"to_key"`
		DueAt time.Time `sql:"due_at"`
	}
	err := tx.Mail.Query().
		Where(entmail.ToKeyIn(keys...), entmail.KindIn(manualKinds...),
			entmail.DueAtGT(now.Add(-ratelimit.MemberMail.Window)), entmail.StatusNEQ(entmail.StatusDropped)).
		Order(entmail.ByDueAt(sql.OrderDesc())).
		Select(entmail.FieldToKey, entmail.FieldDueAt).
		// Emails of the future count as well: a scheduled one takes its place in the limit.
		Scan(store.AsSystem(ctx, "a mailbox is counted whoever writes to it"), &sent)
	if err != nil {
		return nil, err
	}
	free, count := map[string]time.Time{}, map[string]int{}
	for _, m := range sent { // the newest first
		count[m.ToKey]++
		switch count[m.ToKey] {
		case 1:
			free[m.ToKey] = m.DueAt.Add(ratelimit.MemberMail.Gap)
		case ratelimit.MemberMail.Limit:
			if day := m.DueAt.Add(ratelimit.MemberMail.Window); day.After(free[m.ToKey]) {
				free[m.ToKey] = day
			}
		}
	}
	subjects := mailboxes(keys)
	// The limiter counts the emails of other kinds, such as greetings.
	waits, err := s.Limits.Waits(ctx, tx.Client, ratelimit.MemberMail, now, subjects...)
	if err != nil {
		return nil, err
	}
	for i, key := range keys {
		if until := now.Add(waits[subjects[i]]); until.After(now) && until.After(free[key]) {
			free[key] = until
		}
	}
	return free, nil
}

// CountManualEmail counts an email that an administrator has sent by hand, and that was held until
// its mailbox may have it. What is beyond the limit is counted by its own row alone.
func (s *Service) CountManualEmail(ctx context.Context, tx *store.Tx, key string,
	now time.Time) error {
	_, err := s.Limits.Allow(ctx, tx, ratelimit.MemberMail, ratelimit.Mailbox(key), now)
	return err
}

// mailboxes returns the names under which the limiter counts the emails to addresses.
func mailboxes(keys []string) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = ratelimit.Mailbox(key)
	}
	return names
}
