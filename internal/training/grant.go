package training

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

// SessionsOf returns the sessions in which a grant enrolls: those named, those of named programs
// (INV-17), and those of the programs of the groups (ADM-3). A session that is over is left out,
// even a named one, because it may have ended since the grant was saved.
func SessionsOf(ctx context.Context, tx *store.Tx, g schema.Grant, groups []ident.ID,
	now time.Time) ([]*ent.Session, error) {
	// One statement for all three ways into a session, so that a session named twice occurs once.
	current := IsNotOver(now)
	or := []predicate.Session{session.And(current, session.IDIn(g.SessionIDs...))}
	if len(groups) > 0 {
		or = append(or,
			session.And(current,
				session.HasProgramWith(program.HasGroupsWith(group.IDIn(groups...)))))
	}
	if len(g.ProgramIDs) > 0 {
		or = append(or, session.And(current, session.ProgramIDIn(g.ProgramIDs...)))
	}
	// Nothing leads into a session. This is the usual case, and saves the statement.
	if len(g.SessionIDs) == 0 && len(or) == 1 {
		return nil, nil
	}
	rows, err := tx.Session.Query().Where(session.Or(or...)).All(ctx)
	if err != nil {
		return nil, err
	}
	// A program with an always-open session enrolls in that one only, unless a group has the
	// program or the grant names the other session.
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
		program.HasSessionsWith(IsNotOver(now))).
		Count(ctx)
	return active < len(inputs.Distinct(g.ProgramIDs)), err
}
