package graph

import (
	"context"

	"usher/internal/ident"
)

// VisibleIDs returns those of some ids whose objects the caller in the scope of ctx may read, in their
// order. Ids of other kinds than nodes are left out.
func (r *Resolver) VisibleIDs(ctx context.Context, ids []ident.ID) ([]ident.ID, error) {
	nodes, err := r.loadNodes(ctx, ids)
	if err != nil {
		return nil, err
	}
	var seen []ident.ID
	for i, node := range nodes {
		if node != nil {
			seen = append(seen, ids[i])
		}
	}
	return seen, nil
}
