package visibility

import (
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/ident"
)

// Filter returns the rows of a table that a caller may read. Other rows are left out, not
// refused: an error on a nested row would fail the whole response.
//
// Rows that a column which must not be null refers to are visible with their owner: the user and
// workspace of a member, the role of an assignment, the session of an enrollment.
func Filter(table string, c *access.Caller) (func(*sql.Selector), error) {
	if c.MustChange {
		// Security: a session that may only change its password reads nothing, its own account
		// included.
		return func(s *sql.Selector) { s.Where(sql.False()) }, nil
	}
	switch table {
	case ent.TypeWorkspace:
		return func(s *sql.Selector) {
			s.Where(sql.Or(inIDs(s.C("id"), c.WorkspaceIDs()),
				inIDs(s.C("organization_id"), c.Administers)))
		}, nil
	case ent.TypeOrganization:
		return func(s *sql.Selector) { s.Where(inIDs(s.C("id"), c.OrganizationIDs())) }, nil
	case ent.TypeUser:
		return func(s *sql.Selector) {
			members := MembersOf(s)
			members.Where(anyMembership(c, members.C, visibleMember))
			s.Where(sql.Or(sql.EQ(s.C("id"), c.UserID), sql.Exists(members)))
		}, nil
	case ent.TypeSuppression:
		return func(s *sql.Selector) { s.Where(visibleSuppressions(c, s.C)) }, nil
	case ent.TypeSignIn:
		return func(s *sql.Selector) { s.Where(sql.EQ(s.C("user_id"), c.UserID)) }, nil
	}
	rule, known := membershipRules[table]
	if !known {
		return nil, fmt.Errorf("visibility: callers may not read %s", table)
	}
	return func(s *sql.Selector) { s.Where(anyMembership(c, s.C, rule)) }, nil
}

// membershipRules are the rules by which a membership makes rows of its workspace visible. A table
// that is not listed here or above is visible to nobody.
var membershipRules = map[string]func(*access.Membership, func(string) string) *sql.Predicate{
	ent.TypeMember: visibleMember, ent.TypeRole: allVisible, ent.TypeCustomField: allVisible,
	ent.TypeRoleAssignment: visibleThroughMember, ent.TypeEnrollment: visibleThroughMember,
	ent.TypeGroup: visibleGroup, ent.TypeOrgUnit: visibleUnit, ent.TypeProgram: visibleProgram,
	ent.TypeSession: visibleSession, ent.TypeInvitation: visibleInvitation,
	ent.TypeJoinLink: visibleLink, ent.TypeJoinRequest: visibleRequest,
	ent.TypeImportBatch: visibleImport, ent.TypeAPIKey: visibleKey,
	ent.TypeAuditEvent: visibleEvent, ent.TypeApplication: visibleApplication,
	ent.TypeWebhook: visibleWebhook, ent.TypeWebhookDelivery: visibleWebhook,
}

// NamedRow keeps rows only if the caller may read the row of another table that a filter names. A
// filter by a hidden row therefore has the same result as one by a missing row. kind is the ent
// type of that row.
func NamedRow(c *access.Caller, kind, table string, id ident.ID) func(*sql.Selector) {
	return func(s *sql.Selector) {
		if seesEverything(c) {
			return // the caller sees all groups, units, members and sessions: no subquery needed
		}
		row := sql.Select("id").From(sql.Table(table))
		row.Where(sql.EQ(row.C("id"), id))
		reads, err := Filter(kind, c)
		if err != nil {
			s.AddError(err)
			return
		}
		reads(row)
		s.Where(sql.Exists(row))
	}
}

// seesEverything reports whether the caller sees all people and places of their workspaces.
func seesEverything(c *access.Caller) bool {
	return len(c.Memberships) > 0 &&
		!slices.ContainsFunc(c.Memberships, func(m access.Membership) bool {
			return !m.Throughout(access.MembersView)
		})
}

