package store

import (
	"fmt"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/ident"
)

// visible is what a caller may read of a table, the rule of 'Who may do what' for reading. Rows beyond it are filtered
// out, never refused: an error on a nested row would take the whole answer with it.
//
// What a column must not be null for stays visible with its owner: a member's user and workspace, an assignment's role,
// an enrolment's session.
func visible(table string, c *access.Caller) (func(*sql.Selector), error) {
	var rule func(m *access.Membership, col func(string) string) *sql.Predicate
	switch table {
	case ent.TypeWorkspace:
		return func(s *sql.Selector) { s.Where(in(s.C("id"), c.WorkspaceIDs())) }, nil
	case ent.TypeUser:
		return func(s *sql.Selector) {
			members := membersOf(s)
			members.Where(anyOf(c, members.C, visibleMember))
			s.Where(sql.Or(sql.EQ(s.C("id"), c.UserID), sql.Exists(members)))
		}, nil
	case ent.TypeSignIn:
		return func(s *sql.Selector) { s.Where(sql.EQ(s.C("user_id"), c.UserID)) }, nil
	case ent.TypeMember:
		rule = visibleMember
	case ent.TypeRole, ent.TypeCustomField:
		rule = everyone
	case ent.TypeRoleAssignment:
		rule = ofMember
	case ent.TypeEnrollment:
		rule = ofMember
	case ent.TypeGroup:
		rule = visibleGroup
	case ent.TypeOrgUnit:
		rule = visibleUnit
	case ent.TypeProgram:
		rule = visibleProgram
	case ent.TypeSession:
		rule = visibleSession
	case ent.TypeInvitation:
		rule = visibleInvitation
	case ent.TypeJoinLink:
		rule = visibleLink
	case ent.TypeJoinRequest:
		rule = visibleRequest
	case ent.TypeImportBatch:
		rule = visibleImport
	case ent.TypeAuditEvent:
		rule = visibleEvent
	default:
		return nil, fmt.Errorf("store: %s is not for callers to read", table)
	}
	return func(s *sql.Selector) { s.Where(anyOf(c, s.C, rule)) }, nil
}

// membersOf selects what members the user of each row is. It asks row by row, by an index: as a list of all users of a
// workspace the databases would make it anew for every page of fifty.
func membersOf(users *sql.Selector) *sql.Selector {
	members := sql.Select("id").From(sql.Table("members"))
	return members.Where(sql.ColumnsEQ(members.C("user_id"), users.C("id")))
}

// anyOf joins a rule over the caller's workspaces.
func anyOf(c *access.Caller, col func(string) string, rule func(*access.Membership, func(string) string) *sql.Predicate) *sql.Predicate {
	var parts []*sql.Predicate
	for i := range c.Memberships {
		m := &c.Memberships[i]
		here := sql.EQ(col("workspace_id"), m.WorkspaceID)
		if p := rule(m, col); p != nil {
			here = sql.And(here, p)
		}
		parts = append(parts, here)
	}
	if len(parts) == 0 {
		return sql.False()
	}
	return sql.Or(parts...)
}

// Rules return nil for 'all of the workspace'.

func everyone(*access.Membership, func(string) string) *sql.Predicate { return nil }

func visibleMember(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.MembersView) {
		return nil
	}
	return sql.Or(append(membersWithin(m, access.MembersView, col), sql.EQ(col("id"), m.MemberID))...)
}

// membersWithin selects those who are where one holds a permission, short of the whole workspace; empty for nobody.
func membersWithin(m *access.Membership, may access.Permission, col func(string) string) (parts []*sql.Predicate) {
	if groups := m.Covered(may, access.InGroup); len(groups) > 0 {
		parts = append(parts, sql.In(col("id"), sub("member_id", "role_assignments", in("group_id", groups))))
	}
	if units := m.Covered(may, access.InOrgUnit); len(units) > 0 {
		parts = append(parts, in(col("org_unit_id"), units))
	}
	if sessions := m.Covered(may, access.InSession); len(sessions) > 0 {
		parts = append(parts, sql.In(col("id"), sub("member_id", "enrollments", in("session_id", sessions))))
	}
	return parts
}

func ofMember(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.MembersView) {
		return nil
	}
	members := sql.Select("id").From(sql.Table("members"))
	members.Where(sql.And(sql.EQ(members.C("workspace_id"), m.WorkspaceID), visibleMember(m, members.C)))
	return sql.In(col("member_id"), members)
}

func visibleGroup(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.MembersView) || m.Throughout(access.GroupsManage) {
		return nil
	}
	own := sub("group_id", "role_assignments", sql.And(sql.EQ("member_id", m.MemberID), sql.NotNull("group_id")))
	parts := []*sql.Predicate{sql.In(col("id"), own)}
	if groups := m.Covered(access.MembersView, access.InGroup); len(groups) > 0 {
		parts = append(parts, in(col("id"), groups))
	}
	return sql.Or(parts...)
}

