package training_test

import (
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/training"
)

func TestAProgramIsMadeRenamedAndDeleted(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		admin := p.Caller(p.Admin)
		of := must[*ent.Program](t)(p.Training.CreateProgram(t.Context(), admin,
			newProgram{WorkspaceID: p.Workspace.ID, Name: "  Safety "}))
		same(t, "name", of.Name, "Safety")
		of = must[*ent.Program](t)(p.Training.UpdateProgram(t.Context(), admin,
			programEdit{ID: of.ID, Name: new("First aid")}))
		must[*ent.Program](t)(p.Training.UpdateProgram(t.Context(), admin,
			programEdit{ID: of.ID, Name: new("First aid")}))
		same(t, "new name", of.Name, "First aid")
		run := schedule(p, making{ProgramID: of.ID})
		refused(t, "with a session", p.Training.DeleteProgram(t.Context(), admin, of.ID),
			fault.Conflict, "")
		if err := p.Training.DeleteSession(t.Context(), admin, run.ID); err != nil {
			t.Fatal(err)
		}
		if err := p.Training.DeleteProgram(t.Context(), admin, of.ID); err != nil {
			t.Fatal(err)
		}
		refused(t, "gone", p.Training.DeleteProgram(t.Context(), admin, of.ID), fault.NotFound, "")
		same(t, "history", told(p, of.ID), []string{"program.made", "program.edited",
			"program.removed"})
		same(t, "history of the session", told(p, run.ID),
			[]string{"session.made", "session.removed"})
		for _, name := range []string{"", " ", "two\nlines", strings.Repeat("x", 201),
			"turned\u202e", "\xff"} {
			_, err := p.Training.CreateProgram(t.Context(), admin,
				newProgram{WorkspaceID: p.Workspace.ID, Name: name})
			refused(t, name, err, fault.BadUserInput, "name")
		}
	})
}

func TestASessionIsMadeWithInstructorsAndGroups(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		has, named := p.Group("has it", "PRIVATE", nil), p.Group("named", "PRIVATE", nil)
		below := p.Group("below", "PUBLIC", has)
		of := p.Program("Safety", has)
		in := func(g *ent.Group, roles ...string) *grants {
			return &grants{GroupIDs: []ident.ID{g.ID}, Roles: roles}
		}
		teacher := p.Join("teacher@example.org", nil)
		p.Verify("teacher@example.org")
		people := map[string]*ent.Member{
			"has it": p.Join("a@example.org", in(has)), "named": p.Join("b@example.org", in(named)),
			"inherits":      p.Join("c@example.org", in(below)),
			"coaches there": p.Join("d@example.org", in(has, "coach")),
		}
		coachBelow, nowhere := p.Join("e@example.org", in(below, "coach")),
			p.Join("f@example.org", nil)
		starts := after(p, day)
		run := schedule(p, making{ProgramID: of.ID, StartsAt: starts, EndsAt: after(p, 2*day),
			InstructorIDs: []ident.ID{teacher.ID, teacher.ID}, GroupIDs: []ident.ID{named.ID}})
		same(t, "name", strings.HasPrefix(run.Name, "Safety, ") &&
			strings.Contains(run.Name, starts.Format("2006")), true)
		for what, m := range people {
			same(t, what, p.Enrolled(m.ID), []string{run.Name})
		}
		for what, m := range map[string]*ent.Member{"coaches below": coachBelow, "nowhere": nowhere,
			"teaches": teacher} {
			same(t, what, p.Enrolled(m.ID), []string{})
		}
		same(t, "holds", p.Holds(teacher.ID), []string{"instructor@" + run.Name, "learner@*"})
		same(t, "sees", p.Caller(teacher).In(p.Workspace.ID).
			Can(access.MembersView, access.Session(run.ID)), true)
		open := schedule(p, making{ProgramID: of.ID})
		same(t, "name of one that is always open", open.Name, "Safety")
	})
}

