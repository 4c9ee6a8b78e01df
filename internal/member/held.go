package member

import (
	"slices"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/ident"
)

// keepUnitRoles replaces the roles at org units in a list by those that the member holds: a move to
// another unit, or a change of groups, does not end them.
func keepUnitRoles(roles []schema.GrantedRole,
	held []*ent.RoleAssignment) []schema.GrantedRole {
	kept := slices.DeleteFunc(slices.Clone(roles), func(r schema.GrantedRole) bool {
		return r.PlaceID.Kind() == ident.OrgUnit
	})
	for _, a := range held {
		if a.PlaceID.Kind() == ident.OrgUnit {
			kept = append(kept, schema.GrantedRole{RoleID: a.RoleID, PlaceID: a.PlaceID})
		}
	}
	return kept
}

// withoutHeld returns a grant without the roles that are held already, and without the groups in
// which it then grants no role.
func withoutHeld(g schema.Grant, held []*ent.RoleAssignment) schema.Grant {
	g.Roles = slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool {
		return holdsRole(held, r)
	})
	g.GroupIDs = slices.DeleteFunc(slices.Clone(g.GroupIDs), func(id ident.ID) bool {
		return !slices.ContainsFunc(g.Roles, func(r schema.GrantedRole) bool {
			return r.PlaceID == id
		})
	})
	return g
}

// holdsRole tells whether assignments contain a role at a place.
func holdsRole(held []*ent.RoleAssignment, r schema.GrantedRole) bool {
	return slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
		return a.RoleID == r.RoleID && a.PlaceID == r.PlaceID
	})
}
