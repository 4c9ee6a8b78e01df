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
	"time"

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
type Service struct{ Deps }

// New makes the verbs.
func New(d Deps) *Service { return &Service{d} }

// door is how the audit log names what is done here.
const door = "training"

// chunkSize is how many rows one statement takes: SQLite has 32,766 parameters, and an enrolment
// has ten columns.
const chunkSize = 1_000
