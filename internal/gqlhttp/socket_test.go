package gqlhttp_test

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"usher/internal/fault"
	"usher/internal/gqlhttp"
)

// socketConnection is a client on a websocket.
type socketConnection struct {
	t    *testing.T
	conn *websocket.Conn
}

func (b *bundle) dial(headers ...string) *socketConnection {
	b.t.Helper()
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	conn, _, err := websocket.Dial(b.t.Context(), "ws"+strings.TrimPrefix(b.URL, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: h})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.CloseNow() })
	return &socketConnection{b.t, conn}
}

// greeted is a client that was let in.
func (b *bundle) greeted() *socketConnection {
	b.t.Helper()
	w := b.dial()
	w.say(`{"type":"connection_init"}`)
	w.hears(`{"type":"connection_ack"}`)
	return w
}

func (w *socketConnection) say(text string) {
	w.t.Helper()
	if err := w.conn.Write(w.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *socketConnection) startOperation(id, query string) {
	w.t.Helper()
	text, err := json.Marshal(
		object{"id": id, "type": "subscribe", "payload": object{"query": query}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.say(string(text))
}

func (w *socketConnection) hear() string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	_, text, err := w.conn.Read(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

func (w *socketConnection) hears(want string) {
	w.t.Helper()
	if got := w.hear(); got != want {
		w.t.Fatalf("heard %s, want %s", got, want)
	}
}

// ends waits for the end of the connection and returns its code.
func (w *socketConnection) ends() websocket.StatusCode {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	for {
		if _, _, err := w.conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func TestAWebsocketRunsSubscriptionsAndQueriesSideBySide(t *testing.T) {
	t.Parallel()
	w := setup(t, nil).greeted()
	w.startOperation("slow", `{ fail(how: "slow") }`)
	for range 2 { // an id is free again once its operation is over
		w.startOperation("a", `subscription { tick }`)
		w.hears(`{"id":"a","type":"next","payload":{"data":{"tick":1}}}`)
		w.hears(`{"id":"a","type":"complete"}`)
	}
	w.startOperation("b", `{ ok }`)
	w.hears(`{"id":"b","type":"next","payload":{"data":{"ok":true}}}`)
	w.hears(`{"id":"b","type":"complete"}`)
	w.say(`{"type":"ping","payload":{"n":7}}`)
	w.hears(`{"type":"pong","payload":{"n":7}}`)
	w.say(`{"id":"slow","type":"complete"}`)
	w.say(`{"id":"never","type":"complete"}`)
	w.say(`{"type":"pong"}`)
	w.startOperation("slow", `{ ok }`)
	w.hears(`{"id":"slow","type":"next","payload":{"data":{"ok":true}}}`)
}

func TestWhatDoesNotRunOnAWebsocketIsAnErrorWithACode(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	w := b.greeted()
	for _, c := range []struct{ payload, code string }{
		{`{"query":"mutation { signIn(login: \"a\", password: \"hunter2\") }"}`, "BAD_USER_INPUT"},
		{`{"query":"subscription { tick(a: \"hunter2\") }"}`, "BAD_USER_INPUT"},
		{`{"query":"subscription { tick a: tick }"}`, "BAD_USER_INPUT"},
		{`{"query":"subscription { tick @skip(if: true) }"}`, "BAD_USER_INPUT"},
		{`{"query":"` + nested(16) + `"}`, "COST_LIMIT"},
		{`{"query":"subscription {` + numbered(31, " a#: tick") + `}"}`, "COST_LIMIT"},
		{`{"query":"{ members(first: 101) { totalCount } }"}`, "BAD_USER_INPUT"},
		{`{"query":"{ok}","operationName":{"hunter2":1}}`, "BAD_USER_INPUT"},
		{`[{"query":"{ok}"}]`, "BAD_USER_INPUT"},
		{`"hunter2"`, "BAD_USER_INPUT"},
		{`null`, "BAD_USER_INPUT"},
	} {
		w.say(`{"id":"x","type":"subscribe","payload":` + c.payload + `}`)
		got := w.hear()
		var m struct {
			ID, Type string
			Payload  []struct {
				Message    string
				Extensions object
			}
		}
		if err := json.Unmarshal([]byte(got), &m); err != nil || m.ID != "x" || m.Type != "error" ||
			len(m.Payload) == 0 || m.Payload[0].Extensions["code"] != c.code {
			t.Errorf("%s: %s", c.payload, got)
		}
		if strings.Contains(got+b.log.String(), "hunter2") {
			t.Errorf("%s is quoted: %s", c.payload, got)
		}
	}
	w.startOperation("y", `{ ok }`)
	w.hears(`{"id":"y","type":"next","payload":{"data":{"ok":true}}}`)
}

func TestAnErrorOnAWebsocketIsPresentedAndAPanicEndsNothingElse(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	w := b.greeted()
	for _, how := range []string{"secret", "panic"} {
		w.startOperation(how, `{ fail(how: "`+how+`") }`)
		if got := w.hear(); !strings.Contains(got, `"type":"next"`) ||
			!strings.Contains(got, `"INTERNAL"`) || strings.Contains(got, "password") {
			t.Errorf("%s: %s", how, got)
		}
		w.hears(`{"id":"` + how + `","type":"complete"}`)
	}
}

func TestAWebsocketThatBreaksTheProtocolIsClosedWithItsCode(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *gqlhttp.Options) { gqlhttp.SetInitLimit(o, 300*time.Millisecond) })
	const hello = `{"type":"connection_init"}`
	slow := `{"id":"s","type":"subscribe","payload":{"query":"{ fail(how: \"slow\") }"}}`
	for name, c := range map[string]struct {
		says []string
		want websocket.StatusCode
	}{
		"silence":                   {nil, 4408},
		"nothing but pings":         {[]string{`{"type":"ping"}`}, 4408},
		"no JSON":                   {[]string{`hello`}, 4400},
		"an unknown word":           {[]string{hello, `{"type":"start"}`}, 4400},
		"subscribing as a stranger": {[]string{`{"id":"a","type":"subscribe","payload":{"query":"{ok}"}}`}, 4401},
		"introducing oneself twice": {[]string{hello, hello}, 4429},
		"an id twice":               {[]string{hello, slow, slow}, 4409},
		"no id": {[]string{hello,
			`{"type":"subscribe","payload":{"query":"{ok}"}}`}, 4400},
		"an introduction that is text": {[]string{`{"type":"connection_init","payload":"x"}`}, 4400},
		"a token that nobody knows":    {[]string{`{"type":"connection_init","payload":{"Authorization":"Bearer x"}}`}, 4403},
		"a long introduction": {[]string{`{"type":"connection_init","payload":{"a":"` +
			strings.Repeat("x", 9000) + `"}}`}, websocket.StatusMessageTooBig},
		"more than a request may have": {[]string{hello,
			`{"id":"a","type":"subscribe","payload":{"query":"` +
				strings.Repeat(" ", gqlhttp.BodyLimit) + `"}}`}, websocket.StatusMessageTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := b.dial()
			for _, text := range c.says {
				w.say(text)
			}
			if got := w.ends(); got != c.want {
				t.Errorf("closed with %d, want %d", got, c.want)
			}
		})
	}
	t.Run("another protocol", func(t *testing.T) {
		t.Parallel()
		conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(b.URL, "http"),
			&websocket.DialOptions{Subprotocols: []string{"graphql-ws"}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.CloseNow() }()
		if got := (&socketConnection{t, conn}).ends(); got != 4406 {
			t.Errorf("closed with %d, want 4406", got)
		}
	})
}

func TestTwentyOperationsRunAtOnceAndNoMore(t *testing.T) {
	t.Parallel()
	w := setup(t, nil).greeted()
	for i := range gqlhttp.OperationLimit {
		w.startOperation(strconv.Itoa(i), `{ fail(how: "slow") }`)
	}
	w.startOperation("more", `{ ok }`)
	if got := w.hear(); !strings.Contains(got, `"id":"more","type":"error"`) ||
		!strings.Contains(got, "COST_LIMIT") || !strings.Contains(got, "20") {
		t.Errorf("heard %s", got)
	}
	w.say(`{"id":"3","type":"complete"}`)
	for ok := false; !ok; { // the slot is free when the work has ended
		w.startOperation("more", `{ ok }`)
		got := w.hear()
		if ok = strings.Contains(got, `"type":"next"`); ok {
			w.hears(`{"id":"more","type":"complete"}`)
		}
	}
}

func TestAPageOfAnotherSiteOpensNoWebsocket(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *gqlhttp.Options) {
		o.Origin = func(origin string) bool { return origin == "https://usher.example" }
	})
	for origin, want := range map[string]int{"https://usher.example": 101, "": 101,
		"https://evil.example": 403, "null": 403, b.URL: 403} {
		h := http.Header{}
		if origin != "" {
			h.Set("Origin", origin)
		}
		conn, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(b.URL, "http"),
			&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: h})
		if resp == nil || resp.StatusCode != want {
			t.Errorf("%q: %v, want %d", origin, err, want)
		}
		if conn != nil {
			_ = conn.CloseNow()
		}
	}
}

