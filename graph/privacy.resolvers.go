package graph

import (
	"context"
	"usher/internal/ident"
)

// EraseMember is the resolver for the eraseMember field.
func (r *mutationResolver) EraseMember(ctx context.Context, input EraseMemberInput) (*EraseMemberPayload, error) {
	if err := r.Members.EraseMember(ctx, callerOf(ctx), input.MemberID); err != nil {
		return nil, err
	}
	return &EraseMemberPayload{DeletedID: input.MemberID}, nil
}

// EraseMyAccount is the resolver for the eraseMyAccount field.
func (r *mutationResolver) EraseMyAccount(ctx context.Context, input EraseMyAccountInput) (*EraseMyAccountPayload, error) {
	erased := callerOf(ctx).UserID
	err := r.Members.EraseAccount(ctx, callerOf(ctx), input.Password, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).ClearCookie()
	return &EraseMyAccountPayload{DeletedID: erased}, nil
}

// PersonalData is the resolver for the personalData field.
func (r *queryResolver) PersonalData(ctx context.Context, memberID *ident.ID) (map[string]any, error) {
	return r.Members.PersonalData(ctx, callerOf(ctx), memberID)
}
