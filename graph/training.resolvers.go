package graph

import (
	"context"
	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/training"
)

// CreateProgram is the resolver for the createProgram field.
func (r *mutationResolver) CreateProgram(ctx context.Context, input CreateProgramInput) (*CreateProgramPayload, error) {
	p, err := r.Training.CreateProgram(ctx, callerOf(ctx), training.CreateProgramInput(input))
	if err != nil {
		return nil, err
	}
	return &CreateProgramPayload{Program: p}, nil
}

// UpdateProgram is the resolver for the updateProgram field.
func (r *mutationResolver) UpdateProgram(ctx context.Context, input UpdateProgramInput) (*UpdateProgramPayload, error) {
	p, err := r.Training.UpdateProgram(ctx, callerOf(ctx), training.UpdateProgramInput{
		ID: input.ProgramID, Name: input.Name, ExternalID: toChange(input.ExternalID),
	})
	if err != nil {
		return nil, err
	}
	return &UpdateProgramPayload{Program: p}, nil
}

// DeleteProgram is the resolver for the deleteProgram field.
func (r *mutationResolver) DeleteProgram(ctx context.Context, input DeleteProgramInput) (*DeleteProgramPayload, error) {
	if err := r.Training.DeleteProgram(ctx, callerOf(ctx), input.ProgramID); err != nil {
		return nil, err
	}
	return &DeleteProgramPayload{DeletedID: input.ProgramID}, nil
}

