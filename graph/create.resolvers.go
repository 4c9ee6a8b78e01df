package graph

import (
	"context"
	"usher/internal/invitation"
)

// CreateUser is the resolver for the createUser field.
func (r *mutationResolver) CreateUser(ctx context.Context, input invitation.CreateInput) (*CreateUserPayload, error) {
	c, err := r.Invitations.Create(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &CreateUserPayload{*c, Counted{r.Resolver, input.WorkspaceID}}, nil
}
