package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// client is one person at one server, from a network address of their own.
type client struct {
	cluster *cluster
	server  *serverProcess
	address string // what X-Forwarded-For says
	token   string
}

// answer is what the API answered, or that nothing came.
type answer struct {
	lost       bool // the connection ended before an answer: what happened is unknown
	status     int
	retryAfter string
	data       map[string]any
	code       string // of the first error; empty without errors
	body       string
}

// ok tells whether the request was done.
func (a answer) ok() bool { return !a.lost && a.code == "" && a.status == http.StatusOK }

// unknown tells whether the request may or may not have been done: nothing came, or the server gave
// up in the middle.
func (a answer) unknown() bool { return a.lost || a.code == "UNAVAILABLE" || a.status >= 500 }

// text returns the string at a path of the data, or "".
func (a answer) text(path ...any) string {
	s, _ := a.at(path...).(string)
	return s
}

// at returns the value at a path of names and indexes of the data, or nil.
func (a answer) at(path ...any) any {
	var value any = a.data
	for _, step := range path {
		switch key := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[key]
		case int:
			list, _ := value.([]any)
			if key >= len(list) {
				return nil
			}
			value = list[key]
		}
	}
	return value
}

// from returns a client of one server with a random network address.
func (c *cluster) from(server int) *client {
	return &client{cluster: c, server: c.servers[server],
		address: fmt.Sprintf("10.%d.%d.%d", c.roll(256), c.roll(256), 1+c.roll(254))}
}

// administrator returns a signed-in client. It tries for 30 seconds, since servers and databases
// are down at times.
func (c *cluster) administrator(server int) *client {
	c.t.Helper()
	return c.signedIn(server, adminEmail, adminPassword)
}

func (c *cluster) signedIn(server int, login, password string) *client {
	c.t.Helper()
	var last answer
	for deadline := time.Now().Add(30 * time.Second); time.Now().
		Before(deadline); time.Sleep(200 * time.Millisecond) {
		who := c.from(server)
		if last = who.signIn(login, password); last.ok() {
			return who
		}
	}
	c.t.Fatalf("nobody can sign in as %s: %+v", login, last)
	return nil
}

func (p *client) signIn(login, password string) answer {
	a := p.ask(`mutation($l: String!, $p: String!) { signIn(input: {login: $l, password: $p, tokenDelivery: BODY}) { auth {
		accessToken refreshToken } } }`, map[string]any{"l": login, "p": password})
	p.token = a.text("signIn", "auth", "accessToken")
	return a
}

// requestPatience is how long a client waits for an answer; the server's own limit is ten seconds.
const requestPatience = 30 * time.Second

// ask posts a query. It never fails the test: what came, or did not, is the answer.
func (p *client) ask(query string, variables map[string]any) answer {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return answer{lost: true, body: err.Error()}
	}
	ctx, cancel := context.WithTimeout(context.Background(), requestPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.server.url()+"/graphql",
		bytes.NewReader(body))
	if err != nil {
		return answer{lost: true, body: err.Error()}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", p.address)
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return pauseWhenUnknown(answer{lost: true, body: err.Error()})
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{lost: true, body: err.Error()}
	}
	return pauseWhenUnknown(readAnswer(resp, raw))
}

func readAnswer(resp *http.Response, raw []byte) answer {
	a := answer{status: resp.StatusCode, retryAfter: resp.Header.Get("Retry-After"),
		body: string(raw)}
	var parsed struct {
		Data   map[string]any
		Errors []struct{ Extensions map[string]any }
	}
	if err := json.Unmarshal(raw, &parsed); err != nil {
		a.code = "NOT_JSON"
		return a
	}
	a.data = parsed.Data
	if len(parsed.Errors) > 0 {
		a.code, _ = parsed.Errors[0].Extensions["code"].(string)
		if a.code == "" {
			a.code = "NO_CODE"
		}
	}
	return a
}

// pauseWhenUnknown waits a moment where no server or no database answers, so that a load does not
// spin meanwhile.
func pauseWhenUnknown(a answer) answer {
	if a.unknown() {
		time.Sleep(200 * time.Millisecond)
	}
	return a
}

// must asks and fails the test unless it was done.
func (p *client) must(query string, variables map[string]any) answer {
	p.cluster.t.Helper()
	a := p.ask(query, variables)
	if !a.ok() {
		p.cluster.t.Fatalf("not done: %d %s %s\n%s", a.status, a.code, a.body, query)
	}
	return a
}
