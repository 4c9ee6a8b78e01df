package gqlhttp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"

	"usher/internal/fault"
)

// protocol is the supported websocket protocol.
const protocol = "graphql-transport-ws"

const (
	// initLimit is the time for the first message of a websocket.
	initLimit = 10 * time.Second
	// introductionLimit is the maximum size of the first message in bytes: enough for a token,
	// since the sender is not known yet.
	introductionLimit = 8 << 10
)

// These are the close codes of the protocol.
const (
	closeInvalid      websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeForbidden    websocket.StatusCode = 4403
	closeProtocol     websocket.StatusCode = 4406
	closeLate         websocket.StatusCode = 4408
	closeTaken        websocket.StatusCode = 4409
	closeAgain        websocket.StatusCode = 4429
)

// socketTransport runs subscriptions and queries over websockets. Mutations need a POST: a
// websocket cannot set cookies, and the limits on requests do not apply to it.
type socketTransport struct {
	*streamRunner
	enter     func(context.Context, string) (context.Context, error)
	origin    func(string) bool
	network   func(*http.Request) string
	initLimit time.Duration
	idleLimit time.Duration // of anonymous clients

	networks, persons *keyedQuota // websockets of anonymous clients by network, of others by person
}

// Supports accepts requests to upgrade to a websocket.
func (s *socketTransport) Supports(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Do serves one websocket until the client leaves, violates the protocol, or the process stops.
func (s *socketTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	// Security: browsers let every page open a websocket to any server with its cookies, and CORS
	// does not apply. The caller is therefore never taken from a cookie, and the origin of a page
	// must be configured.
	if origin := r.Header.Get("Origin"); origin != "" && !s.origin(origin) {
		s.http.refuseRequest(w, r, exec, http.StatusForbidden,
			fault.New(fault.Forbidden, "gqlhttp.origin"))
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol},
		InsecureSkipVerify: true})
	if err != nil {
		return // Accept has responded
	}
	if conn.Subprotocol() != protocol {
		_ = conn.Close(closeProtocol, "subprotocol not acceptable")
		return
	}
	// Security: the first message says who the client is. Until then it counts as an anonymous
	// client of its network.
	network := s.network(r)
	if !s.networks.acquireSlot(network) {
		_ = conn.Close(closeAgain, "too many connections of this network")
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	t := &socketConnection{
		socketTransport: s, conn: conn, exec: exec, slots: make(chan struct{}, OperationLimit),
		running: map[string]*socketOperation{},
		leave:   sync.OnceFunc(func() { s.networks.releaseSlot(network) }),
	}
	defer func() { t.leave() }()
	defer t.work.Wait()
	defer func() { _ = conn.CloseNow() }()
	defer cancel()
	defer context.AfterFunc(s.ending, func() {
		_ = conn.Close(websocket.StatusGoingAway, "going away")
	})()
	t.serveMessages(ctx)
}

// socketConnection is one client's connection.
type socketConnection struct {
	*socketTransport
	conn *websocket.Conn
	exec graphql.GraphExecutor
	work sync.WaitGroup
	// slots has one entry for each operation that is working, even after its client has completed
	// it.
	slots chan struct{}

	mu      sync.Mutex
	running map[string]*socketOperation // by the client's ids
	started int                         // operations so far

	leave func() // returns the place of this connection
}

// socketMessage is a message in either direction.
type socketMessage struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// serveMessages handles messages until the connection ends.
func (t *socketConnection) serveMessages(ctx context.Context) {
	// Security: a connection that does not introduce itself in time is closed.
	late := time.AfterFunc(t.initLimit, func() {
		_ = t.conn.Close(closeLate, "connection initialisation timeout")
	})
	defer late.Stop()
	// Small until the connection is authenticated.
	t.conn.SetReadLimit(introductionLimit)
	known := false
	for {
		m, err := t.readMessage(ctx)
		switch {
		case errors.Is(err, errMessage):
			_ = t.conn.Close(closeInvalid, "invalid message")
			return
		case err != nil:
			return
		}
		switch m.Type {
		case "connection_init":
			if known {
				_ = t.conn.Close(closeAgain, "too many initialisation requests")
				return
			}
			if ctx, known = t.authenticateInit(ctx, m); !known {
				return
			}
			late.Stop()
			if !t.takePlace(ctx) {
				return
			}
			t.work.Go(func() { t.keepAlive(ctx) })
			t.writeMessage(socketMessage{Type: "connection_ack"})
		case "ping":
			t.writeMessage(socketMessage{Type: "pong", Payload: m.Payload})
		case "pong":
		case "subscribe":
			// Queries before connection_init are closed with 4401, as the protocol demands.
			if !known {
				_ = t.conn.Close(closeUnauthorized, "unauthorized")
				return
			}
			if !t.startOperation(ctx, m) {
				return
			}
		case "complete":
			t.stopOperation(m.ID)
		default:
			_ = t.conn.Close(closeInvalid, "invalid message")
			return
		}
	}
}

