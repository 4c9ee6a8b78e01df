package onboarding_test

import (
	"testing"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
)

// staff are the places of a workspace and one person of each kind.
type staff struct {
	*apptest.Place
	top, g, below, other *ent.Group // below is in g, g in top
	u, under, aside      *ent.OrgUnit
	course               *ent.Program
	s                    *ent.Session
}

func newStaff(p *apptest.Place) *staff {
	p.T.Helper()
	s := &staff{Place: p}
	s.top = p.Group("top", "PRIVATE", nil)
	s.g = p.Group("g", "PUBLIC", s.top)
	s.below = p.Group("below", "PUBLIC", s.g)
	s.other = p.Group("other", "PRIVATE", nil)
	s.u = p.Unit("u", nil)
	s.under = p.Unit("under", s.u)
	s.aside = p.Unit("aside", nil)
	s.course = p.Program("course")
	s.s = p.Session(s.course, "s", day, 2*day)
	return s
}

func TestWhoMayInviteWhereToWhat(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		s := newStaff(p)
		groups := func(list ...*ent.Group) (ids []ident.ID) {
			for _, g := range list {
				ids = append(ids, g.ID)
			}
			return ids
		}
		custom := p.Role("Inviter", access.MembersInvite)
		viewer := p.Role("Viewer", access.MembersView, access.AuditView)
		inG := groups(s.g)
		people := map[string]*ent.Member{
			"admin":      p.Admin,
			"user admin": p.Join("ua@example.org", &grants{Roles: []string{"user_admin"}}),
			"user admin@": p.Join("uag@example.org",
				&grants{Roles: []string{"user_admin"}, GroupIDs: inG}),
			"group admin": p.Join("ga@example.org",
				&grants{Roles: []string{"group_admin"}, GroupIDs: inG}),
			"manager": p.Join("ma@example.org",
				&grants{Roles: []string{"manager"}, OrgUnitID: &s.u.ID}),
			"coach": p.Join("co@example.org",
				&grants{Roles: []string{"coach"}, GroupIDs: inG}),
			"instructor": p.Join("in@example.org",
				&grants{Roles: []string{"instructor"}, SessionIDs: []ident.ID{s.s.ID}}),
			"learner": p.Join("le@example.org", &grants{GroupIDs: inG}),
			"custom":  p.Join("cu@example.org", &grants{Roles: []string{custom.ID.String()}}),
		}
		asks := []struct {
			what  string
			grant grants
			may   string // who is not refused
		}{
			{"the workspace", grants{}, "admin, user admin, custom"},
			{"their group", grants{GroupIDs: inG},
				"admin, user admin, user admin@, group admin, custom"},
			{"the group below", grants{GroupIDs: groups(s.below)},
				"admin, user admin, user admin@, group admin, custom"},
			{"the group above", grants{GroupIDs: groups(s.top)}, "admin, user admin, custom"},
			{"another group", grants{GroupIDs: groups(s.other)}, "admin, user admin, custom"},
			{"their group and another", grants{GroupIDs: groups(s.g, s.other)},
				"admin, user admin, custom"},
			{"a coach", grants{Roles: []string{"coach"}, GroupIDs: inG},
				"admin, user admin, user admin@, group admin"},
			{"a group administrator", grants{Roles: []string{"group_admin"}, GroupIDs: inG},
				"admin, group admin"},
			{"a group administrator below",
				grants{Roles: []string{"group_admin"}, GroupIDs: groups(s.below)},
				"admin, group admin"},
			{"a user administrator", grants{Roles: []string{"user_admin"}, GroupIDs: inG},
				"admin, user admin, user admin@"},
			{"a user administrator of all", grants{Roles: []string{"user_admin"}},
				"admin, user admin"},
			{"an administrator", grants{Roles: []string{"admin"}, GroupIDs: inG}, "admin"},
			{"their unit", grants{OrgUnitID: &s.u.ID}, "admin, user admin, manager, custom"},
			{"the unit below", grants{OrgUnitID: &s.under.ID},
				"admin, user admin, manager, custom"},
			{"another unit", grants{OrgUnitID: &s.aside.ID}, "admin, user admin, custom"},
			{"a manager", grants{Roles: []string{"manager"}, OrgUnitID: &s.u.ID}, "admin"},
			{"their unit and a group", grants{OrgUnitID: &s.u.ID, GroupIDs: inG},
				"admin, user admin, custom"},
			{"their unit and a session", grants{OrgUnitID: &s.u.ID, SessionIDs: []ident.ID{s.s.ID}},
				"admin, user admin, manager, custom"},
			{"their group and a session", grants{GroupIDs: inG, SessionIDs: []ident.ID{s.s.ID}},
				"admin, user admin, custom"},
			{"their group and a course", grants{GroupIDs: inG, ProgramIDs: []ident.ID{s.course.ID}},
				"admin, user admin, custom"},
			{"a role of the workspace's own", grants{Roles: []string{viewer.ID.String()},
				GroupIDs: inG}, "admin"},
		}
		for _, ask := range asks {
			for who, m := range people {
				_, err := inviteAs(p, m, input{Emails: []string{"jane@example.org"},
					Grant: &ask.grant, SendEmail: new(false)})
				if may := named(ask.may, who); may && err != nil {
					t.Errorf("%s may not invite to %s: %v", who, ask.what, err)
					// which is what they do not see
				} else if !may && !fault.Has(err, fault.Forbidden) && !fault.Has(err,
					fault.NotFound) {
					t.Errorf("%s may invite to %s (%v)", who, ask.what, err)
				}
			}
		}
	})
}

func TestWhatCannotBeGivenIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		s := newStaff(p)
		boss := p.Join("boss@example.org",
			&grants{Roles: []string{"group_admin"}, GroupIDs: []ident.ID{s.g.ID}})
		for name, g := range map[string]*grants{
			"s":                  {GroupIDs: []ident.ID{s.g.ID}, SessionIDs: []ident.ID{s.s.ID}},
			"User administrator": {Roles: []string{"user_admin"}, GroupIDs: []ident.ID{s.g.ID}},
		} {
			_, err := inviteAs(p, boss, input{Emails: []string{"jane@example.org"}, Grant: g})
			f, ok := fault.Of(err)
			if !ok || f.Code != fault.Forbidden || f.Message.Args["Place"] != name &&
				f.Message.Args["Role"] != name {
				t.Errorf("want FORBIDDEN that names %s, got %v", name, err)
			}
		}
		// A group that they are a learner of is seen, and is not theirs to bring people to.
		_, err := p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin),
			invitation.AddInput{GroupID: s.other.ID, MemberIDs: []ident.ID{boss.ID}})
		must(t, err)
		_, err = inviteAs(p, boss, input{Emails: []string{"jane@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{s.other.ID}}})
		if f, ok := fault.Of(err); !ok || f.Code != fault.Forbidden ||
			f.Message.Args["Place"] != "other" {
			t.Errorf("want FORBIDDEN that names the group, got %v", err)
		}
	})
}

func TestWhoMayActOnAnInvitationAndWhoDoesNotEvenSeeIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		s := newStaff(p)
		inG := []ident.ID{s.g.ID}
		people := map[string]*ent.Member{
			"admin":      p.Admin,
			"user admin": p.Join("ua@example.org", &grants{Roles: []string{"user_admin"}}),
			"group admin": p.Join("ga@example.org",
				&grants{Roles: []string{"group_admin"}, GroupIDs: inG}),
			"manager": p.Join("ma@example.org",
				&grants{Roles: []string{"manager"}, OrgUnitID: &s.u.ID}),
			"coach": p.Join("co@example.org",
				&grants{Roles: []string{"coach"}, GroupIDs: inG}),
			"learner": p.Join("le@example.org", &grants{GroupIDs: inG}),
		}
		for _, c := range []struct {
			what     string
			grant    *grants
			may, see string
		}{
			{"to the workspace", nil, "admin, user admin", ""},
			{"to the group", &grants{GroupIDs: inG}, "admin, user admin, group admin", "coach"},
			{"to the group below", &grants{GroupIDs: []ident.ID{s.below.ID}},
				"admin, user admin, group admin", "coach"},
			{"to another group", &grants{GroupIDs: []ident.ID{s.other.ID}},
				"admin, user admin", ""},
			{"to the unit below", &grants{OrgUnitID: &s.under.ID},
				"admin, user admin, manager", ""},
		} {
			inv := p.Invite("jane@example.org", c.grant)
			for who, m := range people {
				want := fault.NotFound
				if named(c.see, who) {
					want = fault.Forbidden
				}
				_, err := p.Invitations.Update(t.Context(), p.Caller(m),
					edit{ID: inv.ID, FirstName: newText{Set: true, Value: new("Jane")}})
				if may := named(c.may, who); may && err != nil || !may && !fault.Has(err, want) {
					t.Errorf("%s on an invitation %s: %v", who, c.what, err)
				}
			}
			if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), inv.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}
