package onboarding_test

import (
	"testing"

	"usher/ent"
	"usher/ent/seatevent"
	"usher/internal/apptest"
	"usher/internal/store"
)

// ledger lists the seat events of an account, the oldest first.
func ledger(p *apptest.Place, email string) []string {
	p.T.Helper()
	rows, err := p.Store.SeatEvent.Query().Where(seatevent.UserID(p.User(email).ID)).
		Order(ent.Asc(seatevent.FieldID)).
		All(store.AsSystem(p.T.Context(), "a test looks"))
	if err != nil {
		p.T.Fatal(err)
	}
	list := []string{}
	for _, r := range rows {
		list = append(list, r.Kind.String())
	}
	return list
}

// ADM-4: without a free seat nothing changes.
func TestWithoutASeatTheEntryPointSaysSoAndTheInvitationStaysPending(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Seats(2)
		first, second := sent(p, "a@example.org"), sent(p, "b@example.org")
		if _, err := accept(p, first); err != nil {
			t.Fatal(err)
		}
		before := p.Snapshot()
		_, err := accept(p, second)
		refused(t, err, "SEAT_LIMIT_REACHED", "")
		same(t, "the database", p.Snapshot(), before)
		same(t, "status", p.Invitation(second.ID).Status.String(), "PENDING")
		p.Seats(3)
		if _, err := accept(p, second); err != nil {
			t.Errorf("with a seat again: %v", err)
		}
		same(t, "seats", p.SeatsTaken(), 3)
	})
}

func TestAnInvitationTakesNoSeatBeforeItIsAccepted(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Seats(1)
		same(t, "outcome", told(invite(p, input{Emails: []string{"a@example.org"}})),
			[]string{"a@example.org INVITED"})
		same(t, "seats", p.SeatsTaken(), 1)
	})
}

// ADM-4: one seat for each user and organization.
func TestOnePersonTakesOneSeatOverAllWorkspacesOfTheOrganization(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		sister, stranger := p.Found("Acme", "acme-north"), p.Found("Globex", "globex")
		p.Join("jane@example.org", nil)
		p.Seats(p.SeatsTaken())
		sister.Join("jane@example.org", &grants{AccessExpiresAt: after(p, day)})
		stranger.Join("jane@example.org", nil)
		same(t, "seats here", p.SeatsTaken(), 3) // two administrators and Jane
		same(t, "seats of the other organization", stranger.SeatsTaken(), 2)
		// one an organization
		same(t, "ledger", ledger(p, "jane@example.org"), []string{"TAKEN", "TAKEN"})

		p.Clock.Add(2 * day)
		if err := p.Members.EndAccess(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "status there", sister.Member("jane@example.org").Status.String(), "DEACTIVATED")
		same(t, "seats while they are active in one", p.SeatsTaken(), 3)
	})
}

// ADM-4: the ledger, and the seat that deactivation frees.
func TestTheLedgerTellsWhoTookASeatAndWhoFreedIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Seats(2)
		deactivated(p, "dan@example.org")
		same(t, "seats", p.SeatsTaken(), 1)
		same(t, "ledger", ledger(p, "dan@example.org"), []string{"TAKEN", "FREED"})
		p.Join("jane@example.org", nil) // takes the seat that was freed
		same(t, "seats after", p.SeatsTaken(), 2)
	})
}
