package webhook_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"sync"
	"testing"
	"time"

	"usher/ent/webhookdelivery"
	"usher/internal/app"
	"usher/internal/apptest"
	"usher/internal/audit"
	"usher/internal/config"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

// victim is set in a copy of this test binary that delivers webhooks and is killed over it.
const victim = "USHER_TEST_VICTIM"

// victimSecret is USHER_SECRET of the test with the victim.
const victimSecret = "BAUGBAUGBAUGBAUGBAUGBAUGBAUGBAUGBAUGBAUGBAUGBAUGBAUGBAUGBAUGBAUG"

func TestMain(m *testing.M) {
	dsn := os.Getenv(victim)
	if dsn == "" {
		os.Exit(m.Run())
	}
	key, err := base64.StdEncoding.DecodeString(victimSecret)
	if err != nil {
		panic(err)
	}
	ring, err := secret.NewKeyring([][]byte{key})
	if err != nil {
		panic(err)
	}
	base, _ := url.Parse("http://127.0.0.1")
	a, err := app.New(config.Settings{DatabaseURL: secret.Redacted(dsn), Keyring: ring,
		PublicURL: base, WebhookAllowPrivate: true, PreparedStatements: true}, slog.Default(),
		app.Options{})
	if err != nil {
		panic(err)
	}
	if err := a.Queue.Start(context.Background()); err != nil {
		panic(err)
	}
	select {} // to be killed
}

// PAR-2: a process that is killed while it sends costs one extra copy at most, and another one goes
// on within a minute.
func TestAKilledProcessCostsOneExtraCopyAtMost(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dsn := apptest.Database(t, kind)
			k := apptest.On(t, dsn, apptest.WithSettings(allowPrivate), apptest.WithoutWorker,
				apptest.WithSecret(victimSecret))
			p := k.Found("Acme", "acme")
			begun, over := make(chan struct{}, 10), make(chan struct{})
			r := newReceiver(t, func(n int, _ arrival) int {
				begun <- struct{}{}
				if n == 0 {
					<-over
				}
				return 200
			})
			// Runs before the receiver closes, which waits for its requests.
			t.Cleanup(func() { close(over) })
			w, _ := subscribed(p, r.URL)
			happen(p, ident.New(ident.Import), audit.ImportStarted)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), victim+"="+dsn)
			cmd.Stderr = t.Output()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-begun:
			case <-time.After(30 * time.Second):
				_ = cmd.Process.Kill()
				t.Fatalf("the victim sent nothing: %v", cmd.Wait())
			}
			_ = cmd.Process.Kill()
			_ = cmd.Wait()

			killed := time.Now()
			if err := k.Queue.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
				defer cancel()
				_ = k.Queue.Stop(ctx)
			})
			select {
			case <-begun:
			case <-time.After(90 * time.Second):
				t.Fatal("nobody went on")
			}
			if waited := time.Since(killed); waited > time.Minute {
				t.Errorf("another process went on after %s", waited)
			}
			settled(p, w.ID, webhookdelivery.StatusDelivered)
			if got := r.all(); len(got) != 2 || got[0].id != got[1].id ||
				string(got[0].body) != string(got[1].body) {
				t.Errorf("%d requests: %+v", len(got), got)
			}
		})
	}
}

// PAR-2: a receiver that fails and breaks off at random hears the events that polling reads, those of
// each object in their order, while other processes write, commit late and roll back.
func TestAnUnreliableReceiverHearsWhatPollingReads(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		var mu sync.Mutex
		heard, known := map[string][]string{}, map[string]bool{}
		r := newReceiver(t, func(_ int, a arrival) int {
			switch luck := rand.Float64(); {
			case luck < 0.2:
				return 500
			case luck < 0.3:
				panic(http.ErrAbortHandler)
			case luck < 0.35:
				time.Sleep(300 * time.Millisecond)
			}
			mu.Lock()
			defer mu.Unlock()
			// Each event once, as docs/webhooks.md tells receivers.
			if !known[a.id] {
				known[a.id] = true
				heard[a.subject] = append(heard[a.subject], a.id)
			}
			return 200
		})
		w, _ := subscribed(p, r.URL)
		subjects := make([]ident.ID, 5)
		for i := range subjects {
			subjects[i] = ident.New(ident.Import)
		}
		var writers sync.WaitGroup
		for range 4 {
			writers.Go(func() {
				for range 12 {
					_ = p.Store.WithTx(p.In(), func(tx *store.Tx) error {
						err := audit.Record(p.In(), tx, time.Now(), audit.Event{
							WorkspaceID: p.Workspace.ID, Action: audit.ImportPaused,
							SubjectID: subjects[rand.IntN(len(subjects))]})
						// Some commit late, some never.
						time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
						if rand.IntN(4) == 0 {
							return errors.New("rolled back")
						}
						return err
					})
				}
			})
		}
		writers.Wait()
		read := audit.EventRead{Workspace: p.Workspace.ID, Limit: 1000,
			Types: []audit.EventType{audit.EventImportPaused}}
		log := &audit.EventLog{Store: p.Store, Clock: p.Clock.Now}
		page, err := log.Read(t.Context(), p.Caller(p.Admin), read)
		if err != nil {
			t.Fatal(err)
		}
		polled, n := map[string][]string{}, 0
		for _, e := range page.Events {
			polled[e.SubjectID.String()] = append(polled[e.SubjectID.String()], e.ID.String())
			n++
		}
		// Failed attempts wait up to hours; the clock runs ahead until everything was accepted.
		waitFor(t, func() bool {
			p.Clock.Add(10 * time.Minute)
			time.Sleep(100 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			return len(known) >= n
		})
		mu.Lock()
		defer mu.Unlock()
		if n == 0 || !reflect.DeepEqual(heard, polled) {
			t.Errorf("heard %v\npolled %v", heard, polled)
		}
		if len(r.all()) <= n {
			t.Error("no attempt failed: the test shows nothing")
		}
		if got := row(p, w.ID); got.DisabledAt != nil {
			t.Errorf("it was turned off: %s", fmt.Sprint(*got.DisabledReason))
		}
	})
}
