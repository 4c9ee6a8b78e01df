package onboarding_test

import (
	"testing"

	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/dryrun"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
)

// INV-16, PRG-2: groups, members and addresses are registered for a session.
func TestASessionTakesMembersGroupsAndAddresses(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		monday := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		jane := p.Join("jane@example.org", nil)
		inside := p.Join("inside@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		invite(p, input{Emails: []string{"pending@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{g.ID}}})
		asked := invitation.RegisterInput{
			SessionID: monday.ID, GroupIDs: []ident.ID{g.ID}, MemberIDs: []ident.ID{jane.ID},
			Emails: []string{"new@example.org"},
		}
		plan, err := p.DryRuns.Run(t.Context(), p.Caller(p.Admin),
			dryrun.Input{RegisterForSession: &asked})
		must(t, err)
		same(t, "nobody is in by planning", p.Enrolled(jane.ID), []string{})
		out, err := p.Invitations.Register(t.Context(), p.Caller(p.Admin), asked)
		must(t, err)
		same(t, "outcomes", told(out), []string{
			"jane@example.org ADDED", "inside@example.org ADDED", "new@example.org INVITED",
			"pending@example.org UPDATED",
		})
		for i, one := range plan.People {
			same(t, "planned", one.Status, out[i].Status)
			if n := len(one.Sessions); n != 1 {
				t.Errorf("%s: %d sessions planned", out[i].Input, n)
			}
			mails := one.Emails[len(one.Emails)-1]
			same(t, "the mail about the session", mails.Kind, "SESSION_INVITATION")
			same(t, "goes out at its start", mails.At.Equal(*monday.StartsAt), true)
		}
		for _, m := range []ident.ID{jane.ID, inside.ID} {
			same(t, "sessions", p.Enrolled(m), []string{"Monday"})
		}
		again, err := p.Invitations.Register(t.Context(), p.Caller(p.Admin), asked)
		must(t, err)
		same(t, "the second time", told(again)[:2], []string{"jane@example.org ALREADY_MEMBER",
			"inside@example.org ALREADY_MEMBER"})
	})
}

func TestAnInstructorRegistersIntoOneGroup(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		g := p.Group("g", "PUBLIC", top)
		monday, other := p.Session(p.Program("Safety"), "Monday", day, 2*day),
			p.Session(p.Program("Law"), "Law", day, 2*day)
		teacher := p.Join("teacher@example.org", &grants{Roles: []string{access.Instructor},
			SessionIDs: []ident.ID{monday.ID}})
		p.Verify("teacher@example.org")
		asked := invitation.RegisterInput{SessionID: monday.ID, Emails: []string{"new@example.org"}}
		register := func() error {
			_, err := p.Invitations.Register(t.Context(), p.Caller(teacher), asked)
			return err
		}
		refused(t, register(), fault.Forbidden, "") // no coach, no group administrator
		invite(p, input{Emails: []string{"teacher@example.org"},
			Grant: &grants{Roles: []string{access.Coach}, GroupIDs: []ident.ID{g.ID}}})
		refused(t, register(), fault.BadUserInput, "groupId") // names no group
		asked.GroupID = &g.ID
		must(t, register())
		inv := sentTo(p, "new@example.org")
		same(t, "promised roles", len(inv.Grant.Roles), 1)
		same(t, "promised group", inv.Grant.GroupIDs, []ident.ID{g.ID})
		same(t, "promised session", inv.Grant.SessionIDs, []ident.ID{monday.ID})
		a, err := accept(p, inv)
		must(t, err)
		m := a.Member
		same(t, "holds", p.Holds(m.ID), []string{"learner@g", "learner@top^"})
		same(t, "sessions", p.Enrolled(m.ID), []string{"Monday"})
		asked.SessionID = other.ID
		refused(t, register(), fault.Forbidden, "")
		unseen := p.Group("unseen", "PRIVATE", nil)
		asked.SessionID, asked.GroupID = monday.ID, &unseen.ID
		refused(t, register(), fault.NotFound, "groupId")
	})
}

func TestAManagerRegistersThePeopleOfTheUnit(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		unit := p.Unit("North", nil)
		monday := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.Manager},
			OrgUnitID: &unit.ID})
		mine := p.Join("mine@example.org", &grants{OrgUnitID: &unit.ID})
		p.Join("other@example.org", nil)
		out, err := p.Invitations.Register(t.Context(), p.Caller(boss), invitation.RegisterInput{
			SessionID: monday.ID, MemberIDs: []ident.ID{mine.ID},
			Emails: []string{"other@example.org", "new@example.org"},
		})
		must(t, err)
		same(t, "outcomes", told(out), []string{"mine@example.org ADDED",
			"other@example.org NOT_ALLOWED", "new@example.org INVITED"})
		same(t, "who is invited comes into the unit", sentTo(p, "new@example.org").Grant.OrgUnitID,
			unit.ID)

		// Nobody learns by it who else is in a group.
		g := p.Group("g", "PRIVATE", nil)
		invite(p, input{Emails: []string{"boss@example.org", "mine@example.org",
			"other@example.org", "unknown@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{g.ID}}})
		law := p.Session(p.Program("Law"), "Law", day, 2*day)
		out, err = p.Invitations.Register(t.Context(), p.Caller(boss),
			invitation.RegisterInput{SessionID: law.ID, GroupIDs: []ident.ID{g.ID}})
		must(t, err)
		same(t, "of a group, those they see", told(out),
			[]string{"boss@example.org ADDED", "mine@example.org ADDED"})

		learner := p.Join("learner@example.org", nil)
		_, err = p.Invitations.Register(t.Context(), p.Caller(learner),
			invitation.RegisterInput{SessionID: monday.ID, Emails: []string{"x@example.org"}})
		refused(t, err, fault.NotFound, "sessionId")
	})
}

func TestASessionThatIsOverTakesNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		gone := p.Session(p.Program("Safety"), "gone", -2*day, -day)
		_, err := p.Invitations.Register(t.Context(), p.Caller(p.Admin),
			invitation.RegisterInput{SessionID: gone.ID, Emails: []string{"x@example.org"}})
		refused(t, err, fault.Conflict, "")
		_, err = p.Invitations.Register(t.Context(), p.Caller(p.Admin),
			invitation.RegisterInput{SessionID: p.Session(p.Program("S"), "s", day, 2*day).ID})
		refused(t, err, fault.BadUserInput, "emails")
	})
}
