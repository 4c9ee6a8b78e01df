package graph

import (
	"context"
	"usher/ent"
	"usher/ent/enrollment"
	"usher/internal/ident"
	"usher/internal/training"
)

// CreateProgram is the resolver for the createProgram field.
func (r *mutationResolver) CreateProgram(ctx context.Context, workspaceID ident.ID, name string) (*ent.Program, error) {
	return r.Training.CreateProgram(ctx, callerOf(ctx), workspaceID, name)
}

// UpdateProgram is the resolver for the updateProgram field.
func (r *mutationResolver) UpdateProgram(ctx context.Context, id ident.ID, name string) (*ent.Program, error) {
	return r.Training.UpdateProgram(ctx, callerOf(ctx), id, name)
}

// DeleteProgram is the resolver for the deleteProgram field.
func (r *mutationResolver) DeleteProgram(ctx context.Context, id ident.ID) (bool, error) {
	err := r.Training.DeleteProgram(ctx, callerOf(ctx), id)
	return err == nil, err
}

// CreateSession is the resolver for the createSession field.
func (r *mutationResolver) CreateSession(ctx context.Context, input training.CreateSessionInput) (*ent.Session, error) {
	return r.Training.CreateSession(ctx, callerOf(ctx), input)
}

// UpdateSession is the resolver for the updateSession field.
func (r *mutationResolver) UpdateSession(ctx context.Context, input UpdateSessionInput) (*ent.Session, error) {
	in := training.UpdateSessionInput{ID: input.ID, Name: input.Name,
		StartsAt: toChange(input.StartsAt), EndsAt: toChange(input.EndsAt)}
	if list, set := input.InstructorIds.ValueOK(); set {
		in.InstructorIDs = &list
	}
	return r.Training.UpdateSession(ctx, callerOf(ctx), in)
}

// DeleteSession is the resolver for the deleteSession field.
func (r *mutationResolver) DeleteSession(ctx context.Context, id ident.ID) (bool, error) {
	err := r.Training.DeleteSession(ctx, callerOf(ctx), id)
	return err == nil, err
}

// AssignProgram is the resolver for the assignProgram field.
func (r *mutationResolver) AssignProgram(ctx context.Context, groupID ident.ID, programID ident.ID) (*ent.Group, error) {
	return r.Training.AssignProgram(ctx, callerOf(ctx), groupID, programID)
}

// UnassignProgram is the resolver for the unassignProgram field.
func (r *mutationResolver) UnassignProgram(ctx context.Context, groupID ident.ID, programID ident.ID) (*ent.Group, error) {
	return r.Training.UnassignProgram(ctx, callerOf(ctx), groupID, programID)
}

// SetEnrollment is the resolver for the setEnrollment field.
func (r *mutationResolver) SetEnrollment(ctx context.Context, sessionID ident.ID, memberID ident.ID, status enrollment.Status, progress *int) (*ent.Enrollment, error) {
	return r.Training.SetEnrollment(ctx, callerOf(ctx), sessionID, memberID, status, progress)
}
