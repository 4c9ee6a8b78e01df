package imports

import (
	"context"
	"io"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/inputs"
	"usher/internal/relay"
	"usher/internal/spreadsheet"
	"usher/internal/store"
)

// MemberSelection says which members a list has, and in which order.
type MemberSelection struct {
	Where predicate.Member // nil for all
	Order *ent.MemberOrder // nil for the order of creation
	// Since selects the members who changed at or after a moment, in the order of their changes, and
	// adds recordColumns. The list ends where the order is complete, see store.SettledBefore.
	Since *time.Time
	// Record adds recordColumns, for programs.
	Record bool
}

// recordColumns tell a program which member a row is about. They have one name in all languages,
// and an import ignores them.
var recordColumns = []string{"memberId", "memberStatus", "joinedAt", "deactivatedAt", "updatedAt"}

// ExportMembers lists the members that the caller sees in the layout of an import, so that the list
// can be edited and uploaded again (MEM-1). Credentials stay empty. Importing an unchanged list
// changes no member. Errors: FORBIDDEN, NOT_FOUND.
func (s *Service) ExportMembers(ctx context.Context, by *access.Caller, workspace ident.ID,
	format spreadsheet.Format, l i18n.Locale, which MemberSelection) (_ *Download, err error) {
	defer fault.Annotate(&err, "export members")

	m, err := by.RequireMembership(workspace)
	if err != nil {
		return nil, err
	}
	if !m.CanAnywhere(access.MembersView) {
		return nil, fault.Denied()
	}
	here := store.InWorkspace(ctx, workspace)
	row, err := s.Store.Workspace.Get(here, workspace)
	if err != nil {
		return nil, err
	}
	// The caller may have other workspaces too. The list must show only this one.
	only := *by
	only.Memberships = []access.Membership{*m}
	seen := store.AsCaller(ctx, &only)
	// Read once before the download starts, so that a refusal is an answer and not a broken file.
	dir, err := readDirectory(ctx, s.Store.Client, m)
	if err != nil {
		return nil, err
	}
	if which, err = s.selectChanged(ctx, which); err != nil {
		return nil, err
	}
	list := &memberList{directory: dir, record: which.Record, workspace: workspace,
		zone: i18n.LoadZone(row.TimeZone)}
	list.groups, list.units = dir.buildTrees()
	return &Download{fileName(l, "report.file_members", row.Slug, format), format,
		func(out io.Writer) error {
			header := append(files.Header(l, fileFields(dir.fields)), files.Label(files.Deactivated, l))
			if which.Record {
				header = append(header, recordColumns...)
			}
			file, err := spreadsheet.NewWriter(out, format, spreadsheet.Delimiter(l),
				i18n.T(l, "report.sheet_members", nil), header)
			if err != nil {
				return err
			}
			if err := list.writeMembers(seen, s.Store, file, which); err != nil {
				return err
			}
			return file.Close()
		}}, nil
}

// selectChanged turns Since into a condition and an order.
func (s *Service) selectChanged(ctx context.Context, which MemberSelection) (MemberSelection, error) {
	if which.Since == nil {
		return which, nil
	}
	// Before the rows are read: what is settled by then is visible to every page.
	before, err := s.Store.SettledBefore(ctx)
	changed := []predicate.Member{member.UpdatedAtGTE(which.Since.UTC()), member.UpdatedAtLT(before)}
	if which.Where != nil {
		changed = append(changed, which.Where)
	}
	return MemberSelection{Where: member.And(changed...), Record: true, Since: which.Since,
		Order: &ent.MemberOrder{Direction: relay.OrderDirectionAsc,
			Field: ent.MemberOrderFieldUpdatedAt}}, err
}

// memberList writes members as rows of an import.
type memberList struct {
	record        bool // with recordColumns
	directory     *importDirectory
	workspace     ident.ID
	zone          *time.Location
	groups, units placeTree
}

// writeMembers writes the selected members in their order, page by page.
func (c *memberList) writeMembers(seen context.Context, db *store.Store, file spreadsheet.Writer,
	which MemberSelection) error {
	size := rowsPerPage
	// Nobody asks for the total, and Paginate would count it outside of a request.
	uncounted := ent.WithMemberTotal(func(context.Context) (int, bool, error) {
		return 0, true, nil
	})
	// Paging by a cursor: memory does not grow with the members, and no page is skipped or repeated
	// while members join.
	for after := (*ent.Cursor)(nil); ; {
		query := db.Member.Query()
		if which.Where != nil {
			query.Where(which.Where)
		}
		page, err := query.WithUser().
			WithRoleAssignments(func(q *ent.RoleAssignmentQuery) {
				q.Where(roleassignment.Inherited(false)).WithRole()
			}).
			WithEnrollments(func(q *ent.EnrollmentQuery) {
				q.Where(enrollment.StatusNEQ(enrollment.StatusWithdrawn))
			}).
			Paginate(seen, after, &size, nil, nil, ent.WithMemberOrder(which.Order), uncounted)
		if err != nil {
			return err
		}
		for _, edge := range page.Edges {
			if err := file.Write(c.memberRow(edge.Node)); err != nil {
				return err
			}
		}
		if !page.PageInfo.HasNextPage {
			return nil
		}
		after = page.PageInfo.EndCursor
	}
}

