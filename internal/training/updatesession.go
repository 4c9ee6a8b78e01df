package training

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/store"
)

// UpdateSessionInput says what to change in a session. nil keeps a value.
type UpdateSessionInput struct {
	ID            ident.ID
	Name          *string
	ExternalID    inputs.Change[string]
	StartsAt      inputs.Change[time.Time]
	EndsAt        inputs.Change[time.Time]
	InstructorIDs *[]ident.ID // the whole list
}

// UpdateSession changes a session. Queued session emails follow its start; one that starts in the
// past, or has no start any more, is due immediately (MAI-5). Errors: NOT_FOUND, FORBIDDEN,
// BAD_USER_INPUT; CONFLICT if the external id is taken.
func (s *Service) UpdateSession(ctx context.Context, by *access.Caller,
	in UpdateSessionInput) (_ *ent.Session, err error) {
	defer fault.Annotate(&err, "update session")

	var faults fault.Collector
	known, m, err := s.findSession(ctx, by, in.ID)
	if err == nil && !m.Throughout(access.SessionsManage) {
		err = fault.Denied()
	}
	faults.Add(fault.MissingAt(err, "sessionId"))

	// The fields are validated although the session may be missing, so that a form gets all faults
	// together.
	e := sessionEdit{Service: s, by: by, m: m, in: in}
	faults.Add(e.validateInput(ctx, known))
	if err := faults.Err(); err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, known.WorkspaceID)
	if err := s.Store.Retry(ctx, func(tx *store.Tx) error {
		return e.writeChanges(ctx, tx)
	}); err != nil {
		return nil, err
	}
	return s.Store.Session.Get(ctx, in.ID)
}

// DeleteSession deletes a session with its enrollments and queued emails. Invitations that name it
// remain valid without it (ADM-7). Errors: NOT_FOUND, FORBIDDEN.
func (s *Service) DeleteSession(ctx context.Context, by *access.Caller, id ident.ID) (err error) {
	defer fault.Annotate(&err, "delete session")

	known, m, err := s.findSession(ctx, by, id)
	if err != nil {
		return err
	}
	if !m.Throughout(access.SessionsManage) {
		return fault.Denied()
	}

	ctx = store.InWorkspace(ctx, known.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		// Enrollments and emails are deleted by the foreign keys of the session.
		if err := tx.Session.DeleteOneID(id).Exec(ctx); err != nil {
			return inputs.RequireFound(err)
		}
		return audit.Record(ctx, tx, s.Clock(), audit.Event{
			WorkspaceID: known.WorkspaceID, Action: audit.SessionRemoved, EntryPoint: entryPoint,
			By:        by,
			SubjectID: id, Details: []schema.Detail{{Name: "name", Before: known.Name}},
		})
	})
}

// findSession loads a session and the caller's membership in its workspace. NOT_FOUND for a session
// that the caller does not see.
func (s *Service) findSession(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.Session, *access.Membership, error) {
	row, err := store.FindVisible(ctx, by, s.Store.Session.Get, id)
	if err != nil {
		return nil, nil, err
	}
	m, err := by.RequireMembership(row.WorkspaceID)
	return row, m, err
}

// sessionEdit holds one call of UpdateSession.
type sessionEdit struct {
	*Service
	by *access.Caller
	m  *access.Membership
	in UpdateSessionInput
}

// validateInput reports all faults of the input together. The order of the dates is compared with
// those of the session as it was read; the transaction compares it again behind the lock. known is
// nil if there is no such session.
func (e *sessionEdit) validateInput(ctx context.Context, known *ent.Session) error {
	var faults fault.Collector
	missing := known == nil
	if missing {
		known = &ent.Session{}
	}
	var err error
	e.in.Name, err = parseOptionalName(e.in.Name)
	faults.Add(err)
	e.in.ExternalID, err = inputs.ParseExternalIDChange(e.in.ExternalID)
	faults.Add(err)
	// As the databases store them. Otherwise the comparison below would find a change where there
	// is none.
	e.in.StartsAt.Value, e.in.EndsAt.Value = inputs.TruncateTime(e.in.StartsAt.Value),
		inputs.TruncateTime(e.in.EndsAt.Value)
	if e.changesDates() {
		faults.Add(validateOrder(e.datesOf(known)))
	}
	// Whom the caller may name depends on the workspace of the session.
	if e.in.InstructorIDs != nil && !missing {
		faults.Add(e.requireInstructors(ctx, e.by, known.WorkspaceID, *e.in.InstructorIDs))
		instructors := ident.SortDistinct(*e.in.InstructorIDs)
		e.in.InstructorIDs = &instructors
	}
	return faults.Err()
}

// changesDates reports whether the input names a date.
func (e *sessionEdit) changesDates() bool { return e.in.StartsAt.Set || e.in.EndsAt.Set }

// datesOf returns the dates that a session has after the edit.
func (e *sessionEdit) datesOf(known *ent.Session) (starts, ends *time.Time) {
	starts, ends = known.StartsAt, known.EndsAt
	if e.in.StartsAt.Set {
		starts = e.in.StartsAt.Value
	}
	if e.in.EndsAt.Set {
		ends = e.in.EndsAt.Value
	}
	return starts, ends
}

