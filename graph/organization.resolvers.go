package graph

import (
	"context"
	"usher/ent"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/admission"
)

// CreateWorkspace is the resolver for the createWorkspace field.
func (r *mutationResolver) CreateWorkspace(ctx context.Context, input CreateWorkspaceInput) (*CreateWorkspacePayload, error) {
	w, err := r.Admission.CreateWorkspace(ctx, callerOf(ctx), admission.CreateWorkspaceInput{
		OrganizationID: input.OrganizationID, Name: input.Name, Slug: input.Slug,
		Locale: input.Locale, TimeZone: input.TimeZone,
	})
	if err != nil {
		return nil, err
	}
	return &CreateWorkspacePayload{Workspace: w}, r.reloadCaller(ctx)
}

// UpdateOrganization is the resolver for the updateOrganization field.
func (r *mutationResolver) UpdateOrganization(ctx context.Context, input UpdateOrganizationInput) (*UpdateOrganizationPayload, error) {
	org, err := r.Admission.UpdateOrganization(ctx, callerOf(ctx),
		admission.UpdateOrganizationInput{OrganizationID: input.OrganizationID, Name: input.Name})
	if err != nil {
		return nil, err
	}
	return &UpdateOrganizationPayload{Organization: org}, nil
}

// AddOrganizationAdministrator is the resolver for the addOrganizationAdministrator field.
func (r *mutationResolver) AddOrganizationAdministrator(ctx context.Context, input AddOrganizationAdministratorInput) (*AddOrganizationAdministratorPayload, error) {
	org, err := r.Admission.AddAdministrator(ctx, callerOf(ctx), input.OrganizationID, input.UserID)
	if err != nil {
		return nil, err
	}
	return &AddOrganizationAdministratorPayload{Organization: org}, nil
}

// RemoveOrganizationAdministrator is the resolver for the removeOrganizationAdministrator field.
func (r *mutationResolver) RemoveOrganizationAdministrator(ctx context.Context, input RemoveOrganizationAdministratorInput) (*RemoveOrganizationAdministratorPayload, error) {
	org, err := r.Admission.RemoveAdministrator(ctx, callerOf(ctx), input.OrganizationID,
		input.UserID)
	if err != nil {
		return nil, err
	}
	return &RemoveOrganizationAdministratorPayload{Organization: org}, nil
}

// Plan is the resolver for the plan field.
func (r *organizationResolver) Plan(ctx context.Context, obj *ent.Organization) (*OrganizationPlan, error) {
	plan := &OrganizationPlan{Entitlements: obj.Entitlements.List()}
	if callerOf(ctx).ThroughoutAny(obj.ID, access.UsageView) {
		plan.Seats, plan.SeatsUsed = obj.Seats, &obj.SeatsTaken
	}
	return plan, nil
}

// Workspaces is the resolver for the workspaces field.
func (r *organizationResolver) Workspaces(ctx context.Context, obj *ent.Organization, first *int, after *string, last *int, before *string, filter *WorkspaceFilter, orderBy *ent.WorkspaceOrder) (*ent.WorkspaceConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	return r.Reads.Workspace.Query().
		Where(workspace.OrganizationID(obj.ID), filter.toPredicate()).
		Paginate(ctx, a, first, b, last, ent.WithWorkspaceOrder(orderBy))
}

// ViewerIsAdministrator is the resolver for the viewerIsAdministrator field.
func (r *organizationResolver) ViewerIsAdministrator(ctx context.Context, obj *ent.Organization) (bool, error) {
	return admission.IsAdministrator(callerOf(ctx), obj), nil
}

// Administrators is the resolver for the administrators field.
func (r *organizationResolver) Administrators(ctx context.Context, obj *ent.Organization) ([]*ent.User, error) {
	return r.Admission.Administrators(ctx, callerOf(ctx), obj)
}
