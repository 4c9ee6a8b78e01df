package grouptree

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/roleassignment"
	"usher/internal/ident"
	"usher/internal/store"
)

// Shift is the effect of a change of one group on inherited membership. Everything between that
// group and its source groups stays, so all source groups lose and gain the same groups.
type Shift struct {
	Sources []ident.ID // the groups whose learners are concerned
	Lost    []ident.ID // the groups that no longer inherit from them
	Gained  []ident.ID // the groups that inherit from them from now on
}

// CompareTrees returns the effect of a move, a change of visibility or the removal of one group.
func CompareTrees(previous, current *Tree, changed ident.ID) Shift {
	was, is := previous.InheritingGroups(changed), current.InheritingGroups(changed)
	return Shift{Sources: previous.SourceGroups(changed), Lost: subtractIDs(was, is),
		Gained: subtractIDs(is, was)}
}

// ShiftResult lists the members that a shift concerns.
type ShiftResult struct {
	Entered map[ident.ID][]ident.ID // group → the members who were no learners there before
	Left    []ident.ID              // members who are no longer learners of some group
}

// ApplyShift makes inherited memberships follow a shift, in the workspace's scope and with the tree
// locked. It works in four steps: delete the inheritances from the source groups in the groups
// lost and gained; find the direct learners of the source groups; let them inherit in the groups
// gained; delete assignments that are left without a source.
func ApplyShift(ctx context.Context, tx *store.Tx, workspace ident.ID, s Shift,
	now time.Time) (ShiftResult, error) {
	result := ShiftResult{Entered: map[ident.ID][]ident.ID{}}
	if len(s.Lost) == 0 && len(s.Gained) == 0 {
		return result, nil
	}
	learner, err := LearnerRole(ctx, tx)
	if err != nil {
		return result, err
	}
	w := shiftWriter{Shift: s, tx: tx, workspace: workspace, learner: learner, now: now}
	// Assignments without a source are deleted last: an inheritance that is deleted and inserted
	// again must keep its assignment.
	for sources := range slices.Chunk(s.Sources, chunkSize) {
		if err := w.deleteInheritances(ctx, sources); err != nil {
			return result, err
		}
		// Without groups to enter, the learners need not be read.
		if len(s.Gained) == 0 {
			continue
		}
		direct, err := w.readDirectLearners(ctx, sources)
		if err != nil {
			return result, err
		}
		for chunk := range slices.Chunk(direct, chunkSize) {
			if err := w.insertInheritances(ctx, chunk, result.Entered); err != nil {
				return result, err
			}
		}
	}
	result.Left, err = w.deleteUnsourced(ctx)
	return result, err
}

// shiftWriter holds what the steps of one ApplyShift share.
type shiftWriter struct {
	Shift
	tx        *store.Tx
	workspace ident.ID
	learner   ident.ID
	now       time.Time
}

// deleteInheritances deletes the inheritances from some source groups. In the groups gained there
// are none, unless an earlier error left some: inserting them again then repairs it.
func (w *shiftWriter) deleteInheritances(ctx context.Context, sources []ident.ID) error {
	// Both lists in one statement: the number of statements does not depend on the groups.
	concerned := append(slices.Clone(w.Lost), w.Gained...)
	_, err := w.tx.AssignmentSource.Delete().
		Where(inheritedFrom(sources...),
			assignmentsource.HasAssignmentWith(roleassignment.GroupIDIn(concerned...))).Exec(ctx)
	return err
}

// readDirectLearners reads the learners of some groups who are not there by inheritance alone.
func (w *shiftWriter) readDirectLearners(ctx context.Context,
	groups []ident.ID) ([]*ent.RoleAssignment, error) {
	return w.tx.RoleAssignment.Query().
		Where(roleassignment.GroupIDIn(groups...), roleassignment.RoleID(w.learner),
			roleassignment.Inherited(false)).
		Select(roleassignment.FieldMemberID, roleassignment.FieldGroupID).All(ctx)
}

// insertInheritances makes direct learners of source groups learners of all groups gained. An
// assignment that exists there gets one more source. It adds new learners to entered.
func (w *shiftWriter) insertInheritances(ctx context.Context, direct []*ent.RoleAssignment,
	entered map[ident.ID][]ident.ID) error {
	type memberInGroup struct{ member, group ident.ID }
	held, err := w.tx.RoleAssignment.Query().
		Where(roleassignment.MemberIDIn(MembersOf(direct)...),
			roleassignment.GroupIDIn(w.Gained...), roleassignment.RoleID(w.learner)).
		Select(roleassignment.FieldID, roleassignment.FieldMemberID,
			roleassignment.FieldGroupID).All(ctx)
	if err != nil {
		return err
	}
	// The rows below refer to assignments by id, whether they exist or are about to be inserted.
	ids := map[memberInGroup]ident.ID{}
	for _, row := range held {
		ids[memberInGroup{row.MemberID, *row.GroupID}] = row.ID
	}
	assignments := store.Bulk{Table: roleassignment.Table, Columns: roleassignment.Columns}
	sources := store.Bulk{Table: assignmentsource.Table, Columns: assignmentsource.Columns}
	for _, row := range direct {
		for _, up := range w.Gained {
			at := memberInGroup{row.MemberID, up}
			// A member of several source groups stands in direct several times: the map also
			// keeps the second row from inserting the assignment again.
			if _, exists := ids[at]; !exists {
				ids[at] = ident.New(ident.RoleAssignment)
				assignments.AddMutation(w.tx.RoleAssignment.Create().SetWorkspaceID(w.workspace).
					SetMemberID(row.MemberID).SetRoleID(w.learner).
					SetPlaceID(up).SetGroupID(up).SetInherited(true).SetCreatedAt(w.now).Mutation(),
					ids[at], nil)
				entered[up] = append(entered[up], row.MemberID)
			}
			sources.AddMutation(w.tx.AssignmentSource.Create().SetWorkspaceID(w.workspace).
				SetAssignmentID(ids[at]).
				SetKind(assignmentsource.KindInherited).SetSourceID(*row.GroupID).Mutation(),
				ident.New(ident.AssignmentSource), nil)
		}
	}
	if err := w.tx.Insert(ctx, &assignments); err != nil {
		return err
	}
	return w.tx.Insert(ctx, &sources)
}

// deleteUnsourced deletes the learner roles in groups lost that have no source left, and returns
// their members.
func (w *shiftWriter) deleteUnsourced(ctx context.Context) ([]ident.ID, error) {
	if len(w.Lost) == 0 {
		return nil, nil
	}
	// Any other source, such as an invitation into the group itself, keeps the role.
	unsourced := roleassignment.And(roleassignment.GroupIDIn(w.Lost...),
		roleassignment.RoleID(w.learner), withoutSource)
	rows, err := w.tx.RoleAssignment.Query().Where(unsourced).
		Select(roleassignment.FieldMemberID).All(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	_, err = w.tx.RoleAssignment.Delete().Where(unsourced).Exec(ctx)
	return MembersOf(rows), err
}

// subtractIDs returns the ids of a list that are not in another one.
func subtractIDs(list, other []ident.ID) []ident.ID {
	return slices.DeleteFunc(slices.Clone(list), func(id ident.ID) bool {
		return slices.Contains(other, id)
	})
}
