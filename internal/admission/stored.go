package admission

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/predicate"
	"usher/ent/program"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// ReadGrant loads the rows that a stored grant names. Those that are gone are missing in the
// result.
func ReadGrant(ctx context.Context, db *ent.Client, g schema.Grant) (*NamedPlaces, error) {
	in := &GrantInput{GroupIDs: g.GroupIDs, SessionIDs: g.SessionIDs, ProgramIDs: g.ProgramIDs}
	if !g.OrgUnitID.IsZero() {
		in.OrgUnitID = &g.OrgUnitID
	}
	for _, i := range inputs.Distinct(RoleIDs(g)) {
		in.Roles = append(in.Roles, i.String())
	}
	return readNamed(ctx, db, in)
}

// WithoutMissing returns the grant without the rows that are gone.
func (n *NamedPlaces) WithoutMissing(g schema.Grant) schema.Grant {
	gone := func(id ident.ID) bool {
		return !slices.Contains(n.IDs, id) && id.Kind() != ident.Workspace
	}
	g.GroupIDs = slices.DeleteFunc(slices.Clone(g.GroupIDs), gone)
	g.SessionIDs = slices.DeleteFunc(slices.Clone(g.SessionIDs), gone)
	g.ProgramIDs = slices.DeleteFunc(slices.Clone(g.ProgramIDs), gone)
	g.Roles = slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool {
		return gone(r.RoleID) || gone(r.PlaceID)
	})
	if gone(g.OrgUnitID) {
		g.OrgUnitID = ident.ID{}
	}
	return g
}

// FindRoleByID returns the role with the id, or nil.
func FindRoleByID(roles []*ent.Role, id ident.ID) *ent.Role {
	for _, r := range roles {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// HasSession tells whether the list contains the session.
func HasSession(sessions []*ent.Session, id ident.ID) bool {
	for _, s := range sessions {
		if s.ID == id {
			return true
		}
	}
	return false
}

// SessionsOf returns the sessions in which a grant enrols: those named, those of named programs
// (INV-17), and those of the programs of the groups (ADM-3). A session that is over is left out,
// even a named one, because it may have ended since the grant was saved.
func SessionsOf(ctx context.Context, tx *store.Tx, g schema.Grant, groups []ident.ID,
	now time.Time) ([]*ent.Session, error) {
	current := session.Or(session.EndsAtIsNil(), session.EndsAtGT(now))
	or := []predicate.Session{session.And(current, session.IDIn(g.SessionIDs...))}
	if len(groups) > 0 {
		or = append(or,
			session.And(current,
				session.HasProgramWith(program.HasGroupsWith(group.IDIn(groups...)))))
	}
	if len(g.ProgramIDs) > 0 {
		or = append(or, session.And(current, session.ProgramIDIn(g.ProgramIDs...)))
	}
	if len(g.SessionIDs) == 0 && len(or) == 1 {
		return nil, nil
	}
	rows, err := tx.Session.Query().Where(session.Or(or...)).All(ctx)
	if err != nil {
		return nil, err
	}
	// A program with an always-open session enrols in that one only, unless a group has the program
	// or the grant names the other session.
	open := map[ident.ID]bool{}
	for _, row := range rows {
		if row.StartsAt == nil && row.EndsAt == nil {
			open[row.ProgramID] = true
		}
	}
	ofGroups := map[ident.ID]bool{}
	if len(groups) > 0 && len(g.ProgramIDs) > 0 {
		ids, err := tx.Program.Query().Where(program.HasGroupsWith(group.IDIn(groups...))).IDs(ctx)
		if err != nil {
			return nil, err
		}
		for _, i := range ids {
			ofGroups[i] = true
		}
	}
	return slices.DeleteFunc(rows, func(row *ent.Session) bool {
		always := row.StartsAt == nil && row.EndsAt == nil
		return slices.Contains(g.ProgramIDs, row.ProgramID) && !ofGroups[row.ProgramID] &&
			open[row.ProgramID] && !always && !slices.Contains(g.SessionIDs, row.ID)
	}), nil
}

// HasIdleProgram tells whether a program of the grant has no current or future session, so that
// nobody is enrolled because of it for now.
func HasIdleProgram(ctx context.Context, tx *store.Tx, g schema.Grant,
	now time.Time) (bool, error) {
	if len(g.ProgramIDs) == 0 {
		return false, nil
	}
	active, err := tx.Program.Query().Where(program.IDIn(g.ProgramIDs...),
		program.HasSessionsWith(session.Or(session.EndsAtIsNil(), session.EndsAtGT(now)))).
		Count(ctx)
	return active < len(inputs.Distinct(g.ProgramIDs)), err
}

// RoleIDs returns the ids of the roles of a grant.
func RoleIDs(g schema.Grant) []ident.ID {
	ids := make([]ident.ID, len(g.Roles))
	for i, r := range g.Roles {
		ids[i] = r.RoleID
	}
	return ids
}
