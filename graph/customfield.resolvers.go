package graph

import (
	"context"
	"usher/internal/workspace"
)

// CreateCustomField is the resolver for the createCustomField field.
func (r *mutationResolver) CreateCustomField(ctx context.Context, input workspace.CreateCustomFieldInput) (*CreateCustomFieldPayload, error) {
	field, err := r.Workspaces.CreateCustomField(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &CreateCustomFieldPayload{CustomField: field}, nil
}

// UpdateCustomField is the resolver for the updateCustomField field.
func (r *mutationResolver) UpdateCustomField(ctx context.Context, input workspace.UpdateCustomFieldInput) (*UpdateCustomFieldPayload, error) {
	field, err := r.Workspaces.UpdateCustomField(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &UpdateCustomFieldPayload{CustomField: field}, nil
}

// DeleteCustomField is the resolver for the deleteCustomField field.
func (r *mutationResolver) DeleteCustomField(ctx context.Context, input DeleteCustomFieldInput) (*DeleteCustomFieldPayload, error) {
	if err := r.Workspaces.DeleteCustomField(ctx, callerOf(ctx), input.CustomFieldID); err != nil {
		return nil, err
	}
	return &DeleteCustomFieldPayload{DeletedID: input.CustomFieldID}, nil
}
