package courier

import (
	"context"
	"sync"
	"time"
)

const (
	// freshTries is how many mails are being sent for the first time, stalled ones apart. It bounds the connections to a
	// mail server that answers, and the work on the database.
	freshTries = 8
	// stallTime is after how long a try counts as stalled, and gives its place to another mail. It is longer than a
	// healthy conversation takes, and a few of these times are shorter than the five seconds that a first try may take.
	stallTime = 500 * time.Millisecond
	// maxStalled is how many stalled tries go on. Of more the oldest is cut off and tried again in the slow lane.
	maxStalled = 28
)

// firstLane lets first tries pass those that stall. A recipient's server that does not answer holds a conversation for as
// long as a try may last; with a fixed number of workers a few of them would hold up all mail.
type firstLane struct {
	places chan struct{}

	mu      sync.Mutex
	stalled []*tryPlace // the oldest first
}

// tryPlace is one first try.
type tryPlace struct {
	cancel context.CancelFunc
	timer  *time.Timer
	given  bool // its place was given to another one
}

func newFirstLane() *firstLane { return &firstLane{places: make(chan struct{}, freshTries)} }

// enter waits for a place. The context that it returns ends early when the try stalls and too many others do; leave must
// be called at the end.
func (l *firstLane) enter(ctx context.Context) (_ context.Context, leave func(), err error) {
	select {
	case l.places <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &tryPlace{cancel: cancel}
	p.timer = time.AfterFunc(stallTime, func() { l.stall(p) })
	return ctx, func() { l.leave(p) }, nil
}

// stall gives a place away.
func (l *firstLane) stall(p *tryPlace) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.given {
		return
	}
	p.given = true
	<-l.places
	l.stalled = append(l.stalled, p)
	if len(l.stalled) > maxStalled {
		l.stalled[0].cancel()
		l.stalled = l.stalled[1:]
	}
}

func (l *firstLane) leave(p *tryPlace) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p.timer.Stop()
	p.cancel()
	if !p.given {
		p.given = true
		<-l.places
		return
	}
	for i, one := range l.stalled {
		if one == p {
			l.stalled = append(l.stalled[:i:i], l.stalled[i+1:]...)
			return
		}
	}
}
