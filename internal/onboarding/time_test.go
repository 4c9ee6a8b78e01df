package onboarding_test

import (
	"testing"
	"time"

	entinvitation "usher/ent/invitation"
	"usher/internal/acceptance"
	"usher/internal/apptest"
	"usher/internal/invitation"
)

// INV-4: expiry is decided when an invitation is read.
func TestExpiryIsJudgedWhenItIsReadAndNotByAJob(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := invite(p, input{Emails: []string{"jane@example.org"},
			ExpiresAt: after(p, time.Hour)})[0].Invitation
		in := p.Accepting(inv)
		p.Clock.Add(59 * time.Minute)
		if i, err := p.Acceptances.Peek(t.Context(), in.Token); err != nil ||
			i.Status != entinvitation.StatusPending {
			t.Errorf("a minute before: %v %v", i, err)
		}
		p.Clock.Add(2 * time.Minute)
		i, err := p.Acceptances.Peek(t.Context(), in.Token)
		if err != nil || i.Status != entinvitation.StatusExpired || i.Message != nil {
			t.Errorf("a minute after: %v %v", i, err)
		}
		_, err = p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
		refused(t, err, "LINK_EXPIRED", "")
		refused(t, p.Decline(t.Context(), in.Token, nil), "LINK_EXPIRED", "")
		same(t, "the row itself", p.Invitation(inv.ID).Status, entinvitation.StatusPending)
		count := func(s entinvitation.Status) int {
			n, err := p.Store.Invitation.Query().Where(invitation.HasStatusAt(p.Clock.Now(), s)).
				Count(p.In())
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		same(t, "in filters", []int{count(entinvitation.StatusPending),
			count(entinvitation.StatusExpired)}, []int{0, 1})
		same(t, "seats", p.SeatsTaken(), 1)
	})
}

func TestAnInvitationThatExpiresWhileItIsBeingAcceptedIsNotAccepted(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("jane@example.org", nil)
		in, by := p.Accepting(inv), p.As(p.Account("jane@example.org"))
		_, err := overlap(p, inv, func() (*acceptance.Acceptance, error) {
			return p.Acceptances.Accept(t.Context(), by, in, noOrigin)
		}, func(ctx ctx, tx *tx) error {
			return tx.Invitation.UpdateOneID(inv.ID).SetExpiresAt(*after(p, -time.Second)).Exec(ctx)
		})
		refused(t, err, "LINK_EXPIRED", "")
		same(t, "seats", p.SeatsTaken(), 1)
	})
}

// ADM-5: checks refuse from the date on; the job deactivates or deletes.
func TestAccessEndsOnItsDateWhetherOrNotTheSweepHasRun(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		end := after(p, day)
		stays := p.Join("stays@example.org",
			&grants{Roles: []string{"user_admin"}, AccessExpiresAt: after(p, 30*day)})
		leaves := p.Join("leaves@example.org",
			&grants{Roles: []string{"user_admin"}, AccessExpiresAt: end})
		goes := p.Join("goes@example.org", &grants{AccessExpiresAt: end, DeleteOnExpiry: new(true)})
		sweep := func() {
			if err := p.Members.EndAccess(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		sweep()
		same(t, "seats before", p.SeatsTaken(), 4)
		p.Clock.Add(day + time.Second)
		_, err := inviteAs(p, leaves, input{Emails: []string{"jane@example.org"}})
		refused(t, err, "NOT_FOUND", "")
		same(t, "status before the sweep", p.Member("leaves@example.org").Status.String(), "ACTIVE")

		sweep()
		same(t, "status after", p.Member("leaves@example.org").Status.String(), "DEACTIVATED")
		if p.Member("leaves@example.org").DeactivatedAt == nil {
			t.Error("it does not say when")
		}
		if p.Member("goes@example.org") != nil {
			t.Error("who was to be removed is there still")
		}
		same(t, "who stays", p.Member("stays@example.org").Status.String(), "ACTIVE")
		if _, err := inviteAs(p, stays, input{Emails: []string{"jane@example.org"}}); err != nil {
			t.Error(err)
		}
		same(t, "seats after", p.SeatsTaken(), 2)
		same(t, "history", append(p.Happened(leaves.ID), p.Happened(goes.ID)...),
			[]string{"member.access_ended", "member.removed"})
		before := p.Snapshot()
		sweep()
		same(t, "the database after another sweep", p.Snapshot(), before)
		same(t, "who was removed can be invited",
			told(invite(p, input{Emails: []string{"goes@example.org"}})),
			[]string{"goes@example.org INVITED"})
	})
}

func TestASweepEndsAllThatIsDueHoweverMany(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		const many = 205 // more than one transaction takes
		p.Write(func(ctx ctx, tx *tx) error { return crowd(ctx, tx, p, many) })
		if err := p.Members.EndAccess(t.Context()); err != nil {
			t.Fatal(err)
		}
		n, err := p.Store.Member.Query().Where(active).Count(p.In())
		if n != 1 || err != nil {
			t.Errorf("%d are active (%v)", n, err)
		}
	})
}
