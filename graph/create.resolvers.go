package graph

import (
	"context"
	"usher/internal/onboarding"
)

// CreateUser is the resolver for the createUser field.
func (r *mutationResolver) CreateUser(ctx context.Context, input onboarding.CreateInput) (*onboarding.Creation, error) {
	return r.Onboarding.Create(ctx, caller(ctx), input)
}
