package dryrun

import (
	"context"
	"sync"
	"time"

	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
)

// A dry run runs the whole operation in a transaction that is rolled back, for 500 addresses some
// 100 ms. On SQLite nobody else writes meanwhile, on PostgreSQL it holds a connection of the pool.
const (
	maxConcurrent = 2  // of all callers together
	maxWaiting    = 10 // of one caller, the one at work included
	maxWait       = 5 * time.Second
	retryAfter    = 5 * time.Second
)

// concurrencyLimit lets few operations run dry at the same time, and one for each caller, so that
// signing in does not wait behind them. The zero concurrencyLimit is not ready.
type concurrencyLimit struct {
	slots chan struct{}

	mu      sync.Mutex
	callers map[ident.ID]*waitingCaller
}

// waitingCaller is one caller with dry runs under way: the turn that one of them has, and the
// number of all.
type waitingCaller struct {
	turn    chan struct{}
	waiting int
}

// newConcurrencyLimit returns the limit of one process.
func newConcurrencyLimit() *concurrencyLimit {
	return &concurrencyLimit{slots: make(chan struct{}, maxConcurrent),
		callers: map[ident.ID]*waitingCaller{}}
}

// acquireSlot waits for a slot. It returns the function that gives the slot back, RATE_LIMITED when
// the caller has too many dry runs waiting, and UNAVAILABLE when no slot was free in time.
func (l *concurrencyLimit) acquireSlot(ctx context.Context,
	by *access.Caller) (free func(), err error) {
	key := by.UserID
	if key.IsZero() {
		key = by.KeyID
	}
	l.mu.Lock()
	c := l.callers[key]
	if c == nil {
		c = &waitingCaller{turn: make(chan struct{}, 1)}
		l.callers[key] = c
	}
	// A client that asks at every key press is slowed down instead of queued.
	if c.waiting >= maxWaiting {
		l.mu.Unlock()
		return nil, fault.Limited(retryAfter, "plan.too_many")
	}
	c.waiting++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		// Removed with the last dry run, so that the map does not grow with the callers.
		if c.waiting--; c.waiting == 0 {
			delete(l.callers, key)
		}
	}

	patience, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	// First the caller's own turn: one caller must not wait in all the slots.
	for _, slot := range []chan struct{}{c.turn, l.slots} {
		select {
		case slot <- struct{}{}:
		case <-patience.Done():
			// The caller's turn was taken in the first round and must be given back.
			if slot == l.slots {
				<-c.turn
			}
			leave()
			f := fault.New(fault.Unavailable, "plan.busy")
			f.RetryAfter = retryAfter
			return nil, f
		}
	}
	return func() {
		<-l.slots
		<-c.turn
		leave()
	}, nil
}
