package graph

import (
	"context"
	"usher/internal/onboarding"
)

// CreateUser is the resolver for the createUser field.
func (r *mutationResolver) CreateUser(ctx context.Context, input onboarding.CreateInput) (*onboarding.Creation, error) {
	c, err := r.Onboarding.Create(ctx, caller(ctx), input)
	if err != nil {
		return nil, r.Onboarding.NoteLookupLimit(ctx, caller(ctx), input.WorkspaceID, "createUser", err)
	}
	return c, nil
}
