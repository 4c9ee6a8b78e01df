package training

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/group"
	"usher/ent/member"
	"usher/ent/program"
	"usher/ent/session"
	"usher/internal/ident"
	"usher/internal/store"
)

// CurrentSessions returns the current and future sessions of the programs that are assigned to some
// groups (ADM-3): those without an end, and those that end after now.
func CurrentSessions(ctx context.Context, tx *store.Tx, groups []ident.ID,
	now time.Time) ([]*ent.Session, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	return tx.Session.Query().
		Where(IsNotOver(now),
			session.HasProgramWith(program.HasGroupsWith(group.IDIn(groups...)))).
		All(ctx)
}

// memberInSession is a member in a session.
type memberInSession struct{ member, session ident.ID }

// EnrollMembers enrolls active members into sessions and queues an email for each new enrollment
// (MAI-3). An existing enrollment stays. A withdrawn one stays withdrawn unless named is true: then
// a caller chose the sessions for these members, and not a program of a group. Members are handled
// in chunks of a thousand.
func (s *Service) EnrollMembers(ctx context.Context, tx *store.Tx, workspace ident.ID,
	members []ident.ID, sessions []*ent.Session, named bool) error {
	if len(members) == 0 || len(sessions) == 0 {
		return nil
	}
	sessions, err := lockSessions(ctx, tx, sessions)
	if err != nil || len(sessions) == 0 {
		return err
	}
	// Sorted, so that two transactions insert and wait in the same order.
	for chunk := range slices.Chunk(ident.SortDistinct(members), chunkSize) {
		people, err := tx.Member.Query().
			// Deactivated members keep their enrollments, and get no new ones.
			Where(member.IDIn(chunk...), member.StatusEQ(member.StatusActive)).WithUser().All(ctx)
		if err != nil {
			return err
		}
		fresh, err := s.writeEnrollments(ctx, tx, workspace, people, SessionIDs(sessions), named)
		if err != nil {
			return err
		}
		if err := s.queueMemberEmails(ctx, tx, workspace, people, sessions, fresh); err != nil {
			return err
		}
	}
	return nil
}

// writeEnrollments writes the enrollments and returns those that are new or active again.
func (s *Service) writeEnrollments(ctx context.Context, tx *store.Tx, workspace ident.ID,
	people []*ent.Member,
	sessions []ident.ID, named bool) (map[memberInSession]bool, error) {
	members := make([]ident.ID, len(people))
	for i, m := range people {
		members[i] = m.ID
	}
	here := enrollment.And(enrollment.MemberIDIn(members...), enrollment.SessionIDIn(sessions...))
	there, err := tx.Enrollment.Query().Where(here).All(ctx)
	if err != nil {
		return nil, err
	}
	known, fresh := map[memberInSession]bool{}, map[memberInSession]bool{}
	var again, name []ident.ID
	for _, row := range there {
		at := memberInSession{row.MemberID, row.SessionID}
		known[at] = true
		// Named enrollments outlive the membership in the group, so the mark is added later too.
		if named && !row.Named {
			name = append(name, row.ID)
		}
		if named && row.Status == enrollment.StatusWithdrawn {
			again, fresh[at] = append(again, row.ID), true
		}
	}
	// One time for all rows, so that lists sort them together.
	now := s.Clock()
	var rows []*ent.EnrollmentCreate
	for _, m := range members {
		for _, id := range sessions {
			if at := (memberInSession{m, id}); !known[at] {
				fresh[at] = true
				rows = append(rows, tx.Enrollment.Create().SetWorkspaceID(workspace).SetMemberID(m).
					SetSessionID(id).
					SetStatus(enrollment.StatusEnrolled).SetNamed(named).SetCreatedAt(now))
			}
		}
	}
	for chunk := range slices.Chunk(rows, chunkSize) {
		err := tx.Enrollment.CreateBulk(chunk...).
			// Another transaction may have enrolled some of them since the query.
			OnConflict(store.SkipExisting(enrollment.FieldMemberID, enrollment.FieldSessionID)...).
			Exec(ctx)
		// Another transaction has just inserted all of them.
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
	}
	for chunk := range slices.Chunk(name, chunkSize) {
		if err := tx.Enrollment.Update().Where(enrollment.IDIn(chunk...)).SetNamed(true).
			Exec(ctx); err != nil {
			return nil, err
		}
	}
	for chunk := range slices.Chunk(again, chunkSize) {
		if err := tx.Enrollment.Update().Where(enrollment.IDIn(chunk...)).
			SetStatus(enrollment.StatusEnrolled).Exec(ctx); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// lockSessions reads sessions again and locks them, so that they are neither deleted nor moved
// until the transaction ends. Otherwise an email could be queued for a start that has changed.
func lockSessions(ctx context.Context, tx *store.Tx,
	sessions []*ent.Session) ([]*ent.Session, error) {
	q := tx.Session.Query().Where(session.IDIn(SessionIDs(sessions)...)).
		Order(ent.Asc(session.FieldID))
	if tx.Locks() {
		// A shared lock: enrollments of other members go on at the same time.
		q.ForShare()
	}
	return q.All(ctx)
}

// SessionIDs returns the ids of sessions, in their order.
func SessionIDs(sessions []*ent.Session) []ident.ID {
	ids := make([]ident.ID, len(sessions))
	for i, row := range sessions {
		ids[i] = row.ID
	}
	return ids
}
