package graph

import (
	"time"

	"usher/ent"
	"usher/ent/predicate"
	"usher/ent/session"
)

// toPredicate returns the condition of a phase at a moment. Each session is in one phase. A session
// without a start has started.
func (p SessionPhase) toPredicate(now time.Time) predicate.Session {
	over, coming := session.EndsAtLTE(now), session.StartsAtGT(now)
	switch p {
	case SessionPhaseOver:
		return over
	case SessionPhaseComing:
		return session.And(coming, session.Or(session.EndsAtIsNil(), session.EndsAtGT(now)))
	}
	return session.And(session.Or(session.StartsAtIsNil(), session.StartsAtLTE(now)),
		session.Or(session.EndsAtIsNil(), session.EndsAtGT(now)))
}

// phaseOf returns the phase of a session at a moment, as toPredicate selects it.
func phaseOf(s *ent.Session, now time.Time) SessionPhase {
	switch {
	case s.EndsAt != nil && !s.EndsAt.After(now):
		return SessionPhaseOver
	case s.StartsAt != nil && s.StartsAt.After(now):
		return SessionPhaseComing
	}
	return SessionPhaseOngoing
}
