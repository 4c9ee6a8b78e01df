package webhook_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"usher/ent"
	entwebhook "usher/ent/webhook"
	"usher/ent/webhookdelivery"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/audit"
	"usher/internal/config"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/webhook"
)

// allowPrivate lets deliveries reach the receivers of the tests.
func allowPrivate(s *config.Settings) { s.WebhookAllowPrivate = true }

// arrival is a request that a receiver got.
type arrival struct {
	id, kind, subject string
	header            http.Header
	body              []byte
}

// receiver is a partner's server.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	arrivals []arrival
	answer   func(n int, a arrival) int // the status for the nth request, from 0
}

func newReceiver(t *testing.T, answer func(n int, a arrival) int) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		var event struct {
			Type string
			Data struct{ SubjectID string }
		}
		_ = json.Unmarshal(body, &event)
		a := arrival{id: q.Header.Get("webhook-id"), kind: event.Type,
			subject: event.Data.SubjectID, header: q.Header, body: body}
		r.mu.Lock()
		n := len(r.arrivals)
		r.arrivals = append(r.arrivals, a)
		r.mu.Unlock()
		status := http.StatusNoContent
		if r.answer != nil {
			status = r.answer(n, a)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

// all returns what arrived so far.
func (r *receiver) all() []arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.arrivals)
}

// await waits until n requests have arrived.
func (r *receiver) await(t *testing.T, n int) []arrival {
	t.Helper()
	waitFor(t, func() bool { return len(r.all()) >= n })
	return r.all()
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 40*time.Second {
			t.Helper()
			t.Fatal("waited for too long")
		}
	}
}

// subscribed creates a webhook to a URL as the administrator.
func subscribed(p *apptest.Place, target string, types ...audit.EventType) (*ent.Webhook, string) {
	p.T.Helper()
	w, secret, err := p.Webhooks.CreateWebhook(p.T.Context(), p.Caller(p.Admin),
		webhook.CreateInput{WorkspaceID: p.Workspace.ID, URL: target, Types: types})
	if err != nil {
		p.T.Fatal(err)
	}
	return w, secret.Reveal()
}

// happen records events of one subject in a transaction each.
func happen(p *apptest.Place, subject ident.ID, actions ...audit.Action) {
	p.T.Helper()
	for _, action := range actions {
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return audit.Record(ctx, tx, p.Clock.Now(), audit.Event{WorkspaceID: p.Workspace.ID,
				Action: action, SubjectID: subject})
		})
	}
}

// row returns a webhook as the database has it.
func row(p *apptest.Place, id ident.ID) *ent.Webhook {
	p.T.Helper()
	w, err := p.Store.Webhook.Get(p.In(), id)
	if err != nil {
		p.T.Fatal(err)
	}
	return w
}

// deliveries returns the deliveries of a webhook in the order of their events.
func deliveries(p *apptest.Place, id ident.ID) []*ent.WebhookDelivery {
	p.T.Helper()
	rows, err := p.Store.WebhookDelivery.Query().Where(webhookdelivery.WebhookID(id)).
		Order(ent.Asc(webhookdelivery.FieldPosition, webhookdelivery.FieldID)).All(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	return rows
}

// settled waits until no delivery of a webhook is due.
func settled(p *apptest.Place, id ident.ID, want ...webhookdelivery.Status) {
	p.T.Helper()
	waitFor(p.T.(*testing.T), func() bool {
		rows := deliveries(p, id)
		return len(rows) >= len(want) && !slices.ContainsFunc(rows, func(d *ent.WebhookDelivery) bool {
			return d.Status == webhookdelivery.StatusPending
		})
	})
	for i, d := range deliveries(p, id) {
		if i < len(want) && d.Status != want[i] {
			p.T.Errorf("delivery %d is %s, want %s", i, d.Status, want[i])
		}
	}
}

func onBoth(t *testing.T, test func(t *testing.T, p *apptest.Place)) {
	t.Helper()
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) { test(t, k.Found("Acme", "acme")) },
		apptest.WithSettings(allowPrivate))
}

