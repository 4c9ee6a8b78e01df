package gqlhttp_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/gqlhttp"
)

// byHeader takes the person of a websocket from its first message.
func byHeader(o *gqlhttp.Options) {
	o.Enter = func(ctx context.Context, authorization string) (context.Context, error) {
		return context.WithValue(ctx, personKey{}, authorization), nil
	}
}

func TestAnUploadOfTheAnonymousIsRefusedUnread(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	body, media := form(t, "operations", uploading, "map", `{"0":["variables.i.file"]}`, "0",
		"a,b\n")
	for name, path := range map[string]string{"a form": "/", "the path of the API": "/graphql"} {
		r := b.send(http.MethodPost, path, body, "Content-Type", media, "GraphQL-Require-Preflight",
			"1", "X-Anonymous", "1")
		if r.status != http.StatusUnauthorized || r.code(t) != "UNAUTHENTICATED" {
			t.Errorf("%s: %d %s", name, r.status, r.text)
		}
	}
	// The answer comes though the body never does.
	in, out := io.Pipe()
	t.Cleanup(func() { _ = out.Close() })
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.URL, in)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Content-Type": media,
		"GraphQL-Require-Preflight": "1", "X-Anonymous": "1"} {
		r.Header.Set(name, value)
	}
	resp, err := b.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("held back: %d", resp.StatusCode)
	}
}

func TestAPersonUploadsLittleAtTheSameTime(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	body, media := form(t, "operations", uploading, "map", `{"0":["variables.i.file"]}`, "0",
		"a,b\n")
	var held []*io.PipeWriter
	started := make(chan struct{}, 2)
	for range 2 {
		in, out := io.Pipe()
		held = append(held, out)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.URL, in)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", media)
		r.Header.Set("GraphQL-Require-Preflight", "1")
		go func() {
			if resp, err := b.Client().Do(r); err == nil {
				_ = resp.Body.Close()
			}
		}()
		go func() {
			_, _ = out.Write([]byte(body[:20]))
			started <- struct{}{}
		}()
	}
	<-started
	<-started
	again := func(person string) reply {
		return b.send(http.MethodPost, "/", body, "Content-Type", media,
			"GraphQL-Require-Preflight", "1", "X-Person", person)
	}
	r := again("")
	for range 50 { // the two have to be read up to the point where they wait
		if r.status == http.StatusTooManyRequests {
			break
		}
		time.Sleep(20 * time.Millisecond)
		r = again("")
	}
	if r.status != http.StatusTooManyRequests || r.code(t) != "RATE_LIMITED" ||
		r.header.Get("Retry-After") == "" {
		t.Errorf("a third: %d %s", r.status, r.text)
	}
	if r := again("else"); r.status != http.StatusOK {
		t.Errorf("somebody else's: %d %s", r.status, r.text)
	}
	for _, out := range held {
		_ = out.CloseWithError(io.ErrUnexpectedEOF)
	}
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if r := again(""); r.status == http.StatusOK {
			break
		} else if time.Since(begun) > 5*time.Second {
			t.Fatalf("after the two have ended: %d %s", r.status, r.text)
		}
	}
}

func TestWebsocketsOfANetworkAreCapped(t *testing.T) {
	t.Parallel()
	b := setup(t, byHeader)
	for range 50 {
		w := b.dial("X-Anonymous", "1")
		w.say(`{"type":"connection_init"}`)
		w.hears(`{"type":"connection_ack"}`)
	}
	_, _, err := b.dial("X-Anonymous", "1").conn.Read(t.Context())
	if websocket.CloseStatus(err) != 4429 || !strings.Contains(err.Error(), "network") {
		t.Errorf("one too many: %v", err)
	}
}

