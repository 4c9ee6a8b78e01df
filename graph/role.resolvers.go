package graph

import (
	"context"
	"usher/ent"
	"usher/internal/ident"
	"usher/internal/workspace"
)

// CreateRole is the resolver for the createRole field.
func (r *mutationResolver) CreateRole(ctx context.Context, input workspace.CreateRoleInput) (*ent.Role, error) {
	return r.Workspaces.CreateRole(ctx, callerOf(ctx), input)
}

// UpdateRole is the resolver for the updateRole field.
func (r *mutationResolver) UpdateRole(ctx context.Context, input workspace.UpdateRoleInput) (*ent.Role, error) {
	return r.Workspaces.UpdateRole(ctx, callerOf(ctx), input)
}

// DeleteRole is the resolver for the deleteRole field.
func (r *mutationResolver) DeleteRole(ctx context.Context, id ident.ID) (bool, error) {
	return succeeded(r.Workspaces.DeleteRole(ctx, callerOf(ctx), id))
}
