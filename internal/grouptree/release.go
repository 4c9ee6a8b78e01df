package grouptree

import (
	"context"
	"maps"
	"slices"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/roleassignment"
	"usher/internal/ident"
	"usher/internal/store"
)

// chunkSize is how many ids one statement takes. SQLite has 32,766 parameters.
const chunkSize = 1_000

// Release deletes all sources of assignments except inheritances, and everything that only these
// sources gave: assignments that are left without a source, and what their members inherited from
// them in the groups above. An assignment that is still inherited stays, as inherited.
//
// It needs the workspace's scope. The caller locks the members first, so that nobody else changes
// them meanwhile.
func Release(ctx context.Context, tx *store.Tx, assignments []ident.ID) error {
	for chunk := range slices.Chunk(assignments, chunkSize) {
		// Read before their sources are deleted: settleReleased needs the groups and members.
		rows, err := tx.RoleAssignment.Query().Where(roleassignment.IDIn(chunk...)).All(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.AssignmentSource.Delete().
			Where(assignmentsource.AssignmentIDIn(chunk...), isOwnSource).Exec(ctx); err != nil {
			return err
		}
		if err := settleReleased(ctx, tx, rows); err != nil {
			return err
		}
	}
	return nil
}

// ReleaseSources deletes some sources of assignments, which are no inheritances. It treats each
// assignment that is left without a source of its own as Release does. The conditions are the same.
func ReleaseSources(ctx context.Context, tx *store.Tx, sources []ident.ID) error {
	for chunk := range slices.Chunk(sources, chunkSize) {
		rows, err := tx.RoleAssignment.Query().
			Where(roleassignment.HasSourcesWith(assignmentsource.IDIn(chunk...))).All(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.AssignmentSource.Delete().Where(assignmentsource.IDIn(chunk...)).
			Exec(ctx); err != nil {
			return err
		}
		ids := make([]ident.ID, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
		}
		// An assignment may have several sources, for example two invitations: it ends with the
		// last one.
		kept, err := tx.AssignmentSource.Query().
			Where(assignmentsource.AssignmentIDIn(ids...), isOwnSource).All(ctx)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(row *ent.RoleAssignment) bool {
			return slices.ContainsFunc(kept, func(s *ent.AssignmentSource) bool {
				return s.AssignmentID == row.ID
			})
		})
		if err := settleReleased(ctx, tx, rows); err != nil {
			return err
		}
	}
	return nil
}

// settleReleased writes what follows for assignments that have no source of their own any more.
func settleReleased(ctx context.Context, tx *store.Tx, rows []*ent.RoleAssignment) error {
	if len(rows) == 0 {
		return nil
	}
	learner, err := LearnerRole(ctx, tx)
	if err != nil {
		return err
	}
	ids := make([]ident.ID, len(rows))
	learners := map[ident.ID][]ident.ID{} // group → the members whose learner role ends there
	for i, row := range rows {
		ids[i] = row.ID
		// Only learners pass membership up, so only their inheritances end.
		if row.RoleID == learner && row.GroupID != nil {
			learners[*row.GroupID] = append(learners[*row.GroupID], row.MemberID)
		}
	}
	for groupID, members := range learners {
		if _, err := tx.AssignmentSource.Delete().Where(inheritedFrom(groupID),
			assignmentsource.HasAssignmentWith(roleassignment.MemberIDIn(members...))).
			Exec(ctx); err != nil {
			return err
		}
	}
	// Assignments that other groups still pass up stay, marked as inherited.
	if err := tx.RoleAssignment.Update().Where(roleassignment.IDIn(ids...),
		roleassignment.Not(withoutSource)).SetInherited(true).Exec(ctx); err != nil {
		return err
	}
	// By member, not by id: the inheritances above may have been the last source there, too.
	_, err = tx.RoleAssignment.Delete().Where(roleassignment.MemberIDIn(MembersOf(rows)...),
		withoutSource).Exec(ctx)
	return err
}

// isOwnSource selects the sources that are not inheritances.
var isOwnSource = assignmentsource.KindNEQ(assignmentsource.KindInherited)

// inheritedFrom selects the sources that stand for inheritances from some groups.
func inheritedFrom(groups ...ident.ID) func(*sql.Selector) {
	return assignmentsource.And(assignmentsource.KindEQ(assignmentsource.KindInherited),
		assignmentsource.SourceIDIn(groups...))
}

// withoutSource selects the assignments without a source. With ent's own HasSources PostgreSQL
// would read all sources that exist.
func withoutSource(s *sql.Selector) {
	sources := sql.Dialect(s.Dialect()).Table(assignmentsource.Table)
	s.Where(sql.NotExists(sql.Dialect(s.Dialect()).Select(sources.C(assignmentsource.FieldID)).
		From(sources).
		Where(sql.ColumnsEQ(sources.C(assignmentsource.FieldAssignmentID),
			s.C(roleassignment.FieldID)))))
}

// MembersOf lists the members of assignments, each once, in no order.
func MembersOf(rows []*ent.RoleAssignment) []ident.ID {
	members := map[ident.ID]bool{}
	for _, row := range rows {
		members[row.MemberID] = true
	}
	return slices.Collect(maps.Keys(members))
}
