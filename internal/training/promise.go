package training

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/courier"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/store"
)

// Promised is a pending invitation and the sessions that it leads into.
type Promised struct {
	Invitation ident.ID
	Email, Key string // the invited address, as typed and normalised
	Sessions   []*ent.Session
	NotBefore  time.Time // the mails do not come before then; the zero time is no bound
}

// Promise promises the session mails of pending invitations (MAI-2).
func (s *Service) Promise(ctx context.Context, tx *store.Tx, workspace ident.ID,
	promised []Promised) error {
	now := s.Clock()
	var letters []courier.Letter
	for i := range promised {
		p := &promised[i]
		for _, row := range p.Sessions {
			if l, owed := sessionLetter(workspace, row, now); owed {
				l.To, l.ToKey, l.InvitationID = p.Email, p.Key, &p.Invitation
				if p.NotBefore.After(l.DueAt) {
					l.DueAt = p.NotBefore
				}
				letters = append(letters, l)
			}
		}
	}
	return s.post(ctx, tx, letters)
}

// mailMembers promises the mails of new enrolments. Who has no mailbox is sent none.
func (s *Service) mailMembers(ctx context.Context, tx *store.Tx, workspace ident.ID,
	people []*ent.Member, sessions []*ent.Session, fresh map[pair]bool) error {
	now := s.Clock()
	var letters []courier.Letter
	for _, m := range people {
		u := m.Edges.User
		if u.Email == nil {
			continue
		}
		for _, row := range sessions {
			if l, owed := sessionLetter(workspace, row, now); owed && fresh[pair{m.ID, row.ID}] {
				l.To, l.ToKey, l.UserID = *u.Email, *u.EmailKey, &u.ID
				letters = append(letters, l)
			}
		}
	}
	return s.post(ctx, tx, letters)
}

// sessionLetter is the mail about a session: due when it starts, at once when it has started or is
// always open (MAI-3). None is owed about what is over.
func sessionLetter(workspace ident.ID, row *ent.Session,
	now time.Time) (l courier.Letter, owed bool) {
	return courier.Letter{Kind: mail.SessionInvitation, WorkspaceID: &workspace, SessionID: &row.ID,
		DueAt: due(row, now)}, !Over(row, now)
}

// due is when the mail about a session goes out.
func due(row *ent.Session, now time.Time) time.Time {
	if row.StartsAt != nil && row.StartsAt.After(now) {
		return *row.StartsAt
	}
	return now
}

// Over tells whether a session has ended at a moment.
func Over(row *ent.Session, now time.Time) bool {
	return row.EndsAt != nil && !row.EndsAt.After(now)
}

// Again promises a member the mail about a session at the address that is theirs now: the one it
// was promised to is not any more.
func (s *Service) Again(ctx context.Context, tx *store.Tx, m *ent.Member, row *ent.Session) error {
	return s.mailMembers(ctx, tx, row.WorkspaceID, []*ent.Member{m}, []*ent.Session{row},
		map[pair]bool{{m.ID, row.ID}: true})
}

// mailbox is an address and the session that it is mailed about.
type mailbox struct {
	key     string
	session ident.ID
}

// post promises session mails, one for each mailbox and session: what is held or went out already
// is not promised again, so that who accepts an invitation is not told twice. It runs after the
// rows that the mails are about were written: of two transactions that enrol one person, the later
// one waits there, and then finds the mail of the first.
func (s *Service) post(ctx context.Context, tx *store.Tx, letters []courier.Letter) error {
	for chunk := range slices.Chunk(letters, atOnce) {
		boxes := map[mailbox]bool{}
		var keys []string
		var sessions []ident.ID
		for _, l := range chunk {
			keys, sessions = append(keys, l.ToKey), append(sessions, *l.SessionID)
		}
		slices.Sort(keys)
		there, err := tx.Mail.Query().
			Where(entmail.SessionIDIn(sorted(sessions)...),
				entmail.ToKeyIn(slices.Compact(keys)...),
				entmail.Kind(string(chunk[0].Kind)), alive).
			Select(entmail.FieldToKey, entmail.FieldSessionID).All(ctx)
		if err != nil {
			return err
		}
		for _, m := range there {
			boxes[mailbox{m.ToKey, *m.SessionID}] = true
		}
		var owed []courier.Letter
		for _, l := range chunk {
			if box := (mailbox{l.ToKey, *l.SessionID}); !boxes[box] {
				boxes[box] = true
				owed = append(owed, l)
			}
		}
		if len(owed) == 0 {
			continue
		}
		if err := s.Courier.Post(ctx, tx, owed...); err != nil {
			return err
		}
	}
	return nil
}

// alive selects the mails that are held or went out.
var alive = entmail.StatusIn(entmail.StatusQueued, entmail.StatusSent)
