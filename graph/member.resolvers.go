package graph

import (
	"context"
	"usher/ent"
	"usher/internal/ident"
	"usher/internal/onboarding"
)

// AddToGroup is the resolver for the addToGroup field.
func (r *mutationResolver) AddToGroup(ctx context.Context, input onboarding.AddInput) (*InviteUsersPayload, error) {
	outcomes, err := r.Onboarding.AddToGroup(ctx, caller(ctx), input)
	return r.settled(ctx, outcomes, err)
}

// RemoveFromGroup is the resolver for the removeFromGroup field.
func (r *mutationResolver) RemoveFromGroup(ctx context.Context, groupID ident.ID, memberIds []ident.ID) (*ent.Group, error) {
	return r.Onboarding.RemoveFromGroup(ctx, caller(ctx), groupID, memberIds)
}

// RegisterForSession is the resolver for the registerForSession field.
func (r *mutationResolver) RegisterForSession(ctx context.Context, input onboarding.RegisterInput) (*InviteUsersPayload, error) {
	outcomes, err := r.Onboarding.Register(ctx, caller(ctx), input)
	return r.settled(ctx, outcomes, err)
}

// UpdateMember is the resolver for the updateMember field.
func (r *mutationResolver) UpdateMember(ctx context.Context, input UpdateMemberInput) (*ent.Member, error) {
	return r.Onboarding.UpdateMember(ctx, caller(ctx), onboarding.UpdateMemberInput{
		ID: input.ID, Grant: input.Grant, AccessExpiresAt: change(input.AccessExpiresAt), DeleteOnExpiry: input.DeleteOnExpiry,
		FirstName: input.FirstName, LastName: input.LastName,
	})
}

// DeactivateMember is the resolver for the deactivateMember field.
func (r *mutationResolver) DeactivateMember(ctx context.Context, id ident.ID) (*ent.Member, error) {
	return r.Onboarding.Deactivate(ctx, caller(ctx), id)
}

// ReactivateMember is the resolver for the reactivateMember field.
func (r *mutationResolver) ReactivateMember(ctx context.Context, id ident.ID) (*ent.Member, error) {
	return r.Onboarding.Reactivate(ctx, caller(ctx), id)
}

// RemoveMember is the resolver for the removeMember field.
func (r *mutationResolver) RemoveMember(ctx context.Context, id ident.ID) (bool, error) {
	return ok(r.Onboarding.Remove(ctx, caller(ctx), id))
}
