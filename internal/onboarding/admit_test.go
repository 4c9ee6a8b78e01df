package onboarding_test

import (
	"testing"

	"usher/ent/assignmentsource"
	"usher/ent/customfield"
	"usher/ent/roleassignment"
	"usher/internal/apptest"
	"usher/internal/ident"
)

func TestAdmissionGivesAllThatWasPromised(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		sales := p.Group("Sales", "PRIVATE", nil)
		north := p.Unit("North", nil)
		course := p.Program("Safety")
		monday := p.Session(course, "Monday", day, 2*day)
		p.Field("badge", customfield.TypeText, false)
		end := after(p, 30*day)
		m := p.Join("jane@example.org", &grants{
			Roles:    []string{"learner", "group_admin", "manager", "coach"},
			GroupIDs: []ident.ID{sales.ID}, OrgUnitID: &north.ID,
			SessionIDs: []ident.ID{monday.ID}, Labels: []string{"vip"},
			AdditionalInfo:  new("desk 4"),
			AccessExpiresAt: end, DeleteOnExpiry: new(true),
			CustomFields: map[string]any{"badge": "x"},
		})
		same(t, "holds", p.Holds(m.ID), []string{"coach@Monday", "coach@Sales", "group_admin@Sales",
			"learner@Sales", "manager@North"})
		same(t, "sessions", p.Enrolled(m.ID), []string{"Monday"})
		now := p.Member("jane@example.org")
		same(t, "unit", now.Edges.OrgUnit.Name, "North")
		same(t, "labels", now.Labels, []string{"vip"})
		same(t, "info", *now.AdditionalInfo, "desk 4")
		same(t, "answers", now.CustomFields, map[string]string{"badge": "x"})
		same(t, "end", now.AccessExpiresAt.UTC(), *end)
		same(t, "removed then", now.DeleteOnExpiry, true)
	})
}

func TestTheLanguageOfAGrantIsTheNewPersonsUnlessTheyChoose(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		mustAccept(p, nil, p.Accepting(p.Invite("a@example.org", &grants{Locale: new("fr")})))
		same(t, "given", *p.User("a@example.org").Locale, "fr")
		in := p.Accepting(p.Invite("b@example.org", &grants{Locale: new("fr")}))
		in.Locale = new("en")
		mustAccept(p, nil, in)
		same(t, "chosen", *p.User("b@example.org").Locale, "en")
	})
}

func TestPublicGroupsLeadLearnersUpToTheFirstPrivateOne(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PUBLIC", nil)
		closed := p.Group("closed", "PRIVATE", top)
		mid := p.Group("mid", "PUBLIC", closed)
		low := p.Group("low", "PUBLIC", mid)
		side := p.Group("side", "PRIVATE", mid)
		join := func(email string, g grants) []string { return p.Holds(p.Join(email, &g).ID) }
		same(t, "a public group", join("a@example.org", grants{GroupIDs: []ident.ID{low.ID}}),
			[]string{"learner@closed^", "learner@low", "learner@mid^"})
		same(t, "a private one", join("b@example.org", grants{GroupIDs: []ident.ID{side.ID}}),
			[]string{"learner@side"})
		same(t, "two on one way",
			join("c@example.org", grants{GroupIDs: []ident.ID{low.ID, mid.ID}}),
			[]string{"learner@closed^", "learner@low", "learner@mid"})
		same(t, "another role", join("d@example.org",
			grants{Roles: []string{"coach"}, GroupIDs: []ident.ID{low.ID}}), []string{"coach@low"})
		same(t, "both", join("e@example.org", grants{Roles: []string{"coach", "learner"},
			GroupIDs: []ident.ID{low.ID}}),
			[]string{"coach@low", "learner@closed^", "learner@low", "learner@mid^"})
		same(t, "a group that no role lands on",
			join("f@example.org", grants{Roles: []string{"admin"}, GroupIDs: []ident.ID{side.ID}}),
			[]string{"admin@*", "learner@side"})
	})
}

