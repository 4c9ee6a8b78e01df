package roster

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/roleassignment"
	"usher/internal/ident"
	"usher/internal/lineage"
	"usher/internal/store"
)

// Shift is what a change of one group means for where learners are led up to. Whatever lies between
// that group and the ones below it stays, so that all who feed it lose and gain the same groups
// above.
type Shift struct {
	Feeding []ident.ID // the groups whose learners are concerned
	Lost    []ident.ID // where these groups led up to, and no longer do
	Gained  []ident.ID // where they lead up to from now on
}

// Between compares the tree before and after a group moved, changed its visibility, or went.
func Between(before, after *lineage.Tree, changed ident.ID) Shift {
	was, is := before.Above(changed), after.Above(changed)
	return Shift{Feeding: before.Feeding(changed), Lost: without(was, is), Gained: without(is, was)}
}

// Moved is whom a shift brought where.
type Moved struct {
	Entered map[ident.ID][]ident.ID // group → the members who were no learners there before
	Left    []ident.ID              // members who are no longer learners of some group
}

// Follow makes what learners inherit follow a shift, in the workspace's scope and with the tree
// locked. Four steps: forget what the groups below gave in the groups concerned; find who is a
// learner below of their own; give it to them anew above; delete what has no source left.
func Follow(ctx context.Context, tx *store.Tx, workspace ident.ID, s Shift,
	now time.Time) (Moved, error) {
	moved := Moved{Entered: map[ident.ID][]ident.ID{}}
	if len(s.Lost) == 0 && len(s.Gained) == 0 {
		return moved, nil
	}
	learner, err := learnerRole(ctx, tx)
	if err != nil {
		return moved, err
	}
	f := groupFollowing{Shift: s, tx: tx, workspace: workspace, learner: learner, now: now}
	for below := range slices.Chunk(s.Feeding, atOnce) {
		if err := f.forget(ctx, below); err != nil {
			return moved, err
		}
		if len(s.Gained) == 0 {
			continue
		}
		direct, err := f.direct(ctx, below)
		if err != nil {
			return moved, err
		}
		for part := range slices.Chunk(direct, atOnce) {
			if err := f.give(ctx, part, moved.Entered); err != nil {
				return moved, err
			}
		}
	}
	moved.Left, err = f.settle(ctx)
	return moved, err
}

// groupFollowing is a shift under way.
type groupFollowing struct {
	Shift
	tx        *store.Tx
	workspace ident.ID
	learner   ident.ID
	now       time.Time
}

// forget takes back the inheritances from some groups below. Those in groups gained are none,
// unless something went wrong before: giving them anew then mends it.
func (f *groupFollowing) forget(ctx context.Context, below []ident.ID) error {
	above := append(slices.Clone(f.Lost), f.Gained...)
	_, err := f.tx.AssignmentSource.Delete().
		Where(inheritedFrom(below...),
			assignmentsource.HasAssignmentWith(roleassignment.GroupIDIn(above...))).Exec(ctx)
	return err
}

// direct reads who is a learner in some groups otherwise than by inheritance.
func (f *groupFollowing) direct(ctx context.Context, below []ident.ID) ([]*ent.RoleAssignment, error) {
	return f.tx.RoleAssignment.Query().
		Where(roleassignment.GroupIDIn(below...), roleassignment.RoleID(f.learner),
			roleassignment.Inherited(false)).
		Select(roleassignment.FieldMemberID, roleassignment.FieldGroupID).All(ctx)
}

// give makes learners below learners of all groups gained; who is one there already gains a source.
func (f *groupFollowing) give(ctx context.Context, direct []*ent.RoleAssignment,
	entered map[ident.ID][]ident.ID) error {
	type place struct{ member, group ident.ID }
	held, err := f.tx.RoleAssignment.Query().
		Where(roleassignment.MemberIDIn(membersOf(direct)...),
			roleassignment.GroupIDIn(f.Gained...), roleassignment.RoleID(f.learner)).
		Select(roleassignment.FieldID, roleassignment.FieldMemberID,
			roleassignment.FieldGroupID).All(ctx)
	if err != nil {
		return err
	}
	at := map[place]ident.ID{}
	for _, row := range held {
		at[place{row.MemberID, *row.GroupID}] = row.ID
	}
	assignments := store.Bulk{Table: roleassignment.Table, Columns: roleassignment.Columns}
	sources := store.Bulk{Table: assignmentsource.Table, Columns: assignmentsource.Columns}
	for _, row := range direct {
		for _, up := range f.Gained {
			p := place{row.MemberID, up}
			if _, there := at[p]; !there {
				at[p] = ident.New(ident.RoleAssignment)
				assignments.AddMutation(f.tx.RoleAssignment.Create().SetWorkspaceID(f.workspace).
					SetMemberID(row.MemberID).SetRoleID(f.learner).
					SetPlaceID(up).SetGroupID(up).SetInherited(true).SetCreatedAt(f.now).Mutation(),
					at[p], nil)
				entered[up] = append(entered[up], row.MemberID)
			}
			sources.AddMutation(f.tx.AssignmentSource.Create().SetWorkspaceID(f.workspace).
				SetAssignmentID(at[p]).
				SetKind(assignmentsource.KindInherited).SetSourceID(*row.GroupID).Mutation(),
				ident.New(ident.AssignmentSource), nil)
		}
	}
	if err := f.tx.Insert(ctx, &assignments); err != nil {
		return err
	}
	return f.tx.Insert(ctx, &sources)
}

// settle deletes the learners of groups lost whom nothing keeps there, and tells who they were.
func (f *groupFollowing) settle(ctx context.Context) ([]ident.ID, error) {
	if len(f.Lost) == 0 {
		return nil, nil
	}
	gone := roleassignment.And(roleassignment.GroupIDIn(f.Lost...),
		roleassignment.RoleID(f.learner), unfounded)
	rows, err := f.tx.RoleAssignment.Query().Where(gone).
		Select(roleassignment.FieldMemberID).All(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	_, err = f.tx.RoleAssignment.Delete().Where(gone).Exec(ctx)
	return membersOf(rows), err
}

// without is a list less what is in another.
func without(list, other []ident.ID) []ident.ID {
	return slices.DeleteFunc(slices.Clone(list), func(i ident.ID) bool {
		return slices.Contains(other, i)
	})
}
