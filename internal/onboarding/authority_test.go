package onboarding_test

import (
	"testing"

	"usher/ent"
	"usher/ent/customfield"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/provisioning"
)

// created makes an account that nobody has verified, as the administrator.
func created(p *apptest.Place, email string, g *grants) *ent.Member {
	p.T.Helper()
	c, err := p.Provisioning.CreateUser(p.T.Context(), p.Caller(p.Admin), provisioning.CreateInput{
		WorkspaceID: p.Workspace.ID, FirstName: "Jo", LastName: "Do", Email: &email,
		Password: new(apptest.Password), Grant: g,
	})
	must(p.T, err)
	return c.Member
}

// pulled adds a member to a group as somebody who may do that by their address alone.
func pulled(p *apptest.Place, by *ent.Member, g *ent.Group, email string) {
	p.T.Helper()
	out, err := p.Invitations.AddToGroup(p.T.Context(), p.Caller(by),
		invitation.AddInput{GroupID: g.ID, Emails: []string{email}})
	must(p.T, err)
	same(p.T, "added", string(out[0].Status), "ADDED")
}

// described is what a row says about a member, beside their roles.
func described(m *ent.Member) []any {
	return []any{m.SortName, m.Labels, m.AdditionalInfo, m.CustomFields, m.OrgUnitID,
		m.AccessExpiresAt, m.DeleteOnExpiry, m.Status}
}

func TestPullingSomebodyIntoAGroupGivesNoRightOverTheRestOfThem(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		mine, other := p.Group("mine", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		north := p.Unit("North", nil)
		p.Field("badge", customfield.TypeText, false)
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(mine)})
		about := func(g grants) *grants {
			g.Labels, g.AdditionalInfo, g.CustomFields = []string{"vip"}, new("Likes tea"),
				map[string]any{"badge": "1"}
			return &g
		}
		for email, g := range map[string]*grants{
			"plain@example.org": about(grants{}),
			"unit@example.org":  about(grants{OrgUnitID: &north.ID}),
			"other@example.org": about(grants{GroupIDs: idList(other)}),
			"manager@example.org": about(
				grants{Roles: []string{access.Manager}, OrgUnitID: &north.ID}),
			"admin@example.org": about(grants{Roles: []string{access.Admin}}),
		} {
			m := created(p, email, g)
			pulled(p, boss, mine, email)
			before := described(p.Member(email))
			soon := after(p, day)
			inMine := func(g grants) *grants { g.GroupIDs = idList(mine); return &g }
			for field, in := range map[string]memberEdit{
				"":                     {FirstName: new("Renamed")},
				"grant.labels":         {Grant: inMine(grants{Labels: []string{"defaced"}})},
				"grant.additionalInfo": {Grant: inMine(grants{AdditionalInfo: new("defaced")})},
				"grant.customFields":   {Grant: inMine(grants{CustomFields: map[string]any{"badge": nil}})},
			} {
				in.ID = m.ID
				refused(t, edited(p, boss, in), fault.Forbidden, field)
			}
			refused(t, edited(p, boss, memberEdit{ID: m.ID, LastName: new("Renamed")}),
				fault.Forbidden, "")
			refused(t,
				edited(p, boss, memberEdit{ID: m.ID,
					AccessExpiresAt: newMoment{Set: true, Value: soon}}), fault.Forbidden, "")
			refused(t, edited(p, boss, memberEdit{ID: m.ID, AccessExpiresAt: newMoment{Set: true}}),
				fault.Forbidden, "")
			refused(t, edited(p, boss, memberEdit{ID: m.ID, DeleteOnExpiry: new(true)}),
				fault.Forbidden, "")
			refused(t, edited(p, boss,
				memberEdit{ID: m.ID, Grant: inMine(grants{AccessExpiresAt: soon})}),
				fault.Forbidden, "")
			_, err := p.Members.Deactivate(t.Context(), p.Caller(boss), m.ID)
			refused(t, err, fault.Forbidden, "")
			refused(t, p.Members.Remove(t.Context(), p.Caller(boss), m.ID), fault.Forbidden, "")
			refused(t, p.Members.EraseMember(t.Context(), p.Caller(boss), m.ID),
				fault.Forbidden, "")

			// what belongs to the group
			must(t, edited(p, boss,
				memberEdit{ID: m.ID, Grant: inMine(grants{Roles: []string{access.Coach}})}))
			// nothing new
			must(t, edited(p, boss,
				memberEdit{ID: m.ID, Grant: inMine(grants{Labels: []string{"vip"}})}))
			same(t, email, described(p.Member(email)), before)
			_, err = p.Members.RemoveFromGroup(t.Context(), p.Caller(boss), mine.ID,
				[]ident.ID{m.ID})
			must(t, err)
		}
		theirs := created(p, "theirs@example.org", about(grants{GroupIDs: idList(mine)}))
		must(t, edited(p, boss, memberEdit{ID: theirs.ID, FirstName: new("Jane"),
			Grant: &grants{GroupIDs: idList(mine), Labels: []string{"new"}}}))
		now := p.Member("theirs@example.org")
		same(t, "labels of who is in their group alone", now.Labels, []string{"new"})
		same(t, "what the grant does not name stays", len(now.CustomFields), 1)
	})
}

