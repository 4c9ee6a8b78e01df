package onboarding_test

import (
	"testing"

	"usher/internal/fault"
	"usher/internal/onboarding"
	"usher/internal/testkit/usherkit"
	"usher/internal/throttle"
)

func TestEmailsByHandKeepTheirDistanceWhateverHappensToTheMember(t *testing.T) {
	onBoth(t, func(t *testing.T, p *usherkit.Place) {
		c, err := create(p, onboarding.CreateInput{Email: new("victim@example.org"), SendCredentials: new(true)})
		if err != nil {
			t.Fatal(err)
		}
		must(t, p.Onboarding.EraseMember(t.Context(), p.Caller(p.Admin), c.Member.ID))
		_, err = create(p, onboarding.CreateInput{Email: new("victim+x@example.org"), SendCredentials: new(true)})
		refused(t, err, fault.RateLimited, "")

		m, err := create(p, onboarding.CreateInput{Email: new("other@example.org"), Password: new(usherkit.Password)})
		if err != nil {
			t.Fatal(err)
		}
		for range 6 {
			if _, err := p.Onboarding.Deactivate(t.Context(), p.Caller(p.Admin), m.Member.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Onboarding.Reactivate(t.Context(), p.Caller(p.Admin), m.Member.ID); err != nil {
				t.Fatal(err)
			}
		}
		same(t, "mails", p.Kinds("other@example.org"), []string{"welcome"})
	})
}

func TestAnAddressThatMayNotJoinUsesUpNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *usherkit.Place) {
		l := makeLink(p, link{Whitelist: []string{"listed@example.org"}})
		for range 6 {
			must(t, ask(p, l, "unlisted@example.org"))
		}
		same(t, "requests of the unlisted", len(requests(p, "unlisted@example.org")), 0)
		for rule, subject := range map[throttle.Rule]string{throttle.JoinAddress: "unlisted@example.org", throttle.StrangerMail: "unlisted@example.org"} {
			wait, err := p.Onboarding.Limits.Wait(t.Context(), p.Store.Client, rule, subject, p.Clock.Now())
			if err != nil || wait != 0 {
				t.Errorf("%s: %v, %v", rule.Name, wait, err)
			}
		}
		must(t, ask(p, l, "listed@example.org"))
		same(t, "requests of the listed", len(requests(p, "listed@example.org")), 1)
	})
}
