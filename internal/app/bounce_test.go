package app_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/internal/app"
	"usher/internal/apptest"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/secret"
)

const bounceKey = "a key that the mail provider knows too"

// taken is a mail server that takes everything, and shows what it took.
type taken chan mail.Envelope

// Send never fails.
func (c taken) Send(_ context.Context, e mail.Envelope) error {
	c <- e
	return nil
}

// report posts a signed report to the hook of an app and returns the status of the answer.
func report(t *testing.T, a *app.App, contentType, body string) int {
	t.Helper()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(bounceKey))
	mac.Write([]byte("msg_1." + stamp + "." + body))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/bounces",
		strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", stamp)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	w := httptest.NewRecorder()
	a.Handler.ServeHTTP(w, r)
	return w.Code
}

// MAI-6: a signed call of the email provider turns SENT into BOUNCED.
func TestAReportOfTheMailProviderTurnsSentIntoBounced(t *testing.T) {
	t.Parallel()
	const event = `{"events":[{"messageId":"MESSAGE","recipient":"zoe@x.test","type":"bounced","reason":"550 5.1.1 no such\u0000 user"}]}`
	const notice = "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.x.test\r\n\r\nFinal-Recipient: rfc822; zoe@x.test\r\n" +
		"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n" +
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: MESSAGE\r\n\r\n--b--\r\n"
	for name, c := range map[string]struct{ database, contentType, body string }{
		"an event on SQLite":           {"sqlite", "application/json", event},
		"an event on PostgreSQL":       {"postgres", "application/json", event},
		"a notification on SQLite":     {"sqlite", "multipart/report; boundary=b", notice},
		"a notification on PostgreSQL": {"postgres", "multipart/report; boundary=b", notice},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, sent := hooked(t, c.database)
			inv := invite(t, p, "zoe@x.test")
			body := strings.Replace(c.body, "MESSAGE", (<-sent).MessageID, 1)
			p.Eventually("SENT", func() bool {
				return p.Invitation(inv.ID).DeliveryStatus == entinvitation.DeliveryStatusSent
			})

			late := strings.NewReplacer("bounced", "deferred", "failed", "delayed").Replace(body)
			stranger := strings.Replace(body, "@127.0.0.1>", "x@127.0.0.1>", 1)
			for _, harmless := range []string{late, stranger} {
				if status := report(t, p.App, c.contentType,
					harmless); status != http.StatusNoContent {
					t.Errorf("%d for %s", status, harmless)
				}
			}
			if now := p.Invitation(inv.ID); now.DeliveryStatus != entinvitation.DeliveryStatusSent {
				t.Fatalf("%s after what is no bounce of this mail", now.DeliveryStatus)
			}

			for range 2 { // the provider did not hear our answer
				if status := report(t, p.App, c.contentType, body); status != http.StatusNoContent {
					t.Fatalf("answered %d", status)
				}
			}
			now := p.Invitation(inv.ID)
			if now.DeliveryStatus != entinvitation.DeliveryStatusBounced ||
				now.DeliveryError == nil || *now.DeliveryError != "550 5.1.1 no such user" {
				t.Errorf("%s, %v", now.DeliveryStatus, now.DeliveryError)
			}
			happened := p.Happened(inv.ID)
			if n := len(slices.DeleteFunc(slices.Clone(happened), func(what string) bool {
				return what != "invitation.bounced"
			})); n != 1 {
				t.Errorf("happened: %v", happened)
			}
		})
	}
}

func TestWithoutABounceSecretThereIsNoHook(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker)
	if status := report(t, k.App, "application/json",
		`{"events":[]}`); status != http.StatusNotFound {
		t.Errorf("answered %d", status)
	}
}

// hooked is a workspace of an app that knows the provider's key and whose mails are all taken.
func hooked(t *testing.T, database string) (*apptest.Place, taken) {
	t.Helper()
	sent := make(taken, 10)
	k := &apptest.Kit{T: t, Clock: &apptest.Clock{}}
	set := apptest.Settings(t, apptest.Database(t, database))
	set.BounceKeys = []secret.Redacted{bounceKey}
	var err error
	if set.PublicURL, err = url.Parse("http://127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	if k.App, err = app.New(set,
		slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		app.Options{Sender: sent}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	if err := k.Queue.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = k.Queue.Stop(ctx)
	})
	return k.Found("Acme", "acme"), sent
}

func invite(t *testing.T, p *apptest.Place, email string) *ent.Invitation {
	t.Helper()
	out, err := p.Invitations.Invite(t.Context(), p.Caller(p.Admin),
		invitation.InviteInput{WorkspaceID: p.Workspace.ID, Emails: []string{email}})
	if err != nil || out[0].Invitation == nil {
		t.Fatalf("%v, %v", out, err)
	}
	return out[0].Invitation
}
