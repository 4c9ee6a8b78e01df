package admission

import (
	"context"
	"slices"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// DescribeGrantChange returns what differs between two grants, for the audit event of the change:
// one detail for each part that differs, with the names of the objects then. ctx is that of the
// workspace.
func DescribeGrantChange(ctx context.Context, db *ent.Client,
	previous, next schema.Grant) ([]schema.Detail, error) {
	names, err := readGrantNames(ctx, db, previous, next)
	if err != nil {
		return nil, err
	}
	var details []schema.Detail
	note := func(name, before, after string) {
		if before != after {
			details = append(details, schema.Detail{Name: name, Before: before, After: after})
		}
	}
	note("roles", names.listRoles(previous.Roles), names.listRoles(next.Roles))
	note("groups", names.list(previous.GroupIDs...), names.list(next.GroupIDs...))
	note("orgUnit", names.list(previous.OrgUnitID), names.list(next.OrgUnitID))
	note("sessions", names.list(previous.SessionIDs...), names.list(next.SessionIDs...))
	note("programs", names.list(previous.ProgramIDs...), names.list(next.ProgramIDs...))
	note("labels", joinSorted(previous.Labels), joinSorted(next.Labels))
	note("additionalInfo", previous.AdditionalInfo, next.AdditionalInfo)
	note("locale", previous.Locale, next.Locale)
	note("accessExpiresAt", formatEnd(previous.AccessExpiresAt), formatEnd(next.AccessExpiresAt))
	note("deleteOnExpiry", formatFlag(previous.DeleteOnExpiry), formatFlag(next.DeleteOnExpiry))
	keys := map[string]any{}
	for _, g := range []schema.Grant{previous, next} {
		for key := range g.CustomFields {
			keys[key] = nil
		}
	}
	for _, key := range inputs.SortedKeys(keys) {
		note(key, previous.CustomFields[key], next.CustomFields[key])
	}
	return details, nil
}

// grantNames holds the names of the objects of grants, by id.
type grantNames map[ident.ID]string

// readGrantNames reads the names of all objects of some grants, with one statement for each kind.
func readGrantNames(ctx context.Context, db *ent.Client,
	grants ...schema.Grant) (grantNames, error) {
	byKind := map[ident.Kind][]ident.ID{}
	for _, g := range grants {
		ids := slices.Concat(g.GroupIDs, g.SessionIDs, g.ProgramIDs, []ident.ID{g.OrgUnitID})
		for _, r := range g.Roles {
			ids = append(ids, r.RoleID, r.PlaceID)
		}
		for _, id := range ids {
			byKind[id.Kind()] = append(byKind[id.Kind()], id)
		}
	}
	names := grantNames{}
	for kind, ids := range byKind {
		if err := names.read(ctx, db, kind, ids); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// read adds the names of objects of one kind. The workspace has none: a role there needs no place.
func (n grantNames) read(ctx context.Context, db *ent.Client, kind ident.Kind,
	ids []ident.ID) error {
	switch kind {
	case ident.Role:
		rows, err := db.Role.Query().Where(role.IDIn(ids...)).All(ctx)
		for _, row := range rows {
			n[row.ID] = row.Name
		}
		return err
	case ident.Group:
		rows, err := db.Group.Query().Where(group.IDIn(ids...)).All(ctx)
		for _, row := range rows {
			n[row.ID] = row.Name
		}
		return err
	case ident.OrgUnit:
		rows, err := db.OrgUnit.Query().Where(orgunit.IDIn(ids...)).All(ctx)
		for _, row := range rows {
			n[row.ID] = row.Name
		}
		return err
	case ident.Session:
		rows, err := db.Session.Query().Where(session.IDIn(ids...)).All(ctx)
		for _, row := range rows {
			n[row.ID] = row.Name
		}
		return err
	case ident.Program:
		rows, err := db.Program.Query().Where(program.IDIn(ids...)).All(ctx)
		for _, row := range rows {
			n[row.ID] = row.Name
		}
		return err
	}
	return nil
}

// list joins the names of objects. An object that was deleted has no name and is left out.
func (n grantNames) list(ids ...ident.ID) string {
	var names []string
	for _, id := range ids {
		if n[id] != "" {
			names = append(names, n[id])
		}
	}
	return joinSorted(names)
}

// listRoles joins the names of roles, each with the name of its place in parentheses if that is not
// the workspace.
func (n grantNames) listRoles(granted []schema.GrantedRole) string {
	var names []string
	for _, r := range granted {
		name := n[r.RoleID]
		if name == "" {
			continue
		}
		if place := n[r.PlaceID]; place != "" {
			name += " (" + place + ")"
		}
		names = append(names, name)
	}
	return joinSorted(names)
}

func joinSorted(words []string) string {
	return strings.Join(slices.Sorted(slices.Values(words)), ", ")
}

func formatEnd(at *time.Time) string { return inputs.ValueOrEmpty(inputs.FormatTime(at)) }

func formatFlag(set bool) string {
	if set {
		return "true"
	}
	return ""
}
