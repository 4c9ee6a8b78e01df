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

// MemberAuthority decides whether a caller may act on a member, with everything that the member
// holds and at every place of theirs. It has four strengths, and each operation names the one that
// it needs.
//
//	RequireSomewhere  the permission at one of the member's places     every operation; the roles held at that place
//	RequireUnitMove   the permission at the previous and the new unit  another org unit
//	RequireCare       RequireFull, or the permission at their unit     name, labels, additional info, custom fields
//	RequireFull       the permission wherever the member holds a       end of access, now or at a date; reactivation;
//	                  direct role, and all permissions that they hold  removal, erasure; undoing an import of them
//
// Security: a member at one of the caller's places gives the caller authority over what belongs to
// that place, and over nothing else. Otherwise an administrator of a group could add anybody to the
// group and then rename, relabel or remove them. A unit is different: moving a member into it needs
// authority over the whole member, or over the unit that they leave.
type MemberAuthority struct {
	AsGrantor *access.Caller
	Here      *access.Membership // the caller's membership of the member's workspace
	member    *ent.Member
	held      []*ent.RoleAssignment // the member's, each with its role
}

// AuthorityOver returns the authority of a caller over a member whose role assignments are loaded
// with their roles.
func AuthorityOver(by *access.Caller, m *ent.Member) *MemberAuthority {
	return &MemberAuthority{by, by.In(m.WorkspaceID), m, m.Edges.RoleAssignments}
}

// LockForAuthority locks a member until the transaction ends and loads what MemberAuthority needs:
// role assignments, account and workspace. NOT_FOUND if the member is gone.
func LockForAuthority(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.Member, error) {
	// Locked before the assignments are read: what the member holds must not change while the
	// caller acts on it.
	if _, err := LockMember(ctx, tx, id); err != nil {
		return nil, err
	}
	return WithAuthority(tx.Member.Query().Where(member.ID(id))).Only(ctx)
}

// WithAuthority makes a query of members load what MemberAuthority needs.
func WithAuthority(q *ent.MemberQuery) *ent.MemberQuery {
	return q.WithUser().WithWorkspace().WithRoleAssignments(func(q *ent.RoleAssignmentQuery) {
		q.WithRole()
	})
}

// RequireSomewhere returns FORBIDDEN unless the caller holds the permission at one of the member's
// places.
func (a *MemberAuthority) RequireSomewhere(may access.Permission) error {
	if !slices.ContainsFunc(placesOf(a.member, a.held), func(at access.Place) bool {
		return a.Here.Can(may, at)
	}) {
		return fault.New(fault.Forbidden, "member.not_yours")
	}
	return nil
}

// RequireFull returns FORBIDDEN unless the caller holds the permission at every place where the
// member holds a direct role, and all permissions that the member holds.
func (a *MemberAuthority) RequireFull(may access.Permission) error {
	if a.Here.Throughout(may) {
		return a.requireNoLess()
	}
	own := func(r *ent.RoleAssignment) bool { return !r.Inherited }
	beyond := func(r *ent.RoleAssignment) bool { return a.standsBeyond(may, r) }
	// Every member holds a direct role. One without any must not be open to every caller.
	if !slices.ContainsFunc(a.held, own) || slices.ContainsFunc(a.held, beyond) {
		return fault.New(fault.Forbidden, "member.elsewhere_too")
	}
	return a.requireNoLess()
}

// standsBeyond tells whether a direct role of the member is at a place where the caller lacks the
// permission.
func (a *MemberAuthority) standsBeyond(may access.Permission, r *ent.RoleAssignment) bool {
	if r.Inherited || a.Here.Can(may, access.PlaceOf(r.PlaceID)) {
		return false
	}
	// Members of a unit hold no role there. They are learners of the workspace, like everybody
	// without another role. Only the manager of that unit may ignore this role: for any other
	// caller it means that the member belongs to others as well.
	plain := r.PlaceID.Kind() == ident.Workspace && len(r.Edges.Role.Permissions) == 0
	return !plain || !a.AtUnit(may)
}

// requireNoLess applies ADM-6 to a member: the caller could give everything that the member holds
// in this workspace.
func (a *MemberAuthority) requireNoLess() error {
	if !CoversAll(a.AsGrantor, a.held) {
		return fault.New(fault.Forbidden, "member.beyond")
	}
	return nil
}

