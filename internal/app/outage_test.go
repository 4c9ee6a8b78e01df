package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/app"
	"usher/internal/apptest"
	"usher/internal/store"
)

// proxy stands between Usher and PostgreSQL. It can freeze, as a server that is stopped or a
// network that is cut, and it can refuse.
type proxy struct {
	listener net.Listener
	to       string
	frozen   atomic.Bool
	mu       sync.Mutex
	conns    []net.Conn
}

func newProxy(t *testing.T, databaseURL string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{to: u.Host}
	p.listen(t, "127.0.0.1:0")
	u.Host = p.listener.Addr().String()
	t.Cleanup(p.cut)
	return p, u.String()
}

func (p *proxy) listen(t *testing.T, address string) {
	t.Helper()
	var err error
	if p.listener, err = net.Listen("tcp", address); err != nil {
		t.Fatal(err)
	}
	listener := p.listener
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", p.to)
			if err != nil {
				client.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, client, server)
			p.mu.Unlock()
			go p.pass(client, server)
			go p.pass(server, client)
		}
	}()
}

// pass carries bytes; while the proxy is frozen they wait.
func (p *proxy) pass(to, from net.Conn) {
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		for p.frozen.Load() {
			time.Sleep(10 * time.Millisecond)
		}
		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

// cut closes the listener and every connection.
func (p *proxy) cut() {
	_ = p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// troubled is an Usher whose PostgreSQL is behind a proxy.
type troubled struct {
	*apptest.Place
	proxy *proxy
	log   *lockedLog
	token string
}

type lockedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newTroubled(t *testing.T) *troubled {
	t.Helper()
	p, address := newProxy(t, apptest.Database(t, "postgres"))
	set := apptest.Settings(t, address)
	log := &lockedLog{}
	srv := httptest.NewUnstartedServer(nil)
	set.PublicURL, _ = url.Parse("http://" + srv.Listener.Addr().String())
	a, err := app.New(set, slog.New(slog.NewTextHandler(log, nil)), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	srv.Config.Handler = a.Handler
	srv.Start()
	t.Cleanup(srv.Close)
	k := &apptest.Kit{T: t, App: a, Clock: &apptest.Clock{}, URL: srv.URL}
	tr := &troubled{Place: k.Found("Acme", "acme"), proxy: p, log: log}
	tr.token = tr.SignIn("admin@acme.test", apptest.Password)
	return tr
}

// request sends one request and returns what came, and how long it took.
func (tr *troubled) request(method, path, body string,
	header http.Header) (*http.Response, string, time.Duration) {
	tr.T.Helper()
	r, err := http.NewRequestWithContext(tr.T.Context(), method, tr.URL+path,
		strings.NewReader(body))
	if err != nil {
		tr.T.Fatal(err)
	}
	maps.Copy(r.Header, header)
	start := time.Now()
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		tr.T.Errorf("%s %s: %v", method, path, err)
		return &http.Response{}, "", time.Since(start)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp, string(text), time.Since(start)
}

// unavailable sends a request by every entry point and checks that each says in its own form that
// it is not available.
func (tr *troubled) unavailable(within time.Duration) {
	tr.T.Helper()
	api := func(token bool) http.Header {
		h := http.Header{"Content-Type": {"application/json"}}
		if token {
			h.Set("Authorization", "Bearer "+tr.token)
		}
		return h
	}
	queries := map[string]bool{
		`{ viewer { user { email } } }`:                                true,
		fmt.Sprintf(`{ workspace(id: %q) { name } }`, tr.Workspace.ID): true,
		fmt.Sprintf(`mutation { inviteUsers(input: {workspaceId: %q, emails: ["a@b.test"]}) { invitedCount } }`, tr.Workspace.ID):                 true,
		`{ publicJoinPage(slug: "acme-join") { title } }`:                                                                                         false,
		`mutation { signIn(input: {login: "admin@acme.test", password: "correct horse battery", tokenDelivery: BODY}) { auth { accessToken } } }`: false,
	}
	var all sync.WaitGroup
	for query, token := range queries {
		all.Go(func() {
			body, _ := json.Marshal(map[string]string{"query": query})
			resp, text, took := tr.request("POST", "/graphql", string(body), api(token))
			var answer struct {
				Errors []struct{ Extensions map[string]any }
			}
			if err := json.Unmarshal([]byte(text), &answer); err != nil ||
				len(answer.Errors) == 0 ||
				answer.Errors[0].Extensions["code"] != "UNAVAILABLE" ||
				answer.Errors[0].Extensions["retryAfterSeconds"] == nil {
				tr.T.Errorf("%s: %d %s", query, resp.StatusCode, text)
			}
			// A field that may be null leaves data, and with data the specification wants 200.
			want := http.StatusServiceUnavailable
			if strings.Contains(query, "publicJoinPage") || strings.Contains(query, "signIn") {
				want = http.StatusOK
			}
			if resp.StatusCode != want || resp.Header.Get("Retry-After") == "" || took > within {
				tr.T.Errorf("%s: %d, Retry-After %q, after %s", query, resp.StatusCode,
					resp.Header.Get("Retry-After"), took)
			}
		})
	}
	for _, path := range []string{"/join/acme", "/members.csv?workspace=acme"} {
		all.Go(func() {
			header := http.Header{"Accept-Language": {"fr"}}
			if strings.HasPrefix(path, "/members") {
				header.Set("Authorization", "Bearer "+tr.token)
			}
			resp, text, took := tr.request("GET", path, "", header)
			if resp.StatusCode != http.StatusServiceUnavailable ||
				resp.Header.Get("Retry-After") == "" || took > within ||
				!strings.Contains(text, "momentanément indisponible") {
				tr.T.Errorf("%s: %d after %s, Retry-After %q: %.300s", path, resp.StatusCode, took,
					resp.Header.Get("Retry-After"), text)
			}
		})
	}
	all.Go(func() {
		resp, text, took := tr.request("GET", "/readyz", "", nil)
		if resp.StatusCode != http.StatusServiceUnavailable || took > 3*time.Second {
			tr.T.Errorf("readyz: %d %s after %s", resp.StatusCode, text, took)
		}
	})
	all.Wait()
}

// back waits until a request succeeds again.
func (tr *troubled) back() {
	tr.T.Helper()
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		a := tr.Ask(tr.token, `{ viewer { user { email } } }`, nil)
		if a.Status == http.StatusOK && len(a.Errors) == 0 {
			return
		}
		if time.Now().After(deadline) {
			tr.T.Fatalf("it does not come back: %s", a.Body)
		}
	}
}

// A PostgreSQL that is gone, and one whose connections are cut under the requests, is UNAVAILABLE
// at every entry point, in the form of each; and everything works again when it is back.
func TestADatabaseThatIsGoneIsUnavailableEverywhere(t *testing.T) {
	t.Parallel()
	tr := newTroubled(t)
	address := tr.proxy.listener.Addr().String()
	tr.proxy.cut()
	tr.unavailable(5 * time.Second)
	tr.proxy.listen(t, address)
	tr.back()
	log := tr.log.String()
	if strings.Contains(log, "level=ERROR") || strings.Contains(log, tr.token) || !strings.Contains(
		log, `operation="query viewer"`) && !strings.Contains(log, "load caller") {
		t.Errorf("log: %s", log)
	}
	for _, line := range strings.Split(log, "\n") {
		if strings.Contains(line, "status=503") && (!strings.Contains(line, "request_id=") ||
			!strings.Contains(line, "milliseconds=") || !strings.Contains(line, "error=") &&
			!strings.Contains(line, "/readyz")) {
			t.Errorf("a line lacks its id, its time or its cause: %s", line)
		}
	}
}

// A PostgreSQL that is frozen, or out of reach without a word, holds no request beyond the time
// limit, and no probe beyond two seconds.
func TestAFrozenDatabaseHoldsNoRequest(t *testing.T) {
	t.Parallel()
	tr := newTroubled(t)
	for range 3 {
		tr.back() // statements get prepared: they wait in another way
	}
	tr.proxy.frozen.Store(true)
	tr.unavailable(12 * time.Second)
	tr.proxy.frozen.Store(false)
	tr.back()
}

// A table that is locked holds no request beyond the time limit either, wherever it waits: while
// its caller is loaded, in a resolver, on a page.
func TestALockedTableHoldsNoRequest(t *testing.T) {
	t.Parallel()
	tr := newTroubled(t)
	other, err := store.Open(tr.Settings.DatabaseURL.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.DB().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(),
		"LOCK TABLE sign_ins, join_links, throttles, users, goose_db_version IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	tr.unavailable(12 * time.Second)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	tr.back()
}

// A PostgreSQL that has no connection left makes requests wait, not fail.
func TestRequestsWaitForAConnection(t *testing.T) {
	t.Parallel()
	tr := newTroubled(t)
	db := tr.Store.DB()
	name := "few_" + strings.ToLower(tr.Workspace.ID.String()[4:16])
	for _, statement := range []string{
		"CREATE ROLE " + name + " LOGIN PASSWORD 'few' CONNECTION LIMIT 3",
		"GRANT ALL ON ALL TABLES IN SCHEMA public TO " + name,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if other, err := store.Open(tr.Settings.DatabaseURL.Reveal()); err == nil {
			defer other.Close()
			_, _ = other.DB().Exec("DROP OWNED BY " + name)
			_, _ = other.DB().Exec("DROP ROLE " + name)
		}
	})
	u, _ := url.Parse(tr.Settings.DatabaseURL.Reveal())
	u.User = url.UserPassword(name, "few")
	few, err := store.Open(u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer few.Close()
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			for range 5 {
				if _, err := few.DB().
					ExecContext(t.Context(), "SELECT pg_sleep(0.01)"); err != nil {
					t.Errorf("%v", err)
				}
			}
		})
	}
	all.Wait()
}
