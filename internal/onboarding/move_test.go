package onboarding_test

import (
	"strings"
	"testing"
	"time"

	"usher/internal/apptest"
	"usher/internal/fault"
)

// AHD-3: the inviter is asked to move the invitation.
func TestSomebodySignedInWithAnotherAddressAsksForTheInvitation(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("jane@work.test", nil)
		other := p.As(p.Account("jane@home.test"))
		token := p.Accepting(inv).Token
		for range 2 {
			if err := p.RequestMove(t.Context(), other, token); err != nil {
				t.Fatal(err)
			}
		}
		m := p.Received("admin@acme.test", 1)
		if !strings.Contains(m.Text, "jane@home.test") ||
			!strings.Contains(m.Text, "jane@work.test") {
			t.Errorf("the mail does not name both addresses: %s", m.Text)
		}
		same(t, "mails", countOf(p.Kinds("admin@acme.test"), "move_requested"), 1)
		refused(t, p.RequestMove(t.Context(), nil, token), fault.Unauthenticated, "")
		refused(t, p.RequestMove(t.Context(), p.As(p.Account("jane@work.test")), token),
			fault.Conflict, "")
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), inv.ID); err != nil {
			t.Fatal(err)
		}
		refused(t, p.RequestMove(t.Context(), other, token), fault.LinkCancelled, "")
	})
}

func TestWhoNeverConfirmedIsForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{})
		if err := ask(p, l, "ann@acme.test"); err != nil {
			t.Fatal(err)
		}
		comesIn(p, l, "ben@acme.test")
		p.Clock.Add(8 * 24 * time.Hour)
		if err := p.JoinLinks.SweepRequests(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "ann's", len(requests(p, "ann@acme.test")), 0)
		same(t, "ben's", len(requests(p, "ben@acme.test")), 1)
	})
}
