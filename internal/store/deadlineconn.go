package store

import (
	"context"
	"net"
	"sync/atomic"
	"time"
)

const (
	// cancelGrace is the time that a statement gets after its context has ended. PostgreSQL is
	// asked to cancel the statement, and the connection is closed when no answer comes: a frozen or
	// unreachable server never answers.
	cancelGrace = time.Second
	// silenceLimit limits a read under a context without a deadline. It is longer than the default
	// of statement_timeout.
	silenceLimit = 75 * time.Second
	// connectTimeout limits the opening of a connection. The connect_timeout of the URL can only
	// shorten it.
	connectTimeout = 10 * time.Second
)

// deadlineConn is a network connection to PostgreSQL with a deadline for each read and write.
// lib/pq interrupts a statement by asking the server to cancel it. A frozen server or a cut cable
// never reacts, and a read would wait for hours.
type deadlineConn struct {
	net.Conn
	// nanoseconds since 1970; 0 for silenceLimit after the start of each read or write
	until atomic.Int64
	own   atomic.Int64 // deadline that the driver set; 0 for none
}

// bindContext sets the deadline to cancelGrace after that of the context.
func (w *deadlineConn) bindContext(ctx context.Context) {
	if w == nil {
		return
	}
	if deadline, ok := ctx.Deadline(); ok {
		w.until.Store(deadline.Add(cancelGrace).UnixNano())
		return
	}
	w.until.Store(0)
}

// extendDeadline gives COMMIT or ROLLBACK at least cancelGrace, however little time the context has
// left.
func (w *deadlineConn) extendDeadline() {
	if w == nil {
		return
	}
	if least := time.Now().Add(cancelGrace).UnixNano(); w.until.Load() != 0 &&
		w.until.Load() < least {
		w.until.Store(least)
	}
}

// nextDeadline returns the deadline of a read or write that begins now.
func (w *deadlineConn) nextDeadline() time.Time {
	until := w.until.Load()
	if until == 0 {
		until = time.Now().Add(silenceLimit).UnixNano()
	}
	if own := w.own.Load(); own != 0 {
		until = min(until, own)
	}
	return time.Unix(0, until)
}

// Read reads within the deadline of the current statement.
func (w *deadlineConn) Read(b []byte) (int, error) {
	if err := w.Conn.SetReadDeadline(w.nextDeadline()); err != nil {
		return 0, err
	}
	return w.Conn.Read(b)
}

// Write writes within the deadline of the current statement.
func (w *deadlineConn) Write(b []byte) (int, error) {
	if err := w.Conn.SetWriteDeadline(w.nextDeadline()); err != nil {
		return 0, err
	}
	return w.Conn.Write(b)
}

// SetDeadline keeps the driver's own deadline beside the statement's.
func (w *deadlineConn) SetDeadline(t time.Time) error {
	if t.IsZero() {
		w.own.Store(0)
	} else {
		w.own.Store(t.UnixNano())
	}
	return nil
}

// dialedKey is the context key under which a connector receives the network connection that the
// dialer opened.
type dialedKey struct{}

// deadlineDialer opens network connections for lib/pq.
type deadlineDialer struct{ net.Dialer }

// Dial completes the interface; lib/pq prefers DialContext.
func (d *deadlineDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout completes the interface; lib/pq prefers DialContext.
func (d *deadlineDialer) DialTimeout(network, address string,
	timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext opens a connection whose first reads and writes share the deadline of the context. A
// connection without a connector carries a request to cancel a statement. It gets cancelGrace,
// because the caller of the statement waits for it.
func (d *deadlineDialer) DialContext(ctx context.Context, network,
	address string) (net.Conn, error) {
	place, forConnector := ctx.Value(dialedKey{}).(**deadlineConn)
	if !forConnector {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, cancelGrace)
		defer cancel()
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(connectTimeout)
	}
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w := &deadlineConn{Conn: conn}
	w.until.Store(deadline.UnixNano())
	// The connector lifts the deadline through this place once the connection is ready for use.
	if forConnector {
		*place = w
	}
	return w, nil
}
