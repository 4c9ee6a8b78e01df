package workspace_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"usher/ent/role"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// ACC-2: an administrator can create custom roles.
func TestARoleOfOnesOwnIsMadeHeldChangedAndDeleted(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		by := p.Caller(p.Admin)
		r, err := p.Workspaces.CreateRole(t.Context(), by,
			createRole{WorkspaceID: p.Workspace.ID, Name: "Registrar",
				Permissions: []access.Permission{access.MembersInvite, access.MembersView,
					access.MembersView}})
		done(t, err)
		if r.Key != r.ID.String() || r.BuiltIn {
			t.Errorf("its key is %s", r.Key)
		}
		same(t, "permissions, each once and in order", r.Permissions,
			[]string{"MEMBERS_VIEW", "MEMBERS_INVITE"})
		holder := p.Join("holder@acme.test", &grants{Roles: []string{r.ID.String()}})
		if !p.Caller(holder).In(p.Workspace.ID).Throughout(access.MembersInvite) {
			t.Error("who holds the role may not do what it says")
		}
		refused(t, p.Workspaces.DeleteRole(t.Context(), by, r.ID), fault.Conflict, "")

		_, err = p.Workspaces.UpdateRole(t.Context(), by,
			updateRole{ID: r.ID, Permissions: []access.Permission{access.MembersView}})
		done(t, err)
		// its own name
		_, err = p.Workspaces.UpdateRole(t.Context(), by,
			updateRole{ID: r.ID, Name: new("REGISTRAR")})
		done(t, err)
		m := p.Caller(holder).In(p.Workspace.ID)
		if m.Throughout(access.MembersInvite) || !m.Throughout(access.MembersView) {
			t.Error("the change did not reach who holds the role")
		}

		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.DeleteOneID(holder.ID).Exec(ctx)
		})
		guest := p.Invite("guest@acme.test", &grants{Roles: []string{r.ID.String()}})
		done(t, p.Workspaces.DeleteRole(t.Context(), by, r.ID))
		if _, err := p.Acceptances.Accept(t.Context(), p.As(p.Account("guest@acme.test")),
			p.Accepting(guest), origin{}); err != nil {
			t.Errorf("an invitation that names the role does not go on: %v", err)
		}
		same(t, "the guest", p.Holds(p.Member("guest@acme.test").ID), []string{"learner@*"})
		same(t, "history", p.Happened(r.ID), []string{"role.made", "role.edited", "role.edited",
			"role.removed"})
	})
}

// ADM-6: nobody makes a role that holds more than they do, nor makes one of somebody else's hold
// more.
func TestNobodyMakesARoleWithMoreThanTheyHold(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		maker := everywhere(p, "maker@acme.test", access.RolesManage, access.MembersView)
		by := p.Caller(maker)
		make := func(may ...access.Permission) error {
			_, err := p.Workspaces.CreateRole(t.Context(), by,
				createRole{WorkspaceID: p.Workspace.ID, Name: "New", Permissions: may})
			return err
		}
		refused(t, make(access.MembersView, access.MembersInvite), fault.Forbidden, "permissions")
		done(t, make(access.MembersView))
		big := p.Role("Big", access.MembersInvite, access.MembersView)
		change := func(may ...access.Permission) error {
			_, err := p.Workspaces.UpdateRole(t.Context(), by,
				updateRole{ID: big.ID, Permissions: may})
			return err
		}
		refused(t, change(access.MembersInvite, access.MembersView, access.AuditView),
			fault.Forbidden, "permissions")
		// what it had stays
		done(t, change(access.MembersInvite, access.MembersView, access.RolesManage))
		done(t, change(access.MembersView))
		// and does not come back
		refused(t, change(access.MembersInvite), fault.Forbidden, "permissions")
	})
}

func TestBadRolesAndStrangersAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other := p.Found("Other", "other")
		theirs, ours := other.Role("Theirs"), p.Role("Ours")
		by := p.Caller(p.Admin)
		make := func(name string) error {
			_, err := p.Workspaces.CreateRole(t.Context(), by,
				createRole{WorkspaceID: p.Workspace.ID, Name: name})
			return err
		}
		change := func(id ident.ID, name string) error {
			_, err := p.Workspaces.UpdateRole(t.Context(), by, updateRole{ID: id, Name: &name})
			return err
		}
		builtIn := p.Store.Role.Query().Where(role.Key(access.Learner)).OnlyX(p.In())
		refused(t, make(""), fault.BadUserInput, "name")
		refused(t, make("OURS"), fault.Conflict, "name")
		refused(t, make("learner"), fault.Conflict, "name")
		refused(t, change(ours.ID, "Administrator"), fault.Conflict, "name")
		refused(t, change(builtIn.ID, "Pupil"), fault.Conflict, "")
		refused(t, p.Workspaces.DeleteRole(t.Context(), by, builtIn.ID), fault.Conflict, "")
		refused(t, change(theirs.ID, "x"), fault.NotFound, "")
		refused(t, p.Workspaces.DeleteRole(t.Context(), by, theirs.ID), fault.NotFound, "")
		refused(t, p.Workspaces.DeleteRole(t.Context(), by, ident.New(ident.Role)),
			fault.NotFound, "")

		by = p.Caller(p.Join("lea@acme.test", nil))
		refused(t, make("x"), fault.Forbidden, "")
		refused(t, change(ours.ID, "x"), fault.Forbidden, "")
		refused(t, p.Workspaces.DeleteRole(t.Context(), by, ours.ID), fault.Forbidden, "")
		by = other.Caller(other.Admin)
		refused(t, make("x"), fault.NotFound, "")
	})
}

// PLA-1: custom roles are an entitlement.
func TestAPlanWithoutCustomRolesSaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		r := p.Role("Mine")
		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			o := tx.Organization.GetX(ctx, p.Workspace.OrganizationID)
			o.Entitlements.CustomRoles = false
			return tx.Organization.UpdateOne(o).SetEntitlements(o.Entitlements).Exec(ctx)
		})
		_, err := p.Workspaces.CreateRole(t.Context(), p.Caller(p.Admin),
			createRole{WorkspaceID: p.Workspace.ID, Name: "New"})
		refused(t, err, fault.PlanRequired, "")
		_, err = p.Workspaces.UpdateRole(t.Context(), p.Caller(p.Admin),
			updateRole{ID: r.ID, Name: new("New")})
		refused(t, err, fault.PlanRequired, "")
		// what is there can be tidied away
		done(t, p.Workspaces.DeleteRole(t.Context(), p.Caller(p.Admin), r.ID))
	})
}

func TestOneOfSeveralTakesTheNameOfARole(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		by := p.Caller(p.Admin)
		make := func(name string) func(context.Context) error {
			return func(ctx context.Context) error {
				_, err := p.Workspaces.CreateRole(ctx, by,
					createRole{WorkspaceID: p.Workspace.ID, Name: name})
				return err
			}
		}
		for round := range 6 {
			lost, name := 0, fmt.Sprint("Helper ", round)
			for _, err := range atOnce(t.Context(), make(name), make(strings.ToUpper(name)),
				make(strings.ToLower(name)), make(name), make(name)) {
				if err != nil {
					refused(t, err, fault.Conflict, "name")
					lost++
				}
			}
			same(t, "lost", lost, 4)
		}
	})
}

// AUT-6: a role that grows raises all who hold it, so each of them must have verified their
// address.
func TestARoleThatAnUnverifiedAccountHoldsGetsNoMorePermissions(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		r := p.Role("Empty")
		held := p.Join("ann@acme.test", &grants{Roles: []string{r.ID.String()}})
		change := func(may ...access.Permission) error {
			_, err := p.Workspaces.UpdateRole(t.Context(), p.Caller(p.Admin),
				updateRole{ID: r.ID, Permissions: may})
			return err
		}
		refused(t, change(access.MembersView), fault.Conflict, "permissions")
		if p.Caller(held).In(p.Workspace.ID).Throughout(access.MembersView) {
			t.Error("the unverified account has the permission")
		}
		p.Verify("ann@acme.test")
		done(t, change(access.MembersView, access.MembersInvite))

		// What takes permissions away raises nobody.
		p.Join("ben@acme.test", &grants{Roles: []string{r.ID.String()}})
		done(t, change(access.MembersView))
		refused(t, change(access.MembersView, access.MembersInvite), fault.Conflict, "permissions")
	})
}
