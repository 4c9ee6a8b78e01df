package graph

import (
	"context"

	"usher/ent"
	"usher/internal/ident"
)

// ImportProgress is the resolver for the importProgress field.
func (r *subscriptionResolver) ImportProgress(ctx context.Context, id ident.ID) (<-chan *ent.ImportBatch, error) {
	return r.watchImport(ctx, id)
}

// InvitationChanged is the resolver for the invitationChanged field.
func (r *subscriptionResolver) InvitationChanged(ctx context.Context, workspaceID ident.ID) (<-chan *ent.Invitation, error) {
	return r.watchInvitations(ctx, workspaceID)
}

// Subscription returns SubscriptionResolver implementation.
func (r *Resolver) Subscription() SubscriptionResolver { return &subscriptionResolver{r} }

type subscriptionResolver struct{ *Resolver }
