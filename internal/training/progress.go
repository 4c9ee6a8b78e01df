package training

import (
	"context"
	"slices"
	"strconv"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/group"
	"usher/ent/member"
	"usher/ent/program"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// SetEnrollment sets a member's status and progress in a session (PRG-2). It creates the enrollment
// if there is none, and changes nothing if the values are equal. The queued session email of a
// withdrawn member is dropped (MAI-3). Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT; CONFLICT for a
// member who is not active.
func (s *Service) SetEnrollment(ctx context.Context, by *access.Caller, sessionID,
	memberID ident.ID, status enrollment.Status, progress *int) (_ *ent.Enrollment, err error) {
	defer fault.Annotate(&err, "set enrollment")

	var faults fault.Collector
	run, m, err := s.findSession(ctx, by, sessionID)
	faults.Add(fault.MissingAt(err, "sessionId"))
	// A member that the caller does not see is missing, as a session is.
	person, err := store.FindVisible(ctx, by, s.Store.Member.Get, memberID)
	if err == nil && run != nil && person.WorkspaceID != run.WorkspaceID {
		err = fault.Missing()
	}
	faults.Add(fault.MissingAt(err, "memberId"))
	// Before the progress, whose faults are of no use to a caller who may not report any.
	if m != nil && !m.CanAnywhere(access.EnrollmentsManage) && !faults.HasFaults() {
		return nil, fault.Denied()
	}

	if progress != nil && (*progress < 0 || *progress > 100) {
		faults.Add(fault.Input("progress", "training.progress"))
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, run.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		return s.setEnrollment(scoped, tx, by, run, person.ID, status, progress)
	})
	if err != nil {
		return nil, err
	}
	row, err := s.Store.Enrollment.Query().Where(enrollment.SessionID(sessionID),
		enrollment.MemberID(memberID)).Only(scoped)
	return row, inputs.RequireFound(err)
}

// mayEnroll reports whether a caller may enroll a member and report their progress: in the whole
// workspace, in the session, or by managing the member's unit. A group of the member's is enough
// for sessions of the group's own programs. For other sessions the caller must cover every group
// that the member is in. An instructor may only read.
//
// Security: otherwise a caller who may add people to a group could add anybody, and then withdraw
// them from sessions that others enrolled them into.
func (s *Service) mayEnroll(ctx context.Context, tx *store.Tx, m *access.Membership,
	who *ent.Member, in *ent.Session) (bool, error) {
	// Cheap checks first: they need no query.
	if m.Can(access.EnrollmentsManage, access.Session(in.ID)) {
		return true, nil
	}
	if who.OrgUnitID != nil && m.Can(access.EnrollmentsManage, access.OrgUnit(*who.OrgUnitID)) {
		return true, nil
	}
	groups := m.Covered(access.EnrollmentsManage, access.InGroup)
	if len(groups) == 0 {
		return false, nil
	}
	held, err := tx.RoleAssignment.Query().Where(roleassignment.MemberID(who.ID)).All(ctx)
	if err != nil {
		return false, err
	}
	shared, elsewhere := []ident.ID{}, false
	for _, a := range held {
		if a.GroupID != nil && slices.Contains(groups, *a.GroupID) {
			shared = append(shared, *a.GroupID)
			// An inherited role follows from another one, so it says nothing about where else the
			// member is.
		} else if !a.Inherited {
			elsewhere = true
		}
	}
	if len(shared) == 0 || !elsewhere {
		return len(shared) > 0, nil
	}
	return tx.Group.Query().
		Where(group.IDIn(shared...), group.HasProgramsWith(program.ID(in.ProgramID))).Exist(ctx)
}

// orDenied returns the error, or FORBIDDEN if there is none: the caller may not do this.
func orDenied(err error) error {
	if err == nil {
		return fault.Denied()
	}
	return err
}

