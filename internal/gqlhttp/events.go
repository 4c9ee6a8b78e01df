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

// eventTransport sends the responses of one operation as server-sent events, to clients whose
// Accept header prefers them.
type eventTransport struct{ *streamRunner }

// Supports accepts POSTed JSON whose Accept header prefers events. A client that lists events last
// gets an ordinary response.
func (s eventTransport) Supports(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && r.Method == http.MethodPost && kind == mediaJSON &&
		negotiateMediaType(r, mediaJSON, mediaResponse, mediaStream) == mediaStream
}

// Do reads the request like httpTransport. A malformed request is refused by its status. An error
// in the query is sent as an event, since clients of events show nothing else.
func (s eventTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, rejected := s.http.readJSON(w, r)
	defer releaseRequest(r, params)
	// Checked as a whole now: the members of the body are cut out without validation (see
	// cutMembers), and later there is no status to set any more.
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
	// Nothing was written yet, so an ordinary answer with its status is still possible.
	if !to.opened {
		f := fault.New(fault.Unavailable, "fault.unavailable")
		f.RetryAfter = retryStream
		s.http.refuseRequest(w, r, exec, http.StatusServiceUnavailable, f)
		return
	}
	panic(http.ErrAbortHandler) // an aborted stream makes the client reconnect
}

// retryStream is when a client should retry a stream that could not begin.
const retryStream = 5 * time.Second

// eventSink writes events. The operation and the keep-alive goroutine use it concurrently.
type eventSink struct {
	mu      sync.Mutex
	w       http.ResponseWriter
	control *http.ResponseController
	opened  bool
	broken  bool // the stream ends without "complete"
	alive   sync.WaitGroup
	quiet   chan struct{}
}

// refuse sends an answer of errors and ends the stream.
func (s *eventSink) refuse(resp *graphql.Response) {
	if s.next(resp) {
		s.complete()
	}
}

// open sends the headers and starts the keep-alive comments. The client then knows that the
// subscription is running before its first event.
func (s *eventSink) open() {
	// A comment of the protocol: it tells the client and proxies in between that the stream is
	// open.
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

// next sends one answer. It returns false once the stream is broken.
func (s *eventSink) next(resp *graphql.Response) bool {
	// A line end would end the data of the event, and JSON from a Map may contain some.
	body := bytes.ReplaceAll(encodeResponse(resp), []byte("\n"), nil)
	return s.writeEvent(append(append([]byte("event: next\ndata: "), body...), "\n\n"...))
}

// breakOff ends the stream without a last event, so that the client connects again.
func (s *eventSink) breakOff() { s.broken = true }

// complete tells the client that nothing will follow. Clients do not connect again after it.
func (s *eventSink) complete() { s.writeEvent([]byte("event: complete\ndata:\n\n")) }

// writeEvent sends text immediately. The headers are sent with the first text, so that a mutation
// can still set its cookie.
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
	// A test's recorder has no deadlines, so the error is ignored.
	_ = s.control.SetWriteDeadline(time.Now().Add(writeLimit))
	if _, err := s.w.Write(text); err != nil {
		return false
	}
	return s.control.Flush() == nil
}

// stopKeepAlive stops the keep-alive comments, which must not be written after the handler has
// returned. It also resets the write deadline for the next request on the connection.
func (s *eventSink) stopKeepAlive() {
	close(s.quiet)
	s.alive.Wait()
	_ = s.control.SetWriteDeadline(time.Time{})
}