func TestASessionIsRefusedThatIsNotWellFormed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		of := p.Program("Safety")
		elsewhere := p.Found("Other", "other")
		theirs, group := elsewhere.Program("Theirs"), elsewhere.Group("g", "PRIVATE", nil)
		gone := p.Join("gone@example.org", nil)
		must[*ent.Member](t)(p.Members.Deactivate(t.Context(), p.Caller(p.Admin), gone.ID))
		empty := ""
		for what, c := range map[string]struct {
			in    making
			code  fault.Code
			field string
		}{
			"no name": {making{ProgramID: of.ID, Name: &empty},
				fault.BadUserInput, "name"},
			"ends first": {making{ProgramID: of.ID, StartsAt: after(p, 2*day),
				EndsAt: after(p, day)}, fault.BadUserInput, "endsAt"},
			"ends as it starts": {making{ProgramID: of.ID, StartsAt: after(p, day),
				EndsAt: after(p, day)}, fault.BadUserInput, "endsAt"},
			"no program": {making{ProgramID: ident.New(ident.Program)},
				fault.NotFound, "programId"},
			"another tenant's program": {making{ProgramID: theirs.ID}, fault.NotFound, "programId"},
			"another tenant's group": {making{ProgramID: of.ID, GroupIDs: []ident.ID{group.ID}},
				fault.NotFound, "groupIds.0"},
			"another tenant's person": {making{ProgramID: of.ID,
				InstructorIDs: []ident.ID{elsewhere.Admin.ID}}, fault.NotFound, "instructorIds.0"},
			"an instructor who is gone": {making{ProgramID: of.ID,
				InstructorIDs: []ident.ID{gone.ID}}, fault.BadUserInput, "instructorIds.0"},
		} {
			_, err := p.Training.CreateSession(t.Context(), p.Caller(p.Admin), c.in)
			refused(t, what, err, c.code, c.field)
		}
		same(t, "sessions", must[int](t)(p.Store.Session.Query().Count(p.In())), 0)
		run := schedule(p, making{ProgramID: of.ID, StartsAt: after(p, day),
			EndsAt: after(p, 2*day)})
		for what, in := range map[string]training.UpdateSessionInput{
			"starts last": {ID: run.ID, StartsAt: at(after(p, 3*day))},
			"ends first":  {ID: run.ID, EndsAt: at(after(p, time.Hour))},
		} {
			_, err := p.Training.UpdateSession(t.Context(), p.Caller(p.Admin), in)
			refused(t, what, err, fault.BadUserInput, "endsAt")
		}
	})
}

// PRG-1: who may register people for a program may create a session.
func TestWhoMayDoWhatWithTraining(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, other := p.Group("g", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		unit := p.Unit("Sales", nil)
		free, assigned := p.Program("Free"), p.Program("Assigned", other)
		run := p.Session(free, "run", day, 2*day)
		inGroup := []ident.ID{g.ID}
		custom := func(name string, may ...access.Permission) *grants {
			return &grants{Roles: []string{p.Role(name, may...).ID.String()}}
		}
		// In the order of the calls below: createProgram, createSession of a free program, of one
		// assigned elsewhere, for the group, updateSession, assignProgram to the group, to the
		// other one, setEnrollment of somebody, of somebody in the unit.
		for who, c := range map[string]struct {
			grant *grants
			may   string
		}{
			"learner":    {nil, "?? ??? ?? ??"},
			"user admin": {&grants{Roles: []string{"user_admin"}}, "-+ ++- -- --"},
			"group admin": {&grants{Roles: []string{"group_admin"}, GroupIDs: inGroup},
				"-- --- +? ?? "},
			"manager": {&grants{Roles: []string{"manager"}, OrgUnitID: &unit.ID},
				"-+ -?- ?? ?+"},
			"coach": {&grants{Roles: []string{"coach"}, GroupIDs: inGroup}, "-- --- -? ??"},
			"instructor": {&grants{Roles: []string{"instructor"}, SessionIDs: []ident.ID{run.ID}},
				"-- --- ?? ??"},
			"scheduler": {custom("Scheduler", access.SessionsManage, access.MembersView),
				"-+ +-+ -- --"},
			"LMS": {custom("LMS", access.EnrollmentsManage, access.MembersView),
				"-+ ++- -- ++"},
			"planner": {custom("Planner", access.ProgramsManage, access.MembersView),
				"+- --- ++ --"},
			"admin": {&grants{Roles: []string{"admin"}}, "++ +++ ++ ++"},
		} {
			name := strings.ReplaceAll(who, " ", "-")
			by := p.Caller(p.Join(name+"@example.org", c.grant))
			some := p.Join("of-"+name+"@example.org", nil)
			ofUnit := p.Join("unit-"+name+"@example.org", &grants{OrgUnitID: &unit.ID})
			ctx := t.Context()
			calls := []func() error{
				func() error {
					_, err := p.Training.CreateProgram(ctx, by,
						newProgram{WorkspaceID: p.Workspace.ID, Name: "New"})
					return err
				},
				func() error {
					_, err := p.Training.CreateSession(ctx, by, making{ProgramID: free.ID})
					return err
				},
				func() error {
					_, err := p.Training.CreateSession(ctx, by, making{ProgramID: assigned.ID})
					return err
				},
				func() error {
					_, err := p.Training.CreateSession(ctx, by,
						making{ProgramID: free.ID, GroupIDs: inGroup})
					return err
				},
				func() error {
					_, err := p.Training.UpdateSession(ctx, by,
						training.UpdateSessionInput{ID: run.ID})
					return err
				},
				func() error {
					_, err := p.Training.AssignProgram(ctx, by, g.ID, free.ID)
					return err
				},
				func() error {
					if _, err := p.Training.AssignProgram(ctx, by, other.ID, free.ID); err != nil {
						return err
					}
					_, err := p.Training.UnassignProgram(ctx, by, other.ID, free.ID)
					return err
				},
				func() error {
					_, err := p.Training.SetEnrollment(ctx, by, run.ID, some.ID,
						enrollment.StatusEnrolled, nil)
					return err
				},
				func() error {
					_, err := p.Training.SetEnrollment(ctx, by, run.ID, ofUnit.ID,
						enrollment.StatusEnrolled, nil)
					return err
				},
			}
			var got strings.Builder
			for _, call := range calls {
				err := call()
				switch {
				case err == nil:
					got.WriteByte('+')
				case fault.Has(err, fault.Forbidden):
					got.WriteByte('-')
				case fault.Has(err, fault.NotFound):
					got.WriteByte('?')
				default:
					t.Errorf("%s: %v", who, err)
				}
			}
			want := strings.ReplaceAll(c.may, " ", "")
			if who == "learner" {
				want = "-" + want[1:]
			}
			same(t, who, got.String(), want)
			// Whatever was assigned in this round is taken back: it would reach who comes next.
			must[*ent.Group](t)(p.Training.UnassignProgram(ctx, p.Caller(p.Admin), g.ID, free.ID))
		}
	})
}