// CreateSession is the resolver for the createSession field.
func (r *mutationResolver) CreateSession(ctx context.Context, input training.CreateSessionInput) (*CreateSessionPayload, error) {
	s, err := r.Training.CreateSession(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &CreateSessionPayload{Session: s}, nil
}

// UpdateSession is the resolver for the updateSession field.
func (r *mutationResolver) UpdateSession(ctx context.Context, input UpdateSessionInput) (*UpdateSessionPayload, error) {
	in := training.UpdateSessionInput{ID: input.SessionID, Name: input.Name,
		ExternalID: toChange(input.ExternalID), StartsAt: toChange(input.StartsAt), EndsAt: toChange(input.EndsAt)}
	if list, set := input.InstructorIds.ValueOK(); set {
		in.InstructorIDs = &list
	}
	s, err := r.Training.UpdateSession(ctx, callerOf(ctx), in)
	if err != nil {
		return nil, err
	}
	return &UpdateSessionPayload{Session: s}, nil
}

// DeleteSession is the resolver for the deleteSession field.
func (r *mutationResolver) DeleteSession(ctx context.Context, input DeleteSessionInput) (*DeleteSessionPayload, error) {
	program, err := r.Reads.Session.Query().Where(session.ID(input.SessionID)).QueryProgram().
		Only(ctx)
	if ent.MaskNotFound(err) != nil {
		return nil, err
	}
	if err := r.Training.DeleteSession(ctx, callerOf(ctx), input.SessionID); err != nil {
		return nil, err
	}
	return &DeleteSessionPayload{DeletedID: input.SessionID, Program: program}, nil
}

// AssignProgram is the resolver for the assignProgram field.
func (r *mutationResolver) AssignProgram(ctx context.Context, input AssignProgramInput) (*AssignProgramPayload, error) {
	g, err := r.Training.AssignProgram(ctx, callerOf(ctx), input.GroupID, input.ProgramID)
	if err != nil {
		return nil, err
	}
	p, err := mustSee(r.Reads.Program.Get(ctx, input.ProgramID))
	if err != nil {
		return nil, err
	}
	return &AssignProgramPayload{Group: g, Program: p}, nil
}

// UnassignProgram is the resolver for the unassignProgram field.
func (r *mutationResolver) UnassignProgram(ctx context.Context, input UnassignProgramInput) (*UnassignProgramPayload, error) {
	g, err := r.Training.UnassignProgram(ctx, callerOf(ctx), input.GroupID, input.ProgramID)
	if err != nil {
		return nil, err
	}
	p, err := mustSee(r.Reads.Program.Get(ctx, input.ProgramID))
	if err != nil {
		return nil, err
	}
	return &UnassignProgramPayload{Group: g, Program: p}, nil
}

// SetEnrollment is the resolver for the setEnrollment field.
func (r *mutationResolver) SetEnrollment(ctx context.Context, input SetEnrollmentInput) (*SetEnrollmentPayload, error) {
	e, err := r.Training.SetEnrollment(ctx, callerOf(ctx), input.SessionID, input.MemberID,
		input.Status, input.Progress)
	if err != nil {
		return nil, err
	}
	return &SetEnrollmentPayload{Enrollment: e}, nil
}

// ViewerCan is the resolver for the viewerCan field.
func (r *programResolver) ViewerCan(ctx context.Context, obj *ent.Program) ([]access.Permission, error) {
	m := callerOf(ctx).In(obj.WorkspaceID)
	var held access.Set
	for _, may := range []access.Permission{access.ProgramsManage, access.SessionsManage} {
		if m.Throughout(may) {
			held |= access.SetOf([]access.Permission{may})
		}
	}
	return m.Usable(held).List(), nil
}

// Groups is the resolver for the groups field.
func (r *programResolver) Groups(ctx context.Context, obj *ent.Program) ([]*ent.Group, error) {
	page := obj.Page()
	groups, err := loadOnce(ctx, page, func() (map[ident.ID][]*ent.Group, error) {
		return r.groupsOfPrograms(ctx, idsOf(page.Rows, programID))
	})
	return append([]*ent.Group{}, groups[obj.ID]...), err
}

// Instructors is the resolver for the instructors field.
func (r *sessionResolver) Instructors(ctx context.Context, obj *ent.Session) ([]*ent.Member, error) {
	page := obj.Page()
	people, err := loadOnce(ctx, page, func() (map[ident.ID][]*ent.Member, error) {
		return r.instructorsOf(ctx, page.Rows)
	})
	return append([]*ent.Member{}, people[obj.ID]...), err
}

// Groups is the resolver for the groups field.
func (r *sessionResolver) Groups(ctx context.Context, obj *ent.Session) ([]*ent.Group, error) {
	page := obj.Page()
	groups, err := loadOnce(ctx, page, func() (map[ident.ID][]*ent.Group, error) {
		return r.groupsOfPrograms(ctx, idsOf(page.Rows, func(s *ent.Session) ident.ID {
			return s.ProgramID
		}))
	})
	return append([]*ent.Group{}, groups[obj.ProgramID]...), err
}

// Phase is the resolver for the phase field.
func (r *sessionResolver) Phase(ctx context.Context, obj *ent.Session) (SessionPhase, error) {
	return phaseOf(obj, r.Clock()), nil
}

// EnrollmentCount is the resolver for the enrollmentCount field.
func (r *sessionResolver) EnrollmentCount(ctx context.Context, obj *ent.Session) (int, error) {
	page := obj.Page()
	counts, err := loadOnce(ctx, page, func() (map[ident.ID]int, error) {
		return r.enrollmentCounts(ctx, page.Rows)
	})
	return counts[obj.ID], err
}

// Enrollments is the resolver for the enrollments field.
func (r *sessionResolver) Enrollments(ctx context.Context, obj *ent.Session, first *int, after *string, last *int, before *string, filter *EnrollmentFilter, orderBy *ent.EnrollmentOrder) (*ent.EnrollmentConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	settled, err := r.endBeforeUnsettled(ctx, filter.changedSince(), byEnrollmentUpdate(orderBy))
	if err != nil {
		return nil, err
	}
	return r.Reads.Enrollment.Query().
		Where(enrollment.WorkspaceID(obj.WorkspaceID), enrollment.SessionID(obj.ID),
			filter.toPredicate(), settled).
		Paginate(ctx, a, first, b, last, ent.WithEnrollmentOrder(orderBy))
}

// ViewerCan is the resolver for the viewerCan field.
func (r *sessionResolver) ViewerCan(ctx context.Context, obj *ent.Session) ([]access.Permission, error) {
	held := heldAt(ctx, obj.WorkspaceID, access.Session(obj.ID), access.SessionsManage)
	if m := callerOf(ctx).In(obj.WorkspaceID); invitation.InvitesIntoSession(m, obj.ID) {
		held = access.SetOf(append(held, access.MembersInvite)).List()
	}
	return held, nil
}
