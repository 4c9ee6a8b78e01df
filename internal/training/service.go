// Package training holds programs, their sessions, the enrollments of members, and the queueing of
// session emails.
//
// Members are enrolled in two ways. A caller enrolls them into a session (the enrollment is
// "named"), or one of their groups has the program. In the second case they are enrolled into all
// ongoing and coming sessions of the program. When they leave the last such group, the enrollments
// that are not named end (ADM-3).
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

// Deps are the dependencies of the service.
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

// New returns the service.
func New(d Deps) *Service { return &Service{Deps: d} }

// ExtendInvitations registers the hook with which CreateSession adds a session to the pending
// invitations of the named groups. It is a hook because internal/invitation imports this package.
func (s *Service) ExtendInvitations(hook InviteeHook) { s.addToInvitations = hook }

// entryPoint names this package's operations in the audit log. The word is stored.
const entryPoint = "training"

// chunkSize is how many rows one statement takes: SQLite allows 32,766 parameters, and an
// enrollment has ten columns.
const chunkSize = 1_000
