package graph

import (
	"time"

	"usher/ent"
	"usher/ent/predicate"
	"usher/ent/session"
	"usher/internal/training"
)

// toPredicate returns the condition of a phase at a moment. Each session is in one phase. A session
// without a start has started.
func (p SessionPhase) toPredicate(now time.Time) predicate.Session {
	over, coming := session.EndsAtLTE(now), session.StartsAtGT(now)
	switch p {
	case SessionPhaseOver:
		return over
	case SessionPhaseComing:
		return session.And(coming, training.IsNotOver(now))
	}
	return session.And(session.Or(session.StartsAtIsNil(), session.StartsAtLTE(now)),
		training.IsNotOver(now))
}

// phaseOf returns the phase of a session at a moment, as toPredicate selects it.
func phaseOf(s *ent.Session, now time.Time) SessionPhase {
	switch {
	case training.IsOver(s, now):
		return SessionPhaseOver
	case s.StartsAt != nil && s.StartsAt.After(now):
		return SessionPhaseComing
	}
	return SessionPhaseOngoing
}