// RootRow keeps the rows of a tree that have no parent which the caller may read. Somebody who sees
// a part of the tree thus gets the tops of that part.
func RootRow(c *access.Caller, kind, table string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		if seesEverything(c) {
			s.Where(sql.IsNull(s.C("parent_id")))
			return
		}
		parents := sql.Table(table).As("parents")
		parent := sql.Select(parents.C("id")).From(parents)
		parent.Where(sql.ColumnsEQ(parents.C("id"), s.C("parent_id")))
		reads, err := Filter(kind, c)
		if err != nil {
			s.AddError(err)
			return
		}
		reads(parent)
		s.Where(sql.Or(sql.IsNull(s.C("parent_id")), sql.NotExists(parent)))
	}
}

// MembersOf selects the memberships of the user of each row. The subquery is correlated and
// uses an index: as a list of all users of a workspace the databases would build it again for every
// page of fifty rows.
func MembersOf(users *sql.Selector) *sql.Selector {
	members := sql.Select("id").From(sql.Table("members"))
	return members.Where(sql.ColumnsEQ(members.C("user_id"), users.C("id")))
}

// anyMembership combines a rule over the caller's workspaces with OR.
func anyMembership(c *access.Caller, col func(string) string,
	rule func(*access.Membership, func(string) string) *sql.Predicate) *sql.Predicate {
	var parts []*sql.Predicate
	for i := range c.Memberships {
		m := &c.Memberships[i]
		here := sql.EQ(col("workspace_id"), m.WorkspaceID)
		if p := rule(m, col); p != nil {
			here = sql.And(here, p)
		}
		parts = append(parts, here)
	}
	// An empty OR would be no condition at all.
	if len(parts) == 0 {
		return sql.False()
	}
	return sql.Or(parts...)
}

// selectWhere returns a subquery for one column.
func selectWhere(column, table string, where *sql.Predicate) *sql.Selector {
	return sql.Select(column).From(sql.Table(table)).Where(where)
}

// Visibility rules return nil when all rows of the workspace are visible.

// allVisible is for tables whose rows every member of the workspace may see.
func allVisible(*access.Membership, func(string) string) *sql.Predicate { return nil }

// visibleApplication shows the applications to those who may change them.
func visibleApplication(m *access.Membership, _ func(string) string) *sql.Predicate {
	if m.Throughout(access.WorkspaceManage) {
		return nil
	}
	return sql.False()
}

// visibleWebhook shows the endpoints of webhooks and their deliveries to those who manage them.
func visibleWebhook(m *access.Membership, _ func(string) string) *sql.Predicate {
	if m.Throughout(access.WebhooksManage) {
		return nil
	}
	return sql.False()
}

// visibleMember returns the condition of the members that a membership may see; nil for all of
// them.
func visibleMember(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.MembersView) {
		return nil
	}
	// Everybody sees themselves.
	return sql.Or(append(membersWithPermission(m, access.MembersView, col),
		sql.EQ(col("id"), m.MemberID))...)
}

// membersWithPermission returns conditions for the members at the places where the caller holds a
// permission, except in the whole workspace. It is empty if there is no such place.
func membersWithPermission(m *access.Membership, may access.Permission,
	col func(string) string) (parts []*sql.Predicate) {
	if groups := m.Covered(may, access.InGroup); len(groups) > 0 {
		parts = append(parts,
			sql.In(col("id"), selectWhere("member_id", "role_assignments",
				inIDs("group_id", groups))))
	}
	if units := m.Covered(may, access.InOrgUnit); len(units) > 0 {
		parts = append(parts, inIDs(col("org_unit_id"), units))
	}
	if sessions := m.Covered(may, access.InSession); len(sessions) > 0 {
		parts = append(parts,
			sql.In(col("id"),
				selectWhere("member_id", "enrollments", inIDs("session_id", sessions))))
	}
	return parts
}

// visibleThroughMember is visibleMember for tables with a member_id, such as role_assignments: a
// row is visible with its member.
func visibleThroughMember(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.MembersView) {
		return nil
	}
	members := sql.Select("id").From(sql.Table("members"))
	members.Where(sql.And(sql.EQ(members.C("workspace_id"), m.WorkspaceID),
		visibleMember(m, members.C)))
	return sql.In(col("member_id"), members)
}

