package invitation

import (
	"context"
	"sync"
	"time"

	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
)

// A plan runs the whole entry point in a transaction that is rolled back, for 500 addresses some
// 100 ms. On SQLite nobody else writes meanwhile, on PostgreSQL it holds a connection of the pool.
const (
	maxConcurrentPlans = 2  // of all callers together
	maxWaitingPlans    = 10 // of one caller, the one at work included
	planWait           = 5 * time.Second
	planRetryAfter     = 5 * time.Second
)

// planLimit lets few plans run at the same time, and one for each caller, so that signing in does
// not wait behind them. The zero planLimit is not ready.
type planLimit struct {
	places chan struct{}

	mu      sync.Mutex
	callers map[ident.ID]*planCaller
}

type planCaller struct {
	turn    chan struct{}
	waiting int
}

func newPlanLimit() *planLimit {
	return &planLimit{places: make(chan struct{}, maxConcurrentPlans),
		callers: map[ident.ID]*planCaller{}}
}

// acquirePlace waits for a place. It returns what gives the place back, RATE_LIMITED when the
// caller has too many plans waiting, and UNAVAILABLE when there was no place in time.
func (l *planLimit) acquirePlace(ctx context.Context, by *access.Caller) (free func(), err error) {
	key := by.UserID
	if key.IsZero() {
		key = by.KeyID
	}
	l.mu.Lock()
	c := l.callers[key]
	if c == nil {
		c = &planCaller{turn: make(chan struct{}, 1)}
		l.callers[key] = c
	}
	// A client that plans at every key press is slowed down instead of queued.
	if c.waiting >= maxWaitingPlans {
		l.mu.Unlock()
		return nil, fault.Limited(planRetryAfter, "plan.too_many")
	}
	c.waiting++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		// Removed with the last plan, so that the map does not grow with the callers.
		if c.waiting--; c.waiting == 0 {
			delete(l.callers, key)
		}
	}

	patience, cancel := context.WithTimeout(ctx, planWait)
	defer cancel()
	// First the caller's own turn: one caller must not wait in all the places.
	for _, place := range []chan struct{}{c.turn, l.places} {
		select {
		case place <- struct{}{}:
		case <-patience.Done():
			// The caller's turn was taken in the first round and must be given back.
			if place == l.places {
				<-c.turn
			}
			leave()
			f := fault.New(fault.Unavailable, "plan.busy")
			f.RetryAfter = planRetryAfter
			return nil, f
		}
	}
	return func() {
		<-l.places
		<-c.turn
		leave()
	}, nil
}
