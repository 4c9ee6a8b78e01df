package training

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/ent/predicate"
	"usher/ent/session"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

// PendingSessionEmail is a pending invitation and the sessions that its invitee gets emails about.
type PendingSessionEmail struct {
	Invitation ident.ID
	Email, Key string // the invited address, as typed and normalised
	Sessions   []*ent.Session
	NotBefore  time.Time // no email is due before it; the zero time sets no limit
}

// QueueSessionEmails queues the session emails of pending invitations (MAI-2).
func (s *Service) QueueSessionEmails(ctx context.Context, tx *store.Tx, workspace ident.ID,
	pending []PendingSessionEmail) error {
	now := s.Clock()
	var queued []outbox.QueuedEmail
	for i := range pending {
		p := &pending[i]
		for _, row := range p.Sessions {
			if email, isDue := newSessionEmail(workspace, row, now); isDue {
				email.To, email.ToKey, email.InvitationID = p.Email, p.Key, &p.Invitation
				// An import may have scheduled its emails for later.
				if p.NotBefore.After(email.DueAt) {
					email.DueAt = p.NotBefore
				}
				queued = append(queued, email)
			}
		}
	}
	return s.queueOnce(ctx, tx, queued)
}

// queueMemberEmails queues the emails of new enrollments. A member without an address gets none.
func (s *Service) queueMemberEmails(ctx context.Context, tx *store.Tx, workspace ident.ID,
	people []*ent.Member, sessions []*ent.Session, fresh map[memberInSession]bool) error {
	now := s.Clock()
	var queued []outbox.QueuedEmail
	for _, m := range people {
		u := m.Edges.User
		// Nobody without an address has a mailbox.
		if u.Email == nil {
			continue
		}
		for _, row := range sessions {
			if email, isDue := newSessionEmail(workspace, row, now); isDue &&
				fresh[memberInSession{m.ID, row.ID}] {
				email.To, email.ToKey, email.UserID = *u.Email, *u.EmailKey, &u.ID
				queued = append(queued, email)
			}
		}
	}
	return s.queueOnce(ctx, tx, queued)
}

// newSessionEmail returns the email about a session, without its recipient: due when the session
// starts, immediately when it has started or is always open (MAI-3). isDue is false for a session
// that is over.
func newSessionEmail(workspace ident.ID, row *ent.Session,
	now time.Time) (email outbox.QueuedEmail, isDue bool) {
	return outbox.QueuedEmail{Kind: mail.SessionInvitation, WorkspaceID: &workspace,
		SessionID: &row.ID,
		DueAt:     sessionEmailDueAt(row, now)}, !IsOver(row, now)
}

// sessionEmailDueAt returns when the email about a session is due.
func sessionEmailDueAt(row *ent.Session, now time.Time) time.Time {
	if row.StartsAt != nil && row.StartsAt.After(now) {
		return *row.StartsAt
	}
	return now
}

// IsOver tells whether a session has ended at a moment.
func IsOver(row *ent.Session, now time.Time) bool { return inputs.HasPassed(row.EndsAt, now) }

// IsNotOver selects the sessions for which IsOver is false: those without an end, and those that
// end after now.
func IsNotOver(now time.Time) predicate.Session {
	return session.Or(session.EndsAtIsNil(), session.EndsAtGT(now))
}

// RequeueSessionEmail queues the email about a session again, to the present address of a member:
// the queued one names an address that is no longer theirs.
func (s *Service) RequeueSessionEmail(ctx context.Context, tx *store.Tx, m *ent.Member,
	row *ent.Session) error {
	return s.queueMemberEmails(ctx, tx, row.WorkspaceID, []*ent.Member{m}, []*ent.Session{row},
		map[memberInSession]bool{{m.ID, row.ID}: true})
}

// sessionMailbox is an address and a session: the address gets one email about it.
type sessionMailbox struct {
	key     string
	session ident.ID
}

// queueOnce queues session emails, one for each address and session. It leaves out an email that is
// queued or sent already, so that an invitee who accepts does not get a second one.
//
// Call it after the enrollments or invitations were written. Of two transactions that enroll one
// person, the later one waits at these rows, and then finds the email of the first.
func (s *Service) queueOnce(ctx context.Context, tx *store.Tx, queued []outbox.QueuedEmail) error {
	for chunk := range slices.Chunk(queued, chunkSize) {
		// Filled with what exists and with what this call queues: the same person may be named
		// twice.
		boxes := map[sessionMailbox]bool{}
		var keys []string
		var sessions []ident.ID
		for _, l := range chunk {
			keys, sessions = append(keys, l.ToKey), append(sessions, *l.SessionID)
		}
		// Sorted and without duplicates, the list makes the same statement for the same addresses.
		slices.Sort(keys)
		there, err := tx.Mail.Query().
			Where(entmail.SessionIDIn(ident.SortDistinct(sessions)...),
				entmail.ToKeyIn(slices.Compact(keys)...),
				entmail.Kind(string(chunk[0].Kind)), isQueuedOrSent).
			Select(entmail.FieldToKey, entmail.FieldSessionID).All(ctx)
		if err != nil {
			return err
		}
		for _, m := range there {
			boxes[sessionMailbox{m.ToKey, *m.SessionID}] = true
		}
		var fresh []outbox.QueuedEmail
		for _, l := range chunk {
			if box := (sessionMailbox{l.ToKey, *l.SessionID}); !boxes[box] {
				boxes[box] = true
				fresh = append(fresh, l)
			}
		}
		if len(fresh) == 0 {
			continue
		}
		if err := s.Outbox.Post(ctx, tx, fresh...); err != nil {
			return err
		}
	}
	return nil
}

// isQueuedOrSent selects the emails that are queued or sent.
var isQueuedOrSent = entmail.StatusIn(entmail.StatusQueued, entmail.StatusSent)
