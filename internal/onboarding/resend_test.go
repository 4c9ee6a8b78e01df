package onboarding_test

import (
	"testing"
	"time"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
)

func resend(p *apptest.Place, i ident.ID, message *string) (*ent.Invitation, error) {
	p.T.Helper()
	return p.Invitations.Resend(p.T.Context(), p.Caller(p.Admin), i,
		invitation.ResendInput{Message: message})
}

// INV-5: earlier links keep working, and the lifetime starts again.
func TestAResendStartsTheLifetimeAgainAndKeepsTheLink(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		old := invite(p, input{Emails: []string{"jane@example.org"},
			Message: new("first")})[0].Invitation
		in := p.Mailed(old)
		p.Clock.Add(3 * day)
		now, err := resend(p, old.ID, new(" second "))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "message", *now.Message, "second")
		same(t, "count before either has left", now.SentCount, 0)
		same(t, "delivery", now.DeliveryStatus.String(), "QUEUED")
		same(t, "longer by", now.ExpiresAt.Sub(*old.ExpiresAt).Round(time.Hour), 3*day)
		same(t, "created", now.CreatedAt.UTC(), old.CreatedAt.UTC())
		same(t, "mails", p.Kinds("jane@example.org"), []string{"invitation", "invitation"})
		same(t, "history", p.Happened(old.ID), []string{"invitation.made", "invitation.resent"})
		p.Clock.Add(day)
		now, err = resend(p, old.ID, nil)
		if err != nil || *now.Message != "second" || now.SentCount != 0 {
			t.Errorf("a third time: %v %v", now, err)
		}
		mustAccept(p, nil, in)
		_, err = resend(p, old.ID, nil)
		refused(t, err, "CONFLICT", "")
	})
}

func TestAResendGivesTheLifeThatTheInvitationHad(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for email, c := range map[string]struct {
			in   input
			want *time.Duration
		}{
			"a@example.org": {input{ExpiresAt: after(p, 3*day)}, new(3 * day)},
			"b@example.org": {input{NeverExpires: new(true)}, nil},
			"c@example.org": {input{}, new(14 * day)},
		} {
			c.in.Emails = []string{email}
			inv := invite(p, c.in)[0].Invitation
			p.Clock.Add(time.Hour)
			now, err := resend(p, inv.ID, nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == nil {
				same(t, email+" ends", now.ExpiresAt, nil)
			} else {
				same(t, email+" lives", now.ExpiresAt.Sub(p.Clock.Now()).Round(time.Minute),
					*c.want)
			}
		}
	})
}

func TestAnExpiredInvitationIsPendingAgainOnceResent(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := sent(p, "jane@example.org")
		in := p.Mailed(inv)
		p.Clock.Add(20 * day)
		if _, err := resend(p, inv.ID, nil); err != nil {
			t.Fatal(err)
		}
		mustAccept(p, nil, in)

		// One that gave way to a newer one stays closed while that one is pending.
		old := sent(p, "june@example.org")
		p.Clock.Add(20 * day)
		newer := sent(p, "june@example.org")
		p.Clock.Add(time.Hour)
		_, err := resend(p, old.ID, nil)
		refused(t, err, "CONFLICT", "")
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), newer.ID); err != nil {
			t.Fatal(err)
		}
		now, err := resend(p, old.ID, nil)
		if err != nil || now.Status != entinvitation.StatusPending {
			t.Errorf("%v %v", now, err)
		}
	})
}

// INV-5: the cool-down answers RATE_LIMITED with the time to wait.
func TestOneMailboxIsMailedByHandOnceAMinuteAndTenTimesADay(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := invite(p, input{Emails: []string{"jane@example.org"},
			NeverExpires: new(true)})[0].Invitation
		_, err := resend(p, inv.ID, nil)
		refused(t, err, "RATE_LIMITED", "")
		if f, _ := fault.Of(err); f.RetryAfter <= 50*time.Second || f.RetryAfter > time.Minute {
			t.Errorf("told to wait %s", f.RetryAfter)
		}
		same(t, "mails", p.Kinds("jane@example.org"), []string{"invitation"})
		for n := 2; n <= 10; n++ {
			p.Clock.Add(61 * time.Second)
			if _, err := resend(p, inv.ID, nil); err != nil {
				t.Fatalf("mail %d: %v", n, err)
			}
		}
		p.Clock.Add(61 * time.Second)
		_, err = resend(p, inv.ID, nil)
		refused(t, err, "RATE_LIMITED", "")
		if f, _ := fault.Of(err); f.RetryAfter < 23*time.Hour || f.RetryAfter > 24*time.Hour {
			t.Errorf("after ten mails told to wait %s", f.RetryAfter)
		}
		p.Clock.Add(day - 10*time.Minute)
		if _, err := resend(p, inv.ID, nil); err != nil {
			t.Errorf("a day later: %v", err)
		}
	})
}

