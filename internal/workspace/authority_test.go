package workspace_test

import (
	"context"
	"testing"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/store"
)

func TestWhoLooksAfterAGroupLeadsItsPeopleNowhereAbove(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := group(p, "top", "PRIVATE", nil)
		middle := group(p, "middle", "PUBLIC", top)
		child := group(p, "child", "PRIVATE", middle)
		open := group(p, "open", "PUBLIC", middle)
		in := p.Join("in@example.org", &grants{GroupIDs: idList(child)})
		admins := func(g *ent.Group) *ent.Member {
			return p.Join(g.Name+"@example.org", &grants{Roles: []string{access.GroupAdmin},
				GroupIDs: idList(g)})
		}
		ofChild, ofOpen, ofMiddle, ofTop := admins(child), admins(open), admins(middle), admins(top)
		visible := func(by *ent.Member, g *ent.Group, word string) error {
			v := visibilityOf(word)
			return edit(p, by, updateGroup{ID: g.ID, Visibility: &v})
		}
		refused(t, visible(ofChild, child, "PUBLIC"), fault.Forbidden, "")
		// it reaches the group above the one above
		refused(t, visible(ofMiddle, child, "PUBLIC"), fault.Forbidden, "")
		refused(t, visible(ofOpen, open, "PRIVATE"), fault.Forbidden, "")
		same(t, "holds", p.Holds(in.ID), []string{"learner@child"})
		done(t, edit(p, ofChild, updateGroup{ID: child.ID, Name: new("renamed")}))
		done(t, visible(ofTop, child, "PUBLIC"))
		same(t, "inherited", p.Holds(in.ID), []string{"learner@middle^", "learner@renamed",
			"learner@top^"})
		refused(t, visible(ofChild, child, "PRIVATE"), fault.Forbidden, "") // nor out of it
		done(t, visible(ofTop, child, "PRIVATE"))

		shapes := p.Join("shapes@example.org",
			&grants{Roles: []string{p.Role("Shapes", access.GroupsManage, access.MembersView).
				ID.String()}})
		refused(t, visible(shapes, child, "PUBLIC"), fault.Forbidden, "")
		public := visibilityOf("PUBLIC")
		_, err := p.Workspaces.CreateGroup(t.Context(), p.Caller(shapes),
			createGroup{WorkspaceID: p.Workspace.ID, Name: "new", Visibility: public,
				ParentID: &top.ID})
		refused(t, err, fault.Forbidden, "")
		refused(t, edit(p, shapes, updateGroup{ID: open.ID, ParentID: to(top.ID)}),
			fault.Forbidden, "")
		done(t, edit(p, p.Admin, updateGroup{ID: open.ID, ParentID: to(top.ID)}))
	})
}

func TestDeletingAGroupTakesWhatTakingOutItsPeopleTakes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := group(p, "top", "PRIVATE", nil)
		a, b, empty := group(p, "a", "PRIVATE", top), group(p, "b", "PRIVATE", top),
			group(p, "empty", "PRIVATE", top)
		p.Join("a@example.org", &grants{GroupIDs: idList(a)})
		p.Join("b@example.org", &grants{Roles: []string{access.UserAdmin}, GroupIDs: idList(b)})
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(top)})
		shapes := p.Join("shapes@example.org",
			&grants{Roles: []string{p.Role("Shapes", access.GroupsManage, access.MembersView).
				ID.String()}})
		remove := func(by *ent.Member, g *ent.Group) error {
			return deleteGroup(p, by, g.ID)
		}
		refused(t, remove(shapes, a), fault.Forbidden, "")
		refused(t, remove(boss, b), fault.Forbidden, "") // somebody holds more there than they do
		done(t, remove(shapes, empty))
		done(t, remove(boss, a))
		done(t, remove(p.Admin, b))
	})
}

func TestWhoShapesTheTreeOfUnitsGetsNoPeopleByIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		north, mine := p.Unit("North", nil), p.Unit("Mine", nil)
		below := p.Unit("Below", north)
		in := p.Join("in@example.org", &grants{OrgUnitID: &below.ID})
		// A custom role lands on the unit of a grant; this one is held on the workspace as well.
		role := p.Role("Shapes", access.OrgUnitsManage, access.MembersView)
		shapes := p.Join("shapes@example.org", &grants{Roles: []string{access.Manager},
			OrgUnitID: &mine.ID})
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.RoleAssignment.Create().SetWorkspaceID(p.Workspace.ID).SetMemberID(shapes.ID).
				SetRoleID(role.ID).SetPlaceID(p.Workspace.ID).Exec(ctx)
		})
		_, err := p.Workspaces.UpdateOrgUnit(t.Context(), p.Caller(shapes),
			updateUnit{ID: below.ID, ParentID: to(mine.ID)})
		refused(t, err, fault.Forbidden, "")
		refused(t, p.Workspaces.DeleteOrgUnit(t.Context(), p.Caller(shapes), below.ID),
			fault.Forbidden, "")
		same(t, "unit", *p.Member("in@example.org").OrgUnitID, below.ID)
		_, err = p.Workspaces.UpdateOrgUnit(t.Context(), p.Caller(shapes),
			updateUnit{ID: below.ID, Name: new("renamed")})
		done(t, err)
		_, err = p.Workspaces.UpdateOrgUnit(t.Context(), p.Caller(p.Admin),
			updateUnit{ID: below.ID, ParentID: to(mine.ID)})
		done(t, err)
		// both are theirs now
		done(t, p.Workspaces.DeleteOrgUnit(t.Context(), p.Caller(shapes), below.ID))
		same(t, "unit before it", in.OrgUnitID, &below.ID)
		same(t, "unit above", *p.Member("in@example.org").OrgUnitID, mine.ID)
	})
}
