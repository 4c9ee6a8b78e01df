package onboarding_test

import (
	"testing"

	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/dryrun"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/provisioning"
)

// INV-2: hints are warnings, in the outcomes and in a dry run. They refuse nobody.
func TestAddressesThatAreProbablyNotMeantAreHinted(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Join("jane@example.org", nil)
		in := input{WorkspaceID: p.Workspace.ID, Emails: []string{"ann@example.org",
			"ann+news@example.org", "a.nn@example.org", "bob@gmial.com", "eve@\u0430pple.test",
			"jane+1@example.org", "jane@example.org"},
			People: []*invitation.Invitee{{Email: "other@example.org", FirstName: new("Jane"),
				LastName: new("JANE")}}}
		want := []string{"ann@example.org INVITED SAME_PERSON",
			"ann+news@example.org INVITED SAME_PERSON", "a.nn@example.org INVITED",
			"bob@gmial.com INVITED DOMAIN_TYPO", "eve@\u0430pple.test INVITED LOOK_ALIKE",
			"jane+1@example.org INVITED SAME_PERSON",
			"jane@example.org ALREADY_MEMBER SAME_PERSON", "other@example.org INVITED SAME_NAME"}
		dry, err := p.DryRuns.Run(t.Context(), p.Caller(p.Admin),
			dryrun.Input{Invite: &in})
		must(t, err)
		planned := []*invitation.Outcome{}
		for _, one := range dry.People {
			planned = append(planned, &invitation.Outcome{Input: one.Input, Status: one.Status,
				Warnings: one.Warnings})
		}
		same(t, "planned", told(planned), want)
		same(t, "suggested", inputs.ValueOrEmpty(dry.People[3].SuggestedEmail), "bob@gmail.com")
		out := invite(p, in)
		same(t, "told", told(out), want)
		same(t, "suggested", inputs.ValueOrEmpty(out[3].SuggestedEmail), "bob@gmail.com")
		same(t, "nothing to suggest", out[0].SuggestedEmail, nil)

		c, err := p.Provisioning.CreateUser(t.Context(), p.Caller(p.Admin), provisioning.CreateInput{
			WorkspaceID: p.Workspace.ID, FirstName: "Jane", LastName: "Jane",
			Email: new("jane@yaho.fr"), Password: new(apptest.Password)})
		must(t, err)
		same(t, "created", c.Warnings, []invitation.Warning{invitation.DomainTypo,
			invitation.SameName})
		same(t, "suggested", inputs.ValueOrEmpty(c.SuggestedEmail), "jane@yahoo.fr")
	})
}

// A member whom the inviter does not see is no hint.
func TestAHintTellsNothingOfAHiddenMember(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		p.Join("jane@example.org", nil)
		out, err := inviteAs(p, boss, input{Grant: &grants{GroupIDs: idList(g)},
			People: []*invitation.Invitee{{Email: "other@example.org", FirstName: new("jane"),
				LastName: new("jane")}}})
		must(t, err)
		same(t, "told", told(out), []string{"other@example.org INVITED"})
	})
}

// An instructor may do by inviteUsers what they may do by registerForSession, and no more.
func TestAnInstructorInvitesIntoTheirSession(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, hidden := p.Group("g", "PRIVATE", nil), p.Group("hidden", "PRIVATE", nil)
		course := p.Program("Safety")
		monday := p.Session(course, "Monday", day, 2*day)
		tuesday := p.Session(course, "Tuesday", day, 2*day)
		teacher := p.Join("teacher@example.org", &grants{
			Roles:      []string{access.Instructor, access.Coach},
			SessionIDs: []ident.ID{monday.ID}, GroupIDs: idList(g)})
		p.Verify("teacher@example.org")
		try := func(grant grants) error {
			in := input{WorkspaceID: p.Workspace.ID, Emails: []string{"new@example.org"},
				Grant: &grant, NeverExpires: new(true)}
			_, err := p.DryRuns.Run(t.Context(), p.Caller(teacher),
				dryrun.Input{Invite: &in})
			_, done := inviteAs(p, teacher, in)
			same(t, "dry run and operation agree", err == nil, done == nil)
			return done
		}
		own := []ident.ID{monday.ID}
		refused(t, try(grants{SessionIDs: own}), fault.BadUserInput, "grant.groupIds")
		refused(t, try(grants{SessionIDs: own, GroupIDs: idList(hidden)}), fault.NotFound,
			"grant.groupIds")
		refused(t, try(grants{SessionIDs: own, GroupIDs: idList(g), Locale: new("xx")}),
			fault.BadUserInput, "grant.locale")
		for what, grant := range map[string]grants{
			"another session": {SessionIDs: []ident.ID{tuesday.ID}, GroupIDs: idList(g)},
			"no session":      {GroupIDs: idList(g)},
			"a role": {SessionIDs: own, GroupIDs: idList(g),
				Roles: []string{access.Coach}},
			"labels":    {SessionIDs: own, GroupIDs: idList(g), Labels: []string{"x"}},
			"a program": {SessionIDs: own, GroupIDs: idList(g), ProgramIDs: []ident.ID{course.ID}},
		} {
			if err := try(grant); !fault.Has(err, fault.Forbidden) {
				t.Errorf("%s: %v", what, err)
			}
		}
		must(t, try(grants{SessionIDs: own, GroupIDs: idList(g), Roles: []string{access.Learner}}))
		inv := sentTo(p, "new@example.org")
		same(t, "expires", inv.ExpiresAt, nil)
		m := mustAccept(p, nil, p.Mailed(inv)).Member
		same(t, "holds", p.Holds(m.ID), []string{"learner@g"})
		same(t, "enrolled", p.Enrolled(m.ID), []string{"Monday"})
	})
}
