package onboarding_test

import (
	"testing"
	"time"

	"usher/ent/importbatch"
	entinvitation "usher/ent/invitation"
	"usher/internal/apptest"
	"usher/internal/imports"
)

// INV-15: the time and the number of emails are those of the handovers to the mail server. Each way
// to email an invitation is counted once, and a reminder never.
func TestAnInvitationCountsTheEmailsThatLeft(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *settings) { s.RemindDaysAfterSending = []int{3} })
		inv := sent(p, "jane@example.org")
		left := func(what string, n int) {
			t.Helper()
			p.Eventually(what+" has left", func() bool { return waiting(p) == 0 })
			delivery(p, inv, entinvitation.DeliveryStatusSent)
			now := p.Invitation(inv.ID)
			same(t, what+": count", now.SentCount, n)
			if now.LastSentAt == nil {
				t.Fatalf("%s: it does not say when it was sent", what)
			}
			if age := p.Clock.Now().Sub(*now.LastSentAt); age < 0 || age > time.Minute {
				t.Errorf("%s: sent %s ago", what, age)
			}
		}
		left("the invitation", 1)

		p.Clock.Add(time.Hour)
		_, err := resend(p, inv.ID, nil)
		must(t, err)
		left("the second one", 2)

		p.Clock.Add(time.Hour)
		invite(p, input{Emails: []string{"jane@example.org"}, RemindPending: new(true)})
		left("the one that merging asked for", 3)

		p.Clock.Add(time.Hour)
		_, err = p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), inv.ID,
			"june@example.org")
		must(t, err)
		left("the one to the corrected address", 4)

		before := *p.Invitation(inv.ID).LastSentAt
		p.Clock.Add(3*day + time.Hour)
		must(t, p.Invitations.Remind(t.Context()))
		p.Received("june@example.org", 2)
		p.Eventually("the reminder has left", func() bool { return waiting(p) == 0 })
		now := p.Invitation(inv.ID)
		same(t, "after a reminder", []any{now.SentCount, now.LastSentAt.UTC()},
			[]any{4, before.UTC()})
	})
}

// INV-15: what the mail server refuses or has not got yet was not sent.
func TestAnEmailThatDidNotLeaveIsNotCounted(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *settings) { s.RemindDaysAfterSending = []int{1} })
		out := invite(p, input{Emails: []string{"reject@example.org", "tempfail@example.org"}})
		delivery(p, out[0].Invitation, entinvitation.DeliveryStatusFailed)
		p.Eventually("tried", func() bool { return p.Mails("tempfail@example.org")[0].Attempts > 0 })
		p.Clock.Add(day + time.Hour)
		must(t, p.Invitations.Remind(t.Context()))
		for _, o := range out {
			now := p.Invitation(o.Invitation.ID)
			if now.SentCount != 0 || now.LastSentAt != nil {
				t.Errorf("%s: %d times, at %v", now.Email, now.SentCount, now.LastSentAt)
			}
			same(t, now.Email+": reminders of what never came",
				countOf(p.Kinds(now.Email), "reminder"), 0)
		}
	})
}

// BAT-8: an email that an import holds back has not been sent. A second press does not send twice.
func TestAScheduledEmailIsSentWhenItLeaves(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		b := fileAs(p, p.Admin, importbatch.ActionInvite, importbatch.ExistingSkip,
			"e-mail", "jane@example.org")
		at := p.Clock.Now().Add(5 * day)
		_, err := p.Imports.StartImport(t.Context(), p.Caller(p.Admin),
			imports.StartInput{ID: b.ID, EmailAt: &at})
		must(t, err)
		p.Eventually("the import is done", func() bool {
			return imported(p, b.ID).Status == importbatch.StatusCompleted
		})
		inv := sentTo(p, "jane@example.org")
		if inv.LastSentAt != nil || inv.SentCount != 0 {
			t.Errorf("sent %d times, at %v", inv.SentCount, inv.LastSentAt)
		}
	})
}

// INV-5: the cool-down counts from when an email was asked for, not from when it left.
func TestTwoPressesSendOnceThoughNothingHasLeftYet(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := sent(p, "jane@example.org")
		p.Clock.Add(time.Hour)
		_, err := resend(p, inv.ID, nil)
		must(t, err)
		_, err = resend(p, inv.ID, nil)
		refused(t, err, "RATE_LIMITED", "")
		same(t, "mails", p.Kinds("jane@example.org"), []string{"invitation", "invitation"})
	})
}

// INV-5: a second call goes on where the first one ended, though no email has left in between.
func TestResendingAllPendingOnesGoesOnWithThoseThatAreNotQueued(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		queued, never := sent(p, "queued@example.org"), p.Invite("never@example.org", nil)
		long, lately := p.Invite("long@example.org", nil), p.Invite("lately@example.org", nil)
		p.Write(func(ctx ctx, tx *tx) error {
			for inv, ago := range map[*invitationRow]time.Duration{long: 2 * day, lately: day} {
				if err := tx.Invitation.UpdateOne(inv).SetDeliveryStatus("SENT").
					SetLastSentAt(p.Clock.Now().Add(-ago)).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		p.Clock.Add(time.Hour)
		bulk, err := p.Invitations.ResendPending(t.Context(), p.Caller(p.Admin), p.Workspace.ID,
			all, nil)
		must(t, err)
		var order []string
		for _, inv := range bulk.Invitations {
			order = append(order, inv.Email)
		}
		same(t, "order", order, []string{never.Email, long.Email, lately.Email, queued.Email})
	})
}

// BAT-9: an invitation that was sent again is not the import's alone, even while that email waits.
func TestUndoLeavesAnInvitationWhoseSecondEmailIsQueued(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		b := run(p, fileAs(p, p.Admin, importbatch.ActionInvite, importbatch.ExistingSkip,
			"e-mail", "tempfail@example.org", "tempfail@example.net"))
		p.Clock.Add(2 * time.Minute)
		again := sentTo(p, "tempfail@example.org")
		_, err := resend(p, again.ID, nil)
		must(t, err)
		var left []string
		for _, l := range undo(p, b) {
			left = append(left, l.Reason.Key)
		}
		same(t, "left alone", left, []string{"import.left_changed"})
		same(t, "still there", states(p)[entinvitation.StatusPending], 1)
		same(t, "withdrawn", states(p)[entinvitation.StatusCancelled], 1)
	})
}

// noteHandover writes down that the email of an invitation has left, where no worker runs.
func noteHandover(p *apptest.Place, inv *invitationRow) {
	p.T.Helper()
	p.Write(func(ctx ctx, tx *tx) error {
		return tx.Invitation.UpdateOneID(inv.ID).SetLastSentAt(p.Clock.Now()).Exec(ctx)
	})
}
