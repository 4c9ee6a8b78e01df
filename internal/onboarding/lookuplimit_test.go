package onboarding_test

import (
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/importbatch"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/provisioning"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

func TestTheLimitOfLooksAtAccountsIsAuditedOnceAWindow(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		token := p.SignIn("admin@acme.test", apptest.Password)
		const query = `mutation($w: ID!, $e: String!) {
			createUser(input: {workspaceId: $w, firstName: "A", lastName: "B", email: $e, password: "a password of ours"}) { status }
		}`
		noted := func() int {
			n, err := p.Store.AuditEvent.Query().Where(auditevent.Action("lookup.limited")).
				Count(p.In())
			must(t, err)
			return n
		}
		look := func(email string) *apptest.Answer {
			return p.Ask(token, query, map[string]any{"w": p.Workspace.ID, "e": email})
		}
		if a := look("first@example.org"); a.Code() != "" {
			t.Fatal(a.Body)
		}
		p.AsSystem(func(ctx ctx, tx *store.Tx) error {
			now := p.Clock.Now()
			subject := p.Admin.UserID.String()
			_, err := p.Admission.Limits.Charge(
				ctx, tx, ratelimit.AccountLookup, subject, ratelimit.AccountLookup.Limit, now, now)
			return err
		})
		for range 3 {
			if a := look("second@example.org"); a.Code() != string(fault.RateLimited) {
				t.Errorf("beyond the limit: %s", a.Body)
			}
		}
		same(t, "events", noted(), 1)
		event, err := p.Store.AuditEvent.Query().Where(auditevent.Action("lookup.limited")).
			Only(p.In())
		must(t, err)
		if event.ActorID == nil || *event.ActorID != p.Admin.ID {
			t.Errorf("the event names %v", event.ActorID)
		}
		p.Clock.Add(25 * 3600e9)
		token = p.SignIn("admin@acme.test", apptest.Password)
		if a := look("third@example.org"); a.Code() != "" {
			t.Error(a.Body)
		}
	})
}

// The rows of an import are never refused, but they count like createUser.
func TestAnImportThatLooksAtAccountsCountsInTheLimit(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		far := p.Found("Far", "far")
		far.Join("one@far.test", nil)
		far.Join("two@far.test", nil)
		imports := func(lines ...string) []string {
			text := strings.Join(append([]string{"first name,last name,e-mail"}, lines...), "\n")
			return rowsOf(
				p, run(p, upload(p, importbatch.ActionCreate, importbatch.ExistingSkip, text)))
		}
		events := func() []*ent.AuditEvent {
			all, err := p.Store.AuditEvent.Query().Where(auditevent.Action("lookup.limited")).
				All(p.In())
			must(t, err)
			return all
		}
		p.AsSystem(func(ctx ctx, tx *store.Tx) error {
			now := p.Clock.Now()
			_, err := p.Admission.Limits.Charge(
				ctx, tx, ratelimit.AccountLookup, p.Admin.UserID.String(),
				ratelimit.AccountLookup.Limit-2, now, now)
			return err
		})

		got := imports("A,B,one@far.test", "A,B,two@far.test", "A,B,new@acme.test")
		same(t, "up to the limit", got, []string{"2 INVITE", "3 INVITE", "4 CREATE"})
		same(t, "events up to the limit", len(events()), 0)

		// That they are invited already tells the same.
		same(t, "beyond the limit", imports("A,B,one@far.test"), []string{"2 UNCHANGED"})
		same(t, "again", imports("A,B,two@far.test"), []string{"2 UNCHANGED"})
		found := events()
		if len(found) != 1 || len(found[0].Details) != 1 ||
			found[0].Details[0].After != "startImport" {
			t.Fatalf("events: %v", found)
		}

		email := "three@far.test"
		_, err := create(p, provisioning.CreateInput{Email: &email})
		refused(t, err, fault.RateLimited, "")
		same(t, "events after createUser", len(events()), 1)
	})
}
