package admission

import (
	"context"
	"fmt"
	"slices"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/orgunit"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
	"usher/internal/training"
)

// ApplyGrant gives a member what the grant holds and the grantor may still give. What no longer
// exists, or may no longer be given, is skipped and recorded in one audit event (ADM-6, ADM-7).
func (a *Admission) ApplyGrant(ctx context.Context) error {
	// First, because roles, enrollments and profile depend on what is left of the grant.
	places, err := a.ResolvePlaces(ctx)
	if err != nil {
		return err
	}
	// Roles come before enrollments: an enrollment may depend on the groups of the member.
	if err := a.assignRoles(ctx, places); err != nil {
		return err
	}
	if err := a.enrollInSessions(ctx, places); err != nil {
		return err
	}
	if err := a.fillProfile(ctx, places); err != nil {
		return err
	}
	// One event for everything that was skipped, so that the history tells why something is missing
	// (ADM-7).
	if len(a.skipped) == 0 {
		return nil
	}
	if err := a.nameSkipped(ctx); err != nil {
		return err
	}
	return audit.Record(ctx, a.Tx, a.Now, audit.Event{
		WorkspaceID: a.Workspace.ID, Action: audit.GrantSkipped, EntryPoint: a.EntryPoint.Name,
		SubjectID: a.subjectID(), MemberID: a.Member.ID, Details: a.skipped,
	})
}

// subjectID returns the id of the invitation or link that the grant came from, else of the member.
func (a *Admission) subjectID() ident.ID {
	if a.EntryPoint.Source.IsZero() {
		return a.Member.ID
	}
	return a.EntryPoint.Source
}

// ResolvedPlaces are the rows of a grant that still exist at admission.
type ResolvedPlaces struct {
	*placeRows
	unit     *ent.OrgUnit
	Sessions []*ent.Session
}

// placeRows are rows that the grants of one or of many admissions name, as far as they still exist.
type placeRows struct {
	roles  []*ent.Role
	groups map[ident.ID]*ent.Group // the groups named, and the groups that inherit from them
	tree   *grouptree.Tree
	units  map[ident.ID]*ent.OrgUnit
}