func TestTheFirstMessageSaysWhoAsks(t *testing.T) {
	t.Parallel()
	type who struct{}
	b := setup(t, func(o *gqlhttp.Options) {
		o.Enter = func(ctx context.Context, authorization string) (context.Context, error) {
			if authorization == "down" {
				return nil, fault.New(fault.Unavailable, "gqlhttp.too_slow")
			}
			return context.WithValue(ctx, who{}, authorization), nil
		}
		o.Introspection = func(ctx context.Context) bool {
			return ctx.Value(who{}) == "Bearer good"
		}
	})
	for _, name := range []string{"Authorization", "authorization"} {
		w := b.dial()
		w.say(`{"type":"connection_init","payload":{"` + name + `":"Bearer good","other":[1]}}`)
		w.hears(`{"type":"connection_ack"}`)
		w.startOperation("a", `{ __type(name: "Member") { name } }`)
		w.hears(`{"id":"a","type":"next","payload":{"data":{"__type":{"name":"Member"}}}}`)
	}
	w := b.dial()
	w.say(`{"type":"connection_init","payload":{"Authorization":"down"}}`)
	if got := w.ends(); got != websocket.StatusTryAgainLater {
		t.Errorf("closed with %d", got)
	}
}

func TestWhoIsGoneAsksForNothingMoreOnAStream(t *testing.T) {
	t.Parallel()
	gone := fault.New(fault.Unauthenticated, "fault.unauthenticated")
	b := setup(t, func(o *gqlhttp.Options) {
		o.Renew = func(context.Context) (context.Context, error) { return nil, gone }
	})
	w := b.greeted()
	w.startOperation("a", `subscription { tick }`)
	if got := w.hear(); !strings.Contains(got, `"type":"error"`) ||
		!strings.Contains(got, "UNAUTHENTICATED") {
		t.Errorf("heard %s", got)
	}
	r := b.post(`{"query":"subscription { tick }"}`, "Accept", "text/event-stream")
	if !strings.HasPrefix(r.text, "event: next\ndata: {\"errors\"") || !strings.Contains(r.text,
		"UNAUTHENTICATED") || !strings.HasSuffix(r.text, "event: complete\ndata:\n\n") {
		t.Errorf("events: %s", r.text)
	}
}

func TestWebsocketsGoWhenTheProcessIsAskedToStopAndLeaveNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	ending, stop := context.WithCancel(t.Context())
	b := setup(t, func(o *gqlhttp.Options) { o.Ending = ending })
	var open []*socketConnection
	for range 5 {
		w := b.greeted()
		w.startOperation("a", `{ fail(how: "slow") }`)
		w.say(`{"type":"ping"}`)
		w.hears(`{"type":"pong"}`)
		open = append(open, w)
	}
	rude := b.greeted()
	rude.startOperation("a", `{ fail(how: "slow") }`)
	_ = rude.conn.CloseNow()
	stop()
	for _, w := range open {
		if got := w.ends(); got != websocket.StatusGoingAway {
			t.Errorf("closed with %d", got)
		}
	}
	b.Close()
	http.DefaultClient.CloseIdleConnections()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(
		20 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(),
				stacks[:runtime.Stack(stacks, true)])
		}
	}
}
