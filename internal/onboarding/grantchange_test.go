package onboarding_test

import (
	"slices"
	"testing"
	"time"

	"usher/ent/customfield"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/member"
)

// replaceGrant is the change that names every part of a grant.
func replaceGrant(in *grants) *admission.GrantChange {
	c := &admission.GrantChange{
		Roles: changeTo(in.Roles), GroupIDs: changeTo(in.GroupIDs),
		OrgUnitID:  inputs.Change[ident.ID]{Set: true, Value: in.OrgUnitID},
		SessionIDs: changeTo(in.SessionIDs), ProgramIDs: changeTo(in.ProgramIDs),
		Labels:         changeTo(in.Labels),
		AdditionalInfo: inputs.Change[string]{Set: true, Value: in.AdditionalInfo},
		Locale:         inputs.Change[string]{Set: true, Value: in.Locale},
		CustomFields:   inputs.Change[map[string]any]{Set: true},
	}
	if in.CustomFields != nil {
		c.CustomFields.Value = &in.CustomFields
	}
	if in.AccessExpiresAt != nil || in.DeleteOnExpiry != nil {
		c.AccessExpiresAt = inputs.Change[time.Time]{Set: true, Value: in.AccessExpiresAt}
		c.DeleteOnExpiry = inputs.Change[bool]{Set: true, Value: in.DeleteOnExpiry}
	}
	return c
}

// changeMember changes what a member holds, as the administrator.
func changeMember(p *apptest.Place, id ident.ID, c *admission.GrantChange) {
	p.T.Helper()
	_, err := p.Members.UpdateMember(p.T.Context(), p.Caller(p.Admin),
		member.UpdateMemberInput{ID: id, Grant: c})
	must(p.T, err)
}

func changeTo[T any](v T) inputs.Change[T] { return inputs.Change[T]{Set: true, Value: &v} }

// Editing one part of an invitation's grant loses no other: one more group, and all else stays.
func TestAnEditOfAnInvitationKeepsWhatItDoesNotName(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other, paris := p.Group("Other", "PRIVATE", nil), p.Group("Paris", "PRIVATE", nil)
		unit := p.Unit("IT", nil)
		p.Field("emp", customfield.TypeText, false)
		open := p.Program("Open")
		p.Session(open, "Open", apptest.Always, apptest.Always)
		end := p.Clock.Now().Add(60 * day).UTC().Truncate(time.Second)
		inv := invite(p, input{Emails: []string{"edit@f1.test"}, Grant: &grants{
			Roles: []string{access.Coach}, GroupIDs: idList(other), OrgUnitID: &unit.ID,
			Labels: []string{"North"}, AdditionalInfo: new("ID 5162"), Locale: new("fr"),
			AccessExpiresAt: &end, DeleteOnExpiry: new(true),
			CustomFields: map[string]any{"emp": "E1"},
			ProgramIDs:   []ident.ID{open.ID}}})[0].Invitation

		inv, err := p.Invitations.Update(t.Context(), p.Caller(p.Admin), invitation.UpdateInput{
			ID: inv.ID, Grant: &admission.GrantChange{AddGroupIDs: idList(paris),
				AddLabels: []string{"South", "North"}}})
		must(t, err)
		g := inv.Grant
		if g.Locale != "fr" || g.OrgUnitID != unit.ID || len(g.GroupIDs) != 2 {
			t.Errorf("the grant is now %+v", g)
		}

		mustAccept(p, nil, p.Accepting(inv))
		m := p.Member("edit@f1.test")
		same(t, "roles", p.Holds(m.ID), []string{"coach@Other", "learner@Paris"})
		same(t, "labels", m.Labels, []string{"North", "South"})
		same(t, "enrolled", p.Enrolled(m.ID), []string{"Open"})
		if m.AdditionalInfo == nil || *m.AdditionalInfo != "ID 5162" || !m.DeleteOnExpiry ||
			m.AccessExpiresAt == nil || !m.AccessExpiresAt.Equal(end) ||
			m.CustomFields["emp"] != "E1" || m.OrgUnitID == nil || *m.OrgUnitID != unit.ID {
			t.Errorf("the member is %+v", m)
		}
	})
}

