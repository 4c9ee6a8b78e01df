// Package training is programs, their sessions, who is enrolled into them, and the mails that this
// owes.
//
// A program reaches people in two ways. Somebody puts them into a session (the enrolment is
// 'named'), or a group that they are in has the program: then they are in all of its ongoing and
// coming sessions, and leave those that nobody named for them when they leave the last such group
// (ADM-3).
//
// One mail is owed to a mailbox for each session, on the day it starts (MAI-3), whether its reader
// is a member by then or still invited; and reminders before, as the workspace set them (MAI-2).
// What they say is composed in onboarding, which knows invitations and their links.
package training

import (
	"time"

	"usher/internal/outbox"
	"usher/internal/store"
)

// Deps is what the verbs work with.
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
