package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// What grants name is read once for all rows of a page, as far as the caller sees it: one statement
// for each list of a grant that the client asks for.

// grantRows holds the rows that the grants of a page name, by id. What is hidden from the caller or
// no longer exists is not there.
type grantRows struct {
	groups     map[ident.ID]*ent.Group
	units      map[ident.ID]*ent.OrgUnit
	sessions   map[ident.ID]*ent.Session
	programs   map[ident.ID]*ent.Program
	roles      map[ident.ID]*ent.Role
	ofGroups   map[ident.ID]*ent.Group // where roles are held
	ofUnits    map[ident.ID]*ent.OrgUnit
	ofSessions map[ident.ID]*ent.Session
}

// resolveGrant returns the grant of one row, after reading what all grants of its page name.
func resolveGrant[T any](ctx context.Context, r *Resolver, page *ent.Page[T],
	workspace ident.ID, own schema.Grant, grantOf func(*T) schema.Grant) (*Grant, error) {
	// The first row of the page reads for all of them, the others wait for it.
	read, err := page.Once(graphql.GetFieldContext(ctx).Field.Field, func() (any, error) {
		grants := make([]schema.Grant, len(page.Rows))
		for i, row := range page.Rows {
			grants[i] = grantOf(row)
		}
		return r.readGrantRows(ctx, grants)
	})
	if err != nil {
		return nil, err
	}
	answers, err := r.typedAnswers(ctx, workspace, own.CustomFields)
	if err != nil {
		return nil, err
	}
	g := read.(*grantRows).resolve(own)
	g.CustomFields = answers
	return g, nil
}

// readGrantRows reads what grants name, as far as the client asks for it.
func (r *Resolver) readGrantRows(ctx context.Context, grants []schema.Grant) (*grantRows, error) {
	var groups, units, sessions, programs, roles, places []ident.ID
	for _, g := range grants {
		groups = append(groups, g.GroupIDs...)
		units = append(units, g.OrgUnitID)
		sessions = append(sessions, g.SessionIDs...)
		programs = append(programs, g.ProgramIDs...)
		roles = append(roles, admission.RoleIDs(g)...)
		for _, given := range g.Roles {
			places = append(places, given.PlaceID)
		}
	}
	n := &grantRows{}
	var err error
	// After the first error the other steps are skipped.
	read := func(step func() error) {
		if err == nil {
			err = step()
		}
	}
	read(func() (err error) { n.groups, err = r.groupsAt(ctx, groups, "groups"); return err })
	read(func() (err error) { n.units, err = r.unitsAt(ctx, units, "orgUnit"); return err })
	read(func() (err error) {
		n.sessions, err = r.sessionsAt(ctx, sessions, "sessions")
		return err
	})
	read(func() (err error) { n.programs, err = r.programsAt(ctx, programs); return err })
	// Roles and their places cost four statements, and most lists do not show them.
	if _, asked := fieldContextAt(ctx, "roles"); asked {
		read(func() (err error) { n.roles, err = r.rolesAt(ctx, roles); return err })
		read(func() (err error) {
			n.ofGroups, err = r.groupsAt(ctx, ofKind(places, ident.Group), "roles", "group")
			return err
		})
		read(func() (err error) {
			n.ofUnits, err = r.unitsAt(ctx, ofKind(places, ident.OrgUnit), "roles", "orgUnit")
			return err
		})
		read(func() (err error) {
			n.ofSessions, err = r.sessionsAt(ctx, ofKind(places, ident.Session), "roles", "session")
			return err
		})
	}
	return n, err
}

// resolve returns a grant with the rows that it names, in its own order.
func (n *grantRows) resolve(own schema.Grant) *Grant {
	g := &Grant{Labels: append([]string{}, own.Labels...), DeleteOnExpiry: own.DeleteOnExpiry,
		AdditionalInfo: inputs.NilIfEmpty(own.AdditionalInfo), Locale: inputs.NilIfEmpty(own.Locale),
		RedirectURL:     inputs.NilIfEmpty(own.RedirectURL),
		AccessExpiresAt: own.AccessExpiresAt, OrgUnit: n.units[own.OrgUnitID],
		Groups: pick(n.groups, own.GroupIDs), Sessions: pick(n.sessions, own.SessionIDs),
		Programs: pick(n.programs, own.ProgramIDs), Roles: []*GrantedRole{}}
	for _, given := range own.Roles {
		at := &GrantedRole{Role: n.roles[given.RoleID], Group: n.ofGroups[given.PlaceID],
			OrgUnit: n.ofUnits[given.PlaceID], Session: n.ofSessions[given.PlaceID]}
		// A role without its place would read as one of the whole workspace.
		placed := at.Group != nil || at.OrgUnit != nil || at.Session != nil ||
			given.PlaceID.Kind() == ident.Workspace
		if at.Role != nil && placed {
			g.Roles = append(g.Roles, at)
		}
	}
	return g
}

