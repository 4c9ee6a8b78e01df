package password

import (
	"context"
	"slices"
	"sync"
	"time"

	"usher/internal/fault"
)

// queue lets a few hashes run at a time, people before batches.
//
// A channel as a semaphore would serve whoever comes first; the two lanes are why this is written
// out. A running hash is never stopped, so a person who finds only batch work running waits for the
// end of one hash at most.
type queue struct {
	slots    int // that run at once
	lowSlots int // of them, how many a batch may take
	limit    int // of people waiting; a batch waits with its workers, which are few

	mu       sync.Mutex
	running  int
	low      int // of running, those of a batch
	waiting  []chan struct{}
	waitsLow []chan struct{}
}

// enter waits for a turn and must be paired with leave. With limit people waiting it refuses as
// UNAVAILABLE: a queue that grows answers everyone too late.
func (q *queue) enter(ctx context.Context, low bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	lane := &q.waiting
	if low {
		lane = &q.waitsLow
	}
	if !low && len(q.waiting) >= q.limit {
		q.mu.Unlock()
		full := fault.New(fault.Unavailable, "password.busy")
		full.RetryAfter = time.Second
		return full
	}
	turn := make(chan struct{})
	*lane = append(*lane, turn)
	q.next()
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
	q.end(low)
	return ctx.Err()
}

// leave gives the turn to the next.
func (q *queue) leave(low bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.end(low)
}

func (q *queue) end(low bool) {
	q.running--
	if low {
		q.low--
	}
	q.next()
}

// next starts who may start, under the lock.
func (q *queue) next() {
	for q.running < q.slots {
		switch {
		case len(q.waiting) > 0:
			close(q.waiting[0])
			q.waiting = q.waiting[1:]
		case len(q.waitsLow) > 0 && q.low < q.lowSlots:
			close(q.waitsLow[0])
			q.waitsLow = q.waitsLow[1:]
			q.low++
		default:
			return
		}
		q.running++
	}
}
