package admission

import (
	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// RequireWithin is ADM-6: nobody hands out more than they hold. The grantor may bring people into
// every place named, and holds each role's permissions there. A role that is not among those given
// is gone, and gives nothing. name tells what a place is called, for the refusal; nil when nobody
// will read it.
func RequireWithin(may access.Permission, giver *access.Membership, g schema.Grant,
	roles []*ent.Role, name func(ident.ID) string) error {
	if err := RequireReach(may, giver, g, name); err != nil {
		return err
	}
	for _, r := range g.Roles {
		row := FindRoleByID(roles, r.RoleID)
		if row == nil {
			continue
		}
		if !giver.MayGive(access.NewSet(row.Permissions), PlaceOf(r.PlaceID)) {
			return fault.New(fault.Forbidden, "grant.beyond_role", i18n.Args{"Role": row.Name})
		}
		if PlaceOf(r.PlaceID).Kind == access.InWorkspace && g.OrgUnitID.IsZero() &&
			!giver.Throughout(may) {
			// Security: a role of the whole workspace takes the whole workspace, or a group named
			// beside it would hide it from reach. Only the people of a unit hold theirs there too:
			// a learner cannot hold it at a unit.
			return fault.New(fault.Forbidden, "grant.name_a_place")
		}
	}
	return nil
}

// RequireReach asks whether the grantor may bring people into the places named: all of them, and at
// least one if they do not hold the whole workspace.
func RequireReach(may access.Permission, giver *access.Membership, g schema.Grant,
	name func(ident.ID) string) error {
	if giver.Throughout(may) {
		return nil
	}
	places := append([]ident.ID{}, g.GroupIDs...)
	if !g.OrgUnitID.IsZero() {
		places = append(places, g.OrgUnitID)
	}
	for _, i := range places {
		if !giver.Can(may, PlaceOf(i)) {
			return refuseBeyond(i, name)
		}
	}
	for _, i := range g.SessionIDs {
		if !giver.Can(may, access.Session(i)) && !giver.CanAnywhere(access.EnrollmentsManage) {
			return refuseBeyond(i, name)
		}
	}
	if len(g.ProgramIDs) > 0 && !giver.CanAnywhere(access.EnrollmentsManage) {
		return fault.New(fault.Forbidden, "grant.beyond_programs")
	}
	if len(places) == 0 {
		return fault.New(fault.Forbidden, "grant.name_a_place")
	}
	return nil
}

// refuseBeyond refuses a place outside of what the grantor looks after. A place that name does not
// know is gone or hidden, and is answered as load answers it.
func refuseBeyond(i ident.ID, name func(ident.ID) string) error {
	if name == nil {
		return fault.New(fault.Forbidden, "grant.beyond_place", i18n.Args{"Place": i.String()})
	}
	called := name(i)
	switch {
	case called != "":
		return fault.New(fault.Forbidden, "grant.beyond_place", i18n.Args{"Place": called})
	case i.Kind() == ident.OrgUnit:
		return NotFoundAt("grant.orgUnitId", "grant.no_unit", "")
	case i.Kind() == ident.Session:
		return NotFoundAt("grant.sessionIds", "grant.no_session", "")
	}
	return NotFoundAt("grant.groupIds", "grant.no_group", "")
}
