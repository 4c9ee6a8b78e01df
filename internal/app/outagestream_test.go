package app_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Streams live through a short outage of the database. One that is opened during it is not
// completed, so that its client comes back: the websocket is closed with a code that allows it, and
// event streams get 503.
func TestStreamsLiveThroughAnOutage(t *testing.T) {
	t.Parallel()
	tr := newTroubled(t)
	query := `{"query":"subscription { invitationsChanged(workspaceId: \"` +
		tr.Workspace.ID.String() + `\") { changes { invitation { email } } } }"}`
	events := post(t, tr.URL, tr.token, query)
	defer events.Close()
	lines := bufio.NewReader(events)
	if line, err := lines.ReadString('\n'); err != nil || line != ":\n" {
		t.Fatalf("%q, %v", line, err)
	}
	conn := connected(t, tr.URL, tr.token, query)
	late := connected(t, tr.URL, tr.token, query)

	address := tr.proxy.listener.Addr().String()
	tr.proxy.cut()
	time.Sleep(1500 * time.Millisecond) // both have looked at a database that is gone
	if err := late.Write(t.Context(), websocket.MessageText,
		[]byte(`{"id":"2","type":"subscribe","payload":`+query+`}`)); err != nil {
		t.Fatal(err)
	}
	for {
		_, text, err := late.Read(t.Context())
		if err == nil {
			t.Errorf("the websocket says %s", text)
			continue
		}
		if websocket.CloseStatus(err) != websocket.StatusTryAgainLater {
			t.Errorf("the websocket ends with %v", err)
		}
		break
	}
	resp, text, _ := tr.request(http.MethodPost, "/graphql", query, http.Header{
		"Content-Type": {"application/json"}, "Accept": {"text/event-stream"},
		"Authorization": {"Bearer " + tr.token}})
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" ||
		!strings.Contains(text, `"UNAVAILABLE"`) {
		t.Errorf("an event stream during the outage: %d %s", resp.StatusCode, text)
	}
	tr.proxy.listen(t, address)
	tr.back()

	tr.Must(tr.token,
		`mutation($w: ID!) { inviteUsers(input: {workspaceId: $w, emails: ["late@x.test"]}) { invitedCount } }`,
		map[string]any{"w": tr.Workspace.ID}, nil)
	stop := time.AfterFunc(20*time.Second, func() { _ = events.Close(); _ = conn.CloseNow() })
	defer stop.Stop()
	for {
		line, err := lines.ReadString('\n')
		if err != nil || strings.Contains(line, "complete") {
			t.Fatalf("the events end: %q, %v", line, err)
		}
		if strings.Contains(line, "late@x.test") {
			break
		}
	}
	for {
		_, text, err := conn.Read(t.Context())
		if err != nil || strings.Contains(string(text), `"complete"`) {
			t.Fatalf("the websocket ends: %s, %v", text, err)
		}
		if strings.Contains(string(text), "late@x.test") {
			break
		}
	}
}

// A client that hangs up is no outage: it is logged as such, counted as such, and costs no
// connection where its work ends soon.
func TestAClientThatHangsUpIsNoOutage(t *testing.T) {
	t.Parallel()
	tr := newTroubled(t)
	tr.back()
	if _, err := tr.Store.DB().ExecContext(t.Context(), "SELECT pg_sleep(0)"); err != nil {
		t.Fatal(err)
	}
	closed := tr.Store.DB().Stats()
	client := &http.Client{Timeout: 5 * time.Millisecond}
	for range 40 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tr.URL+"/graphql",
			strings.NewReader(
				`{"query":"{ viewer { user { email } memberships { workspace { name } } } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Content-Type": {"application/json"},
			"Authorization": {"Bearer " + tr.token}}
		if resp, err := client.Do(r); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}
	time.Sleep(3 * time.Second)
	log := tr.log.String()
	if strings.Contains(log, "level=ERROR") || strings.Contains(log, "level=WARN") ||
		strings.Contains(log, "status=503") {
		t.Errorf("log: %s", log)
	}
	if now := tr.Store.DB().Stats(); now.OpenConnections < closed.OpenConnections {
		t.Errorf("connections were lost: %d open, %d before", now.OpenConnections,
			closed.OpenConnections)
	}
}
