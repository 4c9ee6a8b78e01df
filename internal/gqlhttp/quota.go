package gqlhttp

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"usher/internal/fault"
)

// These limit concurrent work. They protect the process and are no part of the API.
const (
	// smallBody is the size in bytes up to which a request needs no slot. Nearly all requests are
	// smaller.
	smallBody = 64 << 10
	// anonymousBodies and knownBodies are the slots for larger bodies. One needs about 3 MiB until
	// its response. Anonymous callers have slots of their own, so that they cannot take those of
	// others.
	anonymousBodies = 4
	knownBodies     = 12
	// hugeBodies are the slots for bodies above BodyLimit, which need about 25 MiB each.
	hugeBodies = 2
	// waitingBodies is how many requests may wait for a slot, and bodyWait how long each waits.
	waitingBodies = 100
	bodyWait      = 2 * time.Second
	// anonymousReadLimit is the time for reading a large anonymous body, so that a slow sender
	// cannot keep its slot.
	anonymousReadLimit = 10 * time.Second

	personUploads = 2  // concurrent uploads of one person
	allUploads    = 16 // concurrent uploads of all, half a gigabyte on disk

	networkSockets      = 50 // anonymous websockets of one network
	personSockets       = 20
	personSubscriptions = 50 // on websockets and server-sent events together
	// idleSocket is how long an anonymous websocket stays open without an operation.
	idleSocket = time.Minute
)

// These limit the values in the variables of a request. A batch of 5,000 full rows has half of the
// larger number.
const (
	anonymousValues = 1_000
	knownValues     = 200_000
)

// keyedQuota counts concurrent work by key.
type keyedQuota struct {
	most int
	mu   sync.Mutex
	used map[string]int
}

func newQuota(most int) *keyedQuota { return &keyedQuota{most: most, used: map[string]int{}} }

// acquireSlot takes one slot of a key. It returns false if all are taken.
func (q *keyedQuota) acquireSlot(key string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.used[key] >= q.most {
		return false
	}
	q.used[key]++
	return true
}

// releaseSlot returns a slot.
func (q *keyedQuota) releaseSlot(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.used[key]--; q.used[key] <= 0 {
		delete(q.used, key)
	}
}

// bodySlots are the slots for large bodies.
type bodySlots struct {
	slots   chan struct{}
	waiting atomic.Int64
}

func newBodySlots(n int) *bodySlots { return &bodySlots{slots: make(chan struct{}, n)} }

// acquireSlot waits for a slot and returns the function that returns it; nil if none was free in
// time.
func (p *bodySlots) acquireSlot(ctx context.Context) (free func()) {
	// Each waiting request keeps a connection and the bytes read so far.
	if p.waiting.Add(1) > waitingBodies {
		p.waiting.Add(-1)
		return nil
	}
	defer p.waiting.Add(-1)
	patience, cancel := context.WithTimeout(ctx, bodyWait)
	defer cancel()
	select {
	case p.slots <- struct{}{}:
		return sync.OnceFunc(func() { <-p.slots })
	case <-patience.Done():
		return nil
	}
}

// readBody reads a body. A body larger than smallBody waits for a slot before the rest is read,
// and stays with its client until then. free returns the slot.
func (e *httpTransport) readBody(w http.ResponseWriter, r *http.Request,
	limit int64) (body []byte, free func(), rejected *requestRejection) {
	free = func() {}
	in := http.MaxBytesReader(w, r.Body, limit)
	body, err := io.ReadAll(io.LimitReader(in, smallBody+1))
	if err != nil {
		return nil, free, rejectUnreadable(err, "gqlhttp.body_too_large")
	}
	if len(body) <= smallBody {
		return body, free, nil
	}

	slots := e.knownBodies
	anonymous := e.person(r.Context()) == ""
	switch {
	case anonymous:
		slots = e.anonymousBodies
	// A length that is not announced may be any.
	case limit > BodyLimit && (r.ContentLength < 0 || r.ContentLength > BodyLimit):
		slots = e.hugeBodies
	}
	release := slots.acquireSlot(r.Context())
	if release == nil {
		return nil, free, newOverloadRejection()
	}
	if anonymous {
		control := http.NewResponseController(w)
		// A test's recorder has no deadlines, so the error is ignored.
		_ = control.SetReadDeadline(time.Now().Add(anonymousReadLimit))
		defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	}
	// The size that Content-Length claims is allocated only here, where the number of such requests
	// is limited.
	whole := make([]byte, len(body), max(int64(len(body)), min(r.ContentLength, limit))+1)
	copy(whole, body)
	if body, err = readToEnd(whole, in); err != nil {
		release()
		return nil, free, rejectUnreadable(err, "gqlhttp.body_too_large")
	}
	return body, release, nil
}

// readToEnd reads the rest into a buffer that grows only if necessary.
func readToEnd(b []byte, from io.Reader) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			// append grows the array by more than a byte, and the byte itself is cut off again.
			b = append(b, 0)[:len(b)]
		}
		n, err := from.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

// newOverloadRejection returns the rejection when all places are taken.
func newOverloadRejection() *requestRejection {
	f := fault.New(fault.Unavailable, "gqlhttp.overloaded")
	f.RetryAfter = bodyWait
	return &requestRejection{status: http.StatusServiceUnavailable, fault: f,
		header: map[string]string{"Connection": "close"}}
}
