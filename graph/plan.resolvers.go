package graph

import (
	"context"
	"usher/internal/gqlhttp"
	"usher/internal/invitation"
)

// Message is the resolver for the message field.
func (r *plannedPersonResolver) Message(ctx context.Context, obj *invitation.PlannedPerson) (string, error) {
	return obj.Sentence.In(gqlhttp.Locale(ctx)), nil
}

// Plan is the resolver for the plan field.
func (r *queryResolver) Plan(ctx context.Context, input invitation.PlanInput) (*invitation.Plan, error) {
	return r.Invitations.Plan(ctx, callerOf(ctx), input)
}

// PlannedPerson returns PlannedPersonResolver implementation.
func (r *Resolver) PlannedPerson() PlannedPersonResolver { return &plannedPersonResolver{r} }

type plannedPersonResolver struct{ *Resolver }
