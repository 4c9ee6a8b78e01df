package onboarding_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	entmember "usher/ent/member"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/member"
)

// rolesAt lists the direct roles of a member with their places: "coach Class".
func rolesAt(p *apptest.Place, m *ent.Member) string {
	var all []string
	for _, a := range p.Store.RoleAssignment.Query().
		Where(roleassignment.MemberID(m.ID), roleassignment.Inherited(false)).
		WithRole().WithGroup().WithOrgUnit().AllX(p.In()) {
		text := a.Edges.Role.Key
		if g := a.Edges.Group; g != nil {
			text += " " + g.Name
		}
		if u := a.Edges.OrgUnit; u != nil {
			text += " " + u.Name
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// MEM-3: one role of a member is added and removed, and the others stay. It needs what updateMember needs.
func TestOneRoleIsAddedAndRemoved(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class, other := p.Group("Class", "PRIVATE", nil), p.Group("Other", "PRIVATE", nil)
		unit := p.Unit("Sales", nil)
		jane := p.Join("jane@acme.test", &grants{Roles: []string{access.Coach},
			GroupIDs: idList(class, other)})
		_, err := p.Members.UpdateMember(t.Context(), p.Caller(p.Admin), member.UpdateMemberInput{
			ID: jane.ID, Grant: &admission.GrantChange{
				OrgUnitID: inputs.Change[ident.ID]{Set: true, Value: &unit.ID}}})
		must(t, err)
		keeper := p.Join("keeper@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(class)})
		p.Verify("jane@acme.test")
		admin := p.Caller(p.Admin)
		at := func(role string, places ...*ident.ID) member.RoleAtPlace {
			r := member.RoleAtPlace{Role: role}
			if len(places) > 0 {
				r.GroupID = places[0]
			}
			return r
		}
		for _, step := range []struct {
			role    member.RoleAtPlace
			removes bool
			by      *access.Caller
			want    string
		}{
			{at(access.Learner, &class.ID), false, admin, "coach Class, coach Other, learner Class"},
			{at(access.Learner, &class.ID), false, admin, "coach Class, coach Other, learner Class"},
			{member.RoleAtPlace{Role: access.Manager, OrgUnitID: &unit.ID}, false, admin,
				"coach Class, coach Other, learner Class, manager Sales"},
			{at(access.Coach, &other.ID), true, admin,
				"coach Class, learner Class, manager Sales"},
			{at(access.Coach, &other.ID), true, admin,
				"coach Class, learner Class, manager Sales"},
			{at(access.Coach, &class.ID), true, p.Caller(keeper), "learner Class, manager Sales"},
			{at(access.Learner, &class.ID), true, admin, "manager Sales"},
			{member.RoleAtPlace{Role: access.Manager, OrgUnitID: &unit.ID}, true, admin, "learner"},
			{at(access.Admin), false, admin, "admin, learner"},
		} {
			change := p.Members.AddRole
			if step.removes {
				change = p.Members.RemoveRole
			}
			if _, err := change(t.Context(), step.by, jane.ID, step.role); err != nil {
				t.Fatalf("%+v: %v", step, err)
			}
			same(t, fmt.Sprint(step.role.Role, step.removes), rolesAt(p, jane), step.want)
		}

		// What is not the caller's is neither given nor taken.
		learner := p.Join("learner@acme.test", &grants{GroupIDs: idList(class)})
		refusedRole := func(by *ent.Member, r member.RoleAtPlace, code fault.Code, field string) {
			t.Helper()
			_, err := p.Members.AddRole(t.Context(), p.Caller(by), learner.ID, r)
			refused(t, err, code, field)
		}
		refusedRole(p.Admin, member.RoleAtPlace{Role: access.Manager, OrgUnitID: &unit.ID},
			fault.BadUserInput, "place.orgUnitId")
		refusedRole(keeper, at(access.Coach, &other.ID), fault.NotFound, "place.groupId")
		refusedRole(p.Admin, at("king", &class.ID), fault.NotFound, "role")
		refusedRole(p.Admin, at(access.Admin, &class.ID), fault.BadUserInput, "role")
		if _, err := p.Members.AddRole(t.Context(), p.Caller(keeper), learner.ID,
			at(access.UserAdmin, &class.ID)); !fault.Has(err, fault.Forbidden) {
			t.Errorf("a group administrator gives more than they hold: %v", err)
		}
		if _, err := p.Members.RemoveRole(t.Context(), p.Caller(keeper), jane.ID,
			at(access.Admin)); err == nil {
			t.Error("a group administrator ends an administrator")
		}
		same(t, "the learner", rolesAt(p, learner), "learner Class")

		// A caller who no longer sees the member gets none, and the role is gone all the same.
		gone, err := p.Members.RemoveRole(t.Context(), p.Caller(keeper), learner.ID,
			at(access.Learner, &class.ID))
		if gone != nil || err != nil {
			t.Errorf("out of sight: %v, %v", gone, err)
		}
		same(t, "out of sight", rolesAt(p, learner), "learner")

		// The last administrator keeps their role.
		if _, err := p.Members.RemoveRole(t.Context(), admin, jane.ID,
			at(access.Admin)); err != nil {
			t.Fatal(err)
		}
		_, err = p.Members.RemoveRole(t.Context(), admin, p.Admin.ID, at(access.Admin))
		refused(t, err, fault.Conflict, "")
	})
}

// MEM-3: several members are changed by the operation on one: a fault of one does not stop the others, and
// a filter goes on where the previous call ended.
func TestSeveralMembersAreChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PRIVATE", nil)
		unit := p.Unit("Sales", nil)
		var people []*ent.Member
		for i := range 3 {
			people = append(people, p.Join(fmt.Sprintf("p%d@acme.test", i),
				&grants{GroupIDs: idList(class)}))
			p.Verify(fmt.Sprintf("p%d@acme.test", i))
		}
		keeper := p.Join("keeper@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(class)})
		admin := p.Caller(p.Admin)
		told := func(b *member.Bulk, err error) string {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, r := range b.Results {
				if r.Fault != nil {
					all = append(all, string(r.Fault.Code))
				} else {
					all = append(all, string(r.Member.Status))
				}
			}
			return strings.Join(all, " ")
		}
		ids := admission.MemberSelection{IDs: []ident.ID{people[0].ID, p.Admin.ID,
			ident.New(ident.Member), people[0].ID}}
		same(t, "by ids", told(p.Members.DeactivateMany(t.Context(), admin, ids)),
			"DEACTIVATED CONFLICT NOT_FOUND DEACTIVATED")

		// By a filter, as far as the caller sees and may.
		where := entmember.StatusEQ(entmember.StatusActive)
		matching := admission.MemberSelection{WorkspaceID: p.Workspace.ID, Where: where,
			After: people[0].ID}
		role := member.RoleAtPlace{Role: access.Coach, GroupID: &class.ID}
		same(t, "by a filter", told(p.Members.AddRoleToMany(t.Context(), p.Caller(keeper),
			matching, role)), "ACTIVE ACTIVE ACTIVE")
		same(t, "one of them", rolesAt(p, people[1]), "coach Class, learner Class")
		same(t, "taken again", told(p.Members.RemoveRoleFromMany(t.Context(), admin,
			admission.MemberSelection{IDs: []ident.ID{people[1].ID, people[2].ID}}, role)),
			"ACTIVE ACTIVE")
		same(t, "one of them", rolesAt(p, people[1]), "learner Class")

		end := p.Clock.Now().Add(48 * time.Hour).UTC()
		change := member.UpdateMemberInput{
			AccessExpiresAt: inputs.Change[time.Time]{Set: true, Value: &end},
			Grant: &admission.GrantChange{OrgUnitID: inputs.Change[ident.ID]{Set: true,
				Value: &unit.ID}}}
		same(t, "moved", told(p.Members.UpdateMany(t.Context(), admin,
			admission.MemberSelection{IDs: []ident.ID{people[1].ID, people[2].ID}}, change)),
			"ACTIVE ACTIVE")
		moved := p.Store.Member.GetX(p.In(), people[2].ID)
		if moved.OrgUnitID == nil || *moved.OrgUnitID != unit.ID || moved.AccessExpiresAt == nil {
			t.Errorf("not moved: %+v", moved)
		}
		same(t, "reactivated", told(p.Members.ReactivateMany(t.Context(), admin, ids)),
			"ACTIVE ACTIVE NOT_FOUND ACTIVE")

		learner := p.Caller(people[1])
		_, err := p.Members.DeactivateMany(t.Context(), learner,
			admission.MemberSelection{WorkspaceID: p.Workspace.ID})
		refused(t, err, fault.Forbidden, "")
		_, err = p.Members.DeactivateMany(t.Context(), admin,
			admission.MemberSelection{IDs: make([]ident.ID, admission.MaxSelected+1)})
		refused(t, err, fault.BadUserInput, "members.memberIds")
	})
}

