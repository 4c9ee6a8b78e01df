package training

import (
	"context"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/program"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// AssignProgram gives a group a program: its members are enrolled into the current and future
// sessions of the program, now and later (ADM-3). If the program is assigned already, it only
// enrolls members that are missing there. Errors: NOT_FOUND, FORBIDDEN.
func (s *Service) AssignProgram(ctx context.Context, by *access.Caller, groupID,
	programID ident.ID) (_ *ent.Group, err error) {
	defer fault.Annotate(&err, "assign program")

	g, p, err := s.requireAssignableProgram(ctx, by, groupID, programID)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, g.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		has, err := lockAssignment(ctx, tx, groupID, programID)
		if err != nil {
			return err
		}
		if !has {
			// The history has one event, however often the program is assigned.
			if err := tx.Group.UpdateOneID(groupID).AddProgramIDs(programID).Exec(ctx); err != nil {
				return inputs.RequireFound(err)
			}
			if err := s.recordAssignment(ctx, tx, by, audit.ProgramAssigned, g, p); err != nil {
				return err
			}
		}
		// This runs for an assigned program too, so that the caller can repair missing enrollments.
		sessions, err := tx.Session.Query().Where(session.ProgramID(programID)).All(ctx)
		if err != nil {
			return err
		}
		return s.enrollGroups(ctx, tx, g.WorkspaceID, programID, []ident.ID{groupID}, sessions)
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Group.Get(ctx, groupID)
}

// UnassignProgram takes a program from a group. Members that were enrolled only because of it, and
// have not begun, leave its sessions. Their queued session emails are dropped when they are due.
// Errors: NOT_FOUND, FORBIDDEN.
func (s *Service) UnassignProgram(ctx context.Context, by *access.Caller, groupID,
	programID ident.ID) (_ *ent.Group, err error) {
	defer fault.Annotate(&err, "unassign program")

	g, p, err := s.requireAssignableProgram(ctx, by, groupID, programID)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, g.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		has, err := lockAssignment(ctx, tx, groupID, programID)
		// Unassigning twice is no error: the caller gets the state they want.
		if err != nil || !has {
			return err
		}
		if err := tx.Group.UpdateOneID(groupID).RemoveProgramIDs(programID).Exec(ctx); err != nil {
			return inputs.RequireFound(err)
		}
		// The assignment is gone by now, so DeleteGroupEnrollments does not count this group any
		// more.
		people, err := readActiveMemberIDs(ctx, tx, []ident.ID{groupID})
		if err != nil {
			return err
		}
		if err := s.DeleteGroupEnrollments(ctx, tx, g.WorkspaceID, people); err != nil {
			return err
		}
		return s.recordAssignment(ctx, tx, by, audit.ProgramUnassigned, g, p)
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Group.Get(ctx, groupID)
}

// requireAssignableProgram loads a group and a program for a caller who may assign them: one who
// manages all programs, or one who manages the group and may enroll its members.
func (s *Service) requireAssignableProgram(ctx context.Context, by *access.Caller, groupID,
	programID ident.ID) (*ent.Group, *ent.Program, error) {
	var faults fault.Collector
	g, err := store.FindVisible(ctx, by, s.Store.Group.Get, groupID)
	faults.Add(fault.MissingAt(err, "groupId"))
	p, m, err := s.findProgram(ctx, by, programID)
	// The program must be of the group's workspace, or an id of another tenant would link.
	if err == nil && g != nil && p.WorkspaceID != g.WorkspaceID {
		err = fault.Missing()
	}
	faults.Add(fault.MissingAt(err, "programId"))
	if err := faults.Err(); err != nil {
		return nil, nil, err
	}
	if !m.Throughout(access.ProgramsManage) && !m.Can(access.GroupsManage, access.Group(g.ID)) {
		return nil, nil, fault.Denied()
	}
	// Security: assigning enrolls everyone in the group, and unassigning withdraws them. A caller
	// who does not manage all programs needs the right to enroll them.
	if !m.Throughout(access.ProgramsManage) && !mayEnrollAll(m, g.ID) {
		return nil, nil, fault.New(fault.Forbidden, "training.people_not_yours")
	}
	return g, p, nil
}

// lockAssignment locks the program and the group, and reports whether the program is assigned.
func lockAssignment(ctx context.Context, tx *store.Tx, groupID, programID ident.ID) (bool, error) {
	// Programs come before groups in the order of locks.
	if _, err := lockProgram(ctx, tx, programID); err != nil {
		return false, err
	}
	there, err := lockGroups(ctx, tx, group.ID(groupID))
	if err != nil {
		return false, err
	}
	if len(there) == 0 {
		return false, fault.Missing()
	}
	return tx.Group.Query().Where(group.ID(groupID), group.HasProgramsWith(program.ID(programID))).
		Exist(ctx)
}

// recordAssignment records that a program was assigned to a group, or no longer is. The event is in
// the history of the group.
func (s *Service) recordAssignment(ctx context.Context, tx *store.Tx, by *access.Caller,
	what audit.Action,
	g *ent.Group, p *ent.Program) error {
	detail := schema.Detail{Name: "program", After: p.Name}
	if what == audit.ProgramUnassigned {
		detail = schema.Detail{Name: "program", Before: p.Name}
	}
	return audit.Record(ctx, tx, s.Clock(), audit.Event{
		WorkspaceID: g.WorkspaceID, Action: what, EntryPoint: entryPoint, By: by,
		SubjectID: g.ID,
		Details:   []schema.Detail{detail},
	})
}