// PAR-2: an event arrives within seconds, signed by Standard Webhooks, and tells what the API tells.
func TestAnEventArrivesSignedWithinSeconds(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		happen(p, ident.New(ident.Import), audit.ImportStarted) // before the webhook: not sent
		r := newReceiver(t, nil)
		w, secret := subscribed(p, r.URL)
		inv := p.Invite("jane@example.org", nil)
		began := time.Now()
		got := r.await(t, 1)[0]
		if time.Since(began) > 5*time.Second {
			t.Errorf("it took %s", time.Since(began))
		}
		verifier, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(got.body, got.header); err != nil {
			t.Error(err)
		}
		var event struct {
			Type      string
			Timestamp time.Time
			Data      map[string]any
		}
		if err := json.Unmarshal(got.body, &event); err != nil {
			t.Fatal(err)
		}
		if event.Type != "invitation.created" || event.Data["subjectId"] != inv.ID.String() ||
			event.Data["subjectKind"] != "INVITATION" || event.Data["id"] != got.id ||
			event.Data["workspaceId"] != p.Workspace.ID.String() ||
			event.Data["actorId"] != p.Admin.ID.String() ||
			time.Since(event.Timestamp).Abs() > time.Hour {
			t.Errorf("%s", got.body)
		}
		waitFor(t, func() bool {
			d := deliveries(p, w.ID)
			return len(d) > 0 && d[0].Status == webhookdelivery.StatusDelivered
		})
		d := deliveries(p, w.ID)[0]
		if d.Attempts != 1 || *d.AnswerStatus != 204 || d.DurationMs == nil ||
			d.EventID.String() != got.id || d.NextAttemptAt != nil {
			t.Errorf("%+v", d)
		}
	})
}

func TestOnlyChosenTypesAreSentAndNothingOfARollback(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		r := newReceiver(t, nil)
		subscribed(p, r.URL, audit.EventImportPaused)
		subject := ident.New(ident.Import)
		happen(p, subject, audit.ImportStarted)
		_ = p.Store.WithTx(p.In(), func(tx *store.Tx) error {
			_ = audit.Record(p.In(), tx, time.Now(), audit.Event{WorkspaceID: p.Workspace.ID,
				Action: audit.ImportPaused, SubjectID: ident.New(ident.Import)})
			return io.ErrUnexpectedEOF
		})
		happen(p, subject, audit.ImportPaused)
		r.await(t, 1)
		time.Sleep(1500 * time.Millisecond)
		if got := r.all(); len(got) != 1 || got[0].kind != "import.paused" ||
			got[0].subject != subject.String() {
			t.Errorf("%+v", got)
		}
	})
}

// A failed event is tried again by the schedule; later events of its object wait behind it, and the
// others go on.
func TestAFailedEventHoldsUpItsObjectAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		bad, good := ident.New(ident.Import), ident.New(ident.Import)
		var broken sync.Map
		broken.Store(bad.String(), true)
		r := newReceiver(t, func(_ int, a arrival) int {
			if _, is := broken.Load(a.subject); is {
				return 500
			}
			return 200
		})
		w, _ := subscribed(p, r.URL)
		happen(p, bad, audit.ImportStarted, audit.ImportPaused)
		happen(p, good, audit.ImportStarted, audit.ImportPaused)
		waitFor(t, func() bool {
			rows := deliveries(p, w.ID)
			return len(rows) == 4 && rows[3].Status == webhookdelivery.StatusDelivered &&
				rows[0].Attempts >= 1
		})
		rows := deliveries(p, w.ID)
		if rows[1].Attempts != 0 || rows[0].Failure == nil || *rows[0].AnswerStatus != 500 {
			t.Errorf("%+v\n%+v", rows[0], rows[1])
		}
		wait := rows[0].NextAttemptAt.Sub(*rows[0].LastAttemptAt)
		if wait < 4*time.Second || wait > 6*time.Second {
			t.Errorf("the second attempt is %s later", wait)
		}
		// Nine more attempts, then the event has failed and its successor is sent. The events of
		// others succeed meanwhile, so the endpoint stays on.
		for n := 2; n <= 10; n++ {
			p.Clock.Add(27 * time.Hour)
			happen(p, ident.New(ident.Import), audit.ImportStarted)
			waitFor(t, func() bool { return deliveries(p, w.ID)[0].Attempts >= n })
		}
		waitFor(t, func() bool { return deliveries(p, w.ID)[1].Attempts > 0 })
		if d := deliveries(p, w.ID)[0]; d.Status != webhookdelivery.StatusFailed || d.Attempts != 10 {
			t.Errorf("after ten attempts: %+v", d)
		}
		broken.Delete(bad.String())
		if _, n, err := p.Webhooks.ReplayDeliveries(t.Context(), p.Caller(p.Admin),
			webhook.ReplayInput{WebhookID: w.ID, AllFailed: true}); err != nil || n != 1 {
			t.Fatalf("%d replayed, %v", n, err)
		}
		waitFor(t, func() bool {
			return deliveries(p, w.ID)[0].Status == webhookdelivery.StatusDelivered
		})
		p.Clock.Add(27 * time.Hour)
		settled(p, w.ID, webhookdelivery.StatusDelivered, webhookdelivery.StatusDelivered)
		var order []string
		for _, a := range r.all() {
			if a.subject == bad.String() {
				order = append(order, a.kind)
			}
		}
		// The last success of the first event is before the first success of the second one.
		if last := order[len(order)-2:]; !slices.Equal(last, []string{"import.started",
			"import.paused"}) {
			t.Errorf("%v", order)
		}
		if w := row(p, w.ID); w.FailingSince != nil || w.Failures != 0 {
			t.Errorf("after a success: %+v", w)
		}
	})
}

