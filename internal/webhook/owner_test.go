package webhook_test

import (
	"context"
	"testing"
	"time"

	entwebhook "usher/ent/webhook"
	"usher/ent/webhookdelivery"
	"usher/internal/access"
	"usher/internal/apikey"
	"usher/internal/apptest"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/webhook"
)

// A program subscribes with its key, and is unsubscribed when the key ends.
func TestAnAPIKeyOwnsAWebhook(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		key, secret, err := p.APIKeys.CreateKey(t.Context(), p.Caller(p.Admin), apikey.CreateInput{
			WorkspaceID: p.Workspace.ID, Name: "Zaps",
			Permissions: []access.Permission{access.WebhooksManage, access.AuditView}})
		if err != nil {
			t.Fatal(err)
		}
		r := newReceiver(t, nil)
		var made struct {
			CreateWebhook struct{ Webhook struct{ ID ident.ID } }
		}
		p.Must(secret.Reveal(), `mutation($w: ID!, $url: String!) {
			createWebhook(input: {workspaceId: $w, url: $url}) { webhook { id } }
		}`, map[string]any{"w": p.Workspace.ID, "url": r.URL}, &made)
		id := made.CreateWebhook.Webhook.ID
		if w := row(p, id); w.OwnerKeyID == nil || *w.OwnerKeyID != key.ID || w.OwnerID != nil {
			t.Errorf("the owner is %v, %v", w.OwnerKeyID, w.OwnerID)
		}
		happen(p, ident.New(ident.Import), audit.ImportStarted)
		r.await(t, 1)

		if _, err := p.APIKeys.RevokeKey(t.Context(), p.Caller(p.Admin), key.ID); err != nil {
			t.Fatal(err)
		}
		happen(p, ident.New(ident.Import), audit.ImportPaused)
		waitFor(t, func() bool { return row(p, id).DisabledAt != nil })
		if reason := *row(p, id).DisabledReason; reason != entwebhook.DisabledReasonAuthority {
			t.Errorf("reason %s", reason)
		}
		for _, a := range r.all() {
			if a.kind == "import.paused" {
				t.Error("a revoked key heard of something")
			}
		}
	})
}

// Platforms unsubscribe by the URL that they subscribed.
func TestAWebhookIsDeletedByItsURL(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		r := newReceiver(t, nil)
		w, _ := subscribed(p, r.URL+"/one")
		kept, _ := subscribed(p, r.URL+"/two")
		remove := func(of *apptest.Place, target *string) error {
			_, err := p.Webhooks.DeleteWebhook(t.Context(), of.Caller(of.Admin),
				webhook.DeleteInput{WorkspaceID: &p.Workspace.ID, URL: target})
			return err
		}
		refused := func(err error, code fault.Code, field string) {
			t.Helper()
			if f, is := fault.Of(err); !is || f.Code != code || f.Field != field {
				t.Errorf("got %v, want %s at %s", err, code, field)
			}
		}
		one, other := r.URL+"/one", r.URL+"/other"
		refused(remove(p.Found("Other", "other"), &one), fault.NotFound, "workspaceId")
		refused(remove(p, &other), fault.NotFound, "url")
		refused(remove(p, nil), fault.BadUserInput, "webhookId")
		if err := remove(p, &one); err != nil {
			t.Fatal(err)
		}
		refused(remove(p, &one), fault.NotFound, "url")
		left := p.Store.Webhook.Query().IDsX(p.In())
		if len(left) != 1 || left[0] != kept.ID {
			t.Errorf("left are %v, deleted was %s", left, w.ID)
		}
	})
}

// PAR-2: deliveries are kept for 30 days, and those that wait for longer.
func TestOldDeliveriesAreSwept(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		w, _ := subscribed(p, "https://127.0.0.1:9443/hook")
		for _, status := range []webhookdelivery.Status{webhookdelivery.StatusPending,
			webhookdelivery.StatusDelivered, webhookdelivery.StatusFailed} {
			p.Write(func(ctx context.Context, tx *store.Tx) error {
				return tx.WebhookDelivery.Create().SetWorkspaceID(p.Workspace.ID).SetWebhookID(w.ID).
					SetType("import.started").SetSequenceID(ident.New(ident.Import)).
					SetEventAt(p.Clock.Now()).SetStatus(status).Exec(ctx)
			})
		}
		left := func() (statuses []webhookdelivery.Status) {
			if err := p.Webhooks.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, d := range deliveries(p, w.ID) {
				statuses = append(statuses, d.Status)
			}
			return statuses
		}
		p.Clock.Add(29 * 24 * time.Hour)
		if s := left(); len(s) != 3 {
			t.Errorf("after 29 days: %v", s)
		}
		p.Clock.Add(2 * 24 * time.Hour)
		if s := left(); len(s) != 1 || s[0] != webhookdelivery.StatusPending {
			t.Errorf("after 31 days: %v", s)
		}
	}, apptest.WithSettings(allowPrivate), apptest.WithoutWorker)
}
