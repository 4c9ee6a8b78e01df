package onboarding_test

import (
	"testing"
	"time"

	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/joinlink"
	"usher/internal/testkit/probe"
)

// joinCost is how many statements the first step of a stranger takes.
func joinCost(p *apptest.Place, slug, email string) int64 {
	p.T.Helper()
	c, n := probe.CountStatements(p.T.Context())
	in := joinlink.JoinInput{Slug: slug, Email: email, FirstName: new("Ann"), LastName: new("Lee")}
	if _, err := p.JoinLinks.Join(c, nil, in, account.Origin{}); err != nil {
		p.T.Fatal(err)
	}
	return n.Load()
}

func TestJoinTakesTheSameStatementsWhetherOrNotTheAddressIsListed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{Whitelist: []string{"boss@other.test", "chef@other.test"},
			RequiresApproval: new(true)})
		compare := func(when, listed, unlisted string) {
			t.Helper()
			same(t, "statements "+when, joinCost(p, l.Slug, unlisted), joinCost(p, l.Slug, listed))
		}
		compare("of the first request", "boss@other.test", "clerk@other.test")
		compare("within a minute", "boss@other.test", "clerk@other.test")
		p.Clock.Add(2 * time.Minute)
		compare("of a second request", "boss@other.test", "clerk@other.test")
		if _, err := confirm(p, "boss@other.test"); err != nil {
			t.Fatal(err)
		}
		p.Clock.Add(2 * time.Minute)
		compare("while a request waits for approval", "boss@other.test", "clerk@other.test")

		// The mailbox is beyond its limit because of a password reset. The limit of an address that
		// may not join is counted in one more statement.
		for _, email := range []string{"chef@other.test", "cook@other.test"} {
			p.Account(email)
			if err := p.Accounts.RequestPasswordReset(t.Context(), email, noOrigin); err != nil {
				t.Fatal(err)
			}
		}
		listed, unlisted := joinCost(p, l.Slug, "chef@other.test"),
			joinCost(p, l.Slug, "cook@other.test")
		same(t, "statements after a reset", unlisted, listed+1)
		same(t, "emails", p.Kinds("cook@other.test"), []string{"password_reset"})
		same(t, "emails", p.Kinds("chef@other.test"), []string{"password_reset"})
	})
}
