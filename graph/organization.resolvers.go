package graph

import (
	"context"

	"usher/ent"
	"usher/ent/workspace"
	"usher/internal/access"
)

// Plan is the resolver for the plan field.
func (r *organizationResolver) Plan(ctx context.Context, obj *ent.Organization) (*OrganizationPlan, error) {
	plan := &OrganizationPlan{Entitlements: obj.Entitlements.List()}
	if callerOf(ctx).ThroughoutAny(obj.ID, access.UsageView) {
		plan.Seats, plan.SeatsUsed = obj.Seats, &obj.SeatsTaken
	}
	return plan, nil
}

// Workspaces is the resolver for the workspaces field.
func (r *organizationResolver) Workspaces(ctx context.Context, obj *ent.Organization, first *int, after *string, last *int, before *string) (*ent.WorkspaceConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	return r.Reads.Workspace.Query().Where(workspace.OrganizationID(obj.ID)).
		Paginate(ctx, a, first, b, last)
}
