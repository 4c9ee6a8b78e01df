package inbound

import (
	"context"
	"sync"
	"time"
)

// TimeLimit is how long one request may work, from the moment its caller is loaded (docs/rules.md,
// "GraphQL"). It applies to pages and downloads too.
const TimeLimit = 10 * time.Second

// hangUpGrace is how long a request continues after its client closed the connection. A cancelled
// statement costs its database connection; most statements end within this time.
const hangUpGrace = 2 * time.Second

// Limit returns a context in which a request works. It ends with context.DeadlineExceeded after the
// limit, and with context.Canceled hangUpGrace after the parent ended: a client that hangs up is no
// reason to throw a connection away. The returned function frees the timers and must be called.
func Limit(parent context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), limit)
	ended := make(chan struct{})
	stop := context.AfterFunc(parent, func() {
		select {
		case <-ended:
		case <-time.After(hangUpGrace):
			cancel()
		}
	})
	return ctx, func() {
		if stop() {
			cancel()
			return
		}
		// The client has closed the connection and the goroutine of AfterFunc runs. It must not
		// outlive the request by the whole grace period.
		select {
		case <-ended:
		default:
			close(ended)
		}
		cancel()
	}
}

// Progress is the context of a request whose duration depends on the client, such as a download. It
// ends when the request makes no progress for the limit.
type Progress struct {
	context.Context
	limit  time.Duration
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	until time.Time
}

// LimitProgress returns a context that ends when the client hangs up, or with the cause
// context.DeadlineExceeded when the limit passes without a call of Resume. The caller must call
// End.
func LimitProgress(parent context.Context, limit time.Duration) *Progress {
	ctx, cancel := context.WithCancelCause(parent)
	p := &Progress{Context: ctx, limit: limit, cancel: cancel, until: time.Now().Add(limit)}
	p.timer = time.AfterFunc(limit, func() { cancel(context.DeadlineExceeded) })
	return p
}

// Deadline returns when the context ends without further progress. Database drivers use it as the
// timeout of reads.
func (p *Progress) Deadline() (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until, true
}

// Pause stops the timer, for example while the client reads.
func (p *Progress) Pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer.Stop()
}

// Resume restarts the timer with the full limit.
func (p *Progress) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = time.Now().Add(p.limit)
	p.timer.Reset(p.limit)
}

// End frees the timer.
func (p *Progress) End() {
	p.Pause()
	p.cancel(context.Canceled)
}
