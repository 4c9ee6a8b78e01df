package graph

import (
	"context"
	"usher/ent"
	"usher/ent/suppression"
	"usher/internal/visibility"
)

// LiftSuppression is the resolver for the liftSuppression field.
func (r *mutationResolver) LiftSuppression(ctx context.Context, input LiftSuppressionInput) (*LiftSuppressionPayload, error) {
	lifted, err := r.Suppressions.LiftSuppression(ctx, callerOf(ctx), input.WorkspaceID,
		input.SuppressionID)
	if err != nil {
		return nil, err
	}
	return &LiftSuppressionPayload{DeletedID: lifted.ID, Email: lifted.EmailKey}, nil
}

// Reason is the resolver for the reason field.
func (r *suppressionResolver) Reason(ctx context.Context, obj *ent.Suppression) (SuppressionReason, error) {
	switch obj.Reason {
	case suppression.ReasonBounced:
		return SuppressionReasonHardBounce, nil
	case suppression.ReasonComplaint:
		return SuppressionReasonComplaint, nil
	}
	return SuppressionReasonRequested, nil
}

// Scope is the resolver for the scope field.
func (r *suppressionResolver) Scope(ctx context.Context, obj *ent.Suppression) (SuppressionScope, error) {
	if obj.PlaceID.IsZero() {
		return SuppressionScopeEverywhere, nil
	}
	return SuppressionScopeWorkspace, nil
}

// Suppressions is the resolver for the suppressions field.
func (r *workspaceResolver) Suppressions(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *SuppressionFilter, orderBy *ent.SuppressionOrder) (*ent.SuppressionConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	return r.Reads.Suppression.Query().
		Where(visibility.SuppressionsOf(obj.ID), filter.toPredicate()).
		Paginate(ctx, a, first, b, last, ent.WithSuppressionOrder(orDefault(orderBy, newestSuppressions)))
}