// A receiver that fails for five days is turned off with an email, and catches up once it is on
// again. One that is gone is turned off immediately.
func TestABrokenReceiverIsTurnedOffAndCatchesUp(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		var mu sync.Mutex
		status := 503
		setStatus := func(s int) { mu.Lock(); defer mu.Unlock(); status = s }
		r := newReceiver(t, func(int, arrival) int { mu.Lock(); defer mu.Unlock(); return status })
		w, _ := subscribed(p, r.URL)
		first := ident.New(ident.Import)
		happen(p, first, audit.ImportStarted)
		waitFor(t, func() bool { return row(p, w.ID).FailingSince != nil })
		p.Clock.Add(5*24*time.Hour + time.Hour)
		waitFor(t, func() bool { return row(p, w.ID).DisabledAt != nil })
		if w := row(p, w.ID); *w.DisabledReason != entwebhook.DisabledReasonFailing {
			t.Errorf("reason %v", *w.DisabledReason)
		}
		n := len(r.all())
		happen(p, ident.New(ident.Import), audit.ImportStarted) // while it is off
		time.Sleep(1500 * time.Millisecond)
		if len(r.all()) != n {
			t.Error("something was sent while it was off")
		}
		waitFor(t, func() bool {
			return slices.Contains(p.Kinds(*p.User(adminOf(p)).Email), "webhook_disabled")
		})

		setStatus(200)
		enabled := true
		if _, err := p.Webhooks.UpdateWebhook(t.Context(), p.Caller(p.Admin),
			webhook.UpdateInput{ID: w.ID, Enabled: &enabled}); err != nil {
			t.Fatal(err)
		}
		settled(p, w.ID, webhookdelivery.StatusDelivered, webhookdelivery.StatusDelivered)

		setStatus(410)
		happen(p, first, audit.ImportPaused)
		waitFor(t, func() bool { return row(p, w.ID).DisabledAt != nil })
		if w := row(p, w.ID); *w.DisabledReason != entwebhook.DisabledReasonGone {
			t.Errorf("reason %v", *w.DisabledReason)
		}
		what := p.Happened(w.ID)
		if want := []string{"webhook.made", "webhook.disabled", "webhook.edited",
			"webhook.disabled"}; !slices.Equal(what, want) {
			t.Errorf("history %v", what)
		}
	})
}