func visibleUnit(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.MembersView) || m.Throughout(access.OrgUnitsManage) {
		return nil
	}
	own := sub("org_unit_id", "members", sql.And(sql.EQ("id", m.MemberID), sql.NotNull("org_unit_id")))
	parts := []*sql.Predicate{sql.In(col("id"), own)}
	if units := m.Covered(access.MembersView, access.InOrgUnit); len(units) > 0 {
		parts = append(parts, in(col("id"), units))
	}
	return sql.Or(parts...)
}

// visibleSession: staff pick sessions from lists; a learner sees those they are, or were, enrolled into.
func visibleSession(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Staff() {
		return nil
	}
	return sql.In(col("id"), sub("session_id", "enrollments", sql.EQ("member_id", m.MemberID)))
}

func visibleProgram(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Staff() {
		return nil
	}
	sessions := sub("session_id", "enrollments", sql.EQ("member_id", m.MemberID))
	return sql.In(col("id"), sub("program_id", "sessions", sql.In("id", sessions)))
}

// visibleInvitation: those of the places where one may see people, and those one sent.
func visibleInvitation(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.MembersView) {
		return nil
	}
	if !m.CanAnywhere(access.MembersView) {
		return sql.False()
	}
	parts := []*sql.Predicate{sql.EQ(col("invited_by_id"), m.MemberID)}
	if groups := m.Covered(access.MembersView, access.InGroup); len(groups) > 0 {
		parts = append(parts, sql.In(col("id"), sub("invitation_id", "invitation_groups", in("group_id", groups))))
	}
	if units := m.Covered(access.MembersView, access.InOrgUnit); len(units) > 0 {
		parts = append(parts, in(col("org_unit_id"), units))
	}
	if sessions := m.Covered(access.MembersView, access.InSession); len(sessions) > 0 {
		parts = append(parts, sql.In(col("id"), sub("invitation_id", "invitation_sessions", in("session_id", sessions))))
	}
	return sql.Or(parts...)
}

// visibleLink: who makes links, and who decides about those who come through them.
func visibleLink(m *access.Membership, _ func(string) string) *sql.Predicate {
	if m.CanAnywhere(access.JoinLinksManage) || m.CanAnywhere(access.MembersInvite) {
		return nil
	}
	return sql.False()
}

// visibleRequest: those of links that lead to where one may see people.
func visibleRequest(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.MembersView) {
		return nil
	}
	if !m.CanAnywhere(access.MembersInvite) {
		return sql.False()
	}
	var parts []*sql.Predicate
	if groups := m.Covered(access.MembersView, access.InGroup); len(groups) > 0 {
		parts = append(parts, sql.In(col("join_link_id"), sub("join_link_id", "join_link_groups", in("group_id", groups))))
	}
	if units := m.Covered(access.MembersView, access.InOrgUnit); len(units) > 0 {
		parts = append(parts, sql.In(col("join_link_id"), sub("id", "join_links", in("org_unit_id", units))))
	}
	if len(parts) == 0 {
		return sql.False()
	}
	return sql.Or(parts...)
}

// visibleImport: who imports everywhere sees all; who imports into places of theirs sees what they brought.
func visibleImport(m *access.Membership, col func(string) string) *sql.Predicate {
	switch {
	case m.Throughout(access.MembersImport):
		return nil
	case m.CanAnywhere(access.MembersImport):
		return sql.EQ(col("started_by_id"), m.MemberID)
	}
	return sql.False()
}

// visibleEvent: who may read the history of everything does; who may invite reads that of the invitations they see, and who
// may change people that of the people they may change (AHD-6).
func visibleEvent(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.AuditView) {
		return nil
	}
	parts := []*sql.Predicate{sql.False()}
	if m.CanAnywhere(access.MembersInvite) {
		invitations := sql.Select("id").From(sql.Table("invitations"))
		here := sql.EQ(invitations.C("workspace_id"), m.WorkspaceID)
		if p := visibleInvitation(m, invitations.C); p != nil {
			here = sql.And(here, p)
		}
		parts = append(parts, sql.In(col("invitation_id"), invitations.Where(here)))
	}
	members := sql.Select("id").From(sql.Table("members"))
	here := sql.EQ(members.C("workspace_id"), m.WorkspaceID)
	if m.Throughout(access.MembersUpdate) {
		parts = append(parts, sql.In(col("member_id"), members.Where(here)))
	} else if theirs := membersWithin(m, access.MembersUpdate, members.C); len(theirs) > 0 {
		parts = append(parts, sql.In(col("member_id"), members.Where(sql.And(here, sql.Or(theirs...)))))
	}
	return sql.Or(parts...)
}

func in(column string, ids []ident.ID) *sql.Predicate {
	args := make([]any, len(ids))
	for i, v := range ids {
		args[i] = v
	}
	return sql.In(column, args...)
}
