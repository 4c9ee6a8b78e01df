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
	outcomes, err := r.Invitations.AddToGroup(ctx, caller(ctx), input)
	return r.settled(ctx, outcomes, err)
}

// RemoveFromGroup is the resolver for the removeFromGroup field.
func (r *mutationResolver) RemoveFromGroup(ctx context.Context, groupID ident.ID, memberIds []ident.ID) (*ent.Group, error) {
	return r.Members.RemoveFromGroup(ctx, caller(ctx), groupID, memberIds)
}

// RegisterForSession is the resolver for the registerForSession field.
func (r *mutationResolver) RegisterForSession(ctx context.Context, input invitation.RegisterInput) (*InviteUsersPayload, error) {
	outcomes, err := r.Invitations.Register(ctx, caller(ctx), input)
	return r.settled(ctx, outcomes, err)
}

// UpdateMember is the resolver for the updateMember field.
func (r *mutationResolver) UpdateMember(ctx context.Context, input UpdateMemberInput) (*ent.Member, error) {
	return r.Members.UpdateMember(ctx, caller(ctx), member.UpdateMemberInput{
		ID: input.ID, Grant: input.Grant, AccessExpiresAt: change(input.AccessExpiresAt),
		DeleteOnExpiry: input.DeleteOnExpiry,
		FirstName:      input.FirstName, LastName: input.LastName,
	})
}

// DeactivateMember is the resolver for the deactivateMember field.
func (r *mutationResolver) DeactivateMember(ctx context.Context, id ident.ID) (*ent.Member, error) {
	return r.Members.Deactivate(ctx, caller(ctx), id)
}

// ReactivateMember is the resolver for the reactivateMember field.
func (r *mutationResolver) ReactivateMember(ctx context.Context, id ident.ID) (*ent.Member, error) {
	return r.Members.Reactivate(ctx, caller(ctx), id)
}

// RemoveMember is the resolver for the removeMember field.
func (r *mutationResolver) RemoveMember(ctx context.Context, id ident.ID) (bool, error) {
	return ok(r.Members.Remove(ctx, caller(ctx), id))
}