// writeChanges runs in the transaction.
func (e *sessionEdit) writeChanges(ctx context.Context, tx *store.Tx) error {
	// Groups come before sessions in the lock order.
	groups, err := e.lockReachedGroups(ctx, tx)
	if err != nil {
		return err
	}
	// Enrolling locks the row while it queues emails for its start. Either those emails exist and
	// are moved below, or the other transaction waits and sees the new start.
	q := tx.Session.Query().Where(session.ID(e.in.ID)).WithWorkspace()
	if tx.Locks() {
		q.ForUpdate()
	}
	before, err := q.Only(ctx)
	if err != nil {
		return inputs.RequireFound(err)
	}
	w, now := before.Edges.Workspace, e.Clock()
	// The order of the dates depends on the values that stay.
	starts, ends := e.datesOf(before)
	if e.changesDates() {
		if err := validateOrder(starts, ends); err != nil {
			return err
		}
	}
	update := tx.Session.UpdateOne(before).SetNillableName(e.in.Name).SetUpdatedAt(now)
	inputs.ApplyChange(e.in.ExternalID, update.SetExternalID, update.ClearExternalID)
	inputs.SetOrClear(starts, update.SetStartsAt, update.ClearStartsAt)
	inputs.SetOrClear(ends, update.SetEndsAt, update.ClearEndsAt)
	moved := !equalTimes(before.StartsAt, starts)
	if moved {
		inputs.SetOrClear(nextReminder(w, starts, now), update.SetRemindAt, update.ClearRemindAt)
	}
	after, err := update.Save(ctx)
	if err != nil {
		return inputs.RequireFound(inputs.TakenExternalID(err))
	}
	// Emails follow the start before new enrollments queue theirs with the new one.
	if moved {
		err := e.Outbox.Reschedule(ctx, tx, sessionEmailDueAt(after, now),
			entmail.SessionID(after.ID),
			entmail.Kind(string(mail.SessionInvitation)))
		if err != nil {
			return err
		}
	}
	if err := e.applyConsequences(ctx, tx, before, after, groups); err != nil {
		return err
	}
	details := slices.Concat(describeDateChanges(w, before, after),
		describeTextChange("name", &before.Name, &after.Name),
		describeTextChange("externalId", before.ExternalID, after.ExternalID))
	if e.in.InstructorIDs != nil {
		details = append(details, schema.Detail{Name: "instructorIds"})
	}
	// A change to the same values writes no event.
	if len(details) == 0 {
		return nil
	}
	return audit.Record(ctx, tx, now, audit.Event{
		WorkspaceID: w.ID, Action: audit.SessionEdited, EntryPoint: entryPoint, By: e.by,
		SubjectID: after.ID,
		Details:   details,
	})
}

// lockReachedGroups locks, before the session, the groups that it reaches once it is no longer
// over. A change without dates reaches none.
func (e *sessionEdit) lockReachedGroups(ctx context.Context, tx *store.Tx) ([]ident.ID, error) {
	if !e.changesDates() {
		return nil, nil
	}
	s, err := tx.Session.Get(ctx, e.in.ID)
	if err != nil {
		return nil, inputs.RequireFound(err)
	}
	return lockProgramGroups(ctx, tx, s.ProgramID)
}

// applyConsequences changes the instructors. If the session was over and is not any more, it also
// enrolls the members of the program's groups, as a new session does. The groups must be locked.
func (e *sessionEdit) applyConsequences(ctx context.Context, tx *store.Tx, before,
	after *ent.Session,
	groups []ident.ID) error {
	if e.in.InstructorIDs != nil {
		if err := removeInstructors(ctx, tx, after, *e.in.InstructorIDs, e.m); err != nil {
			return err
		}
		if err := e.assignInstructors(ctx, tx, after, *e.in.InstructorIDs, e.m); err != nil {
			return err
		}
	}
	now := e.Clock()
	// Only a session that begins to accept people again enrolls the members of the groups.
	if !IsOver(before, now) || IsOver(after, now) {
		return nil
	}
	return e.enrollGroups(ctx, tx, after.WorkspaceID, after.ProgramID, groups,
		[]*ent.Session{after})
}

// equalTimes tells whether two optional moments are the same, whatever their time zones.
func equalTimes(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// describeDateChanges returns the changed dates for the audit log, in the language and time zone of
// the workspace. before is nil for a new session.
func describeDateChanges(w *ent.Workspace, before, after *ent.Session) []schema.Detail {
	// A new session is described like one that had no dates.
	if before == nil {
		before = &ent.Session{}
	}
	// The history is read by many people, so it is written in the language of the workspace.
	l, _ := i18n.Match(w.DefaultLocale)
	format := func(at *time.Time) string {
		if at == nil {
			return ""
		}
		return mail.When(l, *at, i18n.LoadZone(w.TimeZone))
	}
	var all []schema.Detail
	if !equalTimes(before.StartsAt, after.StartsAt) {
		all = append(all, schema.Detail{Name: "startsAt", Before: format(before.StartsAt),
			After: format(after.StartsAt)})
	}
	if !equalTimes(before.EndsAt, after.EndsAt) {
		all = append(all, schema.Detail{Name: "endsAt", Before: format(before.EndsAt),
			After: format(after.EndsAt)})
	}
	return all
}
