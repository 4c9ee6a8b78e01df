package onboarding

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/store"
)

// Members is the list of the members that the caller sees, in the layout of an import, so that it can be edited and come back
// (MEM-1). Credentials stay empty, and so do sessions: enrolments change daily, and a list that is edited must not undo that.
func (s *Service) Members(ctx context.Context, by *access.Caller, w ident.ID, format files.Format, l i18n.Locale) (*Download, error) {
	m, err := membership(by, w)
	if err != nil {
		return nil, err
	}
	if !m.CanAnywhere(access.MembersView) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	here := store.InWorkspace(ctx, w)
	row, err := s.Store.Workspace.Get(here, w)
	if err != nil {
		return nil, err
	}
	// The caller as they are here, for they may be in other workspaces too.
	only := *by
	only.Memberships = []access.Membership{*m}
	seen := store.AsCaller(ctx, &only)
	dir, err := readDirectory(ctx, s.Store.Client, m)
	if err != nil {
		return nil, err
	}
	list := &memberList{dir: dir, zone: zone(row)}
	list.groups, list.units = dir.trees()
	return &Download{fileName(l, "report.file_members", row.Slug, format), format, func(out io.Writer) error {
		file, err := files.NewWriter(out, format, files.Delimiter(l), i18n.T(l, "report.sheet_members", nil), files.Header(l, fieldsOf(dir.fields)))
		if err != nil {
			return err
		}
		if err := list.write(seen, s.Store, file); err != nil {
			return err
		}
		return file.Close()
	}}, nil
}

// memberList writes members as rows of an import.
type memberList struct {
	dir           *directory
	zone          *time.Location
	groups, units tree
}

// write reads members in the order in which they came, some at a time.
func (c *memberList) write(seen context.Context, db *store.Store, file files.Writer) error {
	for last := (ident.ID{}); ; {
		page, err := db.Member.Query().Where(member.IDGT(last)).Order(ent.Asc(member.FieldID)).Limit(pageOfRows).WithUser().
			WithRoleAssignments(func(q *ent.RoleAssignmentQuery) { q.Where(roleassignment.Inherited(false)).WithRole() }).All(seen)
		if err != nil {
			return err
		}
		for _, m := range page {
			if err := file.Write(c.row(m)); err != nil {
				return err
			}
		}
		if len(page) < pageOfRows {
			return nil
		}
		last = page[len(page)-1].ID
	}
}

// row is a member in the columns of the template.
func (c *memberList) row(m *ent.Member) []string {
	u := m.Edges.User
	groups, roles, unit := c.places(m)
	until := ""
	if m.AccessExpiresAt != nil {
		until = m.AccessExpiresAt.In(c.zone).Format(time.RFC3339)
	}
	cells := map[files.Name]string{
		files.LastName: value(u.LastName), files.FirstName: value(u.FirstName), files.Email: value(u.Email), files.Username: value(u.Username),
		files.Labels: strings.Join(m.Labels, "|"), files.Locale: value(u.Locale), files.AdditionalInfo: value(m.AdditionalInfo),
		files.Groups: strings.Join(groups, "|"), files.Roles: strings.Join(roles, "|"), files.OrgUnit: unit, files.AccessExpiresAt: until,
	}
	var row []string
	for _, name := range files.Columns() {
		row = append(row, cells[name])
	}
	for _, f := range c.dir.fields {
		row = append(row, m.CustomFields[f.Key])
	}
	return row
}

// places are the groups that a member holds a role in of their own, the roles, and the unit, as an import calls them.
//
// Security: a place that the reader does not see has no name here, and a role held there is left out with it: beside the
// groups that are named it would say something else.
func (c *memberList) places(m *ent.Member) (groups, roles []string, unit string) {
	add := func(list []string, word string) []string {
		if slices.Contains(list, word) {
			return list
		}
		return append(list, word)
	}
	for _, a := range m.Edges.RoleAssignments {
		if a.GroupID != nil {
			if _, seen := c.groups[*a.GroupID]; !seen {
				continue
			}
			groups = add(groups, callable(c.dir.group, *a.GroupID, c.groups.path(*a.GroupID)))
		}
		word := a.Edges.Role.Key
		if !a.Edges.Role.BuiltIn {
			word = callable(c.dir.role, a.RoleID, a.Edges.Role.Name)
		}
		if a.SessionID == nil {
			roles = add(roles, word)
		}
	}
	if m.OrgUnitID == nil {
		return groups, roles, ""
	}
	if _, seen := c.units[*m.OrgUnitID]; seen {
		unit = callable(c.dir.unit, *m.OrgUnitID, c.units.path(*m.OrgUnitID))
	}
	return groups, roles, unit
}
