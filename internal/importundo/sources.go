package importundo

import (
	"context"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/importrow"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// undoSources removes the roles that members hold only because of the import, if the caller may
// take them away. A role with another source stays. more is true if there may be others.
func (u *Undo) undoSources(ctx context.Context) (more bool, err error) {
	mine := assignmentsource.And(assignmentsource.KindEQ(assignmentsource.KindImport),
		assignmentsource.SourceID(u.Batch.ID))
	sources, err := u.Tx.AssignmentSource.Query().Where(mine).
		Order(ent.Asc(assignmentsource.FieldID)).Limit(undoChunkSize).
		WithAssignment(func(q *ent.RoleAssignmentQuery) { q.WithRole() }).All(ctx)
	if err != nil || len(sources) == 0 {
		return false, err
	}
	members := make([]ident.ID, len(sources))
	for i, row := range sources {
		members[i] = row.Edges.Assignment.MemberID
	}
	lock := u.Tx.Member.Query().Where(member.IDIn(members...)).Order(ent.Asc(member.FieldID))
	if u.Tx.Locks() {
		lock.ForUpdate()
	}
	if _, err := lock.All(ctx); err != nil {
		return false, err
	}
	others, err := u.heldOtherwise(ctx, sources)
	if err != nil {
		return false, err
	}
	var free []ident.ID
	for _, row := range sources {
		a := row.Edges.Assignment
		why := ""
		switch here := u.By.In(u.Batch.WorkspaceID); {
		case others[a.ID]: // the role stays, so there is nothing to authorize
		case !here.Can(access.MembersUpdate, access.PlaceOf(a.PlaceID)),
			!here.MayGive(access.NewSet(a.Edges.Role.Permissions), access.PlaceOf(a.PlaceID)):
			why = leftNotYours
		// Releasing may remove the last administrator, which only the check afterwards can tell.
		case a.Edges.Role.Key == access.Admin:
			// Removing an administrator's role can fail, so each gets a savepoint of its own.
			why, err = u.guardLastAdmin(ctx, func() (string, error) {
				return "", grouptree.ReleaseSources(ctx, u.Tx, []ident.ID{row.ID})
			})
			if err != nil {
				return false, err
			}
			if why == "" {
				continue
			}
		}
		if why == "" {
			free = append(free, row.ID)
		} else if err := u.makeDirect(ctx, row, why); err != nil {
			return false, err
		}
	}
	return len(sources) == undoChunkSize, grouptree.ReleaseSources(ctx, u.Tx, free)
}

// heldOtherwise returns the assignments that have another source than the import.
func (u *Undo) heldOtherwise(ctx context.Context,
	sources []*ent.AssignmentSource) (map[ident.ID]bool, error) {
	ids := make([]ident.ID, len(sources))
	for i, row := range sources {
		ids[i] = row.AssignmentID
	}
	rows, err := u.Tx.AssignmentSource.Query().Where(assignmentsource.AssignmentIDIn(ids...),
		// An inherited source does not count: it ends with the direct one in the group below.
		assignmentsource.KindNEQ(assignmentsource.KindInherited),
		assignmentsource.SourceIDNEQ(u.Batch.ID)).All(ctx)
	others := map[ident.ID]bool{}
	for _, row := range rows {
		others[row.AssignmentID] = true
	}
	return others, err
}

// makeDirect turns a role that came from the import into a directly assigned one, and notes why. A
// second undo then finds nothing more to do.
func (u *Undo) makeDirect(ctx context.Context, row *ent.AssignmentSource, why string) error {
	if err := u.Tx.AssignmentSource.Create().SetWorkspaceID(row.WorkspaceID).
		SetAssignmentID(row.AssignmentID).
		SetKind(assignmentsource.KindDirect).SetSourceID(row.WorkspaceID).Exec(ctx); err != nil {
		return err
	}
	if err := u.Tx.AssignmentSource.DeleteOne(row).Exec(ctx); err != nil {
		return err
	}
	of, err := u.Tx.ImportRow.Query().
		Where(importrow.ImportID(u.Batch.ID), importrow.MemberID(row.Edges.Assignment.MemberID)).
		Order(ent.Asc(importrow.FieldNumber)).First(ctx)
	if err != nil {
		return inputs.IgnoreMissing(err)
	}
	return u.noteLeftAlone(of.Number, row.Edges.Assignment.MemberID, why).Exec(ctx)
}
