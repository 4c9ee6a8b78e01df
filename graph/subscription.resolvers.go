package graph

import (
	"context"
	"usher/internal/ident"
)

// ImportProgress is the resolver for the importProgress field.
func (r *subscriptionResolver) ImportProgress(ctx context.Context, id ident.ID) (<-chan *ImportProgress, error) {
	return r.watchImport(ctx, id)
}

// InvitationsChanged is the resolver for the invitationsChanged field.
func (r *subscriptionResolver) InvitationsChanged(ctx context.Context, workspaceID ident.ID, filter *InvitationFilter) (<-chan *InvitationChanges, error) {
	return r.watchInvitations(ctx, workspaceID, filter)
}

// MembersChanged is the resolver for the membersChanged field.
func (r *subscriptionResolver) MembersChanged(ctx context.Context, workspaceID ident.ID, filter *MemberFilter) (<-chan *MemberChanges, error) {
	return r.watchMembers(ctx, workspaceID, filter)
}

// Subscription returns SubscriptionResolver implementation.
func (r *Resolver) Subscription() SubscriptionResolver { return &subscriptionResolver{r} }

type subscriptionResolver struct{ *Resolver }
