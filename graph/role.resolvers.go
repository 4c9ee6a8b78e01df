package graph

import (
	"context"
	"usher/ent"
	"usher/internal/access"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/workspace"
)

// CreateRole is the resolver for the createRole field.
func (r *mutationResolver) CreateRole(ctx context.Context, input workspace.CreateRoleInput) (*CreateRolePayload, error) {
	role, err := r.Workspaces.CreateRole(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &CreateRolePayload{Role: role}, nil
}

// UpdateRole is the resolver for the updateRole field.
func (r *mutationResolver) UpdateRole(ctx context.Context, input workspace.UpdateRoleInput) (*UpdateRolePayload, error) {
	role, err := r.Workspaces.UpdateRole(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &UpdateRolePayload{Role: role}, nil
}

// DeleteRole is the resolver for the deleteRole field.
func (r *mutationResolver) DeleteRole(ctx context.Context, input DeleteRoleInput) (*DeleteRolePayload, error) {
	if err := r.Workspaces.DeleteRole(ctx, callerOf(ctx), input.RoleID); err != nil {
		return nil, err
	}
	return &DeleteRolePayload{DeletedID: input.RoleID}, nil
}

// Description is the resolver for the description field.
func (r *roleResolver) Description(ctx context.Context, obj *ent.Role) (*string, error) {
	if !access.IsBuiltIn(obj.Key) {
		return nil, nil
	}
	return inputs.NilIfEmpty(i18n.T(gqlhttp.Locale(ctx), "role."+obj.Key+"_description", nil)), nil
}

// Scopes is the resolver for the scopes field.
func (r *roleResolver) Scopes(ctx context.Context, obj *ent.Role) ([]RoleScope, error) {
	return scopesOf(obj), nil
}
