package graph

import (
	"context"
	"usher/internal/provisioning"
)

// CreateUser is the resolver for the createUser field.
func (r *mutationResolver) CreateUser(ctx context.Context, input provisioning.CreateInput) (*CreateUserPayload, error) {
	c, err := r.Provisioning.CreateUser(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &CreateUserPayload{*c, Counted{r.Resolver, input.WorkspaceID}}, nil
}
