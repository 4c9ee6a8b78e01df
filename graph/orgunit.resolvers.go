package graph

import (
	"context"
	"usher/ent"
	"usher/internal/ident"
	"usher/internal/workspace"
)

// CreateOrgUnit is the resolver for the createOrgUnit field.
func (r *mutationResolver) CreateOrgUnit(ctx context.Context, workspaceID ident.ID, name string, parentID *ident.ID) (*ent.OrgUnit, error) {
	return r.Workspaces.CreateOrgUnit(ctx, callerOf(ctx), workspaceID, name, parentID)
}

// UpdateOrgUnit is the resolver for the updateOrgUnit field.
func (r *mutationResolver) UpdateOrgUnit(ctx context.Context, input UpdateOrgUnitInput) (*ent.OrgUnit, error) {
	return r.Workspaces.UpdateOrgUnit(ctx, callerOf(ctx), workspace.UpdateOrgUnitInput{
		ID: input.ID, Name: input.Name, ParentID: toChange(input.ParentID),
	})
}

// DeleteOrgUnit is the resolver for the deleteOrgUnit field.
func (r *mutationResolver) DeleteOrgUnit(ctx context.Context, id ident.ID) (bool, error) {
	return succeeded(r.Workspaces.DeleteOrgUnit(ctx, callerOf(ctx), id))
}
