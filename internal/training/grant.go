package training

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/program"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// Source is what leads people into sessions: a grant, and the groups that they join by it.
type Source struct {
	Grant  schema.Grant
	Groups []ident.ID
}

// SessionsOf returns the sessions in which a grant enrolls: those named, those of named programs
// (INV-17), and those of the programs of the groups (ADM-3). A session that is over is left out,
// even a named one, because it may have ended since the grant was saved.
func SessionsOf(ctx context.Context, tx *store.Tx, g schema.Grant, groups []ident.ID,
	now time.Time) ([]*ent.Session, error) {
	of, err := SessionsOfAll(ctx, tx, []Source{{g, groups}}, now)
	if err != nil {
		return nil, err
	}
	return of[0], nil
}

// SessionsOfAll is SessionsOf for many grants, in their order. The number of statements does not
// depend on how many there are.
func SessionsOfAll(ctx context.Context, tx *store.Tx, sources []Source,
	now time.Time) ([][]*ent.Session, error) {
	var named, programs, groups []ident.ID
	for _, s := range sources {
		named = append(named, s.Grant.SessionIDs...)
		programs = append(programs, s.Grant.ProgramIDs...)
		groups = append(groups, s.Groups...)
	}
	byGroup, err := programsByGroup(ctx, tx, ident.SortDistinct(groups))
	if err != nil {
		return nil, err
	}
	for _, ofGroup := range byGroup {
		programs = append(programs, ofGroup...)
	}
	of := make([][]*ent.Session, len(sources))
	// Nothing leads into a session. This is the usual case, and saves the statement.
	if len(named)+len(programs) == 0 {
		return of, nil
	}
	// One statement for all ways into a session, so that a session named twice occurs once.
	rows, err := tx.Session.Query().Where(IsNotOver(now), session.Or(
		session.IDIn(ident.SortDistinct(named)...),
		session.ProgramIDIn(ident.SortDistinct(programs)...))).All(ctx)
	if err != nil {
		return nil, err
	}
	for i, s := range sources {
		of[i] = s.selectSessions(rows, byGroup)
	}
	return of, nil
}

// programsByGroup lists the programs that are assigned to some groups, by group.
func programsByGroup(ctx context.Context, tx *store.Tx,
	groups []ident.ID) (map[ident.ID][]ident.ID, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	programs, err := tx.Program.Query().Where(program.HasGroupsWith(group.IDIn(groups...))).
		WithGroups(func(q *ent.GroupQuery) { q.Where(group.IDIn(groups...)) }).All(ctx)
	byGroup := map[ident.ID][]ident.ID{}
	for _, p := range programs {
		for _, g := range p.Edges.Groups {
			byGroup[g.ID] = append(byGroup[g.ID], p.ID)
		}
	}
	return byGroup, err
}

// selectSessions selects the sessions of one source among current sessions.
func (s Source) selectSessions(current []*ent.Session,
	byGroup map[ident.ID][]ident.ID) []*ent.Session {
	ofGroups := map[ident.ID]bool{}
	for _, g := range s.Groups {
		for _, id := range byGroup[g] {
			ofGroups[id] = true
		}
	}
	g := s.Grant
	var rows []*ent.Session
	// A program with an always-open session enrolls in that one only, unless a group has the
	// program or the grant names the other session.
	open := map[ident.ID]bool{}
	for _, row := range current {
		if ofGroups[row.ProgramID] || slices.Contains(g.SessionIDs, row.ID) ||
			slices.Contains(g.ProgramIDs, row.ProgramID) {
			rows = append(rows, row)
			open[row.ProgramID] = open[row.ProgramID] || isAlwaysOpen(row)
		}
	}
	return slices.DeleteFunc(rows, func(row *ent.Session) bool {
		return slices.Contains(g.ProgramIDs, row.ProgramID) && !ofGroups[row.ProgramID] &&
			open[row.ProgramID] && !isAlwaysOpen(row) && !slices.Contains(g.SessionIDs, row.ID)
	})
}

// isAlwaysOpen tells whether a session has neither a start nor an end.
func isAlwaysOpen(row *ent.Session) bool { return row.StartsAt == nil && row.EndsAt == nil }

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
