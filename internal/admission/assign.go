package admission

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// assignmentReason is why an assignment is held.
type assignmentReason struct {
	kind assignmentsource.Kind
	from ident.ID
}

// assignRoles gives the roles, each at its place, and what learners inherit in the groups above. An
// assignment held already gains one more reason.
func (a *Admission) assignRoles(ctx context.Context, p *ResolvedPlaces) error {
	why := assignmentReason{assignmentsource.KindDirect, a.Workspace.ID}
	if !a.EntryPoint.Source.IsZero() {
		why = assignmentReason{a.EntryPoint.Kind, a.EntryPoint.Source}
	}
	wanted := map[schema.GrantedRole][]assignmentReason{}
	var order []schema.GrantedRole
	want := func(r schema.GrantedRole, because assignmentReason) {
		if wanted[r] == nil {
			order = append(order, r)
		}
		wanted[r] = append(wanted[r], because)
	}
	learner := FindRoleByName(p.roles, access.Learner)
	for _, r := range a.Grant.Roles {
		if !a.mayHold(p, r) {
			continue
		}
		want(r, why)
		if r.RoleID == learner.ID && r.PlaceID.Kind() == ident.Group {
			for _, up := range p.tree.InheritingGroups(r.PlaceID) {
				want(schema.GrantedRole{RoleID: learner.ID, PlaceID: up},
					assignmentReason{assignmentsource.KindInherited, r.PlaceID})
			}
		}
	}
	for _, g := range a.Grant.GroupIDs { // whose role fell away is in the group all the same
		if p.FindGroup(g) != nil && !slices.ContainsFunc(order, func(r schema.GrantedRole) bool {
			return r.PlaceID == g
		}) {
			want(schema.GrantedRole{RoleID: learner.ID, PlaceID: g}, why)
			for _, up := range p.tree.InheritingGroups(g) {
				want(schema.GrantedRole{RoleID: learner.ID, PlaceID: up},
					assignmentReason{assignmentsource.KindInherited, g})
			}
		}
	}
	held, err := a.Tx.RoleAssignment.Query().Where(roleassignment.MemberID(a.Member.ID)).All(ctx)
	if err != nil {
		return err
	}
	if len(order) == 0 && len(held) == 0 {
		// nobody is without any role
		want(schema.GrantedRole{RoleID: learner.ID, PlaceID: a.Workspace.ID}, why)
	}
	return a.writeAssignments(ctx, order, wanted, held)
}

// mayHold tells whether a promised role can still be given: role and place are there, and the grantor
// still holds as much.
func (a *Admission) mayHold(p *ResolvedPlaces, r schema.GrantedRole) bool {
	row := FindRoleByID(p.roles, r.RoleID)
	switch r.PlaceID.Kind() {
	case ident.Group:
		if p.FindGroup(r.PlaceID) == nil {
			return false // written down as a group that is gone
		}
	case ident.OrgUnit:
		if p.unit == nil {
			return false
		}
	case ident.Session:
		if !HasSession(p.Sessions, r.PlaceID) {
			return false
		}
	}
	if row == nil {
		a.noteSkipped("role", r.RoleID.String())
		return false
	}
	if !a.mayGrant(row, r.PlaceID) {
		a.noteSkipped("role", row.Name)
		return false
	}
	return true
}

// mayGrant is ADM-6 at admission: the grantor still holds what the role holds there.
func (a *Admission) mayGrant(r *ent.Role, place ident.ID) bool {
	return a.Grantor.MayGive(access.NewSet(r.Permissions), PlaceOf(place))
}

func (a *Admission) writeAssignments(ctx context.Context, order []schema.GrantedRole,
	wanted map[schema.GrantedRole][]assignmentReason, held []*ent.RoleAssignment) error {
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
			made = append(made, a.newAssignment(assignment, r).SetInherited(onlyInherited))
		}
		for _, w := range wanted[r] {
			sources = append(sources, a.Tx.AssignmentSource.Create().SetWorkspaceID(a.Workspace.ID).
				SetAssignmentID(assignment).SetKind(w.kind).SetSourceID(w.from))
		}
	}
	if len(made) > 0 {
		if err := a.Tx.RoleAssignment.CreateBulk(made...).Exec(ctx); err != nil {
			return err
		}
	}
	if len(direct) > 0 {
		if err := a.Tx.RoleAssignment.Update().Where(roleassignment.IDIn(direct...)).
			SetInherited(false).Exec(ctx); err != nil {
			return err
		}
	}
	if len(sources) == 0 {
		return nil
	}
	return inputs.IgnoreNoRows(a.Tx.AssignmentSource.CreateBulk(sources...).
		OnConflict(store.SkipExisting(assignmentsource.FieldAssignmentID,
			assignmentsource.FieldKind,
			assignmentsource.FieldSourceID)...).
		Exec(ctx))
}

func (a *Admission) newAssignment(i ident.ID, r schema.GrantedRole) *ent.RoleAssignmentCreate {
	row := a.Tx.RoleAssignment.Create().SetID(i).SetWorkspaceID(a.Workspace.ID).
		SetMemberID(a.Member.ID).
		SetRoleID(r.RoleID).SetPlaceID(r.PlaceID).SetCreatedAt(a.Now)
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

// ReadGrant reads what a stored grant names.
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

// WithoutMissing is what of a grant is still there.
func (n *NamedPlaces) WithoutMissing(g schema.Grant) schema.Grant {
	gone := func(i ident.ID) bool {
		return !slices.Contains(n.IDs, i) && i.Kind() != ident.Workspace
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

// FindRoleByID is the role of an id among roles, or nil.
func FindRoleByID(roles []*ent.Role, i ident.ID) *ent.Role {
	for _, r := range roles {
		if r.ID == i {
			return r
		}
	}
	return nil
}

// HasSession tells whether a session is among sessions.
func HasSession(sessions []*ent.Session, i ident.ID) bool {
	for _, s := range sessions {
		if s.ID == i {
			return true
		}
	}
	return false
}
