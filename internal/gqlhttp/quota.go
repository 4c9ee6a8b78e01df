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

// Bounds of what is under way at the same time. They protect the process and are no part of the
// API.
const (
	// smallBody is what a request may hold without waiting for a place, in bytes. Nearly every
	// request does.
	smallBody = 64 << 10
	// anonymousBodies and knownBodies are the places for larger bodies. One holds some 3 MiB until
	// it is answered. Anonymous callers have places of their own, so that they cannot keep others
	// from theirs.
	anonymousBodies = 4
	knownBodies     = 12
	// waitingBodies is how many requests may wait for a place, and bodyWait for how long.
	waitingBodies = 100
	bodyWait      = 2 * time.Second
	// anonymousReadLimit ends a large body that an anonymous caller sends slowly to keep its place.
	anonymousReadLimit = 10 * time.Second

	personUploads = 2  // uploads of one person, of which a part waits on the disk
	allUploads    = 16 // of everybody, half a gigabyte

	networkSockets      = 50 // anonymous websockets of one network
	personSockets       = 20
	personSubscriptions = 50 // on websockets and as server-sent events
	// idleSocket is how long an anonymous websocket stays open without an operation.
	idleSocket = time.Minute
)

// The numbers of values, in variables, that a request may hold. A batch of 5,000 full rows has half
// of the larger one.
const (
	anonymousValues = 1_000
	knownValues     = 200_000
)

// keyedQuota counts what is under way for each key.
type keyedQuota struct {
	most int
	mu   sync.Mutex
	used map[string]int
}

func newQuota(most int) *keyedQuota { return &keyedQuota{most: most, used: map[string]int{}} }

// acquirePlace uses one place of a key. It returns false when all are taken.
func (q *keyedQuota) acquirePlace(key string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.used[key] >= q.most {
		return false
	}
	q.used[key]++
	return true
}

// releasePlace gives a place back.
func (q *keyedQuota) releasePlace(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.used[key]--; q.used[key] <= 0 {
		delete(q.used, key)
	}
}

// bodyPlaces are places for large bodies.
type bodyPlaces struct {
	places  chan struct{}
	waiting atomic.Int64
}

func newBodyPlaces(n int) *bodyPlaces { return &bodyPlaces{places: make(chan struct{}, n)} }

// acquirePlace waits for a place. It returns what gives the place back, or nil when there was none
// in time.
func (p *bodyPlaces) acquirePlace(ctx context.Context) (free func()) {
	if p.waiting.Add(1) > waitingBodies {
		p.waiting.Add(-1)
		return nil
	}
	defer p.waiting.Add(-1)
	patience, cancel := context.WithTimeout(ctx, bodyWait)
	defer cancel()
	select {
	case p.places <- struct{}{}:
		return sync.OnceFunc(func() { <-p.places })
	case <-patience.Done():
		return nil
	}
}

// readBody reads a body. One that is larger than smallBody has to wait for a place before the rest
// is read: until then it stays with its client. free gives the place back.
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

	places := e.knownBodies
	anonymous := e.person(r.Context()) == ""
	if anonymous {
		places = e.anonymousBodies
	}
	place := places.acquirePlace(r.Context())
	if place == nil {
		return nil, free, newOverloadRejection()
	}
	if anonymous {
		control := http.NewResponseController(w)
		// a recorder in a test has no deadlines
		_ = control.SetReadDeadline(time.Now().Add(anonymousReadLimit))
		defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	}
	// What Content-Length claims is allocated only here, where the number of claims is bounded.
	whole := make([]byte, len(body), max(int64(len(body)), min(r.ContentLength, limit))+1)
	copy(whole, body)
	if body, err = readToEnd(whole, in); err != nil {
		place()
		return nil, free, rejectUnreadable(err, "gqlhttp.body_too_large")
	}
	return body, place, nil
}

// readToEnd reads to the end, into a buffer that grows only if it has to.
func readToEnd(b []byte, from io.Reader) ([]byte, error) {
	for {
		if len(b) == cap(b) {
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

// newOverloadRejection is the answer when all places are taken.
func newOverloadRejection() *requestRejection {
	f := fault.New(fault.Unavailable, "gqlhttp.overloaded")
	f.RetryAfter = bodyWait
	return &requestRejection{status: http.StatusServiceUnavailable, fault: f,
		header: map[string]string{"Connection": "close"}}
}
