package graph

import (
	"context"
	"usher/internal/ident"
)

// EraseMember is the resolver for the eraseMember field.
func (r *mutationResolver) EraseMember(ctx context.Context, id ident.ID) (bool, error) {
	return succeeded(r.Members.EraseMember(ctx, callerOf(ctx), id))
}

// EraseMyAccount is the resolver for the eraseMyAccount field.
func (r *mutationResolver) EraseMyAccount(ctx context.Context, password string) (bool, error) {
	err := r.Members.EraseAccount(ctx, callerOf(ctx), password, requestOf(ctx).Origin)
	if err == nil {
		requestOf(ctx).ClearCookie()
	}
	return succeeded(err)
}

// PersonalData is the resolver for the personalData field.
func (r *queryResolver) PersonalData(ctx context.Context, memberID *ident.ID) (map[string]any, error) {
	return r.Members.PersonalData(ctx, callerOf(ctx), memberID)
}
