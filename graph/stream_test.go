package graph_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"usher/internal/apptest"
)

// said is one thing that a subscription tells its client.
type said struct {
	apptest.Answer
	end string // instead of an answer: "complete", or "broken" for a stream that breaks off
}

// stream is a subscription as its client sees it.
type stream struct {
	t     *testing.T
	said  chan said
	close func()
	// changes of a live list that were received and not read yet
	changes []liveChange
}

// transports are the two ways to subscribe.
var transports = map[string]func(*testing.T, *apptest.Kit, string, string,
	map[string]any) *stream{"events": listen, "websocket": connect}

// patience is more than any answer takes, and less than the tests may.
const patience = 20 * time.Second

// next waits for what comes next.
func (s *stream) next() said {
	s.t.Helper()
	select {
	case one := <-s.said:
		return one
	case <-time.After(patience):
		s.t.Fatal("the stream says nothing")
		return said{}
	}
}

// ends waits for the end, and returns it with the code of the error before it, if there was one.
func (s *stream) ends() (end, code string) {
	s.t.Helper()
	for {
		one := s.next()
		if one.end != "" {
			return one.end, code
		}
		code = one.Code()
	}
}

func newStream(t *testing.T, cancel context.CancelFunc) *stream {
	s := &stream{t: t, said: make(chan said, 1000), close: cancel}
	t.Cleanup(cancel)
	return s
}

func (s *stream) hears(text []byte) {
	one := said{Answer: apptest.Answer{Body: string(text), Status: http.StatusOK}}
	if err := json.Unmarshal(text, &one.Answer); err != nil {
		one.Body = err.Error() + ": " + one.Body
	}
	s.said <- one
}

// listen subscribes by server-sent events.
func listen(t *testing.T, k *apptest.Kit, token, query string, variables map[string]any) *stream {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := newStream(t, cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.URL+"/graphql",
		bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	go func() {
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for kind := ""; lines.Scan(); {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: "):
				kind = line[len("event: "):]
			case strings.HasPrefix(line, "data:") && kind == "next":
				s.hears([]byte(line[len("data:"):]))
			case strings.HasPrefix(line, "data:"):
				s.said <- said{end: kind}
			}
		}
		s.said <- said{end: "broken"}
	}()
	return s
}

// connect subscribes over a websocket of its own.
func connect(t *testing.T, k *apptest.Kit, token, query string, variables map[string]any) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(k.URL, "http")+"/graphql",
		&websocket.DialOptions{
			Subprotocols: []string{"graphql-transport-ws"},
			HTTPHeader:   http.Header{"Origin": {k.URL}},
		})
	if err != nil {
		t.Fatal(err)
	}
	s := newStream(t, func() { cancel(); _ = conn.CloseNow() })
	conn.SetReadLimit(1 << 20)
	payload := map[string]any{}
	if token != "" {
		payload["Authorization"] = "Bearer " + token
	}
	for _, message := range []any{
		map[string]any{"type": "connection_init", "payload": payload},
		map[string]any{"id": "1", "type": "subscribe", "payload": map[string]any{"query": query,
			"variables": variables}},
	} {
		text, err := json.Marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		// The second goes out before the first is answered; the order is kept.
		if err := conn.Write(ctx, websocket.MessageText, text); err != nil {
			t.Fatal(err)
		}
	}
	go func() {
		for {
			_, text, err := conn.Read(ctx)
			if err != nil {
				s.said <- said{end: "broken"}
				return
			}
			var m struct {
				Type    string
				Payload json.RawMessage
			}
			_ = json.Unmarshal(text, &m)
			switch m.Type {
			case "next":
				s.hears(m.Payload)
			case "error":
				s.hears([]byte(`{"errors":` + string(m.Payload) + `}`))
				s.said <- said{end: "complete"}
			case "complete":
				s.said <- said{end: m.Type}
			}
		}
	}()
	return s
}

// glance subscribes for a moment. Silence is an answer too.
func glance(k *apptest.Kit, token, query string, variables map[string]any) *apptest.Answer {
	k.T.Helper()
	s := listen(k.T.(*testing.T), k, token, query, variables)
	defer s.close()
	select {
	case one := <-s.said:
		return &one.Answer
	case <-time.After(500 * time.Millisecond):
		return &apptest.Answer{Body: "silence", Status: http.StatusOK}
	}
}
