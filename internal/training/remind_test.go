package training_test

import (
	"context"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/schema"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/training"
)

// reminding has the workspace remind so many days before, in a time zone.
func reminding(p *apptest.Place, zone string, days ...int) {
	p.T.Helper()
	p.Configure(func(s *schema.WorkspaceSettings) { s.SessionReminderDaysBefore = days })
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Workspace.UpdateOneID(p.Workspace.ID).SetTimeZone(zone).Exec(ctx)
	})
}

// reminders counts those promised to an address, after a round.
func reminders(p *apptest.Place, email string) (n int) {
	p.T.Helper()
	if err := p.Training.Remind(p.T.Context()); err != nil {
		p.T.Fatal(err)
	}
	for _, m := range p.Mails(email) {
		if m.Kind == "session_reminder" {
			n++
		}
	}
	return n
}

func remindAt(p *apptest.Place, run *ent.Session) string {
	p.T.Helper()
	row := must[*ent.Session](p.T)(p.Store.Session.Get(p.In(), run.ID))
	if row.RemindAt == nil {
		return "none"
	}
	return row.RemindAt.UTC().Format("2006-01-02 15:04")
}

func TestAReminderComesAtTheHourOfTheStartWhateverTheClocksDoBetween(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		of := p.Program("Safety")
		for _, c := range []struct {
			zone, starts, want string
			days               []int
		}{
			// the clocks go forward on the 30th
			{"Europe/Paris", "2031-03-31T09:00:00+02:00", "2031-03-28 08:00", []int{3}},
			// and back on the 26th
			{"Europe/Paris", "2031-10-27T09:00:00+01:00", "2031-10-25 07:00", []int{2}},
			{"UTC", "2031-03-31T07:00:00Z", "2031-03-28 07:00", []int{3}},
			// 21:30 there; 20:30 the day before they go forward
			{"America/New_York", "2031-03-10T01:30:00Z", "2031-03-09 01:30", []int{1}},
			{"Pacific/Auckland", "2031-06-02T08:00:00+12:00", "2031-05-31 20:00", []int{1, 1}},
			// the first of several
			{"Asia/Tokyo", "2031-06-10T08:00:00+09:00", "2031-05-26 23:00", []int{1, 14, 3}},
			{"Asia/Tokyo", "2031-06-10T08:00:00+09:00", "none", nil},
		} {
			reminding(p, c.zone, c.days...)
			starts := must[time.Time](t)(time.Parse(time.RFC3339, c.starts))
			run := schedule(p, making{ProgramID: of.ID, StartsAt: &starts})
			if c.zone == "America/New_York" {
				c.want = starts.In(must[*time.Location](t)(time.LoadLocation(c.zone))).
					AddDate(0, 0, -1).UTC().Format("2006-01-02 15:04")
			}
			same(t, c.zone+" "+c.starts, remindAt(p, run), c.want)
		}
	})
}

func TestRemindersGoOnceToWhoIsInTheSessionAndToWhoIsInvited(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		reminding(p, "Europe/Paris", 7, 1)
		g := p.Group("g", "PRIVATE", nil)
		run := schedule(p, making{ProgramID: p.Program("Safety", g).ID, StartsAt: after(p, 10*day)})
		into := &grants{GroupIDs: []ident.ID{g.ID}}
		p.Join("in@example.org", into)
		out := p.Join("out@example.org", into)
		invite(p, "invited@example.org", into)
		cancelled := invite(p, "cancelled@example.org", into)
		stand(p, run, out, enrollment.StatusWithdrawn)
		all := []string{"in@example.org", "invited@example.org", "out@example.org",
			"cancelled@example.org"}
		count := func() (n []int) {
			for _, who := range all {
				n = append(n, reminders(p, who))
			}
			return n
		}
		same(t, "ten days before", count(), []int{0, 0, 0, 0})
		p.Clock.Add(3*day + 2*time.Hour) // an hour more, lest the clocks change
		must[*ent.Invitation](t)(p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), cancelled.ID))
		same(t, "seven days before", count(), []int{1, 1, 0, 1})
		same(t, "another round", count(), []int{1, 1, 0, 1})
		p.Eventually("they are out", func() bool {
			return statuses(p, "cancelled@example.org")[1] == "DROPPED"
		})
		about(p, "in@example.org", "Reminder: “"+run.Name)
		about(p, "invited@example.org", "Reminder: “"+run.Name)
		p.Clock.Add(6 * day)
		same(t, "a day before", count(), []int{2, 2, 0, 2})
		p.Clock.Add(2 * day)
		same(t, "after the start", count(), []int{2, 2, 0, 2})
		same(t, "no more", remindAt(p, run), "none")
	})
}

