package workspace_test

import (
	"strings"
	"testing"

	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
)

func TestAnOrgUnitIsMadeMovedAndDeletedAndItsPeopleMoveUp(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		by := p.Caller(p.Admin)
		company, err := p.Workspaces.CreateOrgUnit(t.Context(), by,
			newUnit{WorkspaceID: p.Workspace.ID, Name: " Company "})
		done(t, err)
		same(t, "name", company.Name, "Company")
		sales, err := p.Workspaces.CreateOrgUnit(t.Context(), by,
			newUnit{WorkspaceID: p.Workspace.ID, Name: "Sales"})
		done(t, err)
		lea := p.Join("lea@acme.test", &grants{OrgUnitID: &sales.ID})
		boss := p.Join("boss@acme.test", &grants{Roles: []string{access.Manager},
			OrgUnitID: &sales.ID})

		_, err = p.Workspaces.UpdateOrgUnit(t.Context(), by,
			updateUnit{ID: sales.ID, Name: new("Trade"), ParentID: to(company.ID)})
		done(t, err)
		refused(t, p.Workspaces.DeleteOrgUnit(t.Context(), by, company.ID), fault.Conflict, "")
		done(t, p.Workspaces.DeleteOrgUnit(t.Context(), by, sales.ID))
		if u := p.Member("lea@acme.test").OrgUnitID; u == nil || *u != company.ID {
			t.Errorf("the people of a unit that went are in %v", u)
		}
		same(t, "what the manager held", p.Holds(boss.ID), nil)
		done(t, p.Workspaces.DeleteOrgUnit(t.Context(), by, company.ID))
		if u := p.Member("lea@acme.test").OrgUnitID; u != nil {
			t.Errorf("after the last unit %s is in %v", lea.ID, u)
		}
		same(t, "history", p.Happened(sales.ID),
			[]string{"unit.made", "unit.edited", "unit.removed"})
	})
}

func TestBadOrgUnitsAndStrangersAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		by := p.Caller(p.Admin)
		second := p.Found("Acme", "second")
		second.Join("admin@acme.test", &grants{Roles: []string{access.Admin}})
		by = p.Caller(p.Admin) // of both
		theirs, top := second.Unit("Theirs", nil), p.Unit("Top", nil)
		low := p.Unit("Low", top)
		nowhere := ident.New(ident.OrgUnit)
		make := func(name string, parent *ident.ID) error {
			_, err := p.Workspaces.CreateOrgUnit(t.Context(), by,
				newUnit{WorkspaceID: p.Workspace.ID, Name: name, ParentID: parent})
			return err
		}
		change := func(in updateUnit) error {
			_, err := p.Workspaces.UpdateOrgUnit(t.Context(), by, in)
			return err
		}
		refused(t, make("", nil), fault.BadUserInput, "name")
		refused(t, make(strings.Repeat("x", 201), nil), fault.BadUserInput, "name")
		refused(t, make("x", &theirs.ID), fault.NotFound, "parentId")
		refused(t, make("x", &nowhere), fault.NotFound, "parentId")
		refused(t, change(updateUnit{ID: nowhere}), fault.NotFound, "")
		refused(t, change(updateUnit{ID: low.ID, Name: new("\x00")}), fault.BadUserInput, "name")
		refused(t, change(updateUnit{ID: top.ID, ParentID: to(low.ID)}), fault.BadUserInput,
			"parentId")
		refused(t, change(updateUnit{ID: top.ID, ParentID: to(top.ID)}), fault.BadUserInput,
			"parentId")
		refused(t, change(updateUnit{ID: low.ID, ParentID: to(theirs.ID)}), fault.NotFound,
			"parentId")
		deep := low
		for n := 3; n <= 50; n++ {
			deep = p.Unit("Level", deep)
		}
		refused(t, make("x", &deep.ID), fault.BadUserInput, "parentId")

		boss := p.Join("boss@acme.test", &grants{Roles: []string{access.Manager},
			OrgUnitID: &top.ID})
		by = p.Caller(boss)
		refused(t, make("x", &top.ID), fault.Forbidden, "")
		refused(t, change(updateUnit{ID: low.ID, Name: new("Mine")}), fault.Forbidden, "")
		refused(t, p.Workspaces.DeleteOrgUnit(t.Context(), by, deep.ID), fault.Forbidden, "")
		by = second.Caller(second.Admin)
		refused(t, make("x", nil), fault.NotFound, "")
		refused(t, change(updateUnit{ID: low.ID, Name: new("Mine")}), fault.NotFound, "")
		refused(t, p.Workspaces.DeleteOrgUnit(t.Context(), by, low.ID), fault.NotFound, "")
		by = nil
		refused(t, make("x", nil), fault.Unauthenticated, "")
		refused(t, change(updateUnit{ID: low.ID}), fault.Unauthenticated, "")
	})
}
