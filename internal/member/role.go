package member

import (
	"context"
	"slices"
	"strings"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// RoleAtPlace names a role, by its key or id, and the place at which it is held: a group, an org
// unit, or the workspace if neither is named. Roles at sessions come and go with enrollments.
type RoleAtPlace struct {
	Role      string
	GroupID   *ident.ID
	OrgUnitID *ident.ID
}

// kind returns the kind of the named place.
func (r RoleAtPlace) kind() access.PlaceKind {
	switch {
	case r.GroupID != nil:
		return access.InGroup
	case r.OrgUnitID != nil:
		return access.InOrgUnit
	}
	return access.InWorkspace
}

// placeID returns the id of the named place in a workspace.
func (r RoleAtPlace) placeID(workspace ident.ID) ident.ID {
	switch {
	case r.GroupID != nil:
		return *r.GroupID
	case r.OrgUnitID != nil:
		return *r.OrgUnitID
	}
	return workspace
}

// AddRole gives a member one more role at a place and keeps their other roles (MEM-3). It needs
// what UpdateMember needs to give the role. A role that they hold there directly already changes
// nothing. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
func (s *Service) AddRole(ctx context.Context, by *access.Caller, id ident.ID,
	r RoleAtPlace) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "add role")

	return s.UpdateMember(ctx, by, UpdateMemberInput{ID: id, role: &roleChange{RoleAtPlace: r}})
}

// RemoveRole takes a role that a member holds directly at a place, with what only this role granted.
// A member without any other role becomes a learner of the workspace. A role that they do not hold
// there changes nothing. The result is nil when the caller no longer sees the member. Errors:
// NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, CONFLICT for the last administrator.
func (s *Service) RemoveRole(ctx context.Context, by *access.Caller, id ident.ID,
	r RoleAtPlace) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "remove role")

	return s.editVisible(ctx, by,
		UpdateMemberInput{ID: id, role: &roleChange{RoleAtPlace: r, removes: true}})
}

// roleChange is a change of one role of a member.
type roleChange struct {
	RoleAtPlace
	removes bool
}

// resolveRole is resolveChange for a change of one role: the grant that the member holds within the
// caller's authority, with the role or without it.
func (e *memberEdit) resolveRole(ctx context.Context,
	held []*ent.RoleAssignment) (schema.Grant, error) {
	c, g := e.in.role, e.heldGrant(held)
	g.OrgUnitID = ident.ID{} // the member's unit stays as it is
	in := &admission.GrantInput{Roles: []string{c.Role}, OrgUnitID: c.OrgUnitID}
	if c.GroupID != nil {
		in.GroupIDs = []ident.ID{*c.GroupID}
	}
	n, err := admission.LoadNamed(admission.AsMember(ctx, e.grantor), e.tx.Client, in)
	if err != nil {
		return g, renameRoleFaults(err)
	}
	role := admission.FindRoleByName(n.Roles, c.Role)
	if !slices.Contains(access.PlacesOf(role.Key), c.kind()) {
		return g, fault.Input("role", "grant.no_place", i18n.Args{"Role": role.Name})
	}

	named := schema.GrantedRole{RoleID: role.ID, PlaceID: c.placeID(e.workspace.ID)}
	if c.removes {
		return e.withoutRole(g, held, role, named)
	}
	comes := schema.Grant{Roles: []schema.GrantedRole{named}, GroupIDs: in.GroupIDs}
	// Security: asked even for a role that is held already, so that the answer tells nothing of it.
	if err := n.RequireWithin(access.MembersUpdate, e.grantor, comes); err != nil {
		return g, err
	}
	if c.OrgUnitID != nil {
		// A role at a unit follows the member to their next unit, so it is held at their own alone.
		if e.member.OrgUnitID == nil || *e.member.OrgUnitID != *c.OrgUnitID {
			return g, fault.Input("place.orgUnitId", "member.other_unit")
		}
		g.OrgUnitID = *c.OrgUnitID
	}
	if !slices.Contains(g.Roles, named) {
		g.Roles = append(g.Roles, named)
	}
	g.GroupIDs = inputs.Distinct(append(g.GroupIDs, in.GroupIDs...))
	return g, nil
}

// withoutRole returns a grant without a role at a place. FORBIDDEN if the caller may not take it.
func (e *memberEdit) withoutRole(g schema.Grant, held []*ent.RoleAssignment, role *ent.Role,
	named schema.GrantedRole) (schema.Grant, error) {
	at := access.PlaceOf(named.PlaceID)
	// Security: taking a role away needs the same authority as giving it (ADM-6).
	if !e.grantor.Can(access.MembersUpdate, at) ||
		!e.grantor.MayGive(access.NewSet(role.Permissions), at) {
		return g, fault.At(fault.New(fault.Forbidden, "grant.beyond_role",
			i18n.Args{"Role": role.Name}), "role")
	}
	g.Roles = slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool {
		return r == named
	})
	isOtherGroupRole := func(a *ent.RoleAssignment) bool {
		return a.GroupID != nil && (a.RoleID != named.RoleID || a.PlaceID != named.PlaceID)
	}
	if e.workspace.Settings.RequireGroup && named.PlaceID.Kind() == ident.Group &&
		!slices.ContainsFunc(held, isOtherGroupRole) {
		return g, fault.Input("place.groupId", "grant.group_required")
	}
	g.GroupIDs = slices.DeleteFunc(slices.Clone(g.GroupIDs), func(id ident.ID) bool {
		return !slices.ContainsFunc(g.Roles, func(r schema.GrantedRole) bool {
			return r.PlaceID == id
		})
	})
	return g, nil
}

// renameRoleFaults gives faults of a grant the fields of a RoleAtPlace.
func renameRoleFaults(err error) error {
	f, refused := fault.Of(err)
	if !refused || f.Field == "" {
		return err
	}
	var renamed fault.Collector
	for _, v := range f.Violations() {
		// The verb takes one role at one place. ResolveGrant names them as the lists of a grant.
		switch field := v.Field; {
		case strings.HasPrefix(field, "grant.roles."):
			renamed.Add(fault.At(v, "role"))
		case strings.HasPrefix(field, "grant.groupIds."):
			renamed.Add(fault.At(v, "place.groupId"))
		case field == "grant.orgUnitId":
			renamed.Add(fault.At(v, "place.orgUnitId"))
		default:
			renamed.Add(v)
		}
	}
	return renamed.Err()
}
