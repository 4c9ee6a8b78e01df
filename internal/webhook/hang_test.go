package webhook_test

import (
	"testing"
	"time"

	"usher/internal/apptest"
	"usher/internal/audit"
	"usher/internal/ident"
)

// A receiver that accepts connections and never answers delays nobody else: neither other endpoints
// of its workspace nor those of other workspaces.
func TestAReceiverThatHangsDelaysNoOther(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		release := make(chan struct{})
		hanging := newReceiver(t, func(int, arrival) int { <-release; return 204 })
		t.Cleanup(func() { close(release) })
		quick, elsewhere := newReceiver(t, nil), newReceiver(t, nil)
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		subscribed(p, hanging.URL, audit.EventImportStarted)
		subscribed(p, quick.URL, audit.EventImportStarted)
		subscribed(other, elsewhere.URL, audit.EventImportStarted)
		happen(p, ident.New(ident.Import), audit.ImportStarted)
		hanging.await(t, 1)

		began := time.Now()
		for range 20 {
			happen(p, ident.New(ident.Import), audit.ImportStarted)
			happen(other, ident.New(ident.Import), audit.ImportStarted)
		}
		quick.await(t, 21)
		elsewhere.await(t, 20)
		// Less than the time for which one attempt may hang.
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("the others waited %s", took)
		}
	}, apptest.WithSettings(allowPrivate), apptest.WithoutMail)
}
