package member

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
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

// heldChange is what a member holds, and their grant after the edit.
type heldChange struct {
	held []*ent.RoleAssignment
	next schema.Grant
}

// planChange reads what the member holds, works out the changed grant and authorizes it.
func (e *memberEdit) planChange(ctx context.Context) (c heldChange, err error) {
	c.held, err = e.tx.RoleAssignment.Query().Where(roleassignment.MemberID(e.member.ID),
		roleassignment.Inherited(false)).
		WithRole().WithSources().All(ctx)
	if err != nil {
		return c, err
	}
	resolve := e.resolveChange
	if e.in.role != nil {
		resolve = e.resolveRole
	}
	if c.next, err = resolve(ctx, c.held); err != nil {
		return c, err
	}
	return c, e.authorizeGrant(ctx, c.next)
}

// resolveChange applies the change to the part of the member's grant that is within the caller's
// authority, and checks that the caller may give everything that is new (ADM-6).
func (e *memberEdit) resolveChange(ctx context.Context,
	held []*ent.RoleAssignment) (schema.Grant, error) {
	c := e.in.Grant
	var faults fault.Collector
	g, err := admission.ApplyChange(ctx, e.tx.Client, e.grantor, e.workspace, e.heldGrant(held), c,
		e.now)
	faults.Add(err)
	// An unknown language is a fault of the change already.
	if l, wrong := inputs.ParseLocale("grant.locale", c.Locale.Value); wrong == nil && l != "" {
		faults.Add(fault.Input("grant.locale", "member.locale_is_theirs"))
	}
	switch {
	case err != nil:
	case !c.ChangesPlaces():
		g.Roles, g.GroupIDs = nil, nil // both stay as they are
	case e.workspace.Settings.RequireGroup && len(g.GroupIDs) == 0:
		faults.Add(fault.Input("grant.groupIds", "grant.group_required"))
	}
	if err := faults.Err(); err != nil {
		return g, err
	}
	// Roles at units are neither changed with the groups nor with the unit.
	if c.ChangesPlaces() && !c.Roles.Set {
		g.Roles = keepUnitRoles(g.Roles, held)
	}
	// Without a change of places the unit is no part of what has to be given.
	if !c.OrgUnitID.Set && !c.ChangesPlaces() {
		g.OrgUnitID = ident.ID{}
	}

	// Security: the caller must be able to give every named role, even one that is held already.
	// Otherwise the edit would become another source of it and keep it when the first one ends.
	comes := g
	if !c.Roles.Set {
		comes = withoutHeld(g, held)
	}
	if len(comes.Roles)+len(comes.GroupIDs) == 0 && comes.OrgUnitID.IsZero() {
		return g, nil // authorizeGrant checks sessions and programs
	}
	n, err := admission.ReadGrant(ctx, e.tx.Client, comes)
	if err != nil {
		return g, err
	}
	return g, n.RequireWithin(access.MembersUpdate, e.grantor, comes)
}
