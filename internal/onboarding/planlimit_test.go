package onboarding_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/dryrun"
	"usher/internal/fault"
	"usher/internal/store"
)

func TestACallerHasTenPlansUnderWayAndNoMore(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		const most = 10
		other := p.Join("other@acme.test", &grants{Roles: []string{access.Admin}})
		plan := func(c ctx, by *ent.Member) error {
			in := input{WorkspaceID: p.Workspace.ID, Emails: addresses(3)}
			_, err := p.DryRuns.Run(c, p.Caller(by), dryrun.Input{Invite: &in})
			return err
		}
		// What the caller's plans need is locked, so that they stay under way.
		locked, release, released := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		go func() {
			released <- p.Store.WithTx(store.AsSystem(p.T.Context(), "a test holds a lock"),
				func(tx *store.Tx) error {
					c := store.AsSystem(p.T.Context(), "a test holds a lock")
					// On SQLite the transaction itself is the lock.
					if err := tx.LockAddresses(c, p.Workspace.ID, addresses(3)...); err != nil {
						return err
					}
					close(locked)
					<-release
					return nil
				})
		}()
		<-locked
		var over atomic.Bool
		done := make(chan error, most)
		for range most {
			go func() {
				err := plan(t.Context(), p.Admin)
				// The probe below took the place for a moment, or the plan has waited its time: on
				// a busy machine the ten come one after the other.
				for fault.Has(err, fault.RateLimited) ||
					fault.Has(err, fault.Unavailable) && !over.Load() {
					err = plan(t.Context(), p.Admin)
				}
				done <- err
			}()
		}
		briefly := func(by *ent.Member) error {
			c, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			return plan(c, by)
		}
		var err error
		// the ten have to get that far
		for begun := time.Now(); time.Since(begun) < 30*time.Second; {
			if err = briefly(p.Admin); fault.Has(err, fault.RateLimited) {
				break
			}
		}
		refused(t, err, fault.RateLimited, "")
		if f, ok := fault.Of(err); ok && f.RetryAfter == 0 {
			t.Error("the refusal does not say when to come back")
		}
		if err := briefly(other); fault.Has(err, fault.RateLimited) {
			t.Errorf("another caller is refused: %v", err)
		}
		over.Store(true)
		close(release)
		must(t, <-released)
		for range most {
			// beyond the time that a plan waits
			if err := <-done; err != nil && !fault.Has(err, fault.Unavailable) {
				t.Error(err)
			}
		}
		must(t, plan(t.Context(), p.Admin))
	})
}
