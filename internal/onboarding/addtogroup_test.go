package onboarding_test

import (
	"strings"
	"testing"

	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/dryrun"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
)

// INV-16: addToGroup adds members and invites unknown addresses.
func TestAGroupTakesMembersAtOnceAndInvitesTheOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		low := p.Group("low", "PUBLIC", top)
		p.Session(p.Program("Safety", low), "soon", day, 2*day)
		jane, joe := p.Join("jane@example.org", nil), p.Join("joe@example.org", nil)
		asked := invitation.AddInput{
			GroupID: low.ID, MemberIDs: []ident.ID{jane.ID},
			Emails: []string{"joe@example.org", "JANE@example.org", "new@example.org", "nonsense@"},
		}
		plan, err := p.DryRuns.Run(t.Context(), p.Caller(p.Admin),
			dryrun.Input{AddToGroup: &asked})
		must(t, err)
		same(t, "planned", len(plan.People), 4)
		same(t, "planned groups", len(plan.People[0].Groups), 2)
		same(t, "planned mails of who is new", len(plan.People[2].Emails), 2)

		out, err := p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin), asked)
		must(t, err)
		same(t, "outcomes", told(out), []string{
			"jane@example.org ADDED", "joe@example.org ADDED", "new@example.org INVITED",
			"nonsense@ INVALID_ADDRESS",
		})
		for i, one := range plan.People {
			same(t, "planned outcome", one.Status, out[i].Status)
		}
		for _, m := range []ident.ID{jane.ID, joe.ID} {
			same(t, "holds", p.Holds(m), []string{"learner@*", "learner@low", "learner@top^"})
			same(t, "sessions", p.Enrolled(m), []string{"soon"})
		}
		again, err := p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin), asked)
		must(t, err)
		same(t, "the second time", told(again)[:3], []string{"jane@example.org ALREADY_MEMBER",
			"joe@example.org ALREADY_MEMBER", "new@example.org UPDATED"})
	})
}

func TestOnlyWhoMayInviteIntoAGroupAddsToIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		mine, other := p.Group("mine", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: []ident.ID{mine.ID}})
		add := func(g ident.ID, roles ...string) error {
			_, err := p.Invitations.AddToGroup(t.Context(), p.Caller(boss),
				invitation.AddInput{GroupID: g, Emails: []string{"new@example.org"}, Roles: roles})
			return err
		}
		must(t, add(mine.ID))
		refused(t, add(other.ID), fault.NotFound, "groupId") // they do not see it
		refused(t, add(ident.New(ident.Group)), fault.NotFound, "groupId")
		refused(t, add(mine.ID, access.UserAdmin), fault.Forbidden, "")
		_, err := p.Invitations.AddToGroup(t.Context(), p.Caller(boss),
			invitation.AddInput{GroupID: mine.ID})
		refused(t, err, fault.BadUserInput, "emails")
		_, err = p.Invitations.AddToGroup(t.Context(), p.Caller(boss),
			invitation.AddInput{GroupID: mine.ID,
				MemberIDs: []ident.ID{p.Join("unseen@example.org", nil).ID}})
		refused(t, err, fault.NotFound, "memberIds.0")
		_, err = p.Invitations.AddToGroup(t.Context(), nil, invitation.AddInput{GroupID: mine.ID})
		refused(t, err, fault.Unauthenticated, "")
	})
}

func TestLeavingAGroupTakesBackWhatOnlyItGave(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		a, b := p.Group("a", "PUBLIC", top), p.Group("b", "PUBLIC", top)
		course := p.Program("Safety", a)
		p.Session(course, "of a", day, 2*day)
		p.Session(p.Program("Law", top), "of top", day, 2*day)
		m := p.Join("jane@example.org", &grants{GroupIDs: []ident.ID{a.ID, b.ID}})
		only := p.Join("joe@example.org", &grants{GroupIDs: []ident.ID{a.ID}})
		same(t, "sessions before", p.Enrolled(m.ID), []string{"of a", "of top"})

		_, err := p.Members.RemoveFromGroup(t.Context(), p.Caller(p.Admin), a.ID,
			[]ident.ID{m.ID, only.ID})
		must(t, err)
		same(t, "holds", p.Holds(m.ID), []string{"learner@b", "learner@top^"})
		same(t, "sessions", p.Enrolled(m.ID), []string{"of top"})
		same(t, "who was in it alone", p.Holds(only.ID), []string{"learner@*"})
		same(t, "and in no session", p.Enrolled(only.ID), []string{})

		if !strings.Contains(strings.Join(p.Happened(a.ID), " "), "member.left_group") {
			t.Errorf("happened: %v", p.Happened(a.ID))
		}
		coach := p.Join("coach@example.org",
			&grants{Roles: []string{access.Coach}, GroupIDs: []ident.ID{b.ID}})
		_, err = p.Members.RemoveFromGroup(t.Context(), p.Caller(coach), b.ID, []ident.ID{m.ID})
		refused(t, err, fault.Forbidden, "")
	})
}
