package graph

import (
	"context"
	"usher/ent"
	"usher/internal/ident"
	"usher/internal/workspace"
)

// CreateCustomField is the resolver for the createCustomField field.
func (r *mutationResolver) CreateCustomField(ctx context.Context, input workspace.CreateCustomFieldInput) (*ent.CustomField, error) {
	return r.Workspaces.CreateCustomField(ctx, callerOf(ctx), input)
}

// UpdateCustomField is the resolver for the updateCustomField field.
func (r *mutationResolver) UpdateCustomField(ctx context.Context, input workspace.UpdateCustomFieldInput) (*ent.CustomField, error) {
	return r.Workspaces.UpdateCustomField(ctx, callerOf(ctx), input)
}

// DeleteCustomField is the resolver for the deleteCustomField field.
func (r *mutationResolver) DeleteCustomField(ctx context.Context, id ident.ID) (bool, error) {
	return succeeded(r.Workspaces.DeleteCustomField(ctx, callerOf(ctx), id))
}