func TestNobodyMakesAnInstructorWhoHoldsLess(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		of := p.Program("Safety")
		unit := p.Unit("Sales", nil)
		manager := p.Join("manager@example.org",
			&grants{Roles: []string{"manager"}, OrgUnitID: &unit.ID})
		colleague := p.Join("colleague@example.org", &grants{OrgUnitID: &unit.ID})
		p.Verify("colleague@example.org")
		_, err := p.Training.CreateSession(t.Context(), p.Caller(manager),
			making{ProgramID: of.ID, InstructorIDs: []ident.ID{colleague.ID}})
		refused(t, "a manager", err, fault.Forbidden, "")
		boss := p.Join("boss@example.org", &grants{Roles: []string{"user_admin"}})
		must[*ent.Session](t)(p.Training.CreateSession(t.Context(), p.Caller(boss),
			making{ProgramID: of.ID, InstructorIDs: []ident.ID{colleague.ID}}))
	})
}

func TestTheListOfInstructorsIsReplacedWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a, b, c := p.Join("a@example.org", nil), p.Join("b@example.org", nil),
			p.Join("c@example.org", nil)
		p.Verify("a@example.org", "b@example.org", "c@example.org")
		name := "run"
		run := schedule(p, making{ProgramID: p.Program("Safety").ID, Name: &name,
			InstructorIDs: []ident.ID{a.ID, b.ID}})
		change(p, training.UpdateSessionInput{ID: run.ID, InstructorIDs: &[]ident.ID{b.ID, c.ID}})
		for m, want := range map[*ent.Member][]string{a: {"learner@*"},
			b: {"instructor@run", "learner@*"}, c: {"instructor@run", "learner@*"}} {
			same(t, "holds", p.Holds(m.ID), want)
		}
		change(p, training.UpdateSessionInput{ID: run.ID, InstructorIDs: &[]ident.ID{}})
		same(t, "nobody", p.Holds(b.ID), []string{"learner@*"})
	})
}

// ADM-3: assigning a program enrolls those who are there.
func TestAssigningReachesEveryoneThereAndUnassigningTakesThemOut(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		below := p.Group("below", "PUBLIC", top)
		of := p.Program("Safety")
		p.Session(of, "coming", day, 2*day)
		p.Session(of, "over", -2*day, -day)
		in := p.Join("in@example.org", &grants{GroupIDs: []ident.ID{top.ID}})
		under := p.Join("under@example.org", &grants{GroupIDs: []ident.ID{below.ID}})
		out := p.Join("out@example.org", nil)
		for range 2 {
			assign(p, top, of)
			for m, want := range map[*ent.Member][]string{in: {"coming"}, under: {"coming"},
				out: {}} {
				same(t, "enrolled", p.Enrolled(m.ID), want)
			}
		}
		later := p.Join("later@example.org", &grants{GroupIDs: []ident.ID{below.ID}})
		same(t, "who comes later", p.Enrolled(later.ID), []string{"coming"})
		for range 2 {
			must[*ent.Group](t)(p.Training.UnassignProgram(t.Context(), p.Caller(p.Admin),
				top.ID, of.ID))
			for _, m := range []*ent.Member{in, under, later} {
				same(t, "unassigned", p.Enrolled(m.ID), []string{})
			}
		}
		same(t, "history", told(p, top.ID, "program."),
			[]string{"program.assigned", "program.unassigned"})
	})
}

