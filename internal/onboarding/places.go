package onboarding

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
	"usher/internal/ident"
	"usher/internal/store"
)

// places is what of a grant still exists at admission.
type places struct {
	roles    []*ent.Role
	groups   []*ent.Group // those named, and those that public ones lead up to
	unit     *ent.OrgUnit
	sessions []*ent.Session
}

// places reads what the grant names; what is gone is skipped (ADM-7).
func (a *admission) places(ctx context.Context) (*places, error) {
	g, p := a.grant, &places{}
	var err error
	if p.roles, err = a.tx.Role.Query().Where(role.Or(role.IDIn(roleIDs(g)...), role.Key(access.Learner))).All(ctx); err != nil {
		return nil, err
	}
	if p.groups, err = leadingUp(ctx, a.tx, g.GroupIDs); err != nil {
		return nil, err
	}
	left := 0
	for _, i := range g.GroupIDs {
		if p.group(i) == nil {
			a.skip("group", i.String())
		} else {
			left++
		}
	}
	a.groupsGone = len(g.GroupIDs) > 1 && left == 0
	if !g.OrgUnitID.IsZero() {
		if p.unit, err = a.tx.OrgUnit.Query().Where(orgunit.ID(g.OrgUnitID)).First(ctx); ent.IsNotFound(err) {
			a.skip("org_unit", g.OrgUnitID.String())
		} else if err != nil {
			return nil, err
		}
	}
	if p.sessions, err = sessionsOf(ctx, a.tx, g, a.entered(p), a.now); err != nil {
		return nil, err
	}
	for _, i := range g.SessionIDs {
		if !slices.ContainsFunc(p.sessions, func(s *ent.Session) bool { return s.ID == i }) {
			a.skip("session", i.String())
		}
	}
	return p, nil
}

// leadingUp reads groups and all that they lead up to: from a public group the one above, up to and including the first
// private one (ADM-2). One statement a level. They stay as they are until the transaction ends: a group that moves, shows
// itself, goes or gets a program waits, and then finds who came in.
func leadingUp(ctx context.Context, tx *store.Tx, ids []ident.ID) ([]*ent.Group, error) {
	var all []*ent.Group
	for next := ids; len(next) > 0; {
		q := tx.Group.Query().Where(group.IDIn(next...)).Order(ent.Asc(group.FieldID))
		if tx.Locks() {
			q.ForShare()
		}
		level, err := q.All(ctx)
		if err != nil {
			return nil, err
		}
		next = nil
		for _, g := range level {
			if slices.ContainsFunc(all, func(known *ent.Group) bool { return known.ID == g.ID }) {
				continue
			}
			all = append(all, g)
			if g.Visibility == group.VisibilityPublic && g.ParentID != nil {
				next = append(next, *g.ParentID)
			}
		}
	}
	return all, nil
}

func (p *places) group(i ident.ID) *ent.Group {
	for _, g := range p.groups {
		if g.ID == i {
			return g
		}
	}
	return nil
}

// entered lists the groups that the person becomes a part of: those named, and those that learners are led up to. Programs
// of the groups above do not reach who is no learner below (ADM-3).
func (a *admission) entered(p *places) []ident.ID {
	var ids []ident.ID
	for _, g := range a.grant.GroupIDs {
		if p.group(g) == nil {
			continue
		}
		ids = append(ids, g)
		if a.learns(p, g) {
			ids = append(ids, p.above(g)...)
		}
	}
	return unique(ids)
}

// learns tells whether the person becomes a learner in a group: by name, or because no other role is left there.
func (a *admission) learns(p *places, g ident.ID) bool {
	others := false
	for _, r := range a.grant.Roles {
		row := roleWithID(p.roles, r.RoleID)
		if r.PlaceID != g || row == nil || !a.allowed(row, g) {
			continue
		}
		if row.Key == access.Learner {
			return true
		}
		others = true
	}
	return !others
}

// above lists the groups that a learner of this group is led up to.
func (p *places) above(i ident.ID) []ident.ID {
	var up []ident.ID
	for g := p.group(i); g != nil && g.Visibility == group.VisibilityPublic && g.ParentID != nil; {
		if g = p.group(*g.ParentID); g != nil && !slices.Contains(up, g.ID) {
			up = append(up, g.ID)
		} else {
			break
		}
	}
	return up
}

// sessionsOf reads the sessions that a grant leads to: those named, those of named programs (INV-17), and those of the
// programs of the groups (ADM-3).
func sessionsOf(ctx context.Context, tx *store.Tx, g schema.Grant, groups []ident.ID, now time.Time) ([]*ent.Session, error) {
	current := session.Or(session.EndsAtIsNil(), session.EndsAtGT(now))
	or := []predicate.Session{session.IDIn(g.SessionIDs...)}
	if len(groups) > 0 {
		or = append(or, session.And(current, session.HasProgramWith(program.HasGroupsWith(group.IDIn(groups...)))))
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
	// A course with an always-open session leads to that one alone, unless a group or the grant names the others.
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

// enrol puts the member into the sessions: those that the grant names, itself or by their program, and those that come with
// the groups.
func (a *admission) enrol(ctx context.Context, p *places) error {
	var named, others []*ent.Session
	for _, row := range p.sessions {
		if slices.Contains(a.grant.SessionIDs, row.ID) || slices.Contains(a.grant.ProgramIDs, row.ProgramID) {
			named = append(named, row)
		} else {
			others = append(others, row)
		}
	}
	member := []ident.ID{a.member.ID}
	if err := a.Training.Enrol(ctx, a.tx, a.workspace.ID, member, named, true); err != nil {
		return err
	}
	return a.Training.Enrol(ctx, a.tx, a.workspace.ID, member, others, false)
}

func roleIDs(g schema.Grant) []ident.ID {
	ids := make([]ident.ID, len(g.Roles))
	for i, r := range g.Roles {
		ids[i] = r.RoleID
	}
	return ids
}
