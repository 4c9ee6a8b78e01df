package graph

import (
	"context"
	"time"
	"usher/ent"
	"usher/internal/lifecycle"
)

// ArchiveWorkspace is the resolver for the archiveWorkspace field.
func (r *mutationResolver) ArchiveWorkspace(ctx context.Context, input ArchiveWorkspaceInput) (*ArchiveWorkspacePayload, error) {
	w, err := r.Lifecycle.Archive(ctx, callerOf(ctx), input.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return &ArchiveWorkspacePayload{Workspace: w}, r.reloadCaller(ctx)
}

// UnarchiveWorkspace is the resolver for the unarchiveWorkspace field.
func (r *mutationResolver) UnarchiveWorkspace(ctx context.Context, input UnarchiveWorkspaceInput) (*UnarchiveWorkspacePayload, error) {
	w, err := r.Lifecycle.Unarchive(ctx, callerOf(ctx), input.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return &UnarchiveWorkspacePayload{Workspace: w}, r.reloadCaller(ctx)
}

// ExportWorkspace is the resolver for the exportWorkspace field.
func (r *mutationResolver) ExportWorkspace(ctx context.Context, input ExportWorkspaceInput) (*ExportWorkspacePayload, error) {
	e, err := r.Lifecycle.Export(ctx, callerOf(ctx), input.WorkspaceID, input.Format)
	if err != nil {
		return nil, err
	}
	return &ExportWorkspacePayload{Export: e}, nil
}

// DeleteWorkspace is the resolver for the deleteWorkspace field.
func (r *mutationResolver) DeleteWorkspace(ctx context.Context, input DeleteWorkspaceInput) (*DeleteWorkspacePayload, error) {
	w, err := r.Lifecycle.ScheduleDeletion(ctx, callerOf(ctx), lifecycle.DeleteInput{
		WorkspaceID: input.WorkspaceID, Name: input.Name, WithoutExport: input.WithoutExport,
	})
	if err != nil {
		return nil, err
	}
	return &DeleteWorkspacePayload{Workspace: w}, r.reloadCaller(ctx)
}

// RestoreWorkspace is the resolver for the restoreWorkspace field.
func (r *mutationResolver) RestoreWorkspace(ctx context.Context, input RestoreWorkspaceInput) (*RestoreWorkspacePayload, error) {
	w, err := r.Lifecycle.Restore(ctx, callerOf(ctx), input.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return &RestoreWorkspacePayload{Workspace: w}, r.reloadCaller(ctx)
}

// Members is the resolver for the members field.
func (r *organizationResolver) Members(ctx context.Context, obj *ent.Organization, first *int, after *string, last *int, before *string) (*OrganizationMemberConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	return r.organizationMembers(ctx, obj, a, first, b, last)
}

// Exports is the resolver for the exports field.
func (r *workspaceResolver) Exports(ctx context.Context, obj *ent.Workspace) ([]*ent.WorkspaceExport, error) {
	return r.Lifecycle.Exports(ctx, callerOf(ctx), obj)
}

// ExpiresAt is the resolver for the expiresAt field.
func (r *workspaceExportResolver) ExpiresAt(ctx context.Context, obj *ent.WorkspaceExport) (*time.Time, error) {
	return lifecycle.ExpiresAt(obj), nil
}

// URL is the resolver for the url field.
func (r *workspaceExportResolver) URL(ctx context.Context, obj *ent.WorkspaceExport) (*string, error) {
	return r.Lifecycle.SignExportURL(callerOf(ctx), obj), nil
}

// WorkspaceExport returns WorkspaceExportResolver implementation.
func (r *Resolver) WorkspaceExport() WorkspaceExportResolver { return &workspaceExportResolver{r} }

type workspaceExportResolver struct{ *Resolver }
