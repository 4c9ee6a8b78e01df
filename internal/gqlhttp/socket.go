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

// protocol is the one that we speak on websockets.
const protocol = "graphql-transport-ws"

const (
	// initLimit is how long a websocket has to introduce itself.
	initLimit = 10 * time.Second
	// introductionLimit is room for a token, and no more: the sender may be anybody.
	introductionLimit = 8 << 10
)

// The codes that the protocol closes with.
const (
	closeInvalid      websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeForbidden    websocket.StatusCode = 4403
	closeProtocol     websocket.StatusCode = 4406
	closeLate         websocket.StatusCode = 4408
	closeTaken        websocket.StatusCode = 4409
	closeAgain        websocket.StatusCode = 4429
)

// socketTransport runs subscriptions and queries over websockets. Mutations go by POST: a websocket
// has no cookies to set, and nothing of what limits requests.
type socketTransport struct {
	*streamRunner
	enter     func(context.Context, string) (context.Context, error)
	origin    func(string) bool
	network   func(*http.Request) string
	initLimit time.Duration
	idleLimit time.Duration // of anonymous clients

	networks, persons *keyedQuota // of websockets: anonymous ones by network, others by person
}

// Supports takes what asks to become a websocket.
func (s *socketTransport) Supports(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Do talks with one client until it leaves, misbehaves or the process is asked to stop.
func (s *socketTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	// Security: browsers let every page open a websocket to anywhere, cookies included, and CORS
	// does not apply. The caller is never taken from a cookie here, and a page must be of a site
	// that the operator knows.
	if origin := r.Header.Get("Origin"); origin != "" && !s.origin(origin) {
		s.http.refuseRequest(w, r, exec, http.StatusForbidden,
			fault.New(fault.Forbidden, "gqlhttp.origin"))
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol},
		InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	if conn.Subprotocol() != protocol {
		_ = conn.Close(closeProtocol, "subprotocol not acceptable")
		return
	}
	// Security: who a client is shows only in its first message, so each begins as an anonymous one
	// of its network.
	network := s.network(r)
	if !s.networks.acquirePlace(network) {
		_ = conn.Close(closeAgain, "too many connections of this network")
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	t := &socketConnection{
		socketTransport: s, conn: conn, exec: exec, slots: make(chan struct{}, OperationLimit),
		running: map[string]*socketOperation{},
		leave:   sync.OnceFunc(func() { s.networks.releasePlace(network) }),
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
	// one for each operation that is at work, also when its client has lost interest
	slots chan struct{}

	mu      sync.Mutex
	running map[string]*socketOperation // by the ids that the client gives them
	started int                         // operations so far

	leave func() // gives back the place of this connection
}

// socketMessage is what is said, both ways.
type socketMessage struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// serveMessages reads and obeys until the connection ends.
func (t *socketConnection) serveMessages(ctx context.Context) {
	late := time.AfterFunc(t.initLimit, func() {
		_ = t.conn.Close(closeLate, "connection initialisation timeout")
	})
	defer late.Stop()
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

// takePlace gives the connection its place and its limits, now that it is known who the client is.
func (t *socketConnection) takePlace(ctx context.Context) bool {
	person := t.http.person(ctx)
	if person == "" {
		t.conn.SetReadLimit(smallBody)
		t.work.Go(func() { t.endIdle(ctx) })
		return true
	}
	if !t.persons.acquirePlace(person) {
		_ = t.conn.Close(closeAgain, "too many connections of this account")
		return false
	}
	t.leave() // the place among its network's anonymous ones
	t.leave = func() { t.persons.releasePlace(person) }
	t.conn.SetReadLimit(BodyLimit)
	return true
}

// endIdle ends an anonymous connection that has no operation for a while.
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
		idle := len(t.running) == 0 && t.started == before
		before = t.started
		t.mu.Unlock()
		if idle {
			_ = t.conn.Close(websocket.StatusNormalClosure, "idle")
			return
		}
	}
}

var errMessage = errors.New("gqlhttp: not a message of the protocol")

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

// authenticateInit works out who the client is: by the first message, else by the header it came
// with.
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
			// By this code clients come again, with a token that may be fresh by then.
			_ = t.conn.Close(closeForbidden, "forbidden")
		default:
			_ = t.conn.Close(websocket.StatusTryAgainLater, "unavailable")
		}
		return ctx, false
	}
	return ctx, true
}

// keepAlive asks for signs of life, and ends a connection that gives none.
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
			_ = t.conn.CloseNow()
			return
		}
	}
}

// writeMessage tells whether the client took it. A connection whose client does not is closed by
// the package.
func (t *socketConnection) writeMessage(m socketMessage) bool {
	text, err := json.Marshal(m)
	if err != nil {
		return false // a payload of the client's that is no JSON any more
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	return t.conn.Write(ctx, websocket.MessageText, text) == nil
}
