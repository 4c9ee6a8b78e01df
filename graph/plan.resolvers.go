package graph

import (
	"context"
	"usher/internal/gqlhttp"
	"usher/internal/invitation"
)

// Error is the resolver for the error field.
func (r *plannedPersonResolver) Error(ctx context.Context, obj *invitation.DryRunPerson) (*OutcomeError, error) {
	if obj.Fault == nil {
		return nil, nil
	}
	e := outcomeError(ctx, obj.Fault)
	e.Message = obj.Message().In(gqlhttp.Locale(ctx))
	return e, nil
}

// Message is the resolver for the message field.
func (r *plannedPersonResolver) Message(ctx context.Context, obj *invitation.DryRunPerson) (string, error) {
	return obj.Message().In(gqlhttp.Locale(ctx)), nil
}

// Plan is the resolver for the plan field.
func (r *queryResolver) Plan(ctx context.Context, input invitation.DryRunInput) (*invitation.DryRunResult, error) {
	return r.Invitations.DryRun(ctx, callerOf(ctx), input)
}

// PlannedPerson returns PlannedPersonResolver implementation.
func (r *Resolver) PlannedPerson() PlannedPersonResolver { return &plannedPersonResolver{r} }

type plannedPersonResolver struct{ *Resolver }