func TestWebsocketsAndSubscriptionsOfAPersonAreCapped(t *testing.T) {
	t.Parallel()
	b := setup(t, byHeader)
	enter := func(person string) *socketConnection {
		w := b.dial("X-Anonymous", "1")
		w.say(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":%q}}`, person))
		return w
	}
	for range 20 {
		enter("ada").hears(`{"type":"connection_ack"}`)
	}
	if _, _, err := enter("ada").conn.Read(t.Context()); websocket.CloseStatus(err) != 4429 ||
		!strings.Contains(err.Error(), "account") {
		t.Errorf("one too many: %v", err)
	}
	// Somebody else is not concerned, and what is signed in counts no more for its network: 50
	// would be too many with it.
	for n := range 45 {
		enter(fmt.Sprint("person", n)).hears(`{"type":"connection_ack"}`)
	}
}

func TestAnIdleAnonymousWebsocketEnds(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *gqlhttp.Options) {
		byHeader(o)
		gqlhttp.SetIdleLimit(o, 100*time.Millisecond)
	})
	idle := b.dial("X-Anonymous", "1")
	idle.say(`{"type":"connection_init"}`)
	idle.hears(`{"type":"connection_ack"}`)
	known := b.dial("X-Anonymous", "1")
	known.say(`{"type":"connection_init","payload":{"Authorization":"ada"}}`)
	known.hears(`{"type":"connection_ack"}`)
	if _, _, err := idle.conn.Read(t.Context()); websocket.CloseStatus(
		err) != websocket.StatusNormalClosure {
		t.Errorf("it ends with %v", err)
	}
	known.say(`{"type":"ping"}`)
	known.hears(`{"type":"pong"}`)
}

// held has every subscription wait before its first answer, until its client leaves.
type held struct{ running atomic.Int64 }

func (*held) ExtensionName() string                   { return "Held" }
func (*held) Validate(graphql.ExecutableSchema) error { return nil }

func (h *held) InterceptResponse(ctx context.Context,
	next graphql.ResponseHandler) *graphql.Response {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription &&
		len(graphql.GetErrors(ctx)) == 0 {
		h.running.Add(1)
		defer h.running.Add(-1)
		<-ctx.Done()
	}
	return next(ctx)
}

// await waits until so many subscriptions run.
func (h *held) await(t *testing.T, want int64) {
	t.Helper()
	for begun := time.Now(); h.running.Load() != want; time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatalf("%d subscriptions run, want %d", h.running.Load(), want)
		}
	}
}

func TestSubscriptionsOfAPersonAreCapped(t *testing.T) {
	t.Parallel()
	h := &held{}
	b := setup(t, func(o *gqlhttp.Options) {
		byHeader(o)
		o.Extensions = append(o.Extensions, h)
	})
	enter := func(person string) *socketConnection {
		w := b.dial("X-Anonymous", "1")
		w.say(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":%q}}`, person))
		w.hears(`{"type":"connection_ack"}`)
		return w
	}
	const most = 50
	sockets := []*socketConnection{enter("ada"), enter("ada"), enter("ada")}
	for i := range most {
		sockets[i%len(sockets)].startOperation(fmt.Sprint("s", i), `subscription { tick }`)
	}
	h.await(t, most)

	// One more is refused on each of the two ways to subscribe, and only to this person.
	more := enter("ada")
	more.startOperation("more", `subscription { tick }`)
	if got := more.hear(); !strings.Contains(got, `"type":"error"`) ||
		!strings.Contains(got, "RATE_LIMITED") {
		t.Errorf("one too many on a websocket: %s", got)
	}
	stream := []string{"Accept", "text/event-stream"}
	if r := b.post(`{"query":"subscription { tick }"}`, stream...); !strings.Contains(r.text,
		"RATE_LIMITED") {
		t.Errorf("one too many as events: %s", r.text)
	}
	enter("grace").startOperation("a", `subscription { tick }`)
	h.await(t, most+1)

	// A subscription that ends makes room for another.
	sockets[0].say(`{"id":"s0","type":"complete"}`)
	h.await(t, most)
	refusals := make(chan struct{})
	go func() {
		for {
			if _, _, err := more.conn.Read(t.Context()); err != nil {
				return
			}
			refusals <- struct{}{}
		}
	}()
	// free when the work has ended
	for more.startOperation("again", `subscription { tick }`); h.running.Load() <= most; {
		select {
		case <-refusals:
			more.startOperation("again", `subscription { tick }`)
		case <-time.After(10 * time.Millisecond):
		case <-t.Context().Done():
			return
		}
	}
}
