package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"usher/internal/app"
	"usher/internal/apptest"
)

// A process that is asked to stop ends its streams, does not wait for them, and completes none:
// their clients shall come back, to another process.
func TestAProcessThatStopsLetsItsStreamsGo(t *testing.T) {
	t.Parallel()
	set := apptest.Settings(t, apptest.Database(t, "sqlite"))
	set.PublicURL, _ = url.Parse("http://127.0.0.1:8080")
	k := &apptest.Kit{T: t, Clock: &apptest.Clock{}}
	var err error
	if k.App, err = app.New(set, slog.New(slog.NewTextHandler(t.Output(), nil)),
		app.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	ctx, stop := context.WithCancel(t.Context())
	at, served := make(chan net.Addr, 1), make(chan error, 1)
	go func() { served <- k.Serve(ctx, false, func(a net.Addr) { at <- a }) }()
	k.URL = "http://" + (<-at).String()
	p := k.Found("Acme", "acme")
	token := k.SignIn("admin@acme.test", apptest.Password)
	query := `{"query":"subscription { invitationsChanged(workspaceId: \"` +
		p.Workspace.ID.String() + `\") { changes { id } } }"}`

	events := post(t, k.URL, token, query)
	defer events.Close()
	if line, err := bufio.NewReaderSize(events, 16).ReadString('\n'); err != nil || line != ":\n" {
		t.Fatalf("%q, %v", line, err)
	}
	conn := connected(t, k.URL, token, query)

	start := time.Now()
	stop()
	defer time.AfterFunc(10*time.Second, func() { _ = events.Close(); _ = conn.CloseNow() }).Stop()
	rest, err := io.ReadAll(events)
	if err != nil || strings.Contains(string(rest), "event:") {
		t.Errorf("events end with %q, %v", rest, err)
	}
	for err == nil {
		_, _, err = conn.Read(t.Context())
	}
	if websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("the websocket ends with %v", err)
	}
	if err := <-served; err != nil || time.Since(start) > 5*time.Second {
		t.Errorf("stopped in %s: %v", time.Since(start), err)
	}
}

func post(t *testing.T, base, token, body string) io.ReadCloser {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/graphql",
		strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"},
		"Authorization": {"Bearer " + token}}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Body
}

// connected subscribes over a websocket whose header names the caller.
func connected(t *testing.T, base, token, payload string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(base, "http")+"/graphql",
		&websocket.DialOptions{
			Subprotocols: []string{"graphql-transport-ws"},
			HTTPHeader:   http.Header{"Authorization": {"Bearer " + token}},
		})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	say := func(text string) {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	say(`{"type":"connection_init"}`)
	say(`{"id":"who","type":"subscribe","payload":{"query":"{ viewer { user { email } } }"}}`)
	say(`{"id":"1","type":"subscribe","payload":` + payload + `}`)
	for _, want := range []string{"connection_ack", "next", "complete"} {
		_, text, err := conn.Read(t.Context())
		var m struct{ Type string }
		if err != nil || json.Unmarshal(text, &m) != nil || m.Type != want || want == "next" &&
			!strings.Contains(string(text), "admin@acme.test") {
			t.Fatalf("%s, %v; want %s", text, err, want)
		}
	}
	return conn
}