// PRG-2: people are withdrawn and completed, and progress is reported.
func TestAnEnrollmentGoesThroughItsStates(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "run", day, 2*day)
		m := p.Join("m@example.org", nil)
		by := p.Caller(p.Admin)
		set := func(status enrollment.Status, progress ...int) string {
			var said *int
			if len(progress) > 0 {
				said = &progress[0]
			}
			row := must[*ent.Enrollment](t)(p.Training.SetEnrollment(t.Context(), by, run.ID, m.ID,
				status, said))
			line := string(row.Status) + " " + string(rune('0'+row.Progress/10))
			if row.CompletedAt != nil {
				line += " done"
			}
			return line
		}
		const in, out, done = enrollment.StatusEnrolled, enrollment.StatusWithdrawn,
			enrollment.StatusCompleted
		same(t, "enrolled", set(in), "ENROLLED 0")
		same(t, "again", set(in), "ENROLLED 0")
		same(t, "on the way", set(in, 30), "ENROLLED 3")
		same(t, "withdrawn", set(out), "WITHDRAWN 3")
		same(t, "back", set(in), "ENROLLED 3")
		same(t, "completed", set(done), "COMPLETED : done") // ':' comes after '9'
		same(t, "not after all", set(in, 80), "ENROLLED 8")
		same(t, "completed with less", set(done, 90), "COMPLETED 9 done")
		same(t, "history", told(p, run.ID), []string{"member.enrolled", "member.progressed",
			"member.withdrawn", "member.enrolled", "member.completed", "member.enrolled",
			"member.completed"})
		same(t, "mails", mails(p, run), 1)
		for _, n := range []int{-1, 101} {
			_, err := p.Training.SetEnrollment(t.Context(), by, run.ID, m.ID, in, &n)
			refused(t, "progress", err, fault.BadUserInput, "progress")
		}
		never := p.Join("never@example.org", nil)
		same(t, "withdrawn though never in", stand(p, run, never, out).Status, out)
		must[*ent.Member](t)(p.Members.Deactivate(t.Context(), by, never.ID))
		_, err := p.Training.SetEnrollment(t.Context(), by, run.ID, never.ID, in, nil)
		refused(t, "deactivated", err, fault.Conflict, "")
		same(t, "what was done before can be told", stand(p, run, never, done).Status, done)
	})
}

func TestAnotherTenantsTrainingIsNotThere(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other := p.Found("Other", "other")
		of, g := other.Program("Safety"), other.Group("g", "PRIVATE", nil)
		run := other.Session(of, "run", day, 2*day)
		ours, group := p.Program("Ours"), p.Group("g", "PRIVATE", nil)
		mine := p.Session(ours, "mine", day, 2*day)
		ctx, by := t.Context(), p.Caller(p.Admin)
		for what, call := range map[string]func() error{
			"createProgram": func() error {
				_, err := p.Training.CreateProgram(ctx, by,
					newProgram{WorkspaceID: other.Workspace.ID, Name: "x"})
				return err
			},
			"updateProgram": func() error {
				_, err := p.Training.UpdateProgram(ctx, by, programEdit{ID: of.ID, Name: new("x")})
				return err
			},
			"deleteProgram": func() error { return p.Training.DeleteProgram(ctx, by, of.ID) },
			"updateSession": func() error {
				_, err := p.Training.UpdateSession(ctx, by, training.UpdateSessionInput{ID: run.ID})
				return err
			},
			"deleteSession": func() error {
				return p.Training.DeleteSession(ctx, by, run.ID)
			},
			"assignProgram, their program": func() error {
				_, err := p.Training.AssignProgram(ctx, by, group.ID, of.ID)
				return err
			},
			"assignProgram, their group": func() error {
				_, err := p.Training.AssignProgram(ctx, by, g.ID, ours.ID)
				return err
			},
			"setEnrollment, their session": func() error {
				_, err := p.Training.SetEnrollment(ctx, by, run.ID, p.Admin.ID,
					enrollment.StatusEnrolled, nil)
				return err
			},
			"setEnrollment, their member": func() error {
				_, err := p.Training.SetEnrollment(ctx, by, mine.ID, other.Admin.ID,
					enrollment.StatusEnrolled, nil)
				return err
			},
		} {
			field := map[string]string{"updateProgram": "programId", "updateSession": "sessionId",
				"assignProgram, their program": "programId",
				"assignProgram, their group":   "groupId",
				"setEnrollment, their session": "sessionId",
				"setEnrollment, their member":  "memberId"}[what]
			refused(t, what, call(), fault.NotFound, field)
		}
		_, err := p.Training.CreateProgram(ctx, &access.Caller{},
			newProgram{WorkspaceID: p.Workspace.ID, Name: "x"})
		refused(t, "nobody", err, fault.Unauthenticated, "")
	})
}
