package graph

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/role"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/ident"
)

// overPeople are the permissions over the people of a place, which a role gives where it is held.
var overPeople = access.SetOf([]access.Permission{access.MembersView, access.MembersInvite,
	access.MembersCreate, access.MembersImport, access.MembersUpdate, access.MembersDeactivate,
	access.RolesAssign, access.EnrollmentsManage, access.JoinLinksManage})

// heldAt returns what the caller may do at a place of a workspace. Groups are managed by who may at
// the group, any other place by who may throughout the workspace.
func heldAt(ctx context.Context, workspace ident.ID, at access.Place,
	manage access.Permission) []access.Permission {
	m := callerOf(ctx).In(workspace)
	held := m.Held(at) & overPeople
	if m.Throughout(manage) || at.Kind == access.InGroup && m.Can(manage, at) {
		held |= access.SetOf([]access.Permission{manage})
	}
	return m.Usable(held).List()
}

// rolesOf reads the roles of a grant.
func (r *Resolver) rolesOf(ctx context.Context, g schema.Grant) ([]*ent.Role, error) {
	return r.Reads.Role.Query().Where(role.IDIn(admission.RoleIDs(g)...)).All(ctx)
}

// scopesOf lists the kinds of place that a role can be held at, the widest first.
func scopesOf(r *ent.Role) []RoleScope {
	scopes := []RoleScope{}
	kinds := access.PlacesOf(r.Key)
	for _, k := range []struct {
		kind  access.PlaceKind
		scope RoleScope
	}{{access.InWorkspace, RoleScopeWorkspace}, {access.InGroup, RoleScopeGroup},
		{access.InOrgUnit, RoleScopeOrgUnit}, {access.InSession, RoleScopeSession}} {
		if slices.Contains(kinds, k.kind) {
			scopes = append(scopes, k.scope)
		}
	}
	return scopes
}
