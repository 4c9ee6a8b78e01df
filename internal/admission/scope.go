package admission

import (
	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// RequireWithin applies ADM-6: nobody grants more than they hold. The grantor may bring people into
// every named place and holds the permissions of each role at its place. A role that is missing in
// roles is gone and gives nothing. name returns the name of a place for the message; nil leaves it
// out. FORBIDDEN, NOT_FOUND for a place that name does not know.
func RequireWithin(may access.Permission, grantor *access.Membership, g schema.Grant,
	roles []*ent.Role, name func(ident.ID) string) error {
	if err := RequireReach(may, grantor, g, name); err != nil {
		return err
	}
	for _, r := range g.Roles {
		row := FindRoleByID(roles, r.RoleID)
		// A role that is gone gives nothing, so nobody needs authority for it.
		if row == nil {
			continue
		}
		if !grantor.MayGive(access.NewSet(row.Permissions), access.PlaceOf(r.PlaceID)) {
			return fault.New(fault.Forbidden, "grant.beyond_role", i18n.Args{"Role": row.Name})
		}
		if access.PlaceOf(r.PlaceID).Kind == access.InWorkspace && g.OrgUnitID.IsZero() &&
			!grantor.Throughout(may) {
			// Security: a role of the whole workspace needs authority over the whole workspace.
			// Otherwise a group that is named beside it would satisfy RequireReach. Members of a
			// unit are the exception: a learner cannot hold the role at a unit.
			return fault.New(fault.Forbidden, "grant.name_a_place")
		}
	}
	return nil
}

// RequireReach returns FORBIDDEN unless the grantor may bring people into all named places, and
// into at least one if their authority is not over the whole workspace.
func RequireReach(may access.Permission, grantor *access.Membership, g schema.Grant,
	name func(ident.ID) string) error {
	// Authority over the whole workspace includes every place, those that are gone as well.
	if grantor.Throughout(may) {
		return nil
	}
	places := append([]ident.ID{}, g.GroupIDs...)
	if !g.OrgUnitID.IsZero() {
		places = append(places, g.OrgUnitID)
	}
	for _, id := range places {
		if !grantor.Can(may, access.PlaceOf(id)) {
			return refuseBeyond(id, name)
		}
	}
	for _, id := range g.SessionIDs {
		if !grantor.Can(may, access.Session(id)) && !grantor.CanAnywhere(access.EnrollmentsManage) {
			return refuseBeyond(id, name)
		}
	}
	if len(g.ProgramIDs) > 0 && !grantor.CanAnywhere(access.EnrollmentsManage) {
		return fault.New(fault.Forbidden, "grant.beyond_programs")
	}
	if len(places) == 0 {
		return fault.New(fault.Forbidden, "grant.name_a_place")
	}
	return nil
}

// refuseBeyond returns FORBIDDEN for a place outside of the grantor's authority. A place without a
// name is gone or not visible, and gets NOT_FOUND as in LoadNamed.
func refuseBeyond(id ident.ID, name func(ident.ID) string) error {
	if name == nil {
		return fault.New(fault.Forbidden, "grant.beyond_place", i18n.Args{"Place": id.String()})
	}
	called := name(id)
	switch {
	case called != "":
		return fault.New(fault.Forbidden, "grant.beyond_place", i18n.Args{"Place": called})
	case id.Kind() == ident.OrgUnit:
		return NotFoundAt("grant.orgUnitId", "grant.no_unit", "")
	case id.Kind() == ident.Session:
		return NotFoundAt("grant.sessionIds", "grant.no_session", "")
	}
	return NotFoundAt("grant.groupIds", "grant.no_group", "")
}

// RequireWithin applies ADM-6 to a grant whose rows are loaded.
func (n *NamedPlaces) RequireWithin(may access.Permission, grantor *access.Membership,
	g schema.Grant) error {
	return RequireWithin(may, grantor, g, n.Roles, n.placeName)
}

// placeName returns the name of a loaded place, or "".
func (n *NamedPlaces) placeName(id ident.ID) string {
	for _, row := range n.Groups {
		if row.ID == id {
			return row.Name
		}
	}
	for _, row := range n.Sessions {
		if row.ID == id {
			return row.Name
		}
	}
	if n.Unit != nil && n.Unit.ID == id {
		return n.Unit.Name
	}
	return ""
}
