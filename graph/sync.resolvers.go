package graph

import (
	"context"
	"usher/internal/imports"
)

// SyncMembers is the resolver for the syncMembers field.
func (r *mutationResolver) SyncMembers(ctx context.Context, input imports.SyncMembersInput) (*SyncMembersPayload, error) {
	batch, started, err := r.Imports.SyncMembers(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &SyncMembersPayload{Import: batch, Started: started}, nil
}
