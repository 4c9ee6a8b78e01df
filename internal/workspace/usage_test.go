package workspace_test

import (
	"context"
	"testing"
	"time"

	"usher/ent/seatevent"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
	"usher/internal/workspace"
)

func service(p *apptest.Place) *workspace.Service {
	return &workspace.Service{Store: p.Store, Training: p.Training, Clock: p.Admission.Clock}
}

func used(p *apptest.Place, from, to *time.Time) *workspace.Usage {
	p.T.Helper()
	u, err := service(p).Usage(p.T.Context(), p.Caller(p.Admin), p.Workspace.ID, from, to)
	done(p.T, err)
	return u
}

// at moves the clock on to a moment.
func at(t testing.TB, p *apptest.Place, moment string) time.Time {
	t.Helper()
	to, err := time.Parse(time.RFC3339, moment)
	done(t, err)
	p.Clock.Add(to.Sub(p.Clock.Now()))
	return to.UTC()
}

type figures struct{ taken, freed, start, end, peak, now int }

func figuresOf(u *workspace.Usage) figures {
	return figures{u.Taken, u.Freed, u.AtStart, u.AtEnd, u.Peak, u.SeatsTaken}
}

func TestAMonthIsThatOfTheWorkspaceWhateverTheClocksWerePutTo(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		_, err := service(p).Update(t.Context(), p.Caller(p.Admin),
			workspace.UpdateInput{ID: p.Workspace.ID, TimeZone: new("Europe/Paris")})
		done(t, err)
		at(t, p, "2030-02-28T22:30:00Z") // 23:30 in Paris: still February
		early := p.Join("early@example.org", nil)
		at(t, p, "2030-02-28T23:30:00Z")
		p.Join("march@example.org", nil)
		at(t, p, "2030-03-31T21:30:00Z") // 23:30 of summer time, which began that morning
		p.Join("late@example.org", nil)
		u := used(p, nil, nil)
		same(t, "from", u.From.Format(time.RFC3339), "2030-02-28T23:00:00Z")
		same(t, "to", u.To.Format(time.RFC3339), "2030-03-31T22:00:00Z")
		same(t, "March", figuresOf(u), figures{taken: 2, start: 2, end: 4, peak: 4, now: 4})

		at(t, p, "2030-03-31T22:30:00Z")
		_, err = p.Members.Deactivate(t.Context(), p.Caller(p.Admin), early.ID)
		done(t, err)
		same(t, "April", figuresOf(used(p, nil, nil)), figures{freed: 1, start: 4, end: 3, peak: 4,
			now: 3})
		same(t, "March, told in April", figuresOf(used(p, &u.From, &u.To)),
			figures{taken: 2, start: 2, end: 4, peak: 4, now: 3})
		same(t, "March by its end alone", used(p, nil, &u.To).From.Equal(u.From), true)
	})
}

func TestThePeakIsTheMostAtOneMoment(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Seats(5)
		start := at(t, p, "2030-05-02T12:00:00Z")
		for _, email := range []string{"a@example.org", "b@example.org"} {
			m := p.Join(email, nil)
			p.Clock.Add(time.Hour)
			done(t, p.Members.Remove(t.Context(), p.Caller(p.Admin), m.ID))
		}
		// another workspace of the organization: its first administrator takes a seat too
		second := p.Kit.Found("Acme", "second")
		u := used(p, &start, nil)
		same(t, "figures", figuresOf(u), figures{taken: 3, freed: 2, start: 1, end: 2, peak: 2,
			now: 2})
		same(t, "limit", *u.Seats, 5)
		same(t, "lines of this workspace", len(u.SeatEvents), 4)
		same(t, "the newest first", u.SeatEvents[0].Kind, seatevent.KindFreed)
		if u.SeatEvents[0].User != nil {
			t.Error("who has left is told of")
		}
		there := used(second, &start, nil)
		same(t, "the organization's figures", figuresOf(there), figuresOf(u))
		same(t, "lines of the other", len(there.SeatEvents), 1)
		same(t, "who", *there.SeatEvents[0].User.Email, "admin@second.test")
	})
}

func TestMailsAreCountedByHowTheyFared(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		// The usage is that of a month: an hour from now must not be in the next one.
		now := p.Clock.Now()
		p.Clock.Add(time.Date(now.Year(), now.Month()+1, 10, 0, 0, 0, 0, time.UTC).Sub(now))
		same(t, "none", used(p, nil, nil).Emails, workspace.EmailCounts{})
		p.Join("a@example.org", nil) // a welcome
		other := p.Kit.Found("Other", "other")
		other.Join("b@example.org", nil)
		same(t, "queued", used(p, nil, nil).Emails, workspace.EmailCounts{Queued: 1,
			DueNow: 1})
		p.Kit.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return p.Outbox.Post(ctx, tx, outbox.QueuedEmail{Kind: mail.Welcome,
				WorkspaceID: &p.Workspace.ID, To: "c@example.org", ToKey: "c@example.org",
				DueAt: p.Clock.Now().Add(time.Hour)})
		})
		same(t, "scheduled", used(p, nil, nil).Emails, workspace.EmailCounts{Queued: 2, DueNow: 1,
			Scheduled: 1})
		p.Clock.Add(time.Hour)
		same(t, "due", used(p, nil, nil).Emails, workspace.EmailCounts{Queued: 2, DueNow: 2})
		p.Clock.Add(40 * 24 * time.Hour)
		same(t, "next month", used(p, nil, nil).Emails, workspace.EmailCounts{})
	})
}

func TestUsageIsForWhoMaySeeIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		users := p.Join("users@example.org", &grants{Roles: []string{access.UserAdmin}})
		_, err := service(p).Usage(t.Context(), p.Caller(users), p.Workspace.ID, nil, nil)
		refused(t, err, fault.Forbidden, "")
		elsewhere := p.Kit.Found("Other", "other")
		_, err = service(p).Usage(t.Context(), p.Caller(elsewhere.Admin), p.Workspace.ID, nil, nil)
		refused(t, err, fault.NotFound, "")
		now := p.Clock.Now()
		_, err = service(p).Usage(t.Context(), p.Caller(p.Admin), p.Workspace.ID, &now, &now)
		refused(t, err, fault.BadUserInput, "to")
		biller := everywhere(p, "biller@example.org", access.UsageView)
		u, err := service(p).Usage(t.Context(), p.Caller(biller), p.Workspace.ID, nil, nil)
		done(t, err)
		for _, e := range u.SeatEvents {
			if e.User != nil && e.User.ID != biller.UserID {
				t.Errorf("who may not see people is told of %s", *e.User.Email)
			}
		}
	})
}