// An edit that moves a member out of the caller's sight is made, and its result is nobody. A role that
// changes members everywhere need not show them everywhere.
func TestAnEditMayMoveAMemberOutOfSight(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		near, far := p.Unit("Near", nil), p.Unit("Far", nil)
		looks := p.Role("Looker", access.MembersView)
		changes := p.Role("Changer", access.MembersUpdate, access.MembersInvite)
		clerk := p.Join("clerk@acme.test", &grants{OrgUnitID: &near.ID})
		jane := p.Join("jane@acme.test", &grants{OrgUnitID: &near.ID})
		p.Verify("clerk@acme.test")
		for _, role := range []member.RoleAtPlace{
			{Role: looks.ID.String(), OrgUnitID: &near.ID}, {Role: changes.ID.String()}} {
			_, err := p.Members.AddRole(t.Context(), p.Caller(p.Admin), clerk.ID, role)
			must(t, err)
		}
		gone, err := p.Members.UpdateMember(t.Context(), p.Caller(clerk), member.UpdateMemberInput{
			ID: jane.ID, Grant: &admission.GrantChange{
				OrgUnitID: inputs.Change[ident.ID]{Set: true, Value: &far.ID}}})
		if gone != nil || err != nil {
			t.Errorf("out of sight: %v, %v", gone, err)
		}
		same(t, "unit", *p.Store.Member.GetX(p.In(), jane.ID).OrgUnitID, far.ID)
	})
}
