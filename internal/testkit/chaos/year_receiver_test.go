package chaos

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// receiver is a partner's server for webhooks. It fails, hangs and restarts at random, and keeps each
// event once.
type receiver struct {
	*year
	account  *account
	address  string
	url      string
	lock     sync.Mutex
	verifier *standardwebhooks.Webhook
	hangs    bool                   // the next request gets no answer
	accepted map[string][]time.Time // when an event was answered with 200, by webhook-id
	restarts []time.Time
	failures int
	hung     int
}

// startReceiver starts the server, which restarts until the test ends.
func startReceiver(y *year, a *account) *receiver {
	y.t.Helper()
	r := &receiver{year: y, account: a, accepted: map[string][]time.Time{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		y.t.Fatal(err)
	}
	r.address = listener.Addr().String()
	r.url = "http://" + r.address + "/hooks/usher"
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { r.live(ctx, listener) })
	y.t.Cleanup(func() { cancel(); group.Wait() })
	return r
}

func (r *receiver) setSecret(secret string) {
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		r.t.Fatal(err)
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.verifier = verifier
}

// live serves, restarts and hangs at random until the test ends.
func (r *receiver) live(ctx context.Context, listener net.Listener) {
	for number := 0; ; number++ {
		server := &http.Server{Handler: r}
		go func() { _ = server.Serve(listener) }()
		select {
		case <-ctx.Done():
			_ = server.Close()
			return
		case <-time.After(time.Duration(1000+r.roll(8000)) * time.Millisecond):
		}
		r.lock.Lock()
		// A hanging request holds up a round of deliveries for 15 seconds.
		r.hangs = number%8 == 2
		r.restarts = append(r.restarts, time.Now())
		r.lock.Unlock()
		_ = server.Close()
		time.Sleep(time.Duration(r.roll(500)) * time.Millisecond)
		for ctx.Err() == nil {
			var err error
			if listener, err = net.Listen("tcp", r.address); err == nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	fails := r.roll(12) == 0
	r.lock.Lock()
	hangs := r.hangs
	r.hangs = false
	if hangs {
		r.hung++
	}
	if fails {
		r.failures++
	}
	verifier := r.verifier
	r.lock.Unlock()
	switch {
	case hangs:
		<-req.Context().Done()
		return
	case fails:
		http.Error(w, "out of order", http.StatusInternalServerError)
		return
	}
	if err := verifier.Verify(body, req.Header); err != nil {
		r.t.Errorf("a signature is wrong: %v", err)
		http.Error(w, "bad signature", http.StatusUnauthorized)
		return
	}
	var event struct {
		Type string
		Data struct {
			ID, SubjectID string
			MemberID      *string
		}
	}
	id := req.Header.Get("webhook-id")
	if err := json.Unmarshal(body, &event); err != nil || event.Data.ID != id {
		r.t.Errorf("a body does not fit its webhook-id %s: %v %s", id, err, body)
	}
	e := heard{id: id, kind: toEventType(event.Type), subject: event.Data.SubjectID}
	if event.Data.MemberID != nil {
		e.member = *event.Data.MemberID
	}
	r.account.note(e)
	r.lock.Lock()
	defer r.lock.Unlock()
	r.accepted[id] = append(r.accepted[id], time.Now())
	w.WriteHeader(http.StatusOK)
}

// check checks that an event came again only after a process was killed at the moment of sending,
// or the receiver itself was.
func (r *receiver) check() {
	r.t.Helper()
	r.lock.Lock()
	defer r.lock.Unlock()
	copies := 0
	for id, times := range r.accepted {
		for i := 1; i < len(times); i++ {
			copies++
			if !r.killedBetween(times[i-1], times[i]) && !r.restartedBetween(times[i-1], times[i]) {
				r.t.Errorf("%s was delivered at %s and again at %s, and nothing was killed between", id,
					times[i-1], times[i])
			}
		}
	}
	r.t.Logf("the receiver failed %d times, hung %d times, restarted %d times, and got %d copies",
		r.failures, r.hung, len(r.restarts), copies)
	if r.failures == 0 || len(r.restarts) == 0 || r.hung == 0 {
		r.t.Error("the receiver was not unreliable: the test shows nothing")
	}
}

// restartedBetween tells whether the receiver restarted between two moments, or shortly after the
// first, before its answer was read.
func (r *receiver) restartedBetween(first, second time.Time) bool {
	for _, at := range r.restarts {
		if at.After(first.Add(-time.Second)) && at.Before(second) {
			return true
		}
	}
	return false
}