// RequireCare returns FORBIDDEN for a caller who may not change the fields that describe the member
// in the whole workspace.
func (a *MemberAuthority) RequireCare(may access.Permission) error {
	if a.AtUnit(may) {
		return a.requireNoLess()
	}
	return a.RequireFull(may)
}

// AtUnit tells whether the caller holds the permission at the member's org unit.
func (a *MemberAuthority) AtUnit(may access.Permission) bool {
	return a.member.OrgUnitID != nil && a.Here.Can(may, access.OrgUnit(*a.member.OrgUnitID))
}

// RequireUnitMove returns FORBIDDEN unless the caller holds the permission at the new org unit and
// at the one that the member leaves. Moving a member without a unit needs full authority.
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

// RequireEnrolling returns FORBIDDEN unless the caller may enroll the member in the sessions, and
// in those of the programs. A caller may who updates all members, who enrolls in each session
// itself, who enrolls the people of the member's unit, or who enrolls with full authority over the
// member.
func (a *MemberAuthority) RequireEnrolling(sessions, programs []ident.ID) error {
	if a.Here.Throughout(access.MembersUpdate) || a.AtUnit(access.EnrollmentsManage) {
		return nil
	}
	elsewhere := func(id ident.ID) bool {
		return !a.Here.Can(access.EnrollmentsManage, access.Session(id))
	}
	if len(programs) == 0 && !slices.ContainsFunc(sessions, elsewhere) {
		return nil
	}
	return a.RequireFull(access.EnrollmentsManage)
}

// CoversAll tells whether a caller could give each of the roles at its place, in its workspace.
func CoversAll(by *access.Caller, held []*ent.RoleAssignment) bool {
	return !slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
		return !by.In(a.WorkspaceID).MayGive(access.NewSet(a.Edges.Role.Permissions),
			access.PlaceOf(a.PlaceID))
	})
}

// RequireNoLessAnywhere checks requireNoLess for everything that the member's account holds, in
// every workspace and whatever the status of its member there. Changes of the account need it.
func (a *MemberAuthority) RequireNoLessAnywhere(ctx context.Context, db *ent.Client) error {
	held, err := db.RoleAssignment.Query().
		Where(roleassignment.HasMemberWith(member.UserID(a.member.UserID))).WithRole().
		All(store.AsSystem(ctx, "an account spans workspaces"))
	if err == nil && !CoversAll(a.AsGrantor, held) {
		err = fault.New(fault.Forbidden, "member.beyond")
	}
	return err
}

// IsManaged tells whether the organization manages an account: nobody has verified its address, and
// it has no member in another organization (ACC-4).
func IsManaged(ctx context.Context, db *ent.Client, u *ent.User, w *ent.Workspace) (bool, error) {
	if u.EmailProven || u.ErasedAt != nil {
		return false, nil
	}
	elsewhere, err := db.Member.Query().
		Where(member.UserID(u.ID),
			member.HasWorkspaceWith(workspace.OrganizationIDNEQ(w.OrganizationID))).
		Exist(store.AsSystem(ctx,
			"an account with a member in another organization is not managed"))
	return !elsewhere, err
}

// RequireMember loads a member for a caller who holds the permission at one of the member's places.
// NOT_FOUND for a member whom the caller cannot see. The operation checks everything else once the
// member is locked.
func (s *Service) RequireMember(ctx context.Context, by *access.Caller, id ident.ID,
	may access.Permission) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "require member")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	m, err := s.Store.Member.Get(store.AsCaller(ctx, by), id)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	// The second read leaves the tenant filter of the caller, who may not see every role of the
	// member.
	m, err = WithAuthority(s.Store.Member.Query().Where(member.ID(id))).
		Only(store.InWorkspace(ctx, m.WorkspaceID))
	if err != nil {
		return nil, err
	}
	return m, AuthorityOver(by, m).RequireSomewhere(may)
}

// placesOf returns the places of a member: the workspace, the unit, and each place at which they
// hold a role in this workspace.
func placesOf(m *ent.Member, held []*ent.RoleAssignment) []access.Place {
	places := []access.Place{access.Workspace(m.WorkspaceID)}
	if m.OrgUnitID != nil {
		places = append(places, access.OrgUnit(*m.OrgUnitID))
	}
	for _, a := range held {
		if a.WorkspaceID == m.WorkspaceID {
			places = append(places, access.PlaceOf(a.PlaceID))
		}
	}
	return places
}

// LockMember locks a member until the transaction ends. NOT_FOUND if the member is gone.
func LockMember(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.Member, error) {
	q := tx.Member.Query().Where(member.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	m, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return m, err
}
