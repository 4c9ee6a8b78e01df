package onboarding_test

import (
	"testing"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/mail"
	"usher/internal/provisioning"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

func TestEmailsByHandKeepTheirDistanceWhateverHappensToTheMember(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		c, err := create(p, provisioning.CreateInput{Email: new("victim@example.org"),
			SendCredentials: new(true)})
		if err != nil {
			t.Fatal(err)
		}
		must(t, p.Members.EraseMember(t.Context(), p.Caller(p.Admin), c.Member.ID))
		_, err = create(p, provisioning.CreateInput{Email: new("victim+x@example.org"),
			SendCredentials: new(true)})
		refused(t, err, fault.RateLimited, "")

		m, err := create(p, provisioning.CreateInput{Email: new("other@example.org"),
			Password: new(apptest.Password)})
		if err != nil {
			t.Fatal(err)
		}
		for range 6 {
			if _, err := p.Members.Deactivate(t.Context(), p.Caller(p.Admin),
				m.Member.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Members.Reactivate(t.Context(), p.Caller(p.Admin),
				m.Member.ID); err != nil {
				t.Fatal(err)
			}
		}
		same(t, "mails", p.Kinds("other@example.org"), []string{"welcome"})
	})
}

func TestAnAddressThatMayNotJoinUsesUpNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{Whitelist: []string{"listed@example.org"}})
		for range 6 {
			must(t, ask(p, l, "unlisted@example.org"))
		}
		same(t, "requests of the unlisted", len(requests(p, "unlisted@example.org")), 0)
		for rule, subject := range map[ratelimit.Rule]string{ratelimit.JoinAddress: "unlisted@example.org", ratelimit.StrangerMail: "unlisted@example.org"} {
			wait, err := p.Admission.Limits.Wait(t.Context(), p.Store.Client, rule, subject,
				p.Clock.Now())
			if err != nil || wait != 0 {
				t.Errorf("%s: %v, %v", rule.Name, wait, err)
			}
		}
		must(t, ask(p, l, "listed@example.org"))
		same(t, "requests of the listed", len(requests(p, "listed@example.org")), 1)
	})
}

// byHandDue is when the latest email of a kind to an address goes out, from now on.
func byHandDue(p *apptest.Place, kind mail.Kind, email string) time.Duration {
	p.T.Helper()
	m, err := p.Store.Mail.Query().Where(entmail.Kind(string(kind)), entmail.ToKey(email)).
		Order(ent.Desc(entmail.FieldID)).
		First(store.AsSystem(p.T.Context(), "a test looks"))
	if err != nil {
		p.T.Fatal(err)
	}
	return m.DueAt.Sub(p.Clock.Now())
}

func TestDecisionsOnJoinRequestsCountAsEmailsByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{RequiresApproval: new(true)})
		decide := map[string]func(r *ent.JoinRequest) error{
			"ann": func(r *ent.JoinRequest) error {
				_, err := p.JoinLinks.Reject(t.Context(), p.Caller(p.Admin), r.ID, nil)
				return err
			},
			"ben": func(r *ent.JoinRequest) error {
				_, err := p.JoinLinks.Approve(t.Context(), p.Caller(p.Admin), r.ID)
				return err
			},
		}
		kinds := map[string]mail.Kind{"ann": mail.JoinRejected, "ben": mail.JoinApproved}
		for who, act := range decide {
			// Within a minute of a decision no credentials go to the same mailbox.
			comesIn(p, l, who+"@acme.test")
			must(t, act(requests(p, who+"@acme.test")[0]))
			if due := byHandDue(p, kinds[who], who+"@acme.test"); due > 0 {
				t.Errorf("%s: the first decision is held for %s", who, due)
			}
			again := provisioning.CreateInput{Email: new(who + "+x@acme.test"),
				SendCredentials: new(true)}
			_, err := create(p, again)
			refused(t, err, fault.RateLimited, "")

			// Within a minute of credentials a decision is held, and not lost.
			p.Clock.Add(2 * time.Minute)
			email := who + "+y@acme.test"
			comesIn(p, l, email)
			_, err = create(p, again)
			must(t, err)
			must(t, act(requests(p, email)[0]))
			if due := byHandDue(p, kinds[who], email); due < 50*time.Second {
				t.Errorf("%s: the second decision goes out after %s", who, due)
			}
		}
	})
}

func TestErasingDoesNotResetTheCountOfInvitations(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		const email = "victim@example.org"
		for n := range 12 {
			inv := sent(p, email)
			held := byHandDue(p, mail.Invitation, email)
			switch {
			case n < 10 && held > 0: // the minute since the one before is over
				t.Errorf("invitation %d is held for %s", n, held)
			case n >= 10 && held < 22*time.Hour:
				t.Errorf("invitation %d goes out after %s", n, held)
			}
			a, err := accept(p, inv)
			must(t, err)
			if n < 10 { // the email leaves
				p.Clock.Add(time.Minute)
			}
			must(t, p.Members.EraseMember(t.Context(), p.Caller(p.Admin), a.Member.ID))
		}
	})
}
