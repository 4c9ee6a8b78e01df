package visibility

import (
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"usher/internal/access"
	"usher/internal/ident"
)

// visibleLink returns the join links that grant nothing that the caller could not grant by an
// invitation.
//
// Security: a reader of the slug can join by it. A link that grants more than its reader may grant
// would let the reader, or anybody the reader tells, take a place or role that the reader may not
// give.
func visibleLink(m *access.Membership, col func(string) string) *sql.Predicate {
	if !m.CanAnywhere(access.JoinLinksManage) && !m.CanAnywhere(access.MembersInvite) {
		return sql.False()
	}
	parts := append(requireLinkPlaces(m, col), requireLinkRoles(m, col)...)
	if len(parts) == 0 {
		return nil
	}
	return sql.And(parts...)
}

// requireLinkPlaces demands that a link has places, and that the caller may invite to every one of
// them. It is empty for a caller who may invite to the whole workspace.
func requireLinkPlaces(m *access.Membership, col func(string) string) []*sql.Predicate {
	if m.Throughout(access.MembersInvite) || m.Throughout(access.JoinLinksManage) {
		return nil
	}
	rights := []access.Permission{access.MembersInvite, access.JoinLinksManage}
	groups := selectLinkRows("join_link_groups", col)
	parts := []*sql.Predicate{
		noPlaceOutside("join_link_groups", "group_id",
			coveredPlaces(m, rights, access.InGroup), col),
		sql.Or(sql.IsNull(col("org_unit_id")),
			inIDs(col("org_unit_id"), coveredPlaces(m, rights, access.InOrgUnit))),
		// A link without a group and a unit leads into the whole workspace.
		sql.Or(sql.NotNull(col("org_unit_id")), sql.Exists(groups)),
	}
	if !m.CanAnywhere(access.EnrollmentsManage) {
		parts = append(parts, noPlaceOutside("join_link_sessions", "session_id",
			coveredPlaces(m, rights, access.InSession), col),
			sql.Not(containsWord(col("grant"), "programIds"))) // programs stand in the grant alone
	}
	return parts
}

// requireLinkRoles demands that the caller may grant every role of a link at all its places
// (ADM-6). The rows hold the roles and the places, but not which role belongs to which place. Where
// that is open, the stricter reading applies.
func requireLinkRoles(m *access.Membership, col func(string) string) (parts []*sql.Predicate) {
	var never []access.Permission // permissions that the caller may grant nowhere
	// permissions that the caller may grant in some groups, by these groups
	within := map[string][]access.Permission{}
	groups := map[string][]ident.ID{}
	for _, p := range access.All {
		if m.Throughout(p) && m.Throughout(access.RolesAssign) {
			continue
		}
		at := grantableGroups(m, p)
		if len(at) == 0 {
			never = append(never, p)
			continue
		}
		// Permissions with the same groups share one condition.
		key := fmt.Sprint(at)
		within[key], groups[key] = append(within[key], p), at
	}
	if len(never) > 0 {
		parts = append(parts, sql.NotExists(selectLinkRoles(col, never)))
	}
	for key, permissions := range within {
		// Roles of other places than groups: the groups' condition says nothing about them.
		elsewhere := selectLinkRoles(col, permissions) // roles that are not held at groups alone
		elsewhere.Where(
			sql.Or(sql.In(elsewhere.C("key"), access.Admin, access.Manager, access.Instructor),
				sql.And(sql.EQ(elsewhere.C("key"), access.Coach),
					sql.Exists(selectLinkRows("join_link_sessions", col)))))
		parts = append(parts, sql.NotExists(elsewhere),
			sql.Or(sql.NotExists(selectLinkRoles(col, permissions)),
				sql.And(sql.Exists(selectLinkRows("join_link_groups", col)),
					noPlaceOutside("join_link_groups", "group_id", groups[key], col))))
	}
	return parts
}

// grantableGroups returns the groups at which the caller may grant a role with a permission: both
// the permission and the right to assign roles must hold there.
func grantableGroups(m *access.Membership, p access.Permission) (groups []ident.ID) {
	for _, g := range m.Covered(access.RolesAssign, access.InGroup) {
		if m.Can(p, access.Group(g)) && !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	if m.Throughout(access.RolesAssign) {
		for _, g := range m.Covered(p, access.InGroup) {
			if !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	slices.SortFunc(groups, func(a, b ident.ID) int { return slices.Compare(a[:], b[:]) })
	return groups
}

// selectLinkRoles selects the roles of a link that contain one of some permissions.
func selectLinkRoles(col func(string) string, permissions []access.Permission) *sql.Selector {
	roles := sql.Select("id").From(sql.Table("roles"))
	carry := make([]*sql.Predicate, len(permissions))
	for i, p := range permissions {
		carry[i] = containsWord(roles.C("permissions"), string(p))
	}
	links := sql.Table("join_link_roles")
	of := sql.Select("role_id").From(links).Where(sql.ColumnsEQ(links.C("join_link_id"), col("id")))
	return roles.Where(sql.And(sql.In(roles.C("id"), of), sql.Or(carry...)))
}

// selectLinkRows selects the places of a link of one kind.
func selectLinkRows(table string, col func(string) string) *sql.Selector {
	rows := sql.Select("join_link_id").From(sql.Table(table))
	return rows.Where(sql.ColumnsEQ(rows.C("join_link_id"), col("id")))
}

// noPlaceOutside demands that all places of a link of one kind are among those given.
func noPlaceOutside(table, column string, within []ident.ID,
	col func(string) string) *sql.Predicate {
	rows := selectLinkRows(table, col)
	if len(within) > 0 {
		rows.Where(sql.Not(inIDs(rows.C(column), within)))
	}
	return sql.NotExists(rows)
}

// containsWord finds a quoted word in a JSON column: an element of a list of words, or a key.
func containsWord(column, word string) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		b.WriteString("CAST(").Ident(column).WriteString(" AS TEXT) LIKE ").Arg(`%"` + word + `"%`)
	})
}

// excludeHiddenLinks leaves out events of join links that the caller may not see, because their
// details contain slugs.
func excludeHiddenLinks(m *access.Membership, col func(string) string) *sql.Predicate {
	links := sql.Select("id").From(sql.Table("join_links"))
	seen := visibleLink(m, links.C)
	if seen == nil {
		return nil
	}
	return sql.NotIn(col("subject_id"),
		links.Where(sql.And(sql.EQ(links.C("workspace_id"), m.WorkspaceID), sql.Not(seen))))
}
