package training

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/store"
)

// maxNamed is the maximum number of groups, and of instructors, in one request.
const maxNamed = 100

// CreateSessionInput describes a session to create.
type CreateSessionInput struct {
	ProgramID     ident.ID
	Name          *string // nil: the program's name and the day
	ExternalID    *string
	StartsAt      *time.Time
	EndsAt        *time.Time
	InstructorIDs []ident.ID
	GroupIDs      []ident.ID // whose members are enrolled
}

// CreateSession creates a session of a program (PRG-1). Members of the groups that the program is
// assigned to are enrolled, and invitees there get its email (ADM-3). Errors: NOT_FOUND, FORBIDDEN,
// BAD_USER_INPUT; CONFLICT if the external id is taken.
func (s *Service) CreateSession(ctx context.Context, by *access.Caller,
	in CreateSessionInput) (_ *ent.Session, err error) {
	defer fault.Annotate(&err, "create session")

	var faults fault.Collector
	p, m, err := s.findProgram(ctx, by, in.ProgramID)
	if err == nil && !maySchedule(m) {
		err = fault.Denied()
	}
	faults.Add(fault.MissingAt(err, "programId"))

	c := sessionCreation{Service: s, by: by, m: m, program: p, in: in}
	faults.Add(c.validateInput(ctx))
	if err := faults.Err(); err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, p.WorkspaceID)
	// Created outside of the attempt, so that a retry writes the same id.
	id := ident.New(ident.Session)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error { return c.writeSession(ctx, tx, id) })
	if err != nil {
		return nil, err
	}
	return s.Store.Session.Get(ctx, id)
}

// maySchedule reports whether a caller may create sessions: one who manages sessions, or who may
// enroll people for a program (PRG-1).
func maySchedule(m *access.Membership) bool {
	return m.Throughout(access.SessionsManage) || m.Throughout(access.MembersInvite) ||
		m.CanAnywhere(access.EnrollmentsManage)
}

// mayEnrollAll reports whether a caller may enroll the members of a group.
func mayEnrollAll(m *access.Membership, groupID ident.ID) bool {
	return m.Can(access.EnrollmentsManage, access.Group(groupID)) ||
		m.Can(access.MembersInvite, access.Group(groupID))
}

// sessionCreation holds one call of CreateSession.
type sessionCreation struct {
	*Service
	by      *access.Caller
	m       *access.Membership
	program *ent.Program
	in      CreateSessionInput
	name    string
}

// validateInput validates the input, and refuses groups and instructors that the caller does not
// see.
func (c *sessionCreation) validateInput(ctx context.Context) (err error) {
	var faults fault.Collector
	if c.in.Name != nil {
		c.name, err = inputs.ParseName("name", *c.in.Name, maxName, "training.name")
		faults.Add(err)
	}
	c.in.ExternalID, err = inputs.ParseExternalID(c.in.ExternalID)
	faults.Add(err)
	c.in.StartsAt, c.in.EndsAt = inputs.TruncateTime(c.in.StartsAt),
		inputs.TruncateTime(c.in.EndsAt)
	faults.Add(validateOrder(c.in.StartsAt, c.in.EndsAt))
	// Whom and what the caller may name depends on the workspace of the program.
	if c.program == nil {
		return faults.Err()
	}
	// Faults name the position in the caller's list, so they are looked for in the original order.
	faults.Add(c.requireInstructors(ctx, c.by, c.program.WorkspaceID, c.in.InstructorIDs))
	groups, err := c.findGroups(ctx)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return err
	}
	c.in.GroupIDs, c.in.InstructorIDs = ident.SortDistinct(c.in.GroupIDs),
		ident.SortDistinct(c.in.InstructorIDs)
	for _, g := range groups {
		if !mayEnrollAll(c.m, g.ID) {
			return fault.New(fault.Forbidden, "grant.beyond_place", i18n.Args{"Place": g.Name})
		}
	}
	return nil
}

// findGroups reads the named groups as the caller. NOT_FOUND for each that they do not see.
func (c *sessionCreation) findGroups(ctx context.Context) ([]*ent.Group, error) {
	// Checked before the query, which the list would make too long.
	if len(ident.SortDistinct(c.in.GroupIDs)) > maxNamed {
		return nil, fault.Input("groupIds", "grant.too_many", i18n.Args{"Max": maxNamed})
	}
	groups, err := c.Store.Group.Query().
		Where(group.IDIn(c.in.GroupIDs...), group.WorkspaceID(c.program.WorkspaceID)).
		All(store.AsCaller(ctx, c.by))
	if err != nil {
		return nil, err
	}
	seen := make([]ident.ID, len(groups))
	for i, g := range groups {
		seen[i] = g.ID
	}
	return groups, inputs.RequireAll("groupIds", "grant.no_group", c.in.GroupIDs, seen)
}

