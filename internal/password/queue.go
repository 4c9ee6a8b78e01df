package password

import (
	"context"
	"slices"
	"sync"
	"time"

	"usher/internal/fault"
)

// hashQueue limits the hashes that run at a time, and serves people before batches.
//
// A channel as a semaphore would serve in order of arrival; the two classes are the reason for
// this type. A running hash is never stopped, so a person who finds only batch work running waits
// for the end of one hash at most.
type hashQueue struct {
	slots      int // hashes that run at the same time
	lowSlots   int // of these, the slots that batches may use
	maxWaiting int // people who may wait; batches wait in their few workers

	mu         sync.Mutex
	running    int
	runningLow int // of running, those of batches
	waiting    []chan struct{}
	waitingLow []chan struct{}
}

// waitTurn waits for a turn and must be paired with releaseTurn. With maxWaiting people waiting it
// returns UNAVAILABLE: a longer queue would answer everyone too late.
func (q *hashQueue) waitTurn(ctx context.Context, low bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	waiters := &q.waiting
	if low {
		waiters = &q.waitingLow
	}
	if !low && len(q.waiting) >= q.maxWaiting {
		q.mu.Unlock()
		full := fault.New(fault.Unavailable, "password.busy")
		full.RetryAfter = time.Second
		return full
	}
	turn := make(chan struct{})
	*waiters = append(*waiters, turn)
	q.startNext()
	q.mu.Unlock()

	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	// Still queued: leave the queue without a turn.
	if i := slices.Index(*waiters, turn); i >= 0 {
		*waiters = slices.Delete(*waiters, i, i+1)
		return ctx.Err()
	}
	// The turn came at the same moment. It is passed on, or one slot would be lost permanently.
	q.releaseLocked(low)
	return ctx.Err()
}

// releaseTurn gives the turn to the next in the queue.
func (q *hashQueue) releaseTurn(low bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.releaseLocked(low)
}

// releaseLocked ends a turn; the caller holds the lock.
func (q *hashQueue) releaseLocked(low bool) {
	q.running--
	if low {
		q.runningLow--
	}
	q.startNext()
}

// startNext gives turns to waiting hashes while slots are free, people first; the caller holds the
// lock.
func (q *hashQueue) startNext() {
	for q.running < q.slots {
		switch {
		case len(q.waiting) > 0:
			close(q.waiting[0])
			q.waiting = q.waiting[1:]
		case len(q.waitingLow) > 0 && q.runningLow < q.lowSlots:
			close(q.waitingLow[0])
			q.waitingLow = q.waitingLow[1:]
			q.runningLow++
		default:
			return
		}
		q.running++
	}
}
