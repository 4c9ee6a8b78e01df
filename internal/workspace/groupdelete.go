package workspace

import (
	"context"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/training"
)

// DeleteGroup deletes a group without subgroups and returns the parent that it had, nil at the top.
// Its members stay in the workspace, but lose what only the group gave them: their roles there,
// inherited memberships above, and sessions that they have not begun. Invitations and join links
// that name the group remain valid without it (ADM-7). Errors: NOT_FOUND, FORBIDDEN; CONFLICT if it
// has subgroups.
func (s *Service) DeleteGroup(ctx context.Context, by *access.Caller,
	id ident.ID) (parent *ident.ID, err error) {
	defer fault.Annotate(&err, "delete group")

	g, err := store.FindVisible(ctx, by, s.Store.Group.Get, id)
	if err != nil {
		return nil, err
	}
	m := by.In(g.WorkspaceID)
	if !m.Can(access.GroupsManage, access.Group(g.ID)) {
		return nil, fault.Denied()
	}
	if !managesChildrenOf(m, g.ParentID) {
		return nil, fault.New(fault.Forbidden, "group.not_from_there")
	}

	ctx = store.InWorkspace(ctx, g.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		g, before, err := lockGroup(ctx, tx, id)
		if err != nil {
			return err
		}
		parent = g.ParentID
		if below := len(before.Subtree(id)) - 1; below > 0 {
			return fault.New(fault.Conflict, "group.has_groups", i18n.Args{"Count": below})
		}
		in, err := tx.RoleAssignment.Query().Where(roleassignment.GroupID(id)).WithRole().All(ctx)
		if err != nil {
			return err
		}
		if err := requireRemovable(m, access.Group(id), in); err != nil {
			return err
		}
		// The tree without the group shows which inherited memberships end.
		rest, err := tx.Group.Query().Where(group.IDNEQ(id)).All(ctx)
		if err != nil {
			return err
		}
		moved, err := grouptree.ApplyShift(ctx, tx, g.WorkspaceID,
			grouptree.CompareTrees(before, grouptree.New(rest), id), s.Clock())
		if err != nil {
			return err
		}
		// The roles held in the group are deleted with it.
		if err := tx.Group.DeleteOne(g).Exec(ctx); err != nil {
			return err
		}
		// After the roles are gone, so that DeleteGroupEnrollments finds who has lost the programs.
		if err := s.Training.DeleteGroupEnrollments(ctx, tx, g.WorkspaceID,
			append(grouptree.MembersOf(in), moved.Left...)); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, g.WorkspaceID, audit.GroupRemoved, id,
			newDetail("name", g.Name, "")...)
	})
	if err != nil {
		return nil, err
	}
	return parent, nil
}

// requireRemovable refuses a caller who could not remove each role that is held at a place from its
// member by the single verb.
func requireRemovable(m *access.Membership, place access.Place, held []*ent.RoleAssignment) error {
	for _, a := range held {
		// Inherited roles follow from others, which are checked where they are held.
		if a.Inherited {
			continue
		}
		if !m.Can(access.MembersUpdate, place) {
			return fault.New(fault.Forbidden, "group.people_not_yours")
		}
		if !m.MayGive(access.NewSet(a.Edges.Role.Permissions), place) {
			return fault.New(fault.Forbidden, "grant.beyond_role",
				i18n.Args{"Role": a.Edges.Role.Name})
		}
	}
	return nil
}

// applyShift updates inherited memberships and enrollments after a change of the tree.
func (s *Service) applyShift(ctx context.Context, tx *store.Tx, workspace ident.ID,
	shift grouptree.Shift) error {
	now := s.Clock()
	// A verb that assigns a program to one of these groups waits for this transaction, and then
	// finds the new members.
	if _, err := grouptree.LockShared(ctx, tx, shift.Gained); err != nil {
		return err
	}
	// First the memberships, then what follows from them.
	moved, err := grouptree.ApplyShift(ctx, tx, workspace, shift, now)
	if err != nil {
		return err
	}
	if err := s.Training.DeleteGroupEnrollments(ctx, tx, workspace, moved.Left); err != nil {
		return err
	}
	for _, g := range shift.Gained {
		sessions, err := training.CurrentSessions(ctx, tx, []ident.ID{g}, now)
		if err != nil {
			return err
		}
		if err := s.Training.EnrollMembers(ctx, tx, workspace, moved.Entered[g], sessions,
			false); err != nil {
			return err
		}
		if err := s.Training.QueueForInvitees(ctx, tx, workspace, shift.Sources,
			sessions); err != nil {
			return err
		}
	}
	return nil
}