func TestTheLimitHoldsForTheMailboxWhicheverWorkspaceWrites(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		far := p.Found("Globex", "globex")
		sent(p, "jane@example.org")
		out := invite(far, input{Emails: []string{"jane@example.org"}})
		same(t, "outcome", told(out), []string{"jane@example.org INVITED"})
		same(t, "what the inviter reads", out[0].Sentence.Key, "invite.held")
		mails := p.Mails("jane@example.org")
		if wait := mails[1].DueAt.Sub(mails[0].DueAt); wait < 59*time.Second ||
			wait > 61*time.Second {
			t.Errorf("the second mail waits %s", wait)
		}
		_, err := resend(far, out[0].Invitation.ID, nil)
		refused(t, err, "RATE_LIMITED", "") // the wait for the mail that is held comes on top
		if f, _ := fault.Of(err); f.RetryAfter < time.Minute || f.RetryAfter > 2*time.Minute {
			t.Errorf("told to wait %s", f.RetryAfter)
		}
	})
}

func TestSeveralAreResentEachOnItsOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a, b, c := sent(p, "a@example.org"), sent(p, "b@example.org"), sent(p, "c@example.org")
		mustAccept(p, nil, p.Accepting(b))
		p.Clock.Add(time.Hour)
		if _, err := resend(p, c.ID, nil); err != nil {
			t.Fatal(err)
		}
		none := ident.New(ident.Invitation)
		bulk, err := p.Invitations.ResendMany(t.Context(), p.Caller(p.Admin),
			[]ident.ID{a.ID, b.ID, a.ID, c.ID, none}, invitation.ResendInput{})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "resent", idsOf(bulk.Invitations), []ident.ID{a.ID})
		same(t, "errors", codesOf(bulk), map[ident.ID]string{b.ID: "CONFLICT", c.ID: "RATE_LIMITED",
			none: "NOT_FOUND"})
		many := make([]ident.ID, 501)
		_, err = p.Invitations.ResendMany(t.Context(), p.Caller(p.Admin), many, invitation.ResendInput{})
		refused(t, err, "BAD_USER_INPUT", "invitationIds")
		_, err = p.Invitations.ResendMany(t.Context(), nil, []ident.ID{a.ID}, invitation.ResendInput{})
		refused(t, err, "UNAUTHENTICATED", "")
		_, err = resend(p, a.ID, new(string(make([]byte, 3000))))
		refused(t, err, "BAD_USER_INPUT", "message")
	})
}

// INV-5: all pending ones of a filter.
func TestAllPendingOnesOfAFilterAreResent(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		boss := p.Join("boss@example.org",
			&grants{Roles: []string{"group_admin"}, GroupIDs: []ident.ID{g.ID}})
		a, b := p.Invite("a@example.org", nil),
			p.Invite("b@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		gone, used := p.Invite("gone@example.org", nil), p.Invite("used@example.org", nil)
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), gone.ID); err != nil {
			t.Fatal(err)
		}
		mustAccept(p, nil, p.Accepting(used))
		bulk, err := p.Invitations.ResendPending(t.Context(), p.Caller(boss), p.Workspace.ID,
			all, nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "of the group", idsOf(bulk.Invitations), []ident.ID{b.ID})
		p.Clock.Add(time.Hour)
		bulk, err = p.Invitations.ResendPending(t.Context(), p.Caller(p.Admin), p.Workspace.ID,
			entinvitation.EmailIn("a@example.org", "gone@example.org"), new("Hello"))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "of the filter", idsOf(bulk.Invitations), []ident.ID{a.ID})
		same(t, "message", *p.Invitation(a.ID).Message, "Hello")
		p.Clock.Add(time.Hour)
		bulk, err = p.Invitations.ResendPending(t.Context(), p.Caller(p.Admin), p.Workspace.ID,
			all, nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "all of them", sortedIDs(idsOf(bulk.Invitations)),
			sortedIDs([]ident.ID{a.ID, b.ID}))
		p.Clock.Add(30 * day)
		bulk, err = p.Invitations.ResendPending(t.Context(), p.Caller(p.Admin), p.Workspace.ID,
			all, nil)
		if err != nil || len(bulk.Invitations) > 0 {
			t.Errorf("expired ones are not pending: %v %v", bulk, err)
		}
	})
}

func idsOf(list []*ent.Invitation) []ident.ID {
	all := []ident.ID{}
	for _, inv := range list {
		all = append(all, inv.ID)
	}
	return all
}

func codesOf(b *invitation.Bulk) map[ident.ID]string {
	codes := map[ident.ID]string{}
	for _, e := range b.Errors {
		codes[e.ID] = string(e.Fault.Code)
	}
	return codes
}
