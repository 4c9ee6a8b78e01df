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

// DeleteGroup deletes a group that has none below it. Its people stay members, without what only
// the group gave them: their roles there, what they inherited above, the sessions that they had not
// begun. Invitations and join links that name it go on; admission skips what is gone (ADM-7).
func (s *Service) DeleteGroup(ctx context.Context, by *access.Caller, i ident.ID) (err error) {
	defer fault.Annotate(&err, "delete group")

	g, err := store.FindVisible(ctx, by, s.Store.Group.Get, i)
	if err != nil {
		return err
	}
	m := by.In(g.WorkspaceID)
	if !m.Can(access.GroupsManage, access.Group(g.ID)) {
		return fault.Denied()
	}
	if !managesChildrenOf(m, g.ParentID) {
		return fault.New(fault.Forbidden, "group.not_from_there")
	}

	ctx = store.InWorkspace(ctx, g.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		g, before, err := lockGroup(ctx, tx, i)
		if err != nil {
			return err
		}
		if below := len(before.Subtree(i)) - 1; below > 0 {
			return fault.New(fault.Conflict, "group.has_groups", i18n.Args{"Count": below})
		}
		in, err := tx.RoleAssignment.Query().Where(roleassignment.GroupID(i)).WithRole().All(ctx)
		if err != nil {
			return err
		}
		if err := requireRemovable(m, access.Group(i), in); err != nil {
			return err
		}
		rest, err := tx.Group.Query().Where(group.IDNEQ(i)).All(ctx)
		if err != nil {
			return err
		}
		moved, err := grouptree.ApplyShift(ctx, tx, g.WorkspaceID,
			grouptree.CompareTrees(before, grouptree.New(rest), i), s.Clock())
		if err != nil {
			return err
		}
		if err := tx.Group.DeleteOne(g).Exec(ctx); err != nil { // and the roles held there with it
			return err
		}
		if err := s.Training.Leave(ctx, tx, g.WorkspaceID,
			append(grouptree.MembersOf(in), moved.Left...)); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, g.WorkspaceID, audit.GroupRemoved, i,
			newDetail("name", g.Name, "")...)
	})
}

// requireRemovable refuses to end the roles that are held at a place for a caller who could not
// take each of them away there by the verb for one member.
func requireRemovable(m *access.Membership, place access.Place, held []*ent.RoleAssignment) error {
	for _, a := range held {
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

// applyShift makes what people inherit, and the sessions they are in, follow a change of the tree.
func (s *Service) applyShift(ctx context.Context, tx *store.Tx, workspace ident.ID,
	shift grouptree.Shift) error {
	now := s.Clock()
	// A verb that assigns one of these a program waits for this transaction, and then finds all who
	// came in.
	if _, err := grouptree.LockShared(ctx, tx, shift.Gained); err != nil {
		return err
	}
	moved, err := grouptree.ApplyShift(ctx, tx, workspace, shift, now)
	if err != nil {
		return err
	}
	if err := s.Training.Leave(ctx, tx, workspace, moved.Left); err != nil {
		return err
	}
	for _, g := range shift.Gained {
		sessions, err := training.Current(ctx, tx, []ident.ID{g}, now)
		if err != nil {
			return err
		}
		if err := s.Training.Enrol(ctx, tx, workspace, moved.Entered[g], sessions,
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
