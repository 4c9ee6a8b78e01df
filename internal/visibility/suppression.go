package visibility

import (
	"entgo.io/ent/dialect/sql"

	"usher/internal/access"
	"usher/internal/ident"
)

// visibleSuppressions selects the suppressions of the workspaces where the caller may invite and
// see everybody.
func visibleSuppressions(c *access.Caller, col func(string) string) *sql.Predicate {
	parts := []*sql.Predicate{sql.False()}
	for i := range c.Memberships {
		m := &c.Memberships[i]
		if m.Throughout(access.MembersInvite) && m.Throughout(access.MembersView) {
			parts = append(parts, suppressionsOf(m.WorkspaceID, col))
		}
	}
	return sql.Or(parts...)
}

// SuppressionsOf selects the suppressions that one workspace may know of: its own, and those for
// every workspace of addresses that are invited to it or that are members of it.
//
// Security: a suppression for every workspace tells that an address was emailed somewhere. Only a
// workspace that knows the address learns it.
func SuppressionsOf(workspace ident.ID) func(*sql.Selector) {
	return func(s *sql.Selector) { s.Where(suppressionsOf(workspace, s.C)) }
}

// suppressionsOf returns the condition of the suppressions that concern a workspace: its own, and
// those of all workspaces for addresses that it has invited or that its members have. Others would
// tell of people whom it does not know.
func suppressionsOf(workspace ident.ID, col func(string) string) *sql.Predicate {
	here := sql.EQ("workspace_id", workspace)
	return sql.Or(sql.EQ(col("place_id"), workspace),
		sql.And(sql.EQ(col("place_id"), ident.ID{}),
			sql.Or(sql.In(col("email_key"), selectWhere("email_key", "invitations", here)),
				sql.In(col("email_key"), selectWhere("email_key", "members", here)))))
}
