package training_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/testkit/probe"
	"usher/internal/training"
)

type selector = sql.Selector

func isLearner(s *sql.Selector, workspace ident.ID) *sql.Predicate {
	return sql.And(sql.EQ(s.C(role.FieldKey), "learner"),
		sql.EQ(s.C(role.FieldWorkspaceID), workspace))
}

func enroll(p *apptest.Place, members []ident.ID, named bool, sessions ...*ent.Session) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		return p.Training.EnrollMembers(ctx, tx, p.Workspace.ID, members, sessions, named)
	})
}

func TestTheMailAboutASessionIsDueWhenItStartsAndAtOnceWhenItHasOrIsAlwaysOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		of := p.Program("Safety")
		for what, c := range map[string]struct {
			run  *ent.Session
			want []string
		}{
			"coming": {p.Session(of, "coming", 3*day, 4*day),
				[]string{"session_invitation QUEUED in 3"}},
			"endless": {p.Session(of, "endless", 2*day, 0),
				[]string{"session_invitation QUEUED in 2"}},
			"running": {p.Session(of, "running", -day, day), []string{"session_invitation QUEUED"}},
			"open": {p.Session(of, "open", apptest.Always, apptest.Always),
				[]string{"session_invitation QUEUED"}},
			"over": {p.Session(of, "over", -2*day, -day), []string{}},
		} {
			m := crowd(p, what, 1, nil)
			enroll(p, m, true, c.run)
			same(t, what, letters(p, what+"aaa@example.org"), c.want)
			same(t, what+": enrolled", p.Enrolled(m[0]), []string{what})
		}
	})
}

func TestWhoIsInASessionStaysAsTheyAre(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "run", day, 2*day)
		m := crowd(p, "p", 1, nil)
		status := func() string {
			row := must[*ent.Enrollment](t)(p.Store.Enrollment.Query().
				Where(enrollment.MemberID(m[0])).Only(p.In()))
			if row.Named {
				return string(row.Status) + " named"
			}
			return string(row.Status)
		}
		set := func(s enrollment.Status) {
			p.Write(func(ctx context.Context, tx *store.Tx) error {
				return tx.Enrollment.Update().Where(enrollment.MemberID(m[0])).SetStatus(s).
					SetNamed(false).Exec(ctx)
			})
		}
		enroll(p, m, false, run)
		same(t, "by a group", status(), "ENROLLED")
		enroll(p, m, true, run)
		same(t, "named then", status(), "ENROLLED named")
		set(enrollment.StatusWithdrawn)
		enroll(p, m, false, run)
		same(t, "withdrawn, by a group", status(), "WITHDRAWN")
		enroll(p, m, true, run)
		same(t, "withdrawn, named", status(), "ENROLLED named")
		set(enrollment.StatusCompleted)
		enroll(p, m, true, run)
		same(t, "completed, named", status(), "COMPLETED named")
		same(t, "mails", mails(p, run), 1)
	})
}

func TestNobodyIsEnrolledWhoIsDeactivatedAndNobodyMailedWhoHasNoMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "run", day, 2*day)
		ids := crowd(p, "p", 3, nil)
		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.User.UpdateOneID(p.User("paab@example.org").ID).ClearEmail().
				ClearEmailKey().Exec(ctx); err != nil {
				return err
			}
			return tx.Member.UpdateOneID(ids[0]).SetStatus(member.StatusDeactivated).Exec(ctx)
		})
		enroll(p, ids, true, run)
		same(t, "the deactivated", p.Enrolled(ids[0]), []string{})
		same(t, "who has no mailbox", p.Enrolled(ids[1]), []string{"run"})
		same(t, "mails", mails(p, run), 1)
	})
}

func TestASessionThatIsGoneEnrollsNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "run", day, 2*day)
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Session.DeleteOne(run).Exec(ctx)
		})
		ids := crowd(p, "p", 1, nil)
		enroll(p, ids, true, run)
		same(t, "enrolled", p.Enrolled(ids[0]), []string{})
	})
}

func TestTheStatementsOfEnrollingDoNotGrowWithThePeople(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		of := p.Program("Safety", g)
		count := func() int64 {
			ctx, n := probe.CountStatements(t.Context())
			must[*ent.Session](t)(p.Training.CreateSession(ctx, p.Caller(p.Admin),
				making{ProgramID: of.ID, StartsAt: after(p, day)}))
			return n.Load()
		}
		crowd(p, "few", 3, g)
		few := count()
		crowd(p, "many", 60, g)
		many := count()
		t.Logf("%d statements", many)
		// Fewer for many: their events and emails are written by COPY, which is not counted.
		if many > few {
			t.Errorf("%d statements for three people, %d for sixty", few, many)
		}
		if many > 30 {
			t.Errorf("%d statements, and 30 are enough", many)
		}
	})
}

