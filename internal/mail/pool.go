package mail

import (
	"context"
	"slices"
	"sync"
	"time"

	"usher/internal/i18n"
)

const (
	// maxOpenConns limits the connections to the server. More than a few are open only while
	// recipients' servers are slow.
	maxOpenConns = 48
	// firstPause and longestPause bound the pause after a failed connection; it doubles with each
	// failure.
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// growTime is the time after a refused connection before the limit grows by one.
	growTime = 30 * time.Second
)

// connectionPool holds the connections of a sender and adapts to the server. A server that accepts
// two connections gets two; an unavailable server is tried again after a pause that all senders
// share. Emails wait here and do not fail for it.
type connectionPool struct {
	mu        sync.Mutex
	idle      []*smtpConn
	open      int // connections in use, being opened, or idle
	limit     int
	limited   time.Time // when the limit last changed
	failures  int       // consecutive failures, for the length of the pause
	paused    time.Time // no new connections until then
	lastError *DeliveryError
	changed   chan struct{} // closed and replaced to wake the waiting senders
}

// newConnectionPool returns an empty pool at its highest limit.
func newConnectionPool() *connectionPool {
	return &connectionPool{limit: maxOpenConns, changed: make(chan struct{})}
}

// acquireConn returns an idle connection, or nil and the right to open one. It waits for its turn
// until ctx ends. Retries leave the last connection to first attempts.
func (p *connectionPool) acquireConn(ctx context.Context, again bool) (*smtpConn, *DeliveryError) {
	for {
		p.mu.Lock()
		pause := time.Until(p.paused)
		limit := p.limit
		// A retry is the likelier one to hang, so a first attempt always finds a connection.
		if again && limit > 1 {
			limit--
		}
		// The most recently used connection first: it is the least likely to have been closed by
		// the server.
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
		// Read before the lock is released, or a wake-up between could be missed.
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

// newBusyError returns the error of an email that got no connection, with the server's last reply.
func (p *connectionPool) newBusyError() *DeliveryError {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := &DeliveryError{Sender: true, Reason: i18n.T(i18n.English, "mail.failed_busy", nil)}
	if p.lastError != nil {
		e.Code, e.Reason = p.lastError.Code, p.lastError.Reason
	}
	return e
}

// releaseSlot frees the slot of a closed connection.
func (p *connectionPool) releaseSlot() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	p.wakeWaiters()
}

// noteRefusal records a failed connection after its slot was released. If other connections are
// open, their number becomes the limit; otherwise all senders pause.
func (p *connectionPool) noteRefusal(e *DeliveryError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open > 0 {
		p.limit, p.limited, p.lastError = p.open, time.Now(), e
		return
	}
	p.pauseLocked(e)
}

// pauseConnecting starts a pause because the server refuses our sender on every connection.
func (p *connectionPool) pauseConnecting(e *DeliveryError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pauseLocked(e)
}

// pauseLocked opens no new connections for a while after one failed. The pause doubles with each
// failure up to longestPause. The caller holds the mutex.
func (p *connectionPool) pauseLocked(e *DeliveryError) {
	now := time.Now()
	p.lastError = e
	// Every waiting sender reports the same failure. Only the first one lengthens the pause.
	if now.Before(p.paused) {
		return // the pause has started already
	}
	p.paused = now.Add(min(firstPause<<min(p.failures, 10), longestPause))
	p.failures++
}

// noteSuccess records that the server answered about an email. It ends the pause, and after
// growTime raises the limit by one.
func (p *connectionPool) noteSuccess() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures, p.paused, p.lastError = 0, time.Time{}, nil
	// The limit grows slowly, so that a server that refuses is asked rarely.
	if p.limit < maxOpenConns && time.Since(p.limited) > growTime {
		p.limit, p.limited = p.limit+1, time.Now()
		p.wakeWaiters()
	}
}

// addIdle adds a connection to the idle list; false when the list is full.
func (p *connectionPool) addIdle(c *smtpConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) >= maxIdleConns {
		return false
	}
	// Started behind the lock that expireIdle takes, so that it finds the connection in the list.
	c.idleTimer = time.AfterFunc(idleTimeout, func() { p.expireIdle(c) })
	p.idle = append(p.idle, c)
	p.wakeWaiters()
	return true
}

// expireIdle closes an idle connection after idleTimeout, unless it was taken in the meantime.
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

// takeIdle removes and returns all idle connections.
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

// wakeWaiters wakes all waiting senders. The caller holds the lock.
func (p *connectionPool) wakeWaiters() {
	close(p.changed)
	p.changed = make(chan struct{})
}
