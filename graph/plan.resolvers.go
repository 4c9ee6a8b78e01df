package graph

import (
	"context"
	"usher/internal/gqlhttp"
	"usher/internal/onboarding"
)

// Message is the resolver for the message field.
func (r *plannedPersonResolver) Message(ctx context.Context, obj *onboarding.PlannedPerson) (string, error) {
	return obj.Sentence.In(gqlhttp.Locale(ctx)), nil
}

// Plan is the resolver for the plan field.
func (r *queryResolver) Plan(ctx context.Context, input onboarding.PlanInput) (*onboarding.Plan, error) {
	return r.Onboarding.Plan(ctx, caller(ctx), input)
}

// PlannedPerson returns PlannedPersonResolver implementation.
func (r *Resolver) PlannedPerson() PlannedPersonResolver { return &plannedPersonResolver{r} }

type plannedPersonResolver struct{ *Resolver }