func TestLeavingTakesOnlyWhatTheGroupsGave(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, other := p.Group("g", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		safety, aid := p.Program("Safety", g), p.Program("First aid", g, other)
		runs := []*ent.Session{p.Session(safety, "left", day, 2*day),
			p.Session(safety, "named", day, 2*day), p.Session(safety, "begun", day, 2*day),
			p.Session(safety, "withdrawn", day, 2*day),
			p.Session(aid, "of the other too", day, 2*day)}
		stays, goes := p.Join("stays@example.org", &grants{GroupIDs: []ident.ID{g.ID}}),
			p.Join("goes@example.org", &grants{GroupIDs: []ident.ID{g.ID, other.ID}})
		same(t, "before", len(p.Enrolled(goes.ID)), len(runs))
		stand(p, runs[1], goes, enrollment.StatusEnrolled)
		stand(p, runs[3], goes, enrollment.StatusWithdrawn)
		fifth := 20
		must[*ent.Enrollment](t)(p.Training.SetEnrollment(t.Context(), p.Caller(p.Admin),
			runs[2].ID, goes.ID, enrollment.StatusEnrolled, &fifth))
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.RoleAssignment.Delete().Where(roleassignment.GroupID(g.ID),
				roleassignment.MemberID(goes.ID)).Exec(ctx); err != nil {
				return err
			}
			return p.Training.DeleteGroupEnrollments(ctx, tx, p.Workspace.ID,
				[]ident.ID{goes.ID, stays.ID})
		})
		same(t, "who left", p.Enrolled(goes.ID), []string{"begun", "named", "of the other too"})
		same(t, "who stays", len(p.Enrolled(stays.ID)), len(runs))
		n := must[int](t)(p.Store.Enrollment.Query().Where(enrollment.MemberID(goes.ID),
			enrollment.StatusEQ(enrollment.StatusWithdrawn)).Count(p.In()))
		same(t, "withdrawn", n, 1)
		enroll(p, []ident.ID{goes.ID}, false, runs...)
		same(t, "back again", p.Enrolled(goes.ID),
			[]string{"begun", "left", "named", "of the other too"})
		same(t, "mailed once each", len(letters(p, "goes@example.org")), len(runs))
	})
}

func TestCurrentSessionsAreThoseOfTheGroupsThatAreNotOver(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		of := p.Program("Safety", g)
		p.Session(of, "coming", day, 2*day)
		p.Session(of, "running", -day, day)
		p.Session(of, "open", apptest.Always, apptest.Always)
		p.Session(of, "over", -2*day, -day)
		p.Session(p.Program("Other"), "other", day, 2*day)
		var names []string
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			rows, err := training.CurrentSessions(ctx, tx, []ident.ID{g.ID}, p.Clock.Now().UTC())
			for _, row := range rows {
				names = append(names, row.Name)
			}
			return err
		})
		slices.Sort(names)
		same(t, "current", names, []string{"coming", "open", "running"})
	})
}

// Two requests that enroll the same people at once, and one that moves the start meanwhile, leave
// one mail each at the start.
func TestEnrollingTwiceAtOnceMailsOnceAndTheMailIsDueAtTheStart(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "run", day, 9*day)
		ids := crowd(p, "p", 20, nil)
		failed := make(chan error, 3)
		for range 2 {
			go func() {
				ctx := p.In()
				failed <- p.Store.Retry(ctx, func(tx *store.Tx) error {
					return p.Training.EnrollMembers(ctx, tx, p.Workspace.ID, ids,
						[]*ent.Session{run}, true)
				})
			}()
		}
		to := after(p, 5*day)
		go func() {
			_, err := p.Training.UpdateSession(p.T.Context(), p.Caller(p.Admin),
				training.UpdateSessionInput{ID: run.ID, StartsAt: at(to)})
			failed <- err
		}()
		for range 3 {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		same(t, "mails", mails(p, run), len(ids))
		for _, m := range p.Mails("paaa@example.org") {
			if m.DueAt.Sub(*to).Abs() > time.Second {
				t.Errorf("due %s, and it starts %s", m.DueAt, to)
			}
		}
	})
}