// An owner who may no longer read the log gets nothing more, not even what waits.
func TestAnOwnerWithoutTheRightGetsNothingMore(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		role := p.Role("integrator", access.WebhooksManage, access.AuditView)
		r := newReceiver(t, nil)
		other := p.Join("pat@example.org", &admission.GrantInput{Roles: []string{role.Key}})
		w, _, err := p.Webhooks.CreateWebhook(t.Context(), p.Caller(other),
			webhook.CreateInput{WorkspaceID: p.Workspace.ID, URL: r.URL})
		if err != nil {
			t.Fatal(err)
		}
		happen(p, ident.New(ident.Import), audit.ImportStarted)
		waitFor(t, func() bool { return len(r.all()) > 0 })
		if _, err := p.Members.Deactivate(t.Context(), p.Caller(p.Admin), other.ID); err != nil {
			t.Fatal(err)
		}
		n := len(r.all())
		happen(p, ident.New(ident.Import), audit.ImportPaused)
		waitFor(t, func() bool { return row(p, w.ID).DisabledAt != nil })
		for _, a := range r.all()[n:] {
			if a.kind == "import.paused" {
				t.Errorf("%s was sent", a.kind)
			}
		}
		if reason := *row(p, w.ID).DisabledReason; reason != entwebhook.DisabledReasonAuthority {
			t.Errorf("reason %s", reason)
		}
	})
}

func TestARotationSignsWithBothSecretsForAWhile(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		r := newReceiver(t, nil)
		w, former := subscribed(p, r.URL)
		_, token, err := p.Webhooks.RotateSecret(t.Context(), p.Caller(p.Admin),
			webhook.RotateInput{ID: w.ID})
		if err != nil {
			t.Fatal(err)
		}
		verifies := func(secret string, a arrival) bool {
			v, err := standardwebhooks.NewWebhook(secret)
			if err != nil {
				t.Fatal(err)
			}
			// The clock of the test is ahead later.
			return v.VerifyIgnoringTimestamp(a.body, a.header) == nil
		}
		happen(p, ident.New(ident.Import), audit.ImportStarted)
		got := r.await(t, 1)[0]
		if !verifies(former, got) || !verifies(token.Reveal(), got) {
			t.Error("one of the secrets does not verify during the overlap")
		}
		p.Clock.Add(25 * time.Hour)
		happen(p, ident.New(ident.Import), audit.ImportPaused)
		got = r.await(t, 2)[1]
		if verifies(former, got) || !verifies(token.Reveal(), got) {
			t.Error("the former secret verifies after the overlap, or the new one does not")
		}
		stored := row(p, w.ID)
		if strings.Contains(string(stored.SealedSecret), token.Reveal()) {
			t.Error("the secret is not sealed")
		}
	})
}

func TestATestAndAReplayAreSent(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		r := newReceiver(t, nil)
		w, _ := subscribed(p, r.URL)
		by := p.Caller(p.Admin)
		d, err := p.Webhooks.TestWebhook(t.Context(), by, w.ID)
		if err != nil {
			t.Fatal(err)
		}
		if a := r.await(t, 1)[0]; a.kind != "webhook.test" || a.id != d.ID.String() {
			t.Errorf("%+v", a)
		}
		happen(p, ident.New(ident.Import), audit.ImportStarted)
		sent := r.await(t, 2)[1]
		settled(p, w.ID, webhookdelivery.StatusDelivered, webhookdelivery.StatusDelivered)
		now := p.Clock.Now()
		for i, in := range []webhook.ReplayInput{
			{DeliveryIDs: []ident.ID{deliveries(p, w.ID)[1].ID}},
			{From: new(now.Add(-time.Hour)), Until: new(now.Add(time.Hour))},
		} {
			in.WebhookID = w.ID
			if _, n, err := p.Webhooks.ReplayDeliveries(t.Context(), by, in); err != nil || n != 1 {
				t.Fatalf("%d: %d, %v", i, n, err)
			}
			again := r.await(t, 3+i)[2+i]
			if again.id != sent.id || string(again.body) != string(sent.body) {
				t.Errorf("%+v is not %+v", again, sent)
			}
			settled(p, w.ID, webhookdelivery.StatusDelivered, webhookdelivery.StatusDelivered)
		}
	})
}

// adminOf returns the address of the administrator of a place.
func adminOf(p *apptest.Place) string {
	u, err := p.Store.User.Get(store.AsSystem(p.T.Context(), "test"), p.Admin.UserID)
	if err != nil {
		p.T.Fatal(err)
	}
	return *u.Email
}