func TestAUnitsManagerDescribesItsPeopleAndEndsNobodyWhoIsElsewhereToo(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		north, other := p.Unit("North", nil), p.Group("other", "PRIVATE", nil)
		manager := p.Join("manager@example.org", &grants{Roles: []string{access.Manager},
			OrgUnitID: &north.ID})
		both := created(p, "both@example.org",
			&grants{OrgUnitID: &north.ID, GroupIDs: idList(other)})
		boss := created(p, "boss@example.org",
			&grants{Roles: []string{access.Admin}, OrgUnitID: &north.ID})
		labels := &grants{OrgUnitID: &north.ID, Labels: []string{"x"}}
		must(t, edited(p, manager, memberEdit{ID: both.ID, Grant: labels, FirstName: new("Jane")}))
		same(t, "labels", p.Member("both@example.org").Labels, []string{"x"})
		refused(t, edited(p, manager, memberEdit{ID: both.ID, DeleteOnExpiry: new(true)}),
			fault.Forbidden, "")
		// holds more
		refused(t, edited(p, manager, memberEdit{ID: boss.ID, Grant: labels}), fault.Forbidden,
			"grant.labels")
		refused(t, edited(p, manager, memberEdit{ID: boss.ID, FirstName: new("X")}),
			fault.Forbidden, "")
	})
}

func TestBetweenUnitsMovesWhoHoldsBoth(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		north, south := p.Unit("North", nil), p.Unit("South", nil)
		g := p.Group("g", "PRIVATE", nil)
		// A manager of one unit who shares a group with people elsewhere.
		manager := p.Join("manager@example.org",
			&grants{Roles: []string{access.Manager, access.GroupAdmin}, OrgUnitID: &south.ID,
				GroupIDs: idList(g)})
		to := func(u *ent.OrgUnit) *grants { return &grants{OrgUnitID: &u.ID} }
		inNorth := p.Join("north@example.org", &grants{OrgUnitID: &north.ID, GroupIDs: idList(g)})
		refused(t, edited(p, manager, memberEdit{ID: inNorth.ID, Grant: to(south)}),
			fault.Forbidden, "grant.orgUnitId")
		same(t, "unit", *p.Member("north@example.org").OrgUnitID, north.ID)

		plain := p.Join("plain@example.org", nil)
		pulled(p, manager, g, "plain@example.org")
		// nobody's unit, and yet not theirs
		refused(t, edited(p, manager, memberEdit{ID: plain.ID, Grant: to(south)}), fault.Forbidden,
			"grant.orgUnitId")

		must(t, edited(p, p.Admin, memberEdit{ID: manager.ID, Grant: &grants{
			Roles: []string{access.Manager, access.GroupAdmin}, OrgUnitID: &south.ID,
			GroupIDs: idList(g),
		}}))
		theirs := p.Join("theirs@example.org", &grants{GroupIDs: idList(g)})
		must(t, edited(p, manager,
			memberEdit{ID: theirs.ID, Grant: &grants{OrgUnitID: &south.ID, GroupIDs: idList(g)}}))
		same(t, "unit of who is theirs alone", *p.Member("theirs@example.org").OrgUnitID, south.ID)
	})
}

func TestANameHeldInSeveralWorkspacesTakesAuthorityInAll(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		second := p.Kit.Found("Acme", "second") // of the same organization
		m := created(p, "jane@example.org", nil)
		second.Join("jane@example.org", &grants{Roles: []string{access.Admin}})
		refused(t, edited(p, p.Admin, memberEdit{ID: m.ID, FirstName: new("Renamed")}),
			fault.Forbidden, "")
	})
}

func TestNobodyIsEnrolledByWhoMerelySharesAGroupWithThem(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		south, g := p.Unit("South", nil), p.Group("g", "PRIVATE", nil)
		run := p.Session(p.Program("Safety"), "run", apptest.Always, apptest.Always)
		manager := p.Join("manager@example.org",
			&grants{Roles: []string{access.Manager, access.GroupAdmin}, OrgUnitID: &south.ID,
				GroupIDs: idList(g)})
		m := p.Join("jane@example.org", nil)
		pulled(p, manager, g, "jane@example.org")
		err := edited(p, manager,
			memberEdit{ID: m.ID,
				Grant: &grants{GroupIDs: idList(g), SessionIDs: []ident.ID{run.ID}}})
		refused(t, err, fault.Forbidden, "grant.sessionIds")
		same(t, "sessions", p.Enrolled(m.ID), []string{})
	})
}