// takePlace sets the place and the limits of a connection whose client is now known.
func (t *socketConnection) takePlace(ctx context.Context) bool {
	person := t.http.person(ctx)
	if person == "" {
		t.conn.SetReadLimit(smallBody)
		t.work.Go(func() { t.endIdle(ctx) })
		return true
	}
	if !t.persons.acquireSlot(person) {
		_ = t.conn.Close(closeAgain, "too many connections of this account")
		return false
	}
	t.leave() // its place among the anonymous clients of the network
	t.leave = func() { t.persons.releaseSlot(person) }
	t.conn.SetReadLimit(BodyLimit)
	return true
}

// endIdle closes an anonymous connection that has had no operation for idleLimit.
func (t *socketConnection) endIdle(ctx context.Context) {
	tick := time.NewTicker(t.idleLimit)
	defer tick.Stop()
	for before := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		t.mu.Lock()
		// started also counts an operation that began and ended between two ticks.
		idle := len(t.running) == 0 && t.started == before
		before = t.started
		t.mu.Unlock()
		if idle {
			_ = t.conn.Close(websocket.StatusNormalClosure, "idle")
			return
		}
	}
}

// errMessage tells a client's mistake from the end of the connection.
var errMessage = errors.New("gqlhttp: not a message of the protocol")

// readMessage waits for the next message of the client. errMessage for one that is not JSON text;
// the connection closes with 4400 then, as the protocol demands.
func (t *socketConnection) readMessage(ctx context.Context) (socketMessage, error) {
	var m socketMessage
	kind, text, err := t.conn.Read(ctx)
	if err != nil {
		return m, err
	}
	if kind != websocket.MessageText || json.Unmarshal(text, &m) != nil {
		return m, errMessage
	}
	return m, nil
}

// authenticateInit returns the context of the client: of the token in the first message, otherwise
// that of the header.
func (t *socketConnection) authenticateInit(ctx context.Context,
	m socketMessage) (context.Context, bool) {
	payload := map[string]any{}
	if len(m.Payload) > 0 && json.Unmarshal(m.Payload, &payload) != nil {
		_ = t.conn.Close(closeInvalid, "invalid message")
		return ctx, false
	}
	for name, value := range payload {
		text, isText := value.(string)
		if !strings.EqualFold(name, "Authorization") || !isText {
			continue
		}
		inside, err := t.enter(ctx, text)
		switch {
		case err == nil:
			return inside, true
		case fault.Has(err, fault.Unauthenticated):
			// After this code clients reconnect, by then perhaps with a new token.
			_ = t.conn.Close(closeForbidden, "forbidden")
		default:
			_ = t.conn.Close(websocket.StatusTryAgainLater, "unavailable")
		}
		return ctx, false
	}
	return ctx, true
}

// keepAlive sends pings, and closes a connection that does not respond.
func (t *socketConnection) keepAlive(ctx context.Context) {
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		patience, cancel := context.WithTimeout(ctx, keepAlive)
		err := t.conn.Ping(patience)
		cancel()
		if err != nil {
			// CloseNow, because Close would wait for the closing handshake of a peer that is
			// silent.
			_ = t.conn.CloseNow()
			return
		}
	}
}

// writeMessage reports whether the message was sent. The websocket package closes the connection
// otherwise.
func (t *socketConnection) writeMessage(m socketMessage) bool {
	text, err := json.Marshal(m)
	if err != nil {
		return false // an invalid payload of the client's
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	return t.conn.Write(ctx, websocket.MessageText, text) == nil
}
