package onboarding_test

import (
	"context"
	"testing"
	"time"

	"usher/internal/apptest"
)

// Two requests that lock the same invitations in different orders would wait for each other. The
// keys of these addresses have another order than the ids of the invitations.
func TestARequestLocksInvitationsInTheOrderOfTheirIDs(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		if p.Store.Dialect() != "postgres" {
			return // one writer, so no row is locked
		}
		first, second := p.Invite("z@example.org", nil), p.Invite("a@example.org", nil)
		done := make(chan error, 1)
		p.Write(func(ctx ctx, tx *tx) error {
			if err := tx.Invitation.UpdateOne(first).AddSentCount(0).Exec(ctx); err != nil {
				return err
			}
			go func() {
				_, err := inviteAs(p, p.Admin,
					input{Emails: []string{"a@example.org", "z@example.org"}})
				done <- err
			}()
			p.Eventually("the request waits", func() bool { return blocked(p, 0) })
			// Shorter than the second after which PostgreSQL looks for a deadlock.
			short, cancel := context.WithTimeout(ctx, 700*time.Millisecond)
			defer cancel()
			return tx.Invitation.UpdateOne(second).AddSentCount(0).Exec(short)
		})
		must(t, <-done)
	})
}

func TestARoundOfRemindersDoesNotWaitForALockedInvitation(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		if p.Store.Dialect() != "postgres" {
			return
		}
		p.Configure(func(s *settings) { s.RemindDaysAfterSending = []int{1} })
		locked, free := sent(p, "locked@example.org"), sent(p, "free@example.org")
		noteHandover(p, locked)
		noteHandover(p, free)
		p.Clock.Add(2 * day)
		reminders := func() []int {
			return []int{countOf(p.Kinds("locked@example.org"), "reminder"),
				countOf(p.Kinds("free@example.org"), "reminder")}
		}
		p.Write(func(ctx ctx, tx *tx) error {
			if err := tx.Invitation.UpdateOne(locked).AddSentCount(0).Exec(ctx); err != nil {
				return err
			}
			short, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			return p.Invitations.Remind(short)
		})
		same(t, "reminders while one is locked", reminders(), []int{0, 1})
		must(t, p.Invitations.Remind(t.Context()))
		same(t, "reminders of the next round", reminders(), []int{1, 1})
	})
}
