package gqlhttp

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/fault"
)

// eventTransport sends the answers of one operation as server-sent events, to those who want events
// above all.
type eventTransport struct{ *streamRunner }

// Supports takes POSTed JSON whose Accept header prefers events. Clients that name them last, to be
// able to receive them, get an ordinary answer.
func (s eventTransport) Supports(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && r.Method == http.MethodPost && kind == mediaJSON &&
		negotiateMediaType(r, mediaJSON, mediaResponse, mediaStream) == mediaStream
}

// Do reads the request as the edge does. What is no request is refused by its status; what is wrong
// with the query comes as an event, which is all that a client of events can show.
func (s eventTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, rejected := s.http.readJSON(w, r)
	defer releaseRequest(r, params)
	if rejected == nil && len(params.body) > 0 && !json.Valid(params.body) {
		rejected = &requestRejection{status: http.StatusBadRequest, fault: errNotJSON}
	}
	if rejected != nil {
		s.http.refuseRequest(w, r, exec, rejected.status, rejected.fault)
		return
	}
	to := &eventSink{w: w, control: http.NewResponseController(w), quiet: make(chan struct{})}
	defer to.stopKeepAlive()
	s.runOperation(r.Context(), exec, params, true, to)
	if !to.broken {
		return
	}
	if !to.opened {
		f := fault.New(fault.Unavailable, "fault.unavailable")
		f.RetryAfter = retryStream
		s.http.refuseRequest(w, r, exec, http.StatusServiceUnavailable, f)
		return
	}
	panic(http.ErrAbortHandler) // the client must see the stream cut, not ended
}

// retryStream is when a client is asked to open a stream again that could not begin.
const retryStream = 5 * time.Second

// eventSink writes events. It is used by the operation and by what keeps the connection alive.
type eventSink struct {
	mu      sync.Mutex
	w       http.ResponseWriter
	control *http.ResponseController
	opened  bool
	broken  bool // it ends without being completed
	alive   sync.WaitGroup
	quiet   chan struct{}
}

func (s *eventSink) refuse(resp *graphql.Response) {
	if s.next(resp) {
		s.complete()
	}
}

// open tells the client that it is heard, before there is anything to tell.
func (s *eventSink) open() {
	s.writeEvent([]byte(":\n\n"))
	s.alive.Go(func() {
		tick := time.NewTicker(keepAlive)
		defer tick.Stop()
		for {
			select {
			case <-s.quiet:
				return
			case <-tick.C:
				s.writeEvent([]byte(":\n\n"))
			}
		}
	})
}

func (s *eventSink) next(resp *graphql.Response) bool {
	// A line ends an event's data, and JSON may hold them between its tokens: a Map does.
	body := bytes.ReplaceAll(encodeResponse(resp), []byte("\n"), nil)
	return s.writeEvent(append(append([]byte("event: next\ndata: "), body...), "\n\n"...))
}

func (s *eventSink) breakOff() { s.broken = true }

func (s *eventSink) complete() { s.writeEvent([]byte("event: complete\ndata:\n\n")) }

// writeEvent sends text immediately. The headers go with the first: until then a mutation can still
// set its cookie.
func (s *eventSink) writeEvent(text []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opened {
		s.opened = true
		h := s.w.Header()
		h.Set("Content-Type", mediaStream)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // nginx would hold events back until a buffer is full
	}
	// a recorder in a test has no deadlines
	_ = s.control.SetWriteDeadline(time.Now().Add(writeLimit))
	if _, err := s.w.Write(text); err != nil {
		return false
	}
	return s.control.Flush() == nil
}

// stopKeepAlive stops keeping alive, which must not write after the handler has returned, and
// leaves the connection as it was: the next request on it has other deadlines.
func (s *eventSink) stopKeepAlive() {
	close(s.quiet)
	s.alive.Wait()
	_ = s.control.SetWriteDeadline(time.Time{})
}
