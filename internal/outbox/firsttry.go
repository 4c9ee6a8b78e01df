package outbox

import (
	"context"
	"sync"
	"time"
)

const (
	// maxFirstTries is how many mails are being sent for the first time, stalled ones apart. It
	// bounds the connections to a mail server that answers, and the work on the database.
	maxFirstTries = 8
	// stallTime is after how long a try counts as stalled, and gives its place to another mail. It
	// is longer than a healthy conversation takes, and a few of these times are shorter than the
	// five seconds that a first try may take.
	stallTime = 500 * time.Millisecond
	// maxStalled is how many stalled tries go on. Of more the oldest is cut off and tried again in
	// the slow lane.
	maxStalled = 28
)

// firstTryLimiter lets first tries pass those that stall. A recipient's server that does not answer
// holds a conversation for as long as a try may last; with a fixed number of workers a few of them
// would hold up all mail.
type firstTryLimiter struct {
	slots chan struct{}

	mu      sync.Mutex
	stalled []*firstTrySlot // the oldest first
}

// firstTrySlot is one first try.
type firstTrySlot struct {
	cancel   context.CancelFunc
	timer    *time.Timer
	released bool // its place was given to another one
}

func newFirstTryLimiter() *firstTryLimiter {
	return &firstTryLimiter{slots: make(chan struct{}, maxFirstTries)}
}

// acquireSlot waits for a place. The context that it returns ends early when the try stalls and too
// many others do; leave must be called at the end.
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

// markStalled gives a place away.
func (l *firstTryLimiter) markStalled(p *firstTrySlot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.released {
		return
	}
	p.released = true
	<-l.slots
	l.stalled = append(l.stalled, p)
	if len(l.stalled) > maxStalled {
		l.stalled[0].cancel()
		l.stalled = l.stalled[1:]
	}
}

func (l *firstTryLimiter) releaseSlot(p *firstTrySlot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p.timer.Stop()
	p.cancel()
	if !p.released {
		p.released = true
		<-l.slots
		return
	}
	for i, one := range l.stalled {
		if one == p {
			l.stalled = append(l.stalled[:i:i], l.stalled[i+1:]...)
			return
		}
	}
}
