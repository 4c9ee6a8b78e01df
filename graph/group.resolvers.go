package graph

import (
	"context"
	"usher/ent"
	"usher/internal/ident"
	"usher/internal/workspace"
)

// CreateGroup is the resolver for the createGroup field.
func (r *mutationResolver) CreateGroup(ctx context.Context, input workspace.CreateGroupInput) (*ent.Group, error) {
	return r.Workspaces.CreateGroup(ctx, callerOf(ctx), input)
}

// UpdateGroup is the resolver for the updateGroup field.
func (r *mutationResolver) UpdateGroup(ctx context.Context, input UpdateGroupInput) (*ent.Group, error) {
	return r.Workspaces.UpdateGroup(ctx, callerOf(ctx), workspace.UpdateGroupInput{
		ID: input.ID, Name: input.Name, Visibility: input.Visibility,
		ParentID: toChange(input.ParentID), ExternalID: toChange(input.ExternalID),
	})
}

// DeleteGroup is the resolver for the deleteGroup field.
func (r *mutationResolver) DeleteGroup(ctx context.Context, id ident.ID) (bool, error) {
	return succeeded(r.Workspaces.DeleteGroup(ctx, callerOf(ctx), id))
}
