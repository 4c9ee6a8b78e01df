package password

import (
	"context"
	"slices"
	"sync"
	"time"

	"usher/internal/fault"
)

// hashQueue lets a few hashes run at a time, people before batches.
//
// A channel as a semaphore would serve whoever comes first; the two lanes are why this is written
// out. A running hash is never stopped, so a person who finds only batch work running waits for the
// end of one hash at most.
type hashQueue struct {
	slots      int // that run at once
	lowSlots   int // of them, how many a batch may take
	maxWaiting int // of people waiting; a batch waits with its workers, which are few

	mu         sync.Mutex
	running    int
	runningLow int // of running, those of a batch
	waiting    []chan struct{}
	waitingLow []chan struct{}
}

// waitTurn waits for a turn and must be paired with leave. With limit people waiting it refuses as
// UNAVAILABLE: a queue that grows answers everyone too late.
func (q *hashQueue) waitTurn(ctx context.Context, low bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	lane := &q.waiting
	if low {
		lane = &q.waitingLow
	}
	if !low && len(q.waiting) >= q.maxWaiting {
		q.mu.Unlock()
		full := fault.New(fault.Unavailable, "password.busy")
		full.RetryAfter = time.Second
		return full
	}
	turn := make(chan struct{})
	*lane = append(*lane, turn)
	q.startNext()
	q.mu.Unlock()

	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(*lane, turn); i >= 0 {
		*lane = slices.Delete(*lane, i, i+1)
		return ctx.Err()
	}
	// The turn came at the same moment; it is handed on, not lost.
	q.releaseLocked(low)
	return ctx.Err()
}

// releaseTurn gives the turn to the next.
func (q *hashQueue) releaseTurn(low bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.releaseLocked(low)
}

func (q *hashQueue) releaseLocked(low bool) {
	q.running--
	if low {
		q.runningLow--
	}
	q.startNext()
}

// startNext starts who may start, under the lock.
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
