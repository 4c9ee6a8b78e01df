package admission

import (
	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
)

// What lists say about what their reader may do. Everything is worked out of rows that were read
// with the list, with the checks of the verbs.

// MemberPermissions returns what a caller may do with a member: a permission that some verb asks
// for at one place of the member, at one of them; deactivation wherever the member is. held are the
// member's role assignments, each with its role.
func MemberPermissions(by *access.Caller, m *ent.Member, held []*ent.RoleAssignment) access.Set {
	a := &MemberAuthority{by, by.In(m.WorkspaceID), m, held}
	var all access.Set
	for _, at := range placesOf(m, held) {
		all |= a.Here.Held(at)
	}
	about := access.SetOf([]access.Permission{access.MembersView, access.MembersUpdate,
		access.RolesAssign, access.EnrollmentsManage})
	all &= about
	if a.Here != nil && a.RequireFull(access.MembersDeactivate) == nil {
		all |= access.SetOf([]access.Permission{access.MembersDeactivate})
	}
	return a.Here.Usable(all)
}

// LinkPermissions returns what a caller may do with a join link that gives a grant. roles are those
// of the grant.
func LinkPermissions(m *access.Membership, g schema.Grant, roles []*ent.Role) access.Set {
	if m == nil || RequireWithin(access.MembersInvite, m, g, roles, nil) != nil ||
		RequireReach(access.JoinLinksManage, m, g, nil) != nil {
		return 0
	}
	return m.Usable(access.SetOf([]access.Permission{access.JoinLinksManage}))
}
