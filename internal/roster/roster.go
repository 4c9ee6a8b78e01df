// Package roster keeps true who is in which group: it takes back what only a role gave that is
// gone, and lets what learners inherit follow the tree of groups (ADM-2).
//
// The rule: a member inherits the learner role in a group as long as they hold it, otherwise than
// by inheritance, in some group that leads up to there. Each inheritance is a source of the
// assignment above, which names the group below. An assignment lives as long as it has a source; it
// is inherited when all of them are inheritances.
//
// What is written here knows no programs: callers enrol whom Follow says came in, and take out
// those who left (ADM-3). Statements grow with members by the thousand only.
package roster

import (
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/store"
)

// atOnce is how many ids stand in one statement; SQLite takes 32,766 values.
const atOnce = 1_000

// Release takes away why assignments are held, but for inheritances, and everything that only they
// gave: the assignments that have no source left, and what their members inherited from them in the
// groups above. One that is still inherited stays, as inherited. It takes the workspace's scope,
// and members that nobody else is changing: lock them first.
func Release(ctx context.Context, tx *store.Tx, assignments []ident.ID) error {
	learner, err := learnerRole(ctx, tx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(assignments, atOnce) {
		rows, err := tx.RoleAssignment.Query().Where(roleassignment.IDIn(part...)).All(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.AssignmentSource.Delete().
			Where(assignmentsource.AssignmentIDIn(part...),
				assignmentsource.KindNEQ(assignmentsource.KindInherited)).Exec(ctx); err != nil {
			return err
		}
		// group → whose learner role there is released
		members, below := map[ident.ID]bool{}, map[ident.ID][]ident.ID{}
		for _, row := range rows {
			members[row.MemberID] = true
			if row.RoleID == learner && row.GroupID != nil {
				below[*row.GroupID] = append(below[*row.GroupID], row.MemberID)
			}
		}
		for g, of := range below {
			if _, err := tx.AssignmentSource.Delete().Where(inheritedFrom(g),
				assignmentsource.HasAssignmentWith(roleassignment.MemberIDIn(of...))).
				Exec(ctx); err != nil {
				return err
			}
		}
		if err := tx.RoleAssignment.Update().Where(roleassignment.IDIn(part...),
			roleassignment.Not(unfounded)).SetInherited(true).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.RoleAssignment.Delete().Where(roleassignment.MemberIDIn(keys(members)...),
			unfounded).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// learnerRole is the only role that travels.
func learnerRole(ctx context.Context, tx *store.Tx) (ident.ID, error) {
	return tx.Role.Query().Where(role.Key(access.Learner)).OnlyID(ctx)
}

// inheritedFrom picks the sources that stand for inheritances from some groups.
func inheritedFrom(groups ...ident.ID) func(*sql.Selector) {
	return assignmentsource.And(assignmentsource.KindEQ(assignmentsource.KindInherited),
		assignmentsource.SourceIDIn(groups...))
}

// unfounded picks the assignments without a source. ent's own HasSources would have PostgreSQL read
// all sources there are.
func unfounded(s *sql.Selector) {
	sources := sql.Dialect(s.Dialect()).Table(assignmentsource.Table)
	s.Where(sql.NotExists(sql.Dialect(s.Dialect()).Select(sources.C(assignmentsource.FieldID)).
		From(sources).
		Where(sql.ColumnsEQ(sources.C(assignmentsource.FieldAssignmentID),
			s.C(roleassignment.FieldID)))))
}

func keys(set map[ident.ID]bool) []ident.ID {
	ids := make([]ident.ID, 0, len(set))
	for i := range set {
		ids = append(ids, i)
	}
	return ids
}

// membersOf lists the members of assignments, each once.
func membersOf(rows []*ent.RoleAssignment) []ident.ID {
	set := map[ident.ID]bool{}
	for _, row := range rows {
		set[row.MemberID] = true
	}
	return keys(set)
}
