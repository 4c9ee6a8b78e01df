package admission

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// MemberAuthority answers one question for every verb: may this caller do this to this member, with
// everything the member holds and every place where they stand? It has four strengths; each verb
// names the one it needs.
//
//	requireSomewhere  the permission at one of the member's places     any verb at all; the roles held at that place
//	requireUnitMove   the permission at the old unit and at the new    another org unit
//	requireCare       requireFull, or the permission at their unit     name, labels, additional info, custom fields
//	requireFull       the permission wherever the member holds a role  end of access, now or at a date; reactivation;
//	                  of their own, and no less than they hold         removal, erasure; undoing an import of them
//
// Security: standing in one of the caller's places gives a right over what belongs to that place,
// and over nothing else of the member. Otherwise an administrator of a group could add anybody to
// the group, and then rename, relabel or remove them. A unit is different: nobody comes into one
// without a right over all of them, or over the unit that they leave.
type MemberAuthority struct {
	AsGrantor *access.Caller
	Here      *access.Membership // what the caller holds in the member's workspace
	member    *ent.Member
	held      []*ent.RoleAssignment // the member's, each with its role
}

// AuthorityOver weighs a caller against a member whose role assignments are loaded, each with its
// role.
func AuthorityOver(by *access.Caller, m *ent.Member) *MemberAuthority {
	return &MemberAuthority{by, by.In(m.WorkspaceID), m, m.Edges.RoleAssignments}
}

// LockForAuthority locks a member until the transaction ends, and loads what decides over them:
// what they hold, their account. NOT_FOUND once they are gone.
func LockForAuthority(ctx context.Context, tx *store.Tx, i ident.ID) (*ent.Member, error) {
	if _, err := LockMember(ctx, tx, i); err != nil {
		return nil, err
	}
	return WithAuthority(tx.Member.Query().Where(member.ID(i))).Only(ctx)
}

// WithAuthority makes a query of members load what decides over them.
func WithAuthority(q *ent.MemberQuery) *ent.MemberQuery {
	return q.WithUser().WithWorkspace().WithRoleAssignments(func(q *ent.RoleAssignmentQuery) {
		q.WithRole()
	})
}

// RequireSomewhere refuses a caller who does not hold a permission at any place where the member
// stands.
func (a *MemberAuthority) RequireSomewhere(may access.Permission) error {
	if !slices.ContainsFunc(placesOf(a.member, a.held), func(at access.Place) bool {
		return a.Here.Can(may, at)
	}) {
		return fault.New(fault.Forbidden, "member.not_yours")
	}
	return nil
}

// RequireFull refuses a caller who does not look after all of the member: they hold the permission
// wherever the member holds a role in their own right, and no less than the member does.
func (a *MemberAuthority) RequireFull(may access.Permission) error {
	if a.Here.Throughout(may) {
		return a.requireNoLess()
	}
	own := func(r *ent.RoleAssignment) bool { return !r.Inherited }
	beyond := func(r *ent.RoleAssignment) bool { return a.standsBeyond(may, r) }
	// Everybody holds a role of their own. Somebody without any would otherwise be anybody's.
	if !slices.ContainsFunc(a.held, own) || slices.ContainsFunc(a.held, beyond) {
		return fault.New(fault.Forbidden, "member.elsewhere_too")
	}
	return a.requireNoLess()
}

// standsBeyond tells whether a member holds a role where the caller lacks a permission.
func (a *MemberAuthority) standsBeyond(may access.Permission, r *ent.RoleAssignment) bool {
	if r.Inherited || a.Here.Can(may, PlaceOf(r.PlaceID)) {
		return false
	}
	// Members of a unit, who hold no role there, are learners of the workspace like everybody
	// without any other role. Only the unit's own manager may take no notice of that: to anybody
	// else it says that the member does not belong to them alone.
	plain := r.PlaceID.Kind() == ident.Workspace && len(r.Edges.Role.Permissions) == 0
	return !plain || !a.AtUnit(may)
}

// requireNoLess is ADM-6 for a whole person: the caller could give everything that the member holds
// here.
func (a *MemberAuthority) requireNoLess() error {
	if !CoversAll(a.AsGrantor, a.held) {
		return fault.New(fault.Forbidden, "member.beyond")
	}
	return nil
}

// RequireCare refuses a caller who may not change what describes the member, whatever place it is
// read at.
func (a *MemberAuthority) RequireCare(may access.Permission) error {
	if a.AtUnit(may) {
		return a.requireNoLess()
	}
	return a.RequireFull(may)
}

// AtUnit tells whether the caller holds a permission at the member's org unit.
func (a *MemberAuthority) AtUnit(may access.Permission) bool {
	return a.member.OrgUnitID != nil && a.Here.Can(may, access.OrgUnit(*a.member.OrgUnitID))
}

