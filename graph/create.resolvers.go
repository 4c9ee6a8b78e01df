package graph

import (
	"context"
	"usher/internal/invitation"
)

// CreateUser is the resolver for the createUser field.
func (r *mutationResolver) CreateUser(ctx context.Context, input invitation.CreateInput) (*invitation.Creation, error) {
	return r.Invitations.Create(ctx, callerOf(ctx), input)
}
