package graph

import (
	"context"
	"time"
	"usher/ent"
	"usher/internal/workspace"
)

// Usage is the resolver for the usage field.
func (r *workspaceResolver) Usage(ctx context.Context, obj *ent.Workspace, from *time.Time, to *time.Time) (*workspace.Usage, error) {
	return countOnce(ctx, obj.ID, func() (*workspace.Usage, error) {
		return r.Workspaces.Usage(ctx, callerOf(ctx), obj.ID, from, to)
	})
}