// RequireUnitMove refuses to put a member into another org unit for a caller without a permission
// at that unit, or at the unit that they leave. A member of no unit is moved by who may change
// everything else about them.
func (a *MemberAuthority) RequireUnitMove(may access.Permission, to ident.ID) error {
	switch {
	case a.member.OrgUnitID != nil && *a.member.OrgUnitID == to:
		return nil
	case !a.Here.Can(may, access.OrgUnit(to)):
		return fault.New(fault.Forbidden, "member.unit_not_yours")
	case a.member.OrgUnitID == nil:
		return a.RequireFull(may)
	case !a.AtUnit(may):
		return fault.New(fault.Forbidden, "member.unit_not_yours")
	}
	return nil
}

// RequireEnrolling refuses to put a member into sessions, or into those of programs, for a caller
// who may not enrol them: who changes everybody; who enrols people in the session itself; who
// enrols the people of the member's unit, or wherever the member stands.
func (a *MemberAuthority) RequireEnrolling(sessions, programs []ident.ID) error {
	if a.Here.Throughout(access.MembersUpdate) || a.AtUnit(access.EnrollmentsManage) {
		return nil
	}
	elsewhere := func(i ident.ID) bool {
		return !a.Here.Can(access.EnrollmentsManage, access.Session(i))
	}
	if len(programs) == 0 && !slices.ContainsFunc(sessions, elsewhere) {
		return nil
	}
	return a.RequireFull(access.EnrollmentsManage)
}

// CoversAll tells whether a caller could give each of some roles where it is held, in whatever
// workspace that is.
func CoversAll(by *access.Caller, held []*ent.RoleAssignment) bool {
	return !slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
		return !by.In(a.WorkspaceID).MayGive(access.NewSet(a.Edges.Role.Permissions),
			PlaceOf(a.PlaceID))
	})
}

// RequireNoLessAnywhere is requireNoLess for all that the member's account holds, in every
// workspace and whatever became of its place there: for what changes the account itself.
func (a *MemberAuthority) RequireNoLessAnywhere(ctx context.Context, db *ent.Client) error {
	held, err := db.RoleAssignment.Query().
		Where(roleassignment.HasMemberWith(member.UserID(a.member.UserID))).WithRole().
		All(store.AsSystem(ctx, "an account spans workspaces"))
	if err == nil && !CoversAll(a.AsGrantor, held) {
		err = fault.New(fault.Forbidden, "member.beyond")
	}
	return err
}

// IsManaged tells an account that its organization looks after: no proven address, no place in
// another organization (ACC-4).
func IsManaged(ctx context.Context, db *ent.Client, u *ent.User, w *ent.Workspace) (bool, error) {
	if u.EmailProven || u.ErasedAt != nil {
		return false, nil
	}
	elsewhere, err := db.Member.Query().
		Where(member.UserID(u.ID),
			member.HasWorkspaceWith(workspace.OrganizationIDNEQ(w.OrganizationID))).
		Exist(store.AsSystem(ctx,
			"an account with a place in another organization is the person's own"))
	return !elsewhere, err
}

// RequireMember loads a member for a caller who holds a permission at one place where they stand.
// NOT_FOUND for a member whom the caller does not see. What else a verb needs it asks once the
// member is locked.
func (s *Service) RequireMember(ctx context.Context, by *access.Caller, i ident.ID,
	may access.Permission) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "require member")

	if err := by.Authenticated(); err != nil {
		return nil, err
	}
	m, err := s.Store.Member.Get(store.AsCaller(ctx, by), i)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	m, err = WithAuthority(s.Store.Member.Query().Where(member.ID(i))).
		Only(store.InWorkspace(ctx, m.WorkspaceID))
	if err != nil {
		return nil, err
	}
	return m, AuthorityOver(by, m).RequireSomewhere(may)
}

// placesOf are the places where a member stands: the workspace, the unit, and wherever they hold a
// role in it.
func placesOf(m *ent.Member, held []*ent.RoleAssignment) []access.Place {
	places := []access.Place{access.Workspace(m.WorkspaceID)}
	if m.OrgUnitID != nil {
		places = append(places, access.OrgUnit(*m.OrgUnitID))
	}
	for _, a := range held {
		if a.WorkspaceID == m.WorkspaceID {
			places = append(places, PlaceOf(a.PlaceID))
		}
	}
	return places
}

// LockMember locks a member until the transaction ends. NOT_FOUND once they are gone.
func LockMember(ctx context.Context, tx *store.Tx, i ident.ID) (*ent.Member, error) {
	q := tx.Member.Query().Where(member.ID(i))
	if tx.Locks() {
		q.ForUpdate()
	}
	m, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return m, err
}