// visibleGroup returns the condition of the visible groups: those of the membership, those that its
// permissions cover, or all of them.
func visibleGroup(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.GroupsManage) || holdsThroughout(m, placePermissions) {
		return nil
	}
	// Members see the groups they are in, without any permission.
	own := selectWhere("group_id", "role_assignments", sql.And(sql.EQ("member_id", m.MemberID),
		sql.NotNull("group_id")))
	parts := []*sql.Predicate{sql.In(col("id"), own)}
	if groups := coveredPlaces(m, placePermissions, access.InGroup); len(groups) > 0 {
		parts = append(parts, inIDs(col("id"), groups))
	}
	return sql.Or(parts...)
}

// placePermissions are the permissions that make a place visible where they are held: a caller who
// sees, invites or creates members there must be able to name the place.
var placePermissions = []access.Permission{access.MembersView, access.MembersInvite,
	access.MembersCreate}

// holdsThroughout reports whether a caller holds one of some permissions in the whole workspace.
func holdsThroughout(m *access.Membership, any []access.Permission) bool {
	return slices.ContainsFunc(any, m.Throughout)
}

// coveredPlaces lists the places of one kind at which a caller holds one of some permissions,
// sorted.
func coveredPlaces(m *access.Membership, any []access.Permission,
	kind access.PlaceKind) (ids []ident.ID) {
	for _, p := range any {
		ids = append(ids, m.Covered(p, kind)...)
	}
	slices.SortFunc(ids, func(a, b ident.ID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// visibleUnit returns the condition of the visible org units, as visibleGroup does for groups.
func visibleUnit(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.OrgUnitsManage) || holdsThroughout(m, placePermissions) {
		return nil
	}
	// Members see their own unit.
	own := selectWhere("org_unit_id", "members",
		sql.And(sql.EQ("id", m.MemberID), sql.NotNull("org_unit_id")))
	parts := []*sql.Predicate{sql.In(col("id"), own)}
	if units := coveredPlaces(m, placePermissions, access.InOrgUnit); len(units) > 0 {
		parts = append(parts, inIDs(col("id"), units))
	}
	return sql.Or(parts...)
}

// visibleSession returns all sessions for staff, who pick them from lists, and for learners the
// sessions that they are or were enrolled in.
func visibleSession(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Staff() {
		return nil
	}
	return sql.In(col("id"), selectWhere("session_id", "enrollments",
		sql.EQ("member_id", m.MemberID)))
}

// visibleProgram returns the condition of the visible programs. Learners see those in whose
// sessions they are or were enrolled; a caller with any permission in the workspace sees all of
// them.
func visibleProgram(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Staff() {
		return nil
	}
	sessions := selectWhere("session_id", "enrollments", sql.EQ("member_id", m.MemberID))
	return sql.In(col("id"), selectWhere("program_id", "sessions", sql.In("id", sessions)))
}

// visibleInvitation returns the invitations to places where the caller may see members, and those
// that the caller sent. An invitation with several grantors is not visible by its places: an
// administrator could add a part to it and would then read what the others granted.
func visibleInvitation(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.MembersView) {
		return nil
	}
	// A caller without a place to view members sees no invitations, not even by id.
	if !m.CanAnywhere(access.MembersView) {
		return sql.False()
	}
	sent := sql.EQ(col("invited_by_id"), m.MemberID)
	// An API key has no member. What it sent has it as grantor.
	if m.MemberID.IsZero() {
		sent = sql.EQ(col("grantor_key_id"), m.KeyID)
	}
	var parts []*sql.Predicate
	if groups := m.Covered(access.MembersView, access.InGroup); len(groups) > 0 {
		parts = append(parts, sql.In(col("id"), selectWhere("invitation_id", "invitation_groups",
			inIDs("group_id", groups))))
	}
	if units := m.Covered(access.MembersView, access.InOrgUnit); len(units) > 0 {
		parts = append(parts, inIDs(col("org_unit_id"), units))
	}
	if sessions := m.Covered(access.MembersView, access.InSession); len(sessions) > 0 {
		parts = append(parts, sql.In(col("id"), selectWhere("invitation_id", "invitation_sessions",
			inIDs("session_id", sessions))))
	}
	if len(parts) == 0 {
		return sent
	}
	return sql.Or(sent, sql.And(sql.EQ(col("several_grantors"), false), sql.Or(parts...)))
}

// visibleRequest returns the requests at places where the caller may see members, if the caller may
// read their links. A request names its link, so a reader of the request must be able to read the
// link.
func visibleRequest(m *access.Membership, col func(string) string) *sql.Predicate {
	links := sql.Select("id").From(sql.Table("join_links"))
	link := visibleLink(m, links.C)
	if m.Throughout(access.MembersView) && link == nil {
		return nil
	}
	seen := sql.EQ(links.C("workspace_id"), m.WorkspaceID)
	if link != nil {
		seen = sql.And(seen, link)
	}
	parts := []*sql.Predicate{sql.In(col("join_link_id"), links.Where(seen))}
	if m.Throughout(access.MembersView) {
		return parts[0]
	}
	var places []*sql.Predicate
	if groups := m.Covered(access.MembersView, access.InGroup); len(groups) > 0 {
		places = append(places, sql.In(col("join_link_id"),
			selectWhere("join_link_id", "join_link_groups", inIDs("group_id", groups))))
	}
	if units := m.Covered(access.MembersView, access.InOrgUnit); len(units) > 0 {
		places = append(places,
			sql.In(col("join_link_id"),
				selectWhere("id", "join_links", inIDs("org_unit_id", units))))
	}
	// Without a place, and without the right to invite, no request can be the caller's to decide.
	if len(places) == 0 || !m.CanAnywhere(access.MembersInvite) {
		return sql.False()
	}
	return sql.And(append(parts, sql.Or(places...))...)
}

// visibleKey returns all API keys for a caller who manages them in the whole workspace. A key sees
// itself.
func visibleKey(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.APIKeysManage) {
		return nil
	}
	return sql.EQ(col("id"), m.KeyID)
}

