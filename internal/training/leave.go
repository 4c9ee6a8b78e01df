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

// Leave takes members out of the sessions that only programs of groups they have left had put them
// into: nobody named these for them, they have not begun, and no group that they hold a role in has
// the program any more. The rows are deleted, so that coming back enrols again; a mail still held
// finds nothing to tell when its time comes. It is called after the roles are gone.
func (s *Service) Leave(ctx context.Context, tx *store.Tx, workspace ident.ID,
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

// isUnreached selects the enrolments whose member is in no group that has the session's program.
func isUnreached(s *entsql.Selector) {
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
