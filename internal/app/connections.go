package app

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// settleTime limits the wait for the requests of connections that were just accepted.
const settleTime = time.Second

// newConnections holds the connections whose first request has not been read. net/http drops a
// request that it reads after Shutdown has begun, so Shutdown must wait for them.
type newConnections struct {
	mu  sync.Mutex
	all map[net.Conn]bool
}

// trackState is the server's ConnState hook.
func (c *newConnections) trackState(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state == http.StateNew {
		c.all[conn] = true
		return
	}
	delete(c.all, conn)
}

// countUnread returns the number of connections that have sent nothing yet.
func (c *newConnections) countUnread() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}

// awaitRequests waits until every connection has sent its request, for settleTime at most.
func (c *newConnections) awaitRequests() {
	for end := time.Now().Add(settleTime); time.Now().
		Before(end); time.Sleep(10 * time.Millisecond) {
		if c.countUnread() == 0 {
			return
		}
	}
}
