package admission

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/ent/predicate"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// ResolvedPlaces is what of a grant still exists at admission.
type ResolvedPlaces struct {
	roles    []*ent.Role
	groups   []*ent.Group // the groups named, and the groups that inherit from them
	tree     *grouptree.Tree
	unit     *ent.OrgUnit
	Sessions []*ent.Session
}

// ResolvePlaces reads what the grant names; what is gone is skipped (ADM-7).
func (a *Admission) ResolvePlaces(ctx context.Context) (*ResolvedPlaces, error) {
	g, p := a.Grant, &ResolvedPlaces{}
	var err error
	if p.roles, err = a.Tx.Role.Query().
		Where(role.Or(role.IDIn(RoleIDs(g)...), role.Key(access.Learner))).All(ctx); err != nil {
		return nil, err
	}
	if p.groups, err = grouptree.LockWithInheriting(ctx, a.Tx, g.GroupIDs); err != nil {
		return nil, err
	}
	p.tree = grouptree.New(p.groups)
	left := 0
	for _, i := range g.GroupIDs {
		if p.FindGroup(i) == nil {
			a.noteSkipped("group", i.String())
		} else {
			left++
		}
	}
	a.GroupsGone = len(g.GroupIDs) > 1 && left == 0
	if !g.OrgUnitID.IsZero() {
		if p.unit, err = a.Tx.OrgUnit.Query().Where(orgunit.ID(g.OrgUnitID)).
			First(ctx); ent.IsNotFound(err) {
			a.noteSkipped("org_unit", g.OrgUnitID.String())
		} else if err != nil {
			return nil, err
		}
	}
	if p.Sessions, err = SessionsOf(ctx, a.Tx, g, a.EnteredGroups(p), a.Now); err != nil {
		return nil, err
	}
	for _, i := range g.SessionIDs {
		if !slices.ContainsFunc(p.Sessions, func(s *ent.Session) bool { return s.ID == i }) {
			a.noteSkipped("session", i.String())
		}
	}
	return p, nil
}

// FindGroup is the group of an id among those of the grant that are still there, or nil.
func (p *ResolvedPlaces) FindGroup(i ident.ID) *ent.Group {
	for _, g := range p.groups {
		if g.ID == i {
			return g
		}
	}
	return nil
}

// EnteredGroups lists the groups that the person becomes a part of: those named, and those whose
// membership they inherit. Programs of the groups above do not reach who is no learner below
// (ADM-3).
func (a *Admission) EnteredGroups(p *ResolvedPlaces) []ident.ID {
	var ids []ident.ID
	for _, g := range a.Grant.GroupIDs {
		if p.FindGroup(g) == nil {
			continue
		}
		ids = append(ids, g)
		if a.becomesLearner(p, g) {
			ids = append(ids, p.tree.InheritingGroups(g)...)
		}
	}
	return inputs.Distinct(ids)
}

// becomesLearner tells whether the person becomes a learner in a group, by the roles that still
// exist and that the grantor may still give.
func (a *Admission) becomesLearner(p *ResolvedPlaces, g ident.ID) bool {
	left := slices.DeleteFunc(slices.Clone(a.Grant.Roles), func(r schema.GrantedRole) bool {
		row := FindRoleByID(p.roles, r.RoleID)
		return row == nil || !a.mayGrant(row, r.PlaceID)
	})
	return grouptree.MakesLearner(left, g, FindRoleByName(p.roles, access.Learner).ID)
}

// SessionsOf reads the sessions that a grant leads to: those named, those of named programs
// (INV-17), and those of the programs of the groups (ADM-3). A session that is over is left out,
// also one that is named: it may have ended since the grant was saved.
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
	// A course with an always-open session leads to that one alone, unless a group or the grant
	// names the others.
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

// HasIdleProgram tells whether a program that a grant names has no session that is ongoing or
// coming: nobody is enrolled because of it until it gets one.
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

// enrolInSessions puts the member into the sessions: those that the grant names, itself or by their
// program, and those that come with the groups.
func (a *Admission) enrolInSessions(ctx context.Context, p *ResolvedPlaces) error {
	var named, others []*ent.Session
	for _, row := range p.Sessions {
		if slices.Contains(a.Grant.SessionIDs, row.ID) ||
			slices.Contains(a.Grant.ProgramIDs, row.ProgramID) {
			named = append(named, row)
		} else {
			others = append(others, row)
		}
	}
	member := []ident.ID{a.Member.ID}
	if err := a.Training.Enrol(ctx, a.Tx, a.Workspace.ID, member, named, true); err != nil {
		return err
	}
	return a.Training.Enrol(ctx, a.Tx, a.Workspace.ID, member, others, false)
}

// RoleIDs lists the roles of a grant.
func RoleIDs(g schema.Grant) []ident.ID {
	ids := make([]ident.ID, len(g.Roles))
	for i, r := range g.Roles {
		ids[i] = r.RoleID
	}
	return ids
}