// Null clears one part, and a role ends with its place or follows the unit.
func TestAnEditOfAnInvitationClearsWhatItNames(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		one, two := p.Group("One", "PRIVATE", nil), p.Group("Two", "PRIVATE", nil)
		it, hr := p.Unit("IT", nil), p.Unit("HR", nil)
		inv := invite(p, input{Emails: []string{"edit@f1.test"}, Grant: &grants{
			Roles: []string{access.Coach, access.Manager}, GroupIDs: idList(one, two),
			OrgUnitID: &it.ID, Labels: []string{"North"}, AdditionalInfo: new("x")}})[0].Invitation
		inv, err := p.Invitations.Update(t.Context(), p.Caller(p.Admin), invitation.UpdateInput{
			ID: inv.ID, Grant: &admission.GrantChange{RemoveGroupIDs: idList(one),
				OrgUnitID:      inputs.Change[ident.ID]{Set: true, Value: &hr.ID},
				AdditionalInfo: inputs.Change[string]{Set: true}}})
		must(t, err)
		m := mustAccept(p, nil, p.Accepting(inv)).Member
		same(t, "roles", p.Holds(m.ID), []string{"coach@Two", "manager@HR"})
		m = p.Member("edit@f1.test")
		same(t, "labels", m.Labels, []string{"North"})
		if m.AdditionalInfo != nil {
			t.Errorf("additional information is %q", *m.AdditionalInfo)
		}
	})
}

func TestAnEditOfAMemberKeepsWhatItDoesNotName(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		one, two := p.Group("One", "PRIVATE", nil), p.Group("Two", "PRIVATE", nil)
		it, hr := p.Unit("IT", nil), p.Unit("HR", nil)
		m := p.Join("jane@acme.test", &grants{Roles: []string{access.Coach, access.Manager},
			GroupIDs: idList(one), OrgUnitID: &it.ID, Labels: []string{"North"},
			AdditionalInfo: new("x")})
		for _, c := range []admission.GrantChange{
			{AddGroupIDs: idList(two)},
			{OrgUnitID: inputs.Change[ident.ID]{Set: true, Value: &hr.ID}},
			{AddLabels: []string{"South"}},
		} {
			changeMember(p, m.ID, &c)
		}
		held := p.Holds(m.ID)
		slices.Sort(held)
		same(t, "roles", held, []string{"coach@One", "learner@Two", "manager@IT"})
		m = p.Member("jane@acme.test")
		same(t, "labels", m.Labels, []string{"North", "South"})
		if m.AdditionalInfo == nil || m.OrgUnitID == nil || *m.OrgUnitID != hr.ID {
			t.Errorf("the member is %+v", m)
		}

		changeMember(p, m.ID, &admission.GrantChange{RemoveGroupIDs: idList(one)})
		held = p.Holds(m.ID)
		slices.Sort(held)
		same(t, "roles", held, []string{"learner@Two", "manager@IT"})
	})
}

// A custom role lands at the unit or at the session that is named, not on the whole workspace.
func TestACustomRoleLandsWhereItIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		helper := p.Role("Helper", access.MembersView)
		unit, group := p.Unit("IT", nil), p.Group("One", "PRIVATE", nil)
		run := p.Session(p.Program("Course"), "Run", apptest.Always, apptest.Always)
		roles := []string{helper.ID.String()}
		for want, g := range map[string]*grants{
			"Helper@IT":  {Roles: roles, OrgUnitID: &unit.ID},
			"Helper@Run": {Roles: roles, SessionIDs: []ident.ID{run.ID}},
			"Helper@One": {Roles: roles, GroupIDs: idList(group), OrgUnitID: &unit.ID},
		} {
			g := p.Invite(want[7:]+"@acme.test", g).Grant
			if len(g.Roles) != 1 || g.Roles[0].PlaceID.Kind() == ident.Workspace {
				t.Errorf("%s: %+v", want, g.Roles)
			}
		}
	})
}
