package graph

import (
	"context"
	"usher/ent"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/member"
)

// AddToGroup is the resolver for the addToGroup field.
func (r *mutationResolver) AddToGroup(ctx context.Context, input invitation.AddInput) (*InviteUsersPayload, error) {
	outcomes, err := r.Invitations.AddToGroup(ctx, callerOf(ctx), input)
	return r.inviteUsersPayload(ctx, outcomes, err)
}

// RemoveFromGroup is the resolver for the removeFromGroup field.
func (r *mutationResolver) RemoveFromGroup(ctx context.Context, groupID ident.ID, memberIds []ident.ID) (*ent.Group, error) {
	return r.Members.RemoveFromGroup(ctx, callerOf(ctx), groupID, memberIds)
}

// RegisterForSession is the resolver for the registerForSession field.
func (r *mutationResolver) RegisterForSession(ctx context.Context, input invitation.RegisterInput) (*InviteUsersPayload, error) {
	outcomes, err := r.Invitations.Register(ctx, callerOf(ctx), input)
	return r.inviteUsersPayload(ctx, outcomes, err)
}

// UpdateMember is the resolver for the updateMember field.
func (r *mutationResolver) UpdateMember(ctx context.Context, input UpdateMemberInput) (*ent.Member, error) {
	return r.Members.UpdateMember(ctx, callerOf(ctx), member.UpdateMemberInput{
		ID: input.ID, Grant: input.Grant, AccessExpiresAt: toChange(input.AccessExpiresAt),
		DeleteOnExpiry: input.DeleteOnExpiry,
		FirstName:      input.FirstName, LastName: input.LastName,
	})
}

// DeactivateMember is the resolver for the deactivateMember field.
func (r *mutationResolver) DeactivateMember(ctx context.Context, id ident.ID) (*ent.Member, error) {
	return r.Members.Deactivate(ctx, callerOf(ctx), id)
}

// ReactivateMember is the resolver for the reactivateMember field.
func (r *mutationResolver) ReactivateMember(ctx context.Context, id ident.ID) (*ent.Member, error) {
	return r.Members.Reactivate(ctx, callerOf(ctx), id)
}

// RemoveMember is the resolver for the removeMember field.
func (r *mutationResolver) RemoveMember(ctx context.Context, id ident.ID) (bool, error) {
	return succeeded(r.Members.Remove(ctx, callerOf(ctx), id))
}
