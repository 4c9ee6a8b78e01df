package mail

import (
	"context"
	"slices"
	"sync"
	"time"

	"usher/internal/i18n"
)

const (
	// maxOpenConns bounds the connections to the server. More than a few are open only while
	// recipients' servers stall.
	maxOpenConns = 48
	// firstPause and longestPause bound how long nobody connects to a server that could not be
	// used; the pause doubles.
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// growTime is how long a server that refused a connection is left with what it took before one
	// more is tried.
	growTime = 30 * time.Second
)

// connectionPool holds the connections of a sender, and slows the sender down when the server wants
// it: a server that takes two connections gets two, and one that is away is asked again after a
// pause, by everybody together. Mails wait here, and none of them fails for it.
type connectionPool struct {
	mu        sync.Mutex
	idle      []*smtpConn
	open      int // connections that are made, being made, or idle
	limit     int
	limited   time.Time // when the limit last changed
	failures  int       // in a row, for the length of the pause
	paused    time.Time // until then nobody connects
	lastError *DeliveryError
	changed   chan struct{} // closed and replaced whenever waiting may be over
}

func newConnectionPool() *connectionPool {
	return &connectionPool{limit: maxOpenConns, changed: make(chan struct{})}
}

// acquireConn returns an idle connection, or nil with the right to make one. It waits for its turn
// until ctx ends. What is sent again leaves the last connection to mails that are sent for the
// first time.
func (p *connectionPool) acquireConn(ctx context.Context, again bool) (*smtpConn, *DeliveryError) {
	for {
		p.mu.Lock()
		pause := time.Until(p.paused)
		limit := p.limit
		if again && limit > 1 {
			limit--
		}
		if last := len(p.idle) - 1; pause <= 0 && last >= 0 &&
			(!again || p.open <= limit || last > 0) {
			c := p.idle[last]
			p.idle = p.idle[:last]
			c.idleTimer.Stop()
			p.mu.Unlock()
			return c, nil
		}
		if pause <= 0 && p.open < limit {
			p.open++
			p.mu.Unlock()
			return nil, nil
		}
		changed := p.changed
		p.mu.Unlock()

		var over <-chan time.Time
		if pause > 0 {
			over = time.After(pause)
		}
		select {
		case <-changed:
		case <-over:
		case <-ctx.Done():
			return nil, p.newBusyError()
		}
	}
}

// newBusyError is the answer to a mail whose turn did not come: it says what the server said last.
func (p *connectionPool) newBusyError() *DeliveryError {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := &DeliveryError{Sender: true, Reason: i18n.T(i18n.English, "mail.failed_busy", nil)}
	if p.lastError != nil {
		e.Code, e.Reason = p.lastError.Code, p.lastError.Reason
	}
	return e
}

// releaseSlot takes note of a connection that is no more.
func (p *connectionPool) releaseSlot() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	p.wakeWaiters()
}

// noteRefusal takes note that the server could not be used, after the connection was released.
// Where it serves other connections, it has as many as it wants; else everybody waits.
func (p *connectionPool) noteRefusal(e *DeliveryError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open > 0 {
		p.limit, p.limited, p.lastError = p.open, time.Now(), e
		return
	}
	p.pauseLocked(e)
}

// pauseConnecting takes note that the server takes nothing from us, on whatever connection: it
// refuses our sender.
func (p *connectionPool) pauseConnecting(e *DeliveryError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pauseLocked(e)
}

func (p *connectionPool) pauseLocked(e *DeliveryError) {
	now := time.Now()
	p.lastError = e
	if now.Before(p.paused) {
		return // somebody has said so already
	}
	p.paused = now.Add(min(firstPause<<min(p.failures, 10), longestPause))
	p.failures++
}

// noteSuccess takes note that the server took, or judged, a mail. After a while it is offered one
// connection more.
func (p *connectionPool) noteSuccess() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures, p.paused, p.lastError = 0, time.Time{}, nil
	if p.limit < maxOpenConns && time.Since(p.limited) > growTime {
		p.limit, p.limited = p.limit+1, time.Now()
		p.wakeWaiters()
	}
}

// addIdle puts a connection aside for the next mail, and returns false where there are enough.
func (p *connectionPool) addIdle(c *smtpConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) >= maxIdleConns {
		return false
	}
	c.idleTimer = time.AfterFunc(idleTimeout, func() { p.expireIdle(c) })
	p.idle = append(p.idle, c)
	p.wakeWaiters()
	return true
}

// expireIdle ends a connection that was idle for too long, unless it was taken at the last moment.
func (p *connectionPool) expireIdle(c *smtpConn) {
	p.mu.Lock()
	i := slices.Index(p.idle, c)
	if i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
		p.open--
		p.wakeWaiters()
	}
	p.mu.Unlock()
	if i >= 0 {
		_ = c.raw.Close()
	}
}

// takeIdle takes all idle connections out.
func (p *connectionPool) takeIdle() []*smtpConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.idle
	p.idle = nil
	p.open -= len(all)
	for _, c := range all {
		c.idleTimer.Stop()
	}
	return all
}

// wakeWaiters wakes those who wait. The lock is held.
func (p *connectionPool) wakeWaiters() {
	close(p.changed)
	p.changed = make(chan struct{})
}
