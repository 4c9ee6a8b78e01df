package admission

import (
	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
)

// The permissions that lists show for their reader. They are worked out from rows that were read
// with the list, by the checks of the operations.

// MemberPermissions returns what a caller may do with a member. A permission that operations need
// at one place of the member counts if the caller holds it at one of them; deactivation needs full
// authority. held are the member's role assignments with their roles.
func MemberPermissions(by *access.Caller, m *ent.Member, held []*ent.RoleAssignment) access.Set {
	a := &MemberAuthority{by, by.In(m.WorkspaceID), m, held}
	var all access.Set
	for _, at := range placesOf(m, held) {
		all |= a.Here.Held(at)
	}
	about := access.SetOf([]access.Permission{access.MembersView, access.MembersUpdate,
		access.RolesAssign, access.EnrollmentsManage})
	all &= about
	// A card for oneself is refused, whatever one may do.
	notSelf := a.Here == nil || a.Here.MemberID != m.ID
	for _, p := range []struct {
		may     access.Permission
		applies bool
	}{{access.MembersCreate, notSelf}, {access.MembersDeactivate, true}} {
		if a.Here != nil && p.applies && a.RequireFull(p.may) == nil {
			all |= access.SetOf([]access.Permission{p.may})
		}
	}
	return a.Here.Usable(all)
}

// LinkPermissions returns what a caller may do with a join link of the given grant. roles are the
// roles of the grant.
func LinkPermissions(m *access.Membership, g schema.Grant, roles []*ent.Role) access.Set {
	if m == nil || RequireWithin(access.MembersInvite, m, g, roles, nil) != nil ||
		RequireReach(access.JoinLinksManage, m, g, nil) != nil {
		return 0
	}
	return m.Usable(access.SetOf([]access.Permission{access.JoinLinksManage}))
}
