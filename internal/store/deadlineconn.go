package store

import (
	"context"
	"net"
	"sync/atomic"
	"time"
)

const (
	// cancelGrace is how long a statement whose context has ended may still take: PostgreSQL is
	// asked to cancel it, and its connection is cut when no answer comes. A server that is frozen
	// or out of reach never answers.
	cancelGrace = time.Second
	// silenceLimit bounds a read under a context without a deadline. It is longer than
	// statement_timeout.
	silenceLimit = 75 * time.Second
	// connectTimeout bounds the making of a connection. A URL's own connect_timeout can only
	// shorten it.
	connectTimeout = 10 * time.Second
)

// deadlineConn is a connection to PostgreSQL whose reads and writes end in time. lib/pq interrupts
// a statement by asking the server to cancel it, which a frozen server and a cut cable never do,
// and its reads would then wait for hours.
type deadlineConn struct {
	net.Conn
	// nanoseconds since 1970; 0 for silenceLimit after the start of each read or write
	until atomic.Int64
	own   atomic.Int64 // deadline that the driver set; 0 for none
}

// bindContext lets reads and writes go on until shortly after a context ends.
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

// extendDeadline gives what has to end a transaction a moment of its own, however little its
// context left.
func (w *deadlineConn) extendDeadline() {
	if w == nil {
		return
	}
	if least := time.Now().Add(cancelGrace).UnixNano(); w.until.Load() != 0 &&
		w.until.Load() < least {
		w.until.Store(least)
	}
}

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

// dialedKey holds the place where a connector finds the wire of the connection that it makes.
type dialedKey struct{}

// deadlineDialer dials for lib/pq.
type deadlineDialer struct{ net.Dialer }

// Dial is for the interface; lib/pq prefers DialContext.
func (d *deadlineDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout is for the interface; lib/pq prefers DialContext.
func (d *deadlineDialer) DialTimeout(network, address string,
	timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext dials, and bounds what follows by the context. A connection that no connector asked
// for carries a request to cancel a statement: it gets cancelGrace, as the statement's caller waits
// for it.
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
	if forConnector {
		*place = w
	}
	return w, nil
}