// writeSession runs in the transaction.
func (c *sessionCreation) writeSession(ctx context.Context, tx *store.Tx, id ident.ID) error {
	// Invitations come before programs, groups and sessions in the order of locks.
	grantToInvitees, err := c.lockInvitees(ctx, tx)
	if err != nil {
		return err
	}
	p, err := lockProgram(ctx, tx, c.program.ID)
	if err != nil {
		return err
	}
	groups, err := lockProgramGroups(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	// Security: the program enrolls these members by itself. A caller who manages neither the
	// sessions nor all these groups must not have strangers enrolled and emailed.
	if !c.m.Throughout(access.SessionsManage) {
		for _, g := range groups {
			if !mayEnrollAll(c.m, g) {
				return fault.New(fault.Forbidden, "training.beyond_groups",
					i18n.Args{"Name": p.Name})
			}
		}
	}
	w, err := tx.Workspace.Get(ctx, p.WorkspaceID)
	if err != nil {
		return err
	}
	// The locks may have waited, so time is read after them.
	now := c.Clock()
	row, err := tx.Session.Create().SetID(id).SetWorkspaceID(w.ID).SetProgramID(p.ID).
		SetName(c.chooseName(w, p)).SetNillableExternalID(c.in.ExternalID).
		SetNillableStartsAt(c.in.StartsAt).SetNillableEndsAt(c.in.EndsAt).
		SetNillableRemindAt(nextReminder(w, c.in.StartsAt, now)).
		SetCreatedAt(now).SetUpdatedAt(now).Save(ctx)
	if err != nil {
		return inputs.TakenExternalID(err)
	}
	if err := c.assignInstructors(ctx, tx, row, c.in.InstructorIDs, c.m); err != nil {
		return err
	}
	event := audit.Event{WorkspaceID: w.ID, Action: audit.SessionMade, EntryPoint: entryPoint,
		By:        c.by,
		SubjectID: id, Details: append(
			[]schema.Detail{{Name: "program", After: p.Name}, {Name: "name", After: row.Name}},
			describeDateChanges(w, nil, row)...)}
	if err := audit.Record(ctx, tx, now, event); err != nil {
		return err
	}
	people, err := readActiveMemberIDs(ctx, tx, c.in.GroupIDs)
	if err != nil {
		return err
	}
	// The named groups come first: their enrollments are named, those of the program are not.
	if err := c.EnrollMembers(ctx, tx, w.ID, people, []*ent.Session{row}, true); err != nil {
		return err
	}
	if err := grantToInvitees(row); err != nil {
		return err
	}
	return c.enrollGroups(ctx, tx, w.ID, p.ID, groups, []*ent.Session{row})
}

// lockInvitees locks the pending invitations into the named groups and returns what adds the new
// session to them, as registerForSession does.
func (c *sessionCreation) lockInvitees(ctx context.Context,
	tx *store.Tx) (func(*ent.Session) error, error) {
	// Nobody is registered for a session that is over.
	over := inputs.HasPassed(c.in.EndsAt, c.Clock())
	if len(c.in.GroupIDs) == 0 || c.addToInvitations == nil || over {
		return func(*ent.Session) error { return nil }, nil
	}
	return c.addToInvitations(ctx, tx, c.by, c.program.WorkspaceID, c.in.GroupIDs)
}

// chooseName returns the name of the session: the given one, or the program's name with the day of
// the start.
func (c *sessionCreation) chooseName(w *ent.Workspace, p *ent.Program) string {
	switch {
	case c.name != "":
		return c.name
	case c.in.StartsAt == nil:
		return p.Name
	}
	l, _ := i18n.Match(w.DefaultLocale)
	return i18n.T(l, "training.session_name",
		i18n.Args{"Program": p.Name, "Day": mail.Day(l, *c.in.StartsAt, i18n.LoadZone(w.TimeZone))})
}

// validateOrder refuses a session that ends before it starts.
func validateOrder(starts, ends *time.Time) error {
	if starts != nil && ends != nil && !ends.After(*starts) {
		return fault.Input("endsAt", "training.ends_first")
	}
	return nil
}