// ResolvePlaces loads the rows that the grant names. Those that are gone are skipped and noted
// (ADM-7).
func (a *Admission) ResolvePlaces(ctx context.Context) (*ResolvedPlaces, error) {
	all, err := resolveAllPlaces(ctx, a.Tx, []*Admission{a})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// resolveAllPlaces is ResolvePlaces for admissions of one transaction, in their order. The number
// of statements does not depend on how many there are.
func resolveAllPlaces(ctx context.Context, tx *store.Tx,
	all []*Admission) ([]*ResolvedPlaces, error) {
	rows, err := readPlaces(ctx, tx, all)
	if err != nil {
		return nil, err
	}
	resolved := make([]*ResolvedPlaces, len(all))
	// Worked out now and not when the grant was saved: groups get programs, and sessions end
	// (ADM-7).
	grants := make([]training.Source, len(all))
	for i, a := range all {
		resolved[i] = a.selectPlaces(rows)
		grants[i] = training.Source{Grant: a.Grant, Groups: a.EnteredGroups(resolved[i])}
	}
	sessions, err := training.SessionsOfAll(ctx, tx, grants, all[0].Now)
	if err != nil {
		return nil, err
	}
	for i, a := range all {
		resolved[i].Sessions = sessions[i]
		for _, id := range a.Grant.SessionIDs {
			if !HasSession(sessions[i], id) {
				a.noteSkipped("session", id.String())
			}
		}
	}
	return resolved, nil
}

// readPlaces reads the roles, groups and units that the grants of admissions name, with one
// statement for each kind, and for groups one for each level of the tree.
func readPlaces(ctx context.Context, tx *store.Tx, all []*Admission) (*placeRows, error) {
	rows := &placeRows{groups: map[ident.ID]*ent.Group{}, units: map[ident.ID]*ent.OrgUnit{}}
	var roleIDs, groupIDs, unitIDs []ident.ID
	for _, a := range all {
		roleIDs = append(roleIDs, RoleIDs(a.Grant)...)
		groupIDs = append(groupIDs, a.Grant.GroupIDs...)
		if !a.Grant.OrgUnitID.IsZero() {
			unitIDs = append(unitIDs, a.Grant.OrgUnitID)
		}
	}
	var err error
	if rows.roles, err = tx.Role.Query().
		// The learner role is needed even if the grant does not name it: joining a group falls back
		// to it.
		Where(role.Or(role.IDIn(ident.SortDistinct(roleIDs)...), role.Key(access.Learner))).
		All(ctx); err != nil {
		return nil, err
	}
	// Locked with their ancestors, so that a concurrent move of a group waits for this admission.
	groups, err := grouptree.LockWithInheriting(ctx, tx, ident.SortDistinct(groupIDs))
	if err != nil {
		return nil, err
	}
	rows.tree = grouptree.New(groups)
	for _, g := range groups {
		rows.groups[g.ID] = g
	}
	if len(unitIDs) == 0 {
		return rows, nil
	}
	units, err := tx.OrgUnit.Query().Where(orgunit.IDIn(ident.SortDistinct(unitIDs)...)).All(ctx)
	for _, u := range units {
		rows.units[u.ID] = u
	}
	return rows, err
}

// selectPlaces takes the group rows and the unit of the grant from rows that were read, and notes
// those that are gone. It sets no sessions.
func (a *Admission) selectPlaces(rows *placeRows) *ResolvedPlaces {
	p := &ResolvedPlaces{placeRows: rows}
	left := 0
	for _, id := range a.Grant.GroupIDs {
		if p.FindGroup(id) == nil {
			a.noteSkipped("group", id.String())
		} else {
			left++
		}
	}
	a.GroupsGone = len(a.Grant.GroupIDs) > 1 && left == 0
	if unit := a.Grant.OrgUnitID; !unit.IsZero() {
		if p.unit = rows.units[unit]; p.unit == nil {
			a.noteSkipped("org_unit", unit.String())
		}
	}
	return p
}

// FindGroup returns a group of the grant that still exists, or nil.
func (p *ResolvedPlaces) FindGroup(id ident.ID) *ent.Group { return p.groups[id] }

// HasSession tells whether the list contains the session.
func HasSession(sessions []*ent.Session, id ident.ID) bool {
	for _, s := range sessions {
		if s.ID == id {
			return true
		}
	}
	return false
}

// EnteredGroups returns the groups that the person joins: those of the grant, and the ancestors in
// which a learner inherits membership. Programs of ancestors do not reach a member who is not a
// learner below them (ADM-3).
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

// becomesLearner tells whether the person becomes a learner in a group, by the roles that exist and
// that the grantor may give.
func (a *Admission) becomesLearner(p *ResolvedPlaces, groupID ident.ID) bool {
	// Cloned: DeleteFunc would write into the list of the stored grant.
	left := slices.DeleteFunc(slices.Clone(a.Grant.Roles), func(r schema.GrantedRole) bool {
		row := FindRoleByID(p.roles, r.RoleID)
		return row == nil || !a.mayGrant(row, r.PlaceID)
	})
	return grouptree.MakesLearner(left, groupID, FindRoleByName(p.roles, access.Learner).ID)
}

// assignmentReason is the source of an assignment.
type assignmentReason struct {
	kind assignmentsource.Kind
	from ident.ID
}

// assignRoles assigns the roles of the grant at their places, and the memberships that learners
// inherit in ancestor groups (ADM-2). An assignment that is held already gets one more source, so
// that it survives the end of the other one.
func (a *Admission) assignRoles(ctx context.Context, p *ResolvedPlaces) error {
	// All of them, not only those of the grant: whether the member holds any role decides what is
	// planned.
	held, err := a.Tx.RoleAssignment.Query().Where(roleassignment.MemberID(a.Member.ID)).All(ctx)
	if err != nil {
		return err
	}
	return a.writeAssignments(ctx, a.planAssignments(p, held))
}

// assignmentPlan is what has to be written to give a member the roles of a grant.
type assignmentPlan struct {
	created []*ent.RoleAssignmentCreate
	sources []*ent.AssignmentSourceCreate // of new assignments and of those that are held already
	direct  []ident.ID                    // assignments that are no longer only inherited
}

// planAssignments plans the roles of the grant at their places, and what learners inherit, for a
// member who holds some assignments already. It reads nothing.
func (a *Admission) planAssignments(p *ResolvedPlaces,
	held []*ent.RoleAssignment) assignmentPlan {
	// An assignment lives as long as one of its sources. Without an invitation or link the
	// workspace stands for it.
	why := assignmentReason{assignmentsource.KindDirect, a.Workspace.ID}
	if !a.EntryPoint.Source.IsZero() {
		why = assignmentReason{a.EntryPoint.Kind, a.EntryPoint.Source}
	}
	wanted := map[schema.GrantedRole][]assignmentReason{}
	var order []schema.GrantedRole
	want := func(r schema.GrantedRole, reason assignmentReason) {
		// The order of the grant is kept, so that a retry inserts in the same one.
		if wanted[r] == nil {
			order = append(order, r)
		}
		// A grant may name a role twice, and a learner may inherit from two groups in one way.
		if !slices.Contains(wanted[r], reason) {
			wanted[r] = append(wanted[r], reason)
		}
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
	// A group is joined even if its role was skipped: the person was invited into it.
	for _, g := range a.Grant.GroupIDs {
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
	if len(order) == 0 && len(held) == 0 {
		// Every member holds at least one role.
		want(schema.GrantedRole{RoleID: learner.ID, PlaceID: a.Workspace.ID}, why)
	}
	return a.planRows(order, wanted, held)
}

// mayHold tells whether a role of the grant can still be assigned: role and place exist, and the
// grantor may give it there. It notes what is skipped.
func (a *Admission) mayHold(p *ResolvedPlaces, r schema.GrantedRole) bool {
	// The place is checked first: without it the role is skipped for that reason alone, which is
	// noted already.
	row := FindRoleByID(p.roles, r.RoleID)
	switch r.PlaceID.Kind() {
	case ident.Group:
		if p.FindGroup(r.PlaceID) == nil {
			return false // ResolvePlaces has noted the group
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

// mayGrant applies ADM-6 at admission: the grantor still holds the permissions of the role there.
func (a *Admission) mayGrant(r *ent.Role, place ident.ID) bool {
	return a.Grantor.MayGive(access.NewSet(r.Permissions), access.PlaceOf(place))
}

// planRows plans the new assignments in their order, and the sources of all. A held assignment that
// was only inherited becomes direct if it has a direct source now.
func (a *Admission) planRows(order []schema.GrantedRole,
	wanted map[schema.GrantedRole][]assignmentReason, held []*ent.RoleAssignment) assignmentPlan {
	// The place and the role are the key of an assignment.
	have := map[schema.GrantedRole]*ent.RoleAssignment{}
	for _, row := range held {
		have[schema.GrantedRole{RoleID: row.RoleID, PlaceID: row.PlaceID}] = row
	}
	var plan assignmentPlan
	for _, r := range order {
		// One direct source makes the assignment direct: it then survives a move of the group.
		onlyInherited := true
		for _, w := range wanted[r] {
			onlyInherited = onlyInherited && w.kind == assignmentsource.KindInherited
		}
		assignment := ident.New(ident.RoleAssignment)
		if row := have[r]; row != nil {
			assignment = row.ID
			if row.Inherited && !onlyInherited {
				plan.direct = append(plan.direct, row.ID)
			}
		} else {
			plan.created = append(plan.created,
				a.newAssignment(assignment, r).SetInherited(onlyInherited))
		}
		for _, w := range wanted[r] {
			// A source for each reason, so that the end of one reason leaves the others.
			plan.sources = append(plan.sources,
				a.Tx.AssignmentSource.Create().SetWorkspaceID(a.Workspace.ID).
					SetAssignmentID(assignment).SetKind(w.kind).SetSourceID(w.from))
		}
	}
	return plan
}

// writeAssignments writes a plan, in three statements at most.
func (a *Admission) writeAssignments(ctx context.Context, plan assignmentPlan) error {
	if len(plan.created) > 0 {
		if err := a.Tx.RoleAssignment.CreateBulk(plan.created...).Exec(ctx); err != nil {
			return err
		}
	}
	if len(plan.direct) > 0 {
		if err := a.Tx.RoleAssignment.Update().Where(roleassignment.IDIn(plan.direct...)).
			SetInherited(false).Exec(ctx); err != nil {
			return err
		}
	}
	if len(plan.sources) == 0 {
		return nil
	}
	// The sources of a repeated grant exist already.
	return inputs.IgnoreNoRows(a.Tx.AssignmentSource.CreateBulk(plan.sources...).
		OnConflict(store.SkipExisting(assignmentsource.FieldAssignmentID,
			assignmentsource.FieldKind,
			assignmentsource.FieldSourceID)...).
		Exec(ctx))
}

// newAssignment returns the INSERT of an assignment, with the edge of its place.
func (a *Admission) newAssignment(id ident.ID, r schema.GrantedRole) *ent.RoleAssignmentCreate {
	row := a.Tx.RoleAssignment.Create().SetID(id).SetWorkspaceID(a.Workspace.ID).
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

// enrollInSessions enrolls the member in the sessions of the grant and in those of its groups. The
// former are enrolled again even if the member was withdrawn.
func (a *Admission) enrollInSessions(ctx context.Context, p *ResolvedPlaces) error {
	named, others := a.splitSessions(p)
	member := []ident.ID{a.Member.ID}
	if err := a.Training.EnrollMembers(ctx, a.Tx, a.Workspace.ID, member, named, true); err != nil {
		return err
	}
	return a.Training.EnrollMembers(ctx, a.Tx, a.Workspace.ID, member, others, false)
}

// splitSessions returns the sessions that the grant names, itself or by a program, and those that
// follow from its groups. The former are a decision of the grantor.
func (a *Admission) splitSessions(p *ResolvedPlaces) (named, others []*ent.Session) {
	for _, row := range p.Sessions {
		if slices.Contains(a.Grant.SessionIDs, row.ID) ||
			slices.Contains(a.Grant.ProgramIDs, row.ProgramID) {
			named = append(named, row)
		} else {
			others = append(others, row)
		}
	}
	return named, others
}

// fillProfile writes the unit, the labels, the end of access and the answers of the grant.
func (a *Admission) fillProfile(ctx context.Context, p *ResolvedPlaces) error {
	if err := a.dropTakenExternalID(ctx); err != nil {
		return err
	}
	update := a.Tx.Member.UpdateOne(a.Member)
	a.setProfile(update.Mutation(), p, a.Member)
	// Most grants hold roles only, and need no statement.
	if len(update.Mutation().Fields()) == 0 {
		return nil
	}
	saved, err := update.Save(ctx)
	if err != nil {
		return fmt.Errorf("fill profile: %w", err)
	}
	a.Member = saved
	return nil
}

// setProfile sets the unit, the labels, the end of access and the answers of the grant in a new row
// of a member or in the change of one. Labels and answers are added to those that the member has.
func (a *Admission) setProfile(row *ent.MemberMutation, p *ResolvedPlaces, m *ent.Member) {
	g := a.Grant
	if p.unit != nil {
		row.SetOrgUnitID(p.unit.ID)
	}
	// A copy, since appending to the member's own list could write into its array.
	labels := append([]string{}, m.Labels...)
	for _, l := range g.Labels {
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	if len(labels) > len(m.Labels) {
		row.SetLabels(labels)
	}
	// Empty parts of a grant clear nothing: a second invitation must not erase what the member has.
	if g.ExternalID != "" && m.ExternalID == nil {
		row.SetExternalID(g.ExternalID)
	}
	// A source owns the ids that it names, unless another source named them first.
	if g.ExternalID != "" && g.ExternalSource != "" && m.ExternalSource == nil &&
		(m.ExternalID == nil || *m.ExternalID == g.ExternalID) {
		row.SetExternalSource(g.ExternalSource)
	}
	if g.AdditionalInfo != "" {
		row.SetAdditionalInfo(g.AdditionalInfo)
	}
	if g.AccessExpiresAt != nil {
		row.SetAccessExpiresAt(*g.AccessExpiresAt)
		row.SetDeleteOnExpiry(g.DeleteOnExpiry)
	}
	if len(g.CustomFields) > 0 {
		row.SetCustomFields(inputs.MergeAnswers(m.CustomFields, g.CustomFields))
	}
}
