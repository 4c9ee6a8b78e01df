package member

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

// RemoveFromGroup removes members from a group. They lose the roles that they hold directly in it,
// the memberships in ancestors that only those roles gave them, and the enrollments that only the
// programs of these groups gave them (ADM-2, ADM-3). Memberships that the group inherits from a
// descendant stay. A member without any other role becomes a learner of the workspace. Errors:
// NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
func (s *Service) RemoveFromGroup(ctx context.Context, by *access.Caller, groupID ident.ID,
	ids []ident.ID) (_ *ent.Group, err error) {
	defer fault.Annotate(&err, "remove from group")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	var faults fault.Collector
	g, err := s.Store.Group.Get(store.AsCaller(ctx, by), groupID)
	switch {
	case ent.IsNotFound(err):
		// Collected, so that the faults of memberIds are returned together with it.
		faults.Add(admission.NotFoundAt("groupId", "grant.no_group", ""))
	case err != nil:
		return nil, err
	case !by.In(g.WorkspaceID).Can(access.MembersUpdate, access.Group(g.ID)):
		return nil, fault.New(fault.Forbidden, "grant.beyond_place", i18n.Args{"Place": g.Name})
	}

	faults.Add(s.requireNamedMembers(ctx, by, g, ids))
	if err := faults.Err(); err != nil {
		return nil, err
	}

	ids = inputs.Distinct(ids)
	scoped := store.InWorkspace(ctx, g.WorkspaceID)
	return g, s.Store.Retry(scoped, func(tx *store.Tx) error {
		return s.leaveGroup(scoped, tx, by, g, ids)
	})
}

// requireNamedMembers refuses members whom the caller does not see in the workspace of a group, each
// at its position. Without a group, any workspace of the caller counts.
func (s *Service) requireNamedMembers(ctx context.Context, by *access.Caller, g *ent.Group,
	ids []ident.ID) error {
	if n := len(inputs.Distinct(ids)); n == 0 || n > invitation.MaxInvited {
		return fault.Input("memberIds", "invite.too_many",
			i18n.Args{"Max": invitation.MaxInvited, "Given": n})
	}
	q := s.Store.Member.Query().Where(member.IDIn(ids...))
	if g != nil {
		q.Where(member.WorkspaceID(g.WorkspaceID))
	}
	seen, err := q.IDs(store.AsCaller(ctx, by))
	if err != nil {
		return err
	}
	// An id of another workspace and an unknown one get the same answer.
	return inputs.RequireAll("memberIds", "member.no_member", ids, seen)
}

// leaveGroup releases the direct roles of members in a group, in the transaction.
func (s *Service) leaveGroup(ctx context.Context, tx *store.Tx, by *access.Caller, g *ent.Group,
	ids []ident.ID) error {
	// Rows of one kind are locked in the order of their ids.
	lock := tx.Member.Query().Where(member.IDIn(ids...)).Order(ent.Asc(member.FieldID))
	if tx.Locks() {
		lock.ForUpdate()
	}
	if _, err := lock.IDs(ctx); err != nil {
		return err
	}
	held, err := tx.RoleAssignment.Query().Where(
		roleassignment.GroupID(g.ID), roleassignment.MemberIDIn(ids...),
		roleassignment.Inherited(false),
	).WithRole().All(ctx)
	if err != nil {
		return err
	}
	grantor := by.In(g.WorkspaceID)
	var gone []ident.ID
	var events []audit.Event
	for _, a := range held {
		// Security: taking a role away needs the same authority as giving it (ADM-6).
		if !grantor.MayGive(access.NewSet(a.Edges.Role.Permissions), access.Group(g.ID)) {
			return fault.New(fault.Forbidden, "grant.beyond_role",
				i18n.Args{"Role": a.Edges.Role.Name})
		}
		gone = append(gone, a.ID)
		event := audit.Event{WorkspaceID: g.WorkspaceID, Action: audit.MemberLeftGroup,
			EntryPoint: admission.EntryPointGroup, By: by, SubjectID: g.ID, MemberID: a.MemberID,
			Details: []schema.Detail{{Name: "groups", Before: g.Name}}}
		// One event for each member, however many roles they lose.
		if !slices.ContainsFunc(events, func(e audit.Event) bool {
			return e.MemberID == a.MemberID
		}) {
			events = append(events, event)
		}
	}
	if len(gone) == 0 {
		return nil
	}

	// The roles first: what is inherited and which enrollments stay follow from those that are
	// left.
	if err := grouptree.Release(ctx, tx, gone); err != nil {
		return err
	}
	if err := s.settleRoleless(ctx, tx, ids); err != nil {
		return err
	}
	if err := s.Training.DeleteGroupEnrollments(ctx, tx, g.WorkspaceID, ids); err != nil {
		return err
	}
	return audit.Record(ctx, tx, s.Clock(), events...)
}

// settleRoleless makes members without any role learners of the workspace: every member holds at
// least one role.
func (s *Service) settleRoleless(ctx context.Context, tx *store.Tx, ids []ident.ID) error {
	left, err := tx.Member.Query().
		Where(member.IDIn(ids...), member.Not(member.HasRoleAssignments())).WithWorkspace().All(ctx)
	if err != nil {
		return err
	}
	for _, m := range left {
		// An empty grant: assignRoles makes a member without any role a learner of the workspace.
		a := admission.Admission{Service: s.Admission, Tx: tx, Workspace: m.Edges.Workspace,
			Member: m, Now: s.Clock(),
			EntryPoint: admission.EntryPoint{Name: admission.EntryPointGroup,
				Kind: assignmentsource.KindDirect}}
		if err := a.ApplyGrant(ctx); err != nil {
			return err
		}
	}
	return nil
}