// memberRow returns the cells of a member in the columns of the template.
func (c *memberList) memberRow(m *ent.Member) []string {
	u := m.Edges.User
	groups, roles, unit := c.memberPlaces(m)
	until := ""
	if m.AccessExpiresAt != nil {
		until = m.AccessExpiresAt.In(c.zone).Format(time.RFC3339Nano)
	}
	var sessions []string
	for _, e := range m.Edges.Enrollments {
		if c.canSee(e.SessionID) {
			sessions = append(sessions, c.sessionWord(e.SessionID))
		}
	}
	deactivated := ""
	if m.Status == member.StatusDeactivated {
		deactivated = "1"
	}
	cells := map[files.Name]string{
		files.LastName: inputs.ValueOrEmpty(u.LastName), files.FirstName: inputs.ValueOrEmpty(
			u.FirstName), files.Email: inputs.ValueOrEmpty(u.Email),
		files.Username:   inputs.ValueOrEmpty(u.Username),
		files.ExternalID: inputs.ValueOrEmpty(m.ExternalID),
		files.Labels:     files.JoinValues(m.Labels), files.Locale: inputs.ValueOrEmpty(u.Locale),
		files.AdditionalInfo: inputs.ValueOrEmpty(m.AdditionalInfo),
		files.Groups:         files.JoinValues(groups), files.Roles: files.JoinValues(roles),
		files.OrgUnit: unit, files.AccessExpiresAt: until,
		files.Sessions: files.JoinValues(sessions),
	}
	// The order of the template, whatever the order of the map.
	var row []string
	for _, name := range files.Columns() {
		row = append(row, cells[name])
	}
	for _, f := range c.directory.fields {
		row = append(row, m.CustomFields[f.Key])
	}
	row = append(row, deactivated)
	if c.record {
		row = append(row, m.ID.String(), string(m.Status), m.JoinedAt.UTC().Format(time.RFC3339Nano),
			inputs.ValueOrEmpty(inputs.FormatTime(m.DeactivatedAt)),
			m.UpdatedAt.UTC().Format(time.RFC3339Nano))
	}
	return row
}

// memberPlaces returns the groups where a member holds a role directly, the roles, and the unit,
// in the words of an import. If roles alone would resolve to other places than the member's, each
// is written with its place.
//
// Security: a place that the reader does not see has no name here, and a role held there is left
// out with it: beside the named groups it would mean something else.
func (c *memberList) memberPlaces(m *ent.Member) (groups, roles []string, unit string) {
	var in admission.GrantInput
	var pairs []string
	held := map[schema.GrantedRole]bool{}
	for _, a := range m.Edges.RoleAssignments {
		if !c.canSee(a.PlaceID) || admission.FindRoleByID(c.directory.roles, a.RoleID) == nil {
			continue
		}
		word := a.Edges.Role.Key
		if !a.Edges.Role.BuiltIn {
			word = callableName(c.directory.roleNames, a.RoleID, a.Edges.Role.Name)
		}
		if a.GroupID != nil && !slices.Contains(in.GroupIDs, *a.GroupID) {
			in.GroupIDs = append(in.GroupIDs, *a.GroupID)
			groups = append(groups, c.placeWord(*a.GroupID))
		}
		if id := a.RoleID.String(); !slices.Contains(in.Roles, id) {
			in.Roles = append(in.Roles, id)
			roles = append(roles, word)
		}
		held[schema.GrantedRole{RoleID: a.RoleID, PlaceID: a.PlaceID}] = true
		pairs = append(pairs, c.rolePlaceWord(word, a))
	}
	if m.OrgUnitID != nil && c.canSee(*m.OrgUnitID) {
		in.OrgUnitID = m.OrgUnitID
		unit = c.placeWord(*m.OrgUnitID)
	}
	for _, e := range m.Edges.Enrollments {
		if c.canSee(e.SessionID) {
			in.SessionIDs = append(in.SessionIDs, e.SessionID)
		}
	}
	if len(pairs) == 0 {
		// Nothing is held, so roles and places cannot disagree.
		return groups, roles, unit
	}
	// Roles apply to every place of a row. The short form is used only if an import of it would
	// give exactly what the member holds.
	plain, err := admission.PlaceRoles(&in, c.directory.roles, c.workspace)
	same := err == nil && len(plain) == len(held)
	for _, p := range plain {
		same = same && held[p]
	}
	if !same {
		roles = pairs
	}
	return groups, roles, unit
}

// canSee tells whether the reader of the list sees a place.
func (c *memberList) canSee(place ident.ID) bool {
	seen := true
	switch place.Kind() {
	case ident.Group:
		_, seen = c.groups[place]
	case ident.OrgUnit:
		_, seen = c.units[place]
	case ident.Session:
		seen = slices.ContainsFunc(c.directory.sessions, func(row *ent.Session) bool {
			return row.ID == place
		})
	}
	return seen
}

// sessionWord returns the name by which an import finds a session.
func (c *memberList) sessionWord(id ident.ID) string {
	for _, row := range c.directory.sessions {
		if row.ID == id {
			return callableName(c.directory.sessionNames, id, row.Edges.Program.Name+" / "+row.Name)
		}
	}
	return id.String()
}
