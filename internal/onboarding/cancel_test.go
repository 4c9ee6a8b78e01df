package onboarding_test

import (
	"testing"
	"time"

	"usher/ent/group"
	"usher/ent/invitation"
	"usher/internal/apptest"
	"usher/internal/ident"
)

// INV-6: both links are revoked, and no list of pending people has the invitee.
func TestACancelledInvitationLetsNobodyIn(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		inv := p.Invite("jane@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		copied, mailed := p.Accepting(inv), p.Mailed(inv)
		now, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), inv.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "status", now.Status.String(), "CANCELLED")
		if now.CancelledAt == nil {
			t.Error("it does not say when")
		}
		same(t, "history", p.Happened(inv.ID), []string{"invitation.made", "invitation.cancelled"})
		for _, token := range []string{copied.Token, mailed.Token} {
			in := copied
			in.Token = token
			_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
			refused(t, err, "LINK_CANCELLED", "")
			refused(t, p.Decline(t.Context(), token, nil), "LINK_CANCELLED", "")
		}
		n, err := p.Store.Invitation.Query().Where(invitation.StatusEQ(invitation.StatusPending),
			invitation.HasGroupsWith(group.ID(g.ID))).Count(p.In())
		if n != 0 || err != nil {
			t.Errorf("%d stand in the group's list as pending (%v)", n, err)
		}
		link, err := p.Invitations.CopyLink(t.Context(), p.Caller(p.Admin), now)
		if link != "" || err != nil {
			t.Errorf("its link can be copied: %v", err)
		}
	})
}

func TestWhatIsOverCannotBeCancelledAndWhatRanOutCan(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		used, declined, late, open := p.Invite("a@example.org", nil), p.Invite("b@example.org",
			nil), p.Invite("c@example.org", nil), p.Invite("d@example.org", nil)
		mustAccept(p, nil, p.Accepting(used))
		if err := p.Decline(t.Context(), p.Accepting(declined).Token, nil); err != nil {
			t.Fatal(err)
		}
		p.Clock.Add(20 * day)
		all := []ident.ID{used.ID, declined.ID, late.ID, open.ID, late.ID}
		bulk, err := p.Invitations.CancelMany(t.Context(), p.Caller(p.Admin), all)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "cancelled", idsOf(bulk.Invitations), []ident.ID{late.ID, open.ID})
		same(t, "errors", codesOf(bulk), map[ident.ID]string{used.ID: "CONFLICT",
			declined.ID: "CONFLICT"})
		before := p.Snapshot()
		_, err = p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), late.ID)
		refused(t, err, "CONFLICT", "")
		same(t, "the database after a second time", p.Snapshot(), before)
	})
}

func TestACancelledAddressCanBeInvitedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("jane@example.org", nil)
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), inv.ID); err != nil {
			t.Fatal(err)
		}
		p.Clock.Add(time.Hour)
		same(t, "outcome", told(invite(p, input{Emails: []string{"jane@example.org"}})),
			[]string{"jane@example.org INVITED"})
		same(t, "invitations", p.CountInvitations(), 2)
	})
}
