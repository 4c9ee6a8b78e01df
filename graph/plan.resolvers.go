package graph

import (
	"context"
	"usher/internal/dryrun"
	"usher/internal/gqlhttp"
)

// Error is the resolver for the error field.
func (r *plannedPersonResolver) Error(ctx context.Context, obj *dryrun.Person) (*OutcomeError, error) {
	if obj.Fault == nil {
		return nil, nil
	}
	e := outcomeError(ctx, obj.Fault)
	e.Message = obj.Message().In(gqlhttp.Locale(ctx))
	return e, nil
}

// Message is the resolver for the message field.
func (r *plannedPersonResolver) Message(ctx context.Context, obj *dryrun.Person) (string, error) {
	return obj.Message().In(gqlhttp.Locale(ctx)), nil
}

// Plan is the resolver for the plan field.
func (r *queryResolver) Plan(ctx context.Context, input dryrun.Input) (*dryrun.Result, error) {
	return r.DryRuns.Run(ctx, callerOf(ctx), input)
}

// PlannedPerson returns PlannedPersonResolver implementation.
func (r *Resolver) PlannedPerson() PlannedPersonResolver { return &plannedPersonResolver{r} }

type plannedPersonResolver struct{ *Resolver }