// setEnrollment sets the status and the progress of one member in a session. NOT_FOUND for a member
// who is gone; FORBIDDEN for one whom the caller may not enroll; CONFLICT for a deactivated member
// who would be enrolled.
func (s *Service) setEnrollment(ctx context.Context, tx *store.Tx, by *access.Caller,
	run *ent.Session, memberID ident.ID, status enrollment.Status, progress *int) error {
	locked, err := tx.LockMembers(ctx, store.ToChange, memberID)
	if err != nil {
		return err
	}
	if len(locked) == 0 {
		return fault.Missing()
	}
	who := locked[0]
	// Authorized behind the lock: the member may have moved to another unit since.
	if may, err := s.mayEnroll(ctx, tx, by.In(run.WorkspaceID), who, run); err != nil || !may {
		return orDenied(err)
	}
	// A deactivated member may be withdrawn or completed, for records of the past.
	if status == enrollment.StatusEnrolled && who.Status != member.StatusActive {
		return fault.New(fault.Conflict, "training.inactive")
	}
	before, err := lockEnrollment(ctx, tx, run.ID, memberID)
	if err != nil {
		return err
	}
	switch {
	case status == enrollment.StatusEnrolled &&
		(before == nil || before.Status == enrollment.StatusWithdrawn):
		if err := s.EnrollMembers(ctx, tx, run.WorkspaceID, []ident.ID{memberID},
			[]*ent.Session{run}, true); err != nil {
			return err
		}
	case before == nil:
		now := s.Clock()
		err := tx.Enrollment.Create().SetWorkspaceID(run.WorkspaceID).SetMemberID(memberID).
			SetSessionID(run.ID).
			SetStatus(status).SetNamed(true).SetCreatedAt(now).Exec(ctx)
		// Another transaction has just created it: the retry finds the row.
		if err != nil {
			return err
		}
	}
	row, err := lockEnrollment(ctx, tx, run.ID, memberID)
	if err != nil {
		return err
	}
	if row == nil {
		return fault.Missing() // the session was deleted
	}
	return s.writeProgress(ctx, tx, by, run, before, row, status, progress)
}

// writeProgress writes status and progress, and records the change in the history.
func (s *Service) writeProgress(ctx context.Context, tx *store.Tx, by *access.Caller,
	run *ent.Session,
	before, row *ent.Enrollment, status enrollment.Status, progress *int) error {
	now := s.Clock()
	// A report without progress keeps it, except that completed means all of it.
	to := row.Progress
	if progress != nil {
		to = *progress
	} else if status == enrollment.StatusCompleted {
		to = 100
	}
	// A report of progress alone does not say that somebody chose this session for the member.
	named := row.Named || progress == nil
	changed := before == nil || before.Status != status || before.Progress != to
	// The same report again writes no event.
	if !changed && named == row.Named {
		return nil
	}
	update := tx.Enrollment.UpdateOne(row).SetStatus(status).SetProgress(to).SetNamed(named)
	if status == enrollment.StatusCompleted && row.CompletedAt == nil {
		update.SetCompletedAt(now)
	} else if status == enrollment.StatusEnrolled && row.CompletedAt != nil {
		update.ClearCompletedAt()
	}
	// The mark "named" alone is no change that people would look for.
	if err := update.Exec(ctx); err != nil || !changed {
		return err
	}
	event := audit.Event{WorkspaceID: run.WorkspaceID, Action: actionFor(before, status),
		EntryPoint: entryPoint,
		By:         by, SubjectID: run.ID, MemberID: row.MemberID}
	event.Details = []schema.Detail{{Name: "session", After: run.Name}}
	if was := progressOf(before); was != to {
		event.Details = append(event.Details,
			schema.Detail{Name: "progress", Before: strconv.Itoa(was), After: strconv.Itoa(to)})
	}
	return audit.Record(ctx, tx, now, event)
}

// actionFor returns the audit action of a change.
func actionFor(before *ent.Enrollment, status enrollment.Status) audit.Action {
	switch {
	case before != nil && before.Status == status:
		return audit.MemberProgressed
	case status == enrollment.StatusWithdrawn:
		return audit.MemberWithdrawn
	case status == enrollment.StatusCompleted:
		return audit.MemberCompleted
	}
	return audit.MemberEnrolled
}

// progressOf returns the progress of an enrollment in percent; 0 without one.
func progressOf(row *ent.Enrollment) int {
	if row == nil {
		return 0
	}
	return row.Progress
}

// lockEnrollment reads and locks a member's enrollment; nil if there is none.
func lockEnrollment(ctx context.Context, tx *store.Tx, sessionID,
	memberID ident.ID) (*ent.Enrollment, error) {
	q := tx.Enrollment.Query().Where(enrollment.SessionID(sessionID), enrollment.MemberID(memberID))
	if tx.Locks() {
		q.ForUpdate()
	}
	row, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}