func TestRemindersThatFellDueWhileNobodyRanAreOneAndNoneOfWhatHasStarted(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		reminding(p, "UTC", 7, 5, 3)
		of := p.Program("Safety")
		m := p.Join("m@example.org", nil)
		run := schedule(p, making{ProgramID: of.ID, StartsAt: after(p, 10*day)})
		soon := schedule(p, making{ProgramID: of.ID, StartsAt: after(p, 4*day)})
		stand(p, run, m, enrollment.StatusEnrolled)
		stand(p, soon, m, enrollment.StatusEnrolled)
		// seven and five days before the one, three before the other, which has started
		p.Clock.Add(6 * day)
		same(t, "reminders", reminders(p, "m@example.org"), 1)
		p.Clock.Add(day + time.Hour)
		same(t, "the next", reminders(p, "m@example.org"), 2)
	})
}

func TestAMovedSessionIsRemindedOfAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		reminding(p, "UTC", 1)
		run := schedule(p, making{ProgramID: p.Program("Safety").ID, StartsAt: after(p, 2*day)})
		stand(p, run, p.Join("m@example.org", nil), enrollment.StatusEnrolled)
		p.Clock.Add(day + time.Hour)
		same(t, "before", reminders(p, "m@example.org"), 1)
		change(p, training.UpdateSessionInput{ID: run.ID, StartsAt: at(after(p, 5*day))})
		same(t, "moved", reminders(p, "m@example.org"), 1)
		p.Clock.Add(4*day + time.Hour)
		same(t, "a day before the new start", reminders(p, "m@example.org"), 2)
		change(p, training.UpdateSessionInput{ID: run.ID, StartsAt: at(nil)})
		same(t, "no start", remindAt(p, run), "none")
	})
}

func TestAChangeOfTheSettingHoldsForSessionsThatAreToCome(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		starts, later := after(p, 10*day), after(p, 20*day)
		of := p.Program("Safety")
		run, twin, other := schedule(p, making{ProgramID: of.ID, StartsAt: starts}),
			schedule(p, making{ProgramID: of.ID, StartsAt: starts}),
			schedule(p, making{ProgramID: of.ID, StartsAt: later})
		plan := func(days ...int) {
			reminding(p, "UTC", days...)
			p.Write(func(ctx context.Context, tx *store.Tx) error {
				return p.Training.ScheduleReminders(ctx, tx,
					must[*ent.Workspace](t)(tx.Workspace.Get(ctx, p.Workspace.ID)))
			})
		}
		form := func(at *time.Time, days int) string {
			return at.AddDate(0, 0, -days).Format("2006-01-02 15:04")
		}
		plan(2)
		same(t, "set", []string{remindAt(p, run), remindAt(p, twin), remindAt(p, other)},
			[]string{form(starts, 2), form(starts, 2), form(later, 2)})
		p.Clock.Add(8*day + time.Hour)
		plan(1)
		same(t, "due this moment", remindAt(p, run), form(starts, 2))
		same(t, "not due", remindAt(p, other), form(later, 1))
		plan()
		same(t, "none", []string{remindAt(p, run), remindAt(p, other)}, []string{"none", "none"})
	})
}
