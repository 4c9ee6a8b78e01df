package chaos

import (
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// faultyWire is a TCP proxy in front of the database that can be cut, closed and stalled.
type faultyWire struct {
	t       testing.TB
	address string // where clients connect to
	target  string // where the database is
	refuse  atomic.Bool
	stalled atomic.Bool
	lock    sync.Mutex
	open    map[net.Conn]bool
}

func startFaultyWire(t testing.TB, database string) *faultyWire {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &faultyWire{t: t, address: listener.Addr().String(), target: u.Host,
		open: map[net.Conn]bool{}}
	go w.accept(listener)
	t.Cleanup(func() {
		_ = listener.Close()
		w.cut()
	})
	return w
}

func (w *faultyWire) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		if w.refuse.Load() {
			_ = client.Close()
			continue
		}
		server, err := net.Dial("tcp", w.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		w.lock.Lock()
		w.open[client], w.open[server] = true, true
		w.lock.Unlock()
		go w.forward(client, server)
		go w.forward(server, client)
	}
}

// forward copies one direction until either side ends. While the wire is stalled nothing passes and
// nothing is closed.
func (w *faultyWire) forward(from, to net.Conn) {
	buffer := make([]byte, 32*1024)
	for {
		n, err := from.Read(buffer)
		for w.stalled.Load() {
			time.Sleep(10 * time.Millisecond)
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	_ = from.Close()
	_ = to.Close()
	w.lock.Lock()
	delete(w.open, from)
	delete(w.open, to)
	w.lock.Unlock()
}

// cut closes every open connection.
func (w *faultyWire) cut() {
	w.lock.Lock()
	defer w.lock.Unlock()
	for conn := range w.open {
		_ = conn.Close()
	}
}
