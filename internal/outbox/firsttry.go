package outbox

import (
	"context"
	"sync"
	"time"
)

const (
	// maxFirstTries is the maximum number of concurrent first attempts, without stalled ones. It
	// limits the connections to a mail server that answers, and the load on the database.
	maxFirstTries = 8
	// stallTime is the time after which an attempt counts as stalled and gives its slot to another
	// email. A healthy conversation is shorter. Several stall times fit into the five seconds that
	// a first attempt may take.
	stallTime = 500 * time.Millisecond
	// maxStalled is the maximum number of stalled attempts that continue. Beyond it the oldest is
	// cancelled and tried again in the retry queue.
	maxStalled = 28
)

// firstTryLimiter lets first attempts overtake stalled ones. A recipient's server that does not
// answer keeps a conversation open until the timeout. With a fixed number of workers, a few of them
// would delay all emails.
type firstTryLimiter struct {
	slots chan struct{}

	mu      sync.Mutex
	stalled []*firstTrySlot // oldest first
}

// firstTrySlot is one first attempt.
type firstTrySlot struct {
	cancel   context.CancelFunc
	timer    *time.Timer
	released bool // the slot was given to another attempt
}

// newFirstTryLimiter returns a limiter with all slots free.
func newFirstTryLimiter() *firstTryLimiter {
	return &firstTryLimiter{slots: make(chan struct{}, maxFirstTries)}
}

// acquireSlot waits for a slot. The returned context ends early if the attempt stalls together with
// too many others. The caller must call leave at the end.
func (l *firstTryLimiter) acquireSlot(ctx context.Context) (_ context.Context, leave func(),
	err error) {
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &firstTrySlot{cancel: cancel}
	p.timer = time.AfterFunc(stallTime, func() { l.markStalled(p) })
	return ctx, func() { l.releaseSlot(p) }, nil
}

// markStalled frees the slot of an attempt that takes long and lets the attempt continue.
func (l *firstTryLimiter) markStalled(slot *firstTrySlot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// The timer may fire while releaseSlot runs: the slot must be freed once only.
	if slot.released {
		return
	}
	slot.released = true
	<-l.slots
	l.stalled = append(l.stalled, slot)
	if len(l.stalled) > maxStalled {
		l.stalled[0].cancel()
		l.stalled = l.stalled[1:]
	}
}

// releaseSlot ends an attempt.
func (l *firstTryLimiter) releaseSlot(slot *firstTrySlot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slot.timer.Stop()
	slot.cancel()
	if !slot.released {
		slot.released = true
		<-l.slots
		return
	}
	// Its slot was freed when it stalled. Only the list still holds it.
	for i, one := range l.stalled {
		if one == slot {
			l.stalled = append(l.stalled[:i:i], l.stalled[i+1:]...)
			return
		}
	}
}