// visibleImport returns the caller's own imports. A caller who may import into, and see members of,
// the whole workspace reads all imports.
func visibleImport(m *access.Membership, col func(string) string) *sql.Predicate {
	switch {
	case !m.CanAnywhere(access.MembersImport):
		return sql.False()
	case m.Throughout(access.MembersImport) && m.Throughout(access.MembersView):
		return nil
	// An API key has no member. It reads the imports that it started.
	case m.MemberID.IsZero():
		return sql.EQ(col("grantor_key_id"), m.KeyID)
	}
	return sql.EQ(col("started_by_id"), m.MemberID)
}

// visibleEvent returns all events for a caller with the permission to view the audit log. Inviters
// read the events of the invitations that they see. Callers who may update members read those of
// the members that they see and may update (AHD-6).
func visibleEvent(m *access.Membership, col func(string) string) *sql.Predicate {
	if m.Throughout(access.AuditView) {
		return excludeHiddenLinks(m, col)
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
	theirs := membersWithPermission(m, access.MembersUpdate, members.C)
	if len(theirs) == 0 && !m.Throughout(access.MembersUpdate) {
		return sql.Or(parts...)
	}
	members.Where(sql.EQ(members.C("workspace_id"), m.WorkspaceID))
	if !m.Throughout(access.MembersUpdate) {
		members.Where(sql.Or(theirs...))
	}
	// Security: the permission to update members does not include the permission to see them.
	if seen := visibleMember(m, members.C); seen != nil {
		members.Where(seen)
	}
	return sql.Or(append(parts, sql.In(col("member_id"), members))...)
}

// inIDs is sql.In for ids, which the builder wants as values of any type.
func inIDs(column string, ids []ident.ID) *sql.Predicate {
	args := make([]any, len(ids))
	for i, v := range ids {
		args[i] = v
	}
	return sql.In(column, args...)
}
