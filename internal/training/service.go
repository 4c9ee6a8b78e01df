// Package training holds programs, their sessions, the enrolments of members, and the queueing of
// session emails.
//
// Members are enrolled in two ways. A caller enrols them into a session (the enrolment is "named"),
// or one of their groups has the program. In the second case they are enrolled into all ongoing and
// coming sessions of the program. When they leave the last such group, the enrolments that are not
// named end (ADM-3).
//
// An address gets one email for each session, on the day the session starts (MAI-3), whether its
// reader is a member by then or still an invitee. Reminders go out earlier, as the workspace's
// settings say (MAI-2). internal/invitation composes both emails.
package training

import (
	"context"
	"time"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/outbox"
	"usher/internal/store"
)

// Deps are the services that the verbs use.
type Deps struct {
	Store  *store.Store
	Outbox *outbox.Outbox
	Clock  func() time.Time // UTC, to the microsecond
}

// Service holds the verbs.
type Service struct {
	Deps
	addToInvitations InviteeHook
}

// InviteeHook locks the pending invitations into some groups, as far as the caller sees them, and
// returns what adds a session to them. Invitations are locked before programs, groups and sessions.
type InviteeHook func(ctx context.Context, tx *store.Tx, by *access.Caller, workspace ident.ID,
	groups []ident.ID) (func(session *ent.Session) error, error)

// New makes the verbs.
func New(d Deps) *Service { return &Service{Deps: d} }

// ExtendInvitations registers what CreateSession does with the invitees of the named groups.
// Grants of invitations are the business of internal/invitation, which this package is below of.
func (s *Service) ExtendInvitations(hook InviteeHook) { s.addToInvitations = hook }

// door is how the audit log names what is done here.
const door = "training"

// chunkSize is how many rows one statement takes: SQLite has 32,766 parameters, and an enrolment
// has ten columns.
const chunkSize = 1_000