// groupsAt reads groups with what the client asks of them at a path below the field of ctx. Without
// such a field only their ids are read, to know which the caller sees.
func (r *Resolver) groupsAt(ctx context.Context, ids []ident.ID,
	path ...string) (map[ident.ID]*ent.Group, error) {
	query := r.Reads.Group.Query().Where(group.IDIn(inputs.Distinct(ids)...))
	if at, asked := fieldContextAt(ctx, path...); !asked && len(path) == 1 || len(ids) == 0 {
		return nil, nil
	} else if !asked {
		query.Select(group.FieldID)
	} else if _, err := query.CollectFields(at, "Group", "Node"); err != nil {
		return nil, err
	}
	rows, err := query.All(ctx)
	return byID(rows, func(row *ent.Group) ident.ID { return row.ID }), err
}

// unitsAt is groupsAt for org units.
func (r *Resolver) unitsAt(ctx context.Context, ids []ident.ID,
	path ...string) (map[ident.ID]*ent.OrgUnit, error) {
	query := r.Reads.OrgUnit.Query().Where(orgunit.IDIn(inputs.Distinct(ids)...))
	if at, asked := fieldContextAt(ctx, path...); !asked && len(path) == 1 || len(ids) == 0 {
		return nil, nil
	} else if !asked {
		query.Select(orgunit.FieldID)
	} else if _, err := query.CollectFields(at, "OrgUnit", "Node"); err != nil {
		return nil, err
	}
	rows, err := query.All(ctx)
	return byID(rows, func(row *ent.OrgUnit) ident.ID { return row.ID }), err
}

// sessionsAt is groupsAt for sessions.
func (r *Resolver) sessionsAt(ctx context.Context, ids []ident.ID,
	path ...string) (map[ident.ID]*ent.Session, error) {
	query := r.Reads.Session.Query().Where(session.IDIn(inputs.Distinct(ids)...))
	if at, asked := fieldContextAt(ctx, path...); !asked && len(path) == 1 || len(ids) == 0 {
		return nil, nil
	} else if !asked {
		query.Select(session.FieldID)
	} else if _, err := query.CollectFields(at, "Session", "Node"); err != nil {
		return nil, err
	}
	rows, err := query.All(ctx)
	return byID(rows, func(row *ent.Session) ident.ID { return row.ID }), err
}

// programsAt reads programs with what the client asks of them.
func (r *Resolver) programsAt(ctx context.Context,
	ids []ident.ID) (map[ident.ID]*ent.Program, error) {
	at, asked := fieldContextAt(ctx, "programs")
	if !asked || len(ids) == 0 {
		return nil, nil
	}
	query, err := r.Reads.Program.Query().Where(program.IDIn(inputs.Distinct(ids)...)).
		CollectFields(at, "Program", "Node")
	if err != nil {
		return nil, err
	}
	rows, err := query.All(ctx)
	return byID(rows, func(row *ent.Program) ident.ID { return row.ID }), err
}

// rolesAt reads the roles of grants with what the client asks of them.
func (r *Resolver) rolesAt(ctx context.Context, ids []ident.ID) (map[ident.ID]*ent.Role, error) {
	query := r.Reads.Role.Query().Where(role.IDIn(inputs.Distinct(ids)...))
	if at, asked := fieldContextAt(ctx, "roles", "role"); asked {
		if _, err := query.CollectFields(at, "Role", "Node"); err != nil {
			return nil, err
		}
	}
	rows, err := query.All(ctx)
	return byID(rows, func(row *ent.Role) ident.ID { return row.ID }), err
}

// ofKind returns the ids of one kind.
func ofKind(ids []ident.ID, kind ident.Kind) (list []ident.ID) {
	for _, id := range ids {
		if id.Kind() == kind {
			list = append(list, id)
		}
	}
	return list
}

// byID maps rows by their ids.
func byID[T any](rows []*T, id func(*T) ident.ID) map[ident.ID]*T {
	found := make(map[ident.ID]*T, len(rows))
	for _, row := range rows {
		found[id(row)] = row
	}
	return found
}

// pick returns the rows of ids that were found, in the order of the ids.
func pick[T any](found map[ident.ID]*T, ids []ident.ID) []*T {
	rows := []*T{}
	for _, id := range ids {
		if row := found[id]; row != nil {
			rows = append(rows, row)
		}
	}
	return rows
}
