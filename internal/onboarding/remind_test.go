package onboarding_test

import (
	"testing"
	"time"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/invitation"
)

// reminding is a workspace that wants these days, and a look at the clock and the mails of one
// invitation.
type reminding struct {
	*apptest.Place
	inv *ent.Invitation
}

func newReminding(p *apptest.Place, after, before []int) *reminding {
	p.T.Helper()
	p.Configure(func(s *schema.WorkspaceSettings) {
		s.RemindDaysAfterSending, s.RemindDaysBeforeExpiry = after, before
	})
	r := &reminding{Place: p, inv: sent(p, "jane@example.org")}
	r.work(1)
	return r
}

// work waits until so many mails to the invitee have gone out.
func (r *reminding) work(n int) {
	r.T.Helper()
	r.Received("jane@example.org", n)
	r.Eventually("all are settled", func() bool { return waiting(r.Place) == 0 })
}

// pass moves time on in small steps, as periodic work sees it, and tells how many reminders fell
// due.
func (r *reminding) pass(d time.Duration) int {
	r.T.Helper()
	before := r.count()
	for step := 6 * time.Hour; d > 0; d -= step {
		r.Clock.Add(min(step, d))
		r.round()
	}
	return r.count() - before
}

func (r *reminding) round() {
	r.T.Helper()
	if err := r.Invitations.Remind(r.T.Context()); err != nil {
		r.T.Fatal(err)
	}
	r.work(1 + r.count())
}

func (r *reminding) count() (n int) {
	for _, kind := range r.Kinds("jane@example.org") {
		if kind == "reminder" {
			n++
		}
	}
	return n
}

// INV-14: reminders go out on set days after sending and before expiry.
func TestRemindersGoOutAtTheDaysThatTheWorkspaceSetAndAtNoOther(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		r := newReminding(p, []int{3, 7}, []int{1})
		var got []int
		for range 16 {
			got = append(got, r.pass(day))
		}
		// Fourteen days of life: the third, the seventh and the thirteenth have one.
		days := []int{}
		for i, n := range got {
			if n > 0 {
				days = append(days, i+1)
			}
			if n > 1 {
				t.Errorf("day %d has %d", i+1, n)
			}
		}
		same(t, "days with a reminder", days, []int{3, 7, 13})
		same(t, "count, reminders apart", p.Invitation(r.inv.ID).SentCount, 1)
		same(t, "reminders in its history", countOf(p.Happened(r.inv.ID), "invitation.reminded"), 3)
	})
}

func TestRemindersThatFellDueWhileNoWorkerRanAreOne(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		r := newReminding(p, []int{1, 2, 3, 5}, nil)
		r.Clock.Add(4 * day)
		r.round()
		same(t, "reminders", r.count(), 1)
		r.round()
		same(t, "reminders of another round", r.count(), 1)
		same(t, "the next one", r.pass(2*day), 1)
	})
}

func TestNobodyIsRemindedWhoIsNotToBeMailed(t *testing.T) {
	for what, change := range map[string]func(p *apptest.Place, inv *ent.Invitation) error{
		"cancelled": func(p *apptest.Place, inv *ent.Invitation) error {
			_, err := p.Invitations.Cancel(p.T.Context(), p.Caller(p.Admin), inv.ID)
			return err
		},
		"accepted": func(p *apptest.Place, inv *ent.Invitation) error {
			_, err := accept(p, inv)
			return err
		},
		"declined": func(p *apptest.Place, inv *ent.Invitation) error {
			return p.Decline(p.T.Context(), p.MailToken(inv), nil)
		},
		"suppressed": func(p *apptest.Place, inv *ent.Invitation) error {
			suppressed(p, "jane@example.org", ident.ID{})
			return nil
		},
		"refused by its server": func(p *apptest.Place, inv *ent.Invitation) error {
			p.Write(func(ctx ctx, tx *tx) error {
				return tx.Invitation.UpdateOneID(inv.ID).SetDeliveryStatus("FAILED").Exec(ctx)
			})
			return nil
		},
		"expired": func(p *apptest.Place, inv *ent.Invitation) error {
			_, err := p.Invitations.Update(p.T.Context(), p.Caller(p.Admin),
				invitation.UpdateInput{ID: inv.ID,
					ExpiresAt: newTime{Set: true, Value: after(p, day)}})
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			onBoth(t, func(t *testing.T, p *apptest.Place) {
				p.Configure(func(s *schema.WorkspaceSettings) {
					s.RemindDaysAfterSending = []int{3}
				})
				inv := sent(p, "jane@example.org")
				if err := change(p, inv); err != nil {
					t.Fatal(err)
				}
				p.Clock.Add(4 * day)
				if err := p.Invitations.Remind(t.Context()); err != nil {
					t.Fatal(err)
				}
				same(t, "reminders", countOf(p.Kinds("jane@example.org"), "reminder"), 0)
			})
		})
	}
}

func TestAResendStartsTheRemindersAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *schema.WorkspaceSettings) { s.RemindDaysAfterSending = []int{3} })
		inv := sent(p, "jane@example.org")
		noteHandover(p, inv)
		p.Clock.Add(2 * day)
		if _, err := resend(p, inv.ID, nil); err != nil {
			t.Fatal(err)
		}
		remind := func() int {
			p.Clock.Add(2 * day)
			if err := p.Invitations.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			return countOf(p.Kinds("jane@example.org"), "reminder")
		}
		same(t, "four days after the first, two after the second", remind(), 0)
		same(t, "four after the second", remind(), 1)
	})
}

func TestALinkOnlyInvitationIsNotRemindedOf(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *schema.WorkspaceSettings) {
			s.RemindDaysAfterSending, s.RemindDaysBeforeExpiry = []int{1}, []int{1}
		})
		inv := p.Invite("jane@example.org", nil)
		if _, err := update(
			p, edit{ID: inv.ID,
				ExpiresAt: newTime{Set: true, Value: after(p, 5*day)}}); err != nil {
			t.Fatal(err)
		}
		p.Clock.Add(4*day + time.Hour)
		if err := p.Invitations.Remind(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "mails", p.Kinds("jane@example.org"), []string{})
	})
}

func TestAReminderCountsFromWhenTheMailLeftThoughItWasHeldUp(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *settings) { s.RemindDaysAfterSending = []int{3} })
		sent(p, "jane@example.org")
		p.Clock.Add(time.Hour) // nobody worked
		if err := p.Queue.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Queue.Stop(cleanup(t)) })
		p.Received("jane@example.org", 1)
		p.Eventually("all are settled", func() bool { return waiting(p) == 0 })
		p.Clock.Add(3*day - 30*time.Minute)
		for _, want := range []int{0, 1, 1} { // half an hour before, half an hour after, and later
			if err := p.Invitations.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			same(t, "reminders", countOf(p.Kinds("jane@example.org"), "reminder"), want)
			p.Clock.Add(time.Hour)
		}
	})
}
