package training

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/program"
	"usher/ent/roleassignment"
	"usher/internal/ident"
	"usher/internal/store"
)

// enrollGroups applies a program to everyone in some groups: members are enrolled into its
// sessions, and invitees get the session emails (ADM-3). Sessions that are over are left out.
func (s *Service) enrollGroups(ctx context.Context, tx *store.Tx, workspace, programID ident.ID,
	groups []ident.ID, sessions []*ent.Session) error {
	now := s.Clock()
	// A session that is over needs neither enrollments nor emails.
	sessions = slices.DeleteFunc(slices.Clone(sessions), func(row *ent.Session) bool {
		return IsOver(row, now)
	})
	if len(sessions) == 0 {
		return nil
	}
	memberIDs, err := readActiveMemberIDs(ctx, tx, groups)
	if err != nil {
		return err
	}
	if err := s.EnrollMembers(ctx, tx, workspace, memberIDs, sessions, false); err != nil {
		return err
	}
	// Invitees are not enrolled before they accept, but they get the session emails.
	invited, err := readInvitees(ctx, tx, programID, groups, now)
	if err != nil {
		return err
	}
	return s.queueForInvitations(ctx, tx, workspace, invited, sessions)
}

// readActiveMemberIDs lists the active members that hold any role in some groups, inherited roles
// included.
func readActiveMemberIDs(ctx context.Context, tx *store.Tx,
	groups []ident.ID) ([]ident.ID, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	return tx.Member.Query().
		Where(member.StatusEQ(member.StatusActive),
			member.HasRoleAssignmentsWith(roleassignment.GroupIDIn(groups...))).IDs(ctx)
}

// lockProgramGroups locks the groups that a program is assigned to. A person who enters one of them
// at the same time waits, and is then enrolled by their own transaction.
func lockProgramGroups(ctx context.Context, tx *store.Tx,
	programID ident.ID) ([]ident.ID, error) {
	return lockGroups(ctx, tx, group.HasProgramsWith(program.ID(programID)))
}

// lockGroups locks groups in the order of their ids and returns the ids. No group of them can be
// moved or deleted until the transaction ends.
func lockGroups(ctx context.Context, tx *store.Tx, where predicate.Group) ([]ident.ID, error) {
	q := tx.Group.Query().Where(where).Order(ent.Asc(group.FieldID))
	if tx.Locks() {
		q.ForUpdate()
	}
	// Whole rows: a query for ids says DISTINCT, which PostgreSQL does not lock.
	rows, err := q.All(ctx)
	ids := make([]ident.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids, err
}
