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

// DescribeGrantChange returns the differences between two grants for the audit event of the change:
// one detail for each part that differs, with the present names of the rows. ctx is limited to the
// workspace.
func DescribeGrantChange(ctx context.Context, db *ent.Client,
	previous, next schema.Grant) ([]schema.Detail, error) {
	described, err := DescribeGrantChanges(ctx, db, [][2]schema.Grant{{previous, next}})
	if err != nil {
		return nil, err
	}
	return described[0], nil
}

// DescribeGrantChanges is DescribeGrantChange for many pairs of a previous and a next grant. The
// number of statements does not depend on the number of pairs.
func DescribeGrantChanges(ctx context.Context, db *ent.Client,
	pairs [][2]schema.Grant) ([][]schema.Detail, error) {
	var all []schema.Grant
	for _, pair := range pairs {
		all = append(all, pair[:]...)
	}
	// One read for all pairs: a request may change five hundred invitations.
	names, err := readGrantNames(ctx, db, all...)
	if err != nil {
		return nil, err
	}
	described := make([][]schema.Detail, len(pairs))
	for i, pair := range pairs {
		described[i] = names.describeChange(pair[0], pair[1])
	}
	return described, nil
}

// describeChange returns one detail for each part that differs.
func (n grantNames) describeChange(previous, next schema.Grant) []schema.Detail {
	var details []schema.Detail
	// Names are stored instead of ids, since a row may be renamed or deleted later.
	note := func(name, before, after string) {
		if before != after {
			details = append(details, schema.Detail{Name: name, Before: before, After: after})
		}
	}
	note("roles", n.joinRoleNames(previous.Roles), n.joinRoleNames(next.Roles))
	note("groups", n.joinNames(previous.GroupIDs...), n.joinNames(next.GroupIDs...))
	note("orgUnit", n.joinNames(previous.OrgUnitID), n.joinNames(next.OrgUnitID))
	note("sessions", n.joinNames(previous.SessionIDs...), n.joinNames(next.SessionIDs...))
	note("programs", n.joinNames(previous.ProgramIDs...), n.joinNames(next.ProgramIDs...))
	note("labels", joinSorted(previous.Labels), joinSorted(next.Labels))
	note("externalId", previous.ExternalID, next.ExternalID)
	note("additionalInfo", previous.AdditionalInfo, next.AdditionalInfo)
	note("locale", previous.Locale, next.Locale)
	note("redirectUrl", previous.RedirectURL, next.RedirectURL)
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
	return details
}

// grantNames holds the names of the rows that grants name, by id.
type grantNames map[ident.ID]string

// readGrantNames reads the names of all rows that the grants name, with one statement for each
// kind.
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
		// Many grants of one request name the same rows.
		if err := names.readKind(ctx, db, kind, inputs.Distinct(ids)); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// readKind adds the names of rows of one kind. The workspace has no name here: a role in the whole
// workspace is shown without a place.
func (n grantNames) readKind(ctx context.Context, db *ent.Client, kind ident.Kind,
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

// joinNames joins the names of rows. A deleted row is left out.
func (n grantNames) joinNames(ids ...ident.ID) string {
	var names []string
	for _, id := range ids {
		if n[id] != "" {
			names = append(names, n[id])
		}
	}
	return joinSorted(names)
}

// joinRoleNames joins the names of roles, each with the name of its place in parentheses if that is
// not the workspace.
func (n grantNames) joinRoleNames(granted []schema.GrantedRole) string {
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

// joinSorted joins words in alphabetical order, so that another order is no difference.
func joinSorted(words []string) string {
	return strings.Join(slices.Sorted(slices.Values(words)), ", ")
}

// formatEnd returns an end of access as text, or "".
func formatEnd(at *time.Time) string { return inputs.ValueOrEmpty(inputs.FormatTime(at)) }

// formatFlag returns "true", or "" for a flag that is not set.
func formatFlag(set bool) string {
	if set {
		return "true"
	}
	return ""
}
