package onboarding_test

import (
	"testing"

	"usher/ent"
	"usher/ent/invitation"
	"usher/internal/apptest"
	"usher/internal/store"
)

// INV-12: an expired link takes a request for a new one.
func TestWhoHoldsADeadLinkAsksForANewOneAndOneClickRenews(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := sent(p, "jane@example.org")
		in := p.Mailed(inv)
		p.Clock.Add(20 * day)
		for range 3 {
			if err := p.RequestNewLink(t.Context(), in.Token); err != nil {
				t.Fatal(err)
			}
		}
		same(t, "mails to the inviter", p.Kinds("admin@acme.test"), []string{"new_link_requested"})
		same(t, "history", p.Happened(inv.ID),
			[]string{"invitation.made", "invitation.renewal_asked"})
		if p.Invitation(inv.ID).RenewalAskedAt == nil {
			t.Error("the invitation does not say that it was asked for")
		}
		if _, err := resend(p, inv.ID, nil); err != nil {
			t.Fatal(err)
		}
		if p.Invitation(inv.ID).RenewalAskedAt != nil {
			t.Error("it still says so once it is renewed")
		}
		mustAccept(p, nil, in)
	})
}

// INV-12: so does a cancelled one.
func TestACancelledLinkIsRenewedWhenAskedForAndItsOldLinkStaysDead(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := sent(p, "jane@example.org")
		in := p.Mailed(inv)
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), inv.ID); err != nil {
			t.Fatal(err)
		}
		p.Clock.Add(day)
		_, err := resend(p, inv.ID, nil)
		refused(t, err, "CONFLICT", "") // nobody asked
		if err := p.RequestNewLink(t.Context(), in.Token); err != nil {
			t.Fatal(err)
		}
		now, err := resend(p, inv.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "status", now.Status, invitation.StatusPending)
		_, err = p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
		refused(t, err, "LINK_INVALID", "")
		mustAccept(p, nil, p.Mailed(now))
	})
}

func TestAskingTellsNothingAndDoesNothingWhereThereIsNothingToAsk(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		open, used, declined := sent(p, "a@example.org"), sent(p, "b@example.org"),
			p.Invite("c@example.org", nil)
		mustAccept(p, nil, p.Accepting(used))
		if err := p.Decline(t.Context(), p.Accepting(declined).Token, nil); err != nil {
			t.Fatal(err)
		}
		before := p.Snapshot()
		for _, token := range []string{p.MailToken(open), p.MailToken(used),
			p.MailToken(declined)} {
			if err := p.RequestNewLink(t.Context(), token); err != nil {
				t.Error(err)
			}
		}
		same(t, "the database", p.Snapshot(), before)
	})
}

func TestARequestReachesSomeoneWhoMayGrantIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for what, lose := range map[string]func(*apptest.Place, *ent.Member){
			"removed": func(p *apptest.Place, m *ent.Member) {
				p.Write(func(ctx ctx, tx *store.Tx) error {
					return tx.Member.DeleteOne(m).Exec(ctx)
				})
			},
			"demoted": func(p *apptest.Place, m *ent.Member) { strip(p, m.ID) },
			"deactivated": func(p *apptest.Place, m *ent.Member) {
				p.Write(func(ctx ctx, tx *store.Tx) error {
					return tx.Member.UpdateOne(m).SetStatus("DEACTIVATED").Exec(ctx)
				})
			},
		} {
			boss := p.Join(what+"-boss@example.org", &grants{Roles: []string{"user_admin"}})
			out, err := inviteAs(p, boss, input{Emails: []string{what + "@example.org"}})
			if err != nil {
				t.Fatal(err)
			}
			in := p.Mailed(out[0].Invitation)
			lose(p, boss)
			p.Clock.Add(20 * day)
			before := len(p.Kinds("admin@acme.test"))
			if err := p.RequestNewLink(t.Context(), in.Token); err != nil {
				t.Fatal(err)
			}
			if got := p.Kinds("admin@acme.test"); len(got) != before+1 {
				t.Errorf("%s: an administrator has %v", what, got)
			}
			same(t, what+": mails to who invited", p.Kinds(what+"-boss@example.org"),
				[]string{"welcome"})
		}
	})
}
