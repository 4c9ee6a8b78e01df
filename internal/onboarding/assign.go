package onboarding

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/store"
)

// reason is why an assignment is held.
type reason struct {
	kind assignmentsource.Kind
	from ident.ID
}

// assign gives the roles, each at its place, and what learners inherit in the groups above. An assignment held already
// gains one more reason.
func (a *admission) assign(ctx context.Context, p *places) error {
	why := reason{assignmentsource.KindDirect, a.workspace.ID}
	if !a.via.source.IsZero() {
		why = reason{a.via.kind, a.via.source}
	}
	wanted := map[schema.GrantedRole][]reason{}
	var order []schema.GrantedRole
	want := func(r schema.GrantedRole, because reason) {
		if wanted[r] == nil {
			order = append(order, r)
		}
		wanted[r] = append(wanted[r], because)
	}
	learner := roleNamed(p.roles, access.Learner)
	for _, r := range a.grant.Roles {
		if !a.mayHold(p, r) {
			continue
		}
		want(r, why)
		if r.RoleID == learner.ID && r.PlaceID.Kind() == ident.Group {
			for _, up := range p.above(r.PlaceID) {
				want(schema.GrantedRole{RoleID: learner.ID, PlaceID: up}, reason{assignmentsource.KindInherited, r.PlaceID})
			}
		}
	}
	for _, g := range a.grant.GroupIDs { // whose role fell away is in the group all the same
		if p.group(g) != nil && !slices.ContainsFunc(order, func(r schema.GrantedRole) bool { return r.PlaceID == g }) {
			want(schema.GrantedRole{RoleID: learner.ID, PlaceID: g}, why)
			for _, up := range p.above(g) {
				want(schema.GrantedRole{RoleID: learner.ID, PlaceID: up}, reason{assignmentsource.KindInherited, g})
			}
		}
	}
	held, err := a.tx.RoleAssignment.Query().Where(roleassignment.MemberID(a.member.ID)).All(ctx)
	if err != nil {
		return err
	}
	if len(order) == 0 && len(held) == 0 {
		want(schema.GrantedRole{RoleID: learner.ID, PlaceID: a.workspace.ID}, why) // nobody is without any role
	}
	return a.hold(ctx, order, wanted, held)
}

// mayHold tells whether a promised role can still be given: role and place are there, and the giver still holds as much.
func (a *admission) mayHold(p *places, r schema.GrantedRole) bool {
	row := roleWithID(p.roles, r.RoleID)
	switch r.PlaceID.Kind() {
	case ident.Group:
		if p.group(r.PlaceID) == nil {
			return false // written down as a group that is gone
		}
	case ident.OrgUnit:
		if p.unit == nil {
			return false
		}
	case ident.Session:
		if !hasSession(p.sessions, r.PlaceID) {
			return false
		}
	}
	if row == nil {
		a.skip("role", r.RoleID.String())
		return false
	}
	if !a.allowed(row, r.PlaceID) {
		a.skip("role", row.Name)
		return false
	}
	return true
}

// allowed is ADM-6 at admission: the giver still holds what the role holds there.
func (a *admission) allowed(r *ent.Role, place ident.ID) bool {
	return a.giver.MayGive(access.NewSet(r.Permissions), placeOf(place))
}

func (a *admission) hold(ctx context.Context, order []schema.GrantedRole, wanted map[schema.GrantedRole][]reason, held []*ent.RoleAssignment) error {
	have := map[schema.GrantedRole]*ent.RoleAssignment{}
	for _, row := range held {
		have[schema.GrantedRole{RoleID: row.RoleID, PlaceID: row.PlaceID}] = row
	}
	var made []*ent.RoleAssignmentCreate
	var sources []*ent.AssignmentSourceCreate
	var direct []ident.ID
	for _, r := range order {
		onlyInherited := true
		for _, w := range wanted[r] {
			onlyInherited = onlyInherited && w.kind == assignmentsource.KindInherited
		}
		assignment := ident.New(ident.RoleAssignment)
		if row := have[r]; row != nil {
			assignment = row.ID
			if row.Inherited && !onlyInherited {
				direct = append(direct, row.ID)
			}
		} else {
			made = append(made, a.assignment(assignment, r).SetInherited(onlyInherited))
		}
		for _, w := range wanted[r] {
			sources = append(sources, a.tx.AssignmentSource.Create().SetWorkspaceID(a.workspace.ID).
				SetAssignmentID(assignment).SetKind(w.kind).SetSourceID(w.from))
		}
	}
	if len(made) > 0 {
		if err := a.tx.RoleAssignment.CreateBulk(made...).Exec(ctx); err != nil {
			return err
		}
	}
	if len(direct) > 0 {
		if err := a.tx.RoleAssignment.Update().Where(roleassignment.IDIn(direct...)).SetInherited(false).Exec(ctx); err != nil {
			return err
		}
	}
	if len(sources) == 0 {
		return nil
	}
	return ignoringNone(a.tx.AssignmentSource.CreateBulk(sources...).
		OnConflict(store.SkipExisting(assignmentsource.FieldAssignmentID, assignmentsource.FieldKind,
			assignmentsource.FieldSourceID)...).
		Exec(ctx))
}

func (a *admission) assignment(i ident.ID, r schema.GrantedRole) *ent.RoleAssignmentCreate {
	row := a.tx.RoleAssignment.Create().SetID(i).SetWorkspaceID(a.workspace.ID).SetMemberID(a.member.ID).
		SetRoleID(r.RoleID).SetPlaceID(r.PlaceID).SetCreatedAt(a.now)
	switch r.PlaceID.Kind() {
	case ident.Group:
		row.SetGroupID(r.PlaceID)
	case ident.OrgUnit:
		row.SetOrgUnitID(r.PlaceID)
	case ident.Session:
		row.SetSessionID(r.PlaceID)
	}
	return row
}

// readGrant reads what a stored grant names.
func readGrant(ctx context.Context, db *ent.Client, g schema.Grant) (*named, error) {
	in := &GrantInput{GroupIDs: g.GroupIDs, SessionIDs: g.SessionIDs, ProgramIDs: g.ProgramIDs}
	if !g.OrgUnitID.IsZero() {
		in.OrgUnitID = &g.OrgUnitID
	}
	for _, i := range unique(roleIDs(g)) {
		in.Roles = append(in.Roles, i.String())
	}
	return read(ctx, db, in)
}

// left is what of a grant is still there.
func (n *named) left(g schema.Grant) schema.Grant {
	gone := func(i ident.ID) bool { return !slices.Contains(n.ids, i) && i.Kind() != ident.Workspace }
	g.GroupIDs = slices.DeleteFunc(slices.Clone(g.GroupIDs), gone)
	g.SessionIDs = slices.DeleteFunc(slices.Clone(g.SessionIDs), gone)
	g.ProgramIDs = slices.DeleteFunc(slices.Clone(g.ProgramIDs), gone)
	g.Roles = slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool { return gone(r.RoleID) || gone(r.PlaceID) })
	if gone(g.OrgUnitID) {
		g.OrgUnitID = ident.ID{}
	}
	return g
}

func roleWithID(roles []*ent.Role, i ident.ID) *ent.Role {
	for _, r := range roles {
		if r.ID == i {
			return r
		}
	}
	return nil
}

func hasSession(sessions []*ent.Session, i ident.ID) bool {
	for _, s := range sessions {
		if s.ID == i {
			return true
		}
	}
	return false
}

// ignoringNone takes 'no rows' for what it is after ON CONFLICT DO NOTHING: all of them were there.
func ignoringNone(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
