package onboarding_test

import (
	"testing"

	"usher/ent/auditevent"
	"usher/internal/fault"
	"usher/internal/store"
	"usher/internal/testkit/usherkit"
	"usher/internal/throttle"
)

func TestTheLimitOfLooksAtAccountsIsAuditedOnceAWindow(t *testing.T) {
	onBoth(t, func(t *testing.T, p *usherkit.Place) {
		token := p.SignIn("admin@acme.test", usherkit.Password)
		const query = `mutation($w: ID!, $e: String!) {
			createUser(input: {workspaceId: $w, firstName: "A", lastName: "B", email: $e, password: "a password of ours"}) { status }
		}`
		noted := func() int {
			n, err := p.Store.AuditEvent.Query().Where(auditevent.Action("lookup.limited")).Count(p.In())
			must(t, err)
			return n
		}
		look := func(email string) *usherkit.Answer {
			return p.Ask(token, query, map[string]any{"w": p.Workspace.ID, "e": email})
		}
		if a := look("first@example.org"); a.Code() != "" {
			t.Fatal(a.Body)
		}
		p.AsSystem(func(ctx ctx, tx *store.Tx) error {
			now := p.Clock.Now()
			subject := p.Admin.UserID.String()
			return p.Onboarding.Limits.Charge(ctx, tx, throttle.AccountLook, subject, throttle.AccountLook.Limit, now, now)
		})
		for range 3 {
			if a := look("second@example.org"); a.Code() != string(fault.RateLimited) {
				t.Errorf("beyond the limit: %s", a.Body)
			}
		}
		same(t, "events", noted(), 1)
		event, err := p.Store.AuditEvent.Query().Where(auditevent.Action("lookup.limited")).Only(p.In())
		must(t, err)
		if event.ActorID == nil || *event.ActorID != p.Admin.ID {
			t.Errorf("the event names %v", event.ActorID)
		}
		p.Clock.Add(25 * 3600e9)
		token = p.SignIn("admin@acme.test", usherkit.Password)
		if a := look("third@example.org"); a.Code() != "" {
			t.Error(a.Body)
		}
	})
}
