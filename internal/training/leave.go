package training

import (
	"context"
	"slices"

	entsql "entgo.io/ent/dialect/sql"

	"usher/ent/enrollment"
	"usher/ent/group"
	"usher/ent/roleassignment"
	"usher/ent/session"
	"usher/internal/ident"
	"usher/internal/store"
)

// DeleteGroupEnrollments deletes the enrollments of members that only programs of their former
// groups had made. Those are enrollments that nobody named, without progress, whose program is in
// no group where the member still holds a role. The rows are deleted, so that coming back enrolls
// again, and a queued session email is dropped when it is due. Call it after the roles were
// removed.
func (s *Service) DeleteGroupEnrollments(ctx context.Context, tx *store.Tx, workspace ident.ID,
	members []ident.ID) error {
	for chunk := range slices.Chunk(ident.SortDistinct(members), chunkSize) {
		_, err := tx.Enrollment.Delete().Where(
			enrollment.WorkspaceID(workspace), enrollment.MemberIDIn(chunk...),
			enrollment.Named(false),
			enrollment.StatusEQ(enrollment.StatusEnrolled), enrollment.Progress(0), isUnreached,
		).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// isUnreached selects the enrollments whose member is in no group that has the session's program.
func isUnreached(s *entsql.Selector) {
	// One statement for all members: reading their groups first would race with assignments.
	b := entsql.Dialect(s.Dialect())
	held, assigned, run := b.Table(roleassignment.Table).As("held"), b.Table(group.ProgramsTable).
		As("assigned"), b.Table(session.Table).As("run")
	s.Where(entsql.NotExists(b.Select(held.C(roleassignment.FieldID)).From(held).
		Join(assigned).On(assigned.C(group.ProgramsPrimaryKey[0]),
		held.C(roleassignment.FieldGroupID)).
		Join(run).On(run.C(session.FieldProgramID), assigned.C(group.ProgramsPrimaryKey[1])).
		Where(entsql.And(
			entsql.ColumnsEQ(held.C(roleassignment.FieldMemberID), s.C(enrollment.FieldMemberID)),
			entsql.ColumnsEQ(run.C(session.FieldID), s.C(enrollment.FieldSessionID)),
		))))
}