func TestAnAssignmentKeepsEveryReasonItIsHeldFor(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		low := p.Group("low", "PUBLIC", top)
		other := p.Group("other", "PUBLIC", top)
		inv := p.Invite("jane@example.org", &grants{GroupIDs: []ident.ID{low.ID, other.ID}})
		m := mustAccept(p, nil, p.Accepting(inv)).Member
		reasons := func() (list []string) {
			rows, err := p.Store.AssignmentSource.Query().
				Where(assignmentsource.HasAssignmentWith(roleassignment.MemberID(m.ID))).
				WithAssignment(func(q *roleassignments) { q.WithGroup() }).All(p.In())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				list = append(list, r.Edges.Assignment.Edges.Group.Name+" "+r.Kind.String())
			}
			return sortedOf(list)
		}
		same(t, "reasons", reasons(), []string{"low INVITATION", "other INVITATION",
			"top INHERITED", "top INHERITED"})
		// Named by somebody later, the inherited one is held in its own right too.
		invite(p, input{Emails: []string{"jane@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{top.ID, low.ID}}})
		same(t, "reasons after", reasons(), []string{"low DIRECT", "low INVITATION",
			"other INVITATION", "top DIRECT", "top INHERITED", "top INHERITED"})
		same(t, "holds", p.Holds(m.ID), []string{"learner@low", "learner@other", "learner@top"})
	})
}

// INV-17: the always-open session of a program, else the current and coming ones.
func TestACourseEnrollsIntoItsAlwaysOpenSessionElseItsRunningAndComingOnes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		open := p.Program("Open")
		p.Session(open, "open always", apptest.Always, apptest.Always)
		p.Session(open, "open coming", day, 2*day)
		run := p.Program("Runs")
		p.Session(run, "runs past", -2*day, -day)
		p.Session(run, "runs now", -day, day)
		p.Session(run, "runs coming", day, 2*day)
		p.Session(run, "runs without end", -day, apptest.Always)
		m := p.Join("a@example.org", &grants{ProgramIDs: []ident.ID{open.ID, run.ID}})
		same(t, "sessions", p.Enrolled(m.ID), []string{"open always", "runs coming", "runs now",
			"runs without end"})
	})
}

// ADM-3: entering a group enrolls into the current and coming sessions of its programs.
func TestAGroupsProgramsReachWhoEntersIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		low := p.Group("low", "PUBLIC", top)
		own, above := p.Program("Own", low), p.Program("Above", top)
		p.Session(own, "own always", apptest.Always, apptest.Always)
		p.Session(own, "own coming", day, 2*day)
		p.Session(own, "own past", -2*day, -day)
		p.Session(above, "above now", -day, day)
		join := func(email string, g grants) []string { return p.Enrolled(p.Join(email, &g).ID) }
		same(t, "a learner, who inherits",
			join("a@example.org", grants{GroupIDs: []ident.ID{low.ID}}),
			[]string{"above now", "own always", "own coming"})
		same(t, "a coach, who inherits nothing",
			join("b@example.org", grants{Roles: []string{"coach"}, GroupIDs: []ident.ID{low.ID}}),
			[]string{"own always", "own coming"})
		same(t, "the program named too", join("c@example.org",
			grants{GroupIDs: []ident.ID{low.ID}, ProgramIDs: []ident.ID{own.ID}}),
			[]string{"above now", "own always", "own coming"})
		same(t, "nobody else", join("d@example.org", grants{}), []string{})
	})
}

// ADM-7: programs are worked out at admission.
func TestProgramsAreWorkedOutAtAdmissionAndNotWhenInvited(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PUBLIC", nil)
		inv := p.Invite("a@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		p.Session(p.Program("Later", g), "later", day, 2*day)
		a := mustAccept(p, nil, p.Accepting(inv))
		same(t, "sessions", p.Enrolled(a.Member.ID), []string{"later"})
	})
}
