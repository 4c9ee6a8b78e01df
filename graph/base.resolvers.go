package graph

import (
	"context"
	"errors"
	"usher/ent"
	"usher/ent/workspace"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// Brand is the resolver for the brand field.
func (r *publicPasswordResetResolver) Brand(ctx context.Context, obj *account.LinkPreview) (*PublicBrand, error) {
	if obj.Workspace == nil {
		return nil, nil
	}
	return publicBrand(obj.Workspace), nil
}

// Node is the resolver for the node field.
func (r *queryResolver) Node(ctx context.Context, id ident.ID) (ent.Noder, error) {
	node, err := r.Reads.Noder(ctx, id, tableOf)
	if ent.IsNotFound(err) || errors.Is(err, errNoNode) {
		return nil, nil
	}
	return node, err
}

// Nodes is the resolver for the nodes field.
func (r *queryResolver) Nodes(ctx context.Context, ids []ident.ID) ([]ent.Noder, error) {
	if len(ids) > maxNodes {
		return nil, fault.Input("ids", "graph.too_many_ids", i18n.Args{"Max": maxNodes})
	}
	return r.loadNodes(ctx, ids)
}

// Viewer is the resolver for the viewer field.
func (r *queryResolver) Viewer(ctx context.Context) (*access.Caller, error) {
	if c := callerOf(ctx); !c.UserID.IsZero() {
		return c, nil
	}
	return nil, nil
}

// Workspace is the resolver for the workspace field.
func (r *queryResolver) Workspace(ctx context.Context, id *ident.ID, slug *string) (*ent.Workspace, error) {
	query := r.Reads.Workspace.Query()
	switch {
	case (id == nil) == (slug == nil):
		return nil, fault.Input("id", "graph.one_of")
	case id != nil:
		query.Where(workspace.ID(*id))
	default:
		query.Where(workspace.Slug(*slug))
	}
	query, err := query.CollectFields(ctx)
	if err != nil {
		return nil, err
	}
	w, err := query.Only(ctx)
	// null and not NOT_FOUND: a workspace that the caller may not see is like a missing one.
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return w, err
}

// PublicInvitation is the resolver for the publicInvitation field.
func (r *queryResolver) PublicInvitation(ctx context.Context, token string) (*acceptance.AcceptPage, error) {
	return r.Acceptances.LoadAcceptPage(ctx, callerOf(ctx), token)
}

// PublicPasswordReset is the resolver for the publicPasswordReset field.
func (r *queryResolver) PublicPasswordReset(ctx context.Context, token string) (*account.LinkPreview, error) {
	preview, err := r.Accounts.PreviewPasswordReset(ctx, token)
	if err != nil {
		return nil, err
	}
	return &preview, nil
}

// Mutation returns MutationResolver implementation.
func (r *Resolver) Mutation() MutationResolver { return &mutationResolver{r} }

// PublicPasswordReset returns PublicPasswordResetResolver implementation.
func (r *Resolver) PublicPasswordReset() PublicPasswordResetResolver {
	return &publicPasswordResetResolver{r}
}

// Query returns QueryResolver implementation.
func (r *Resolver) Query() QueryResolver { return &queryResolver{r} }

type (
	mutationResolver            struct{ *Resolver }
	publicPasswordResetResolver struct{ *Resolver }
	queryResolver               struct{ *Resolver }
)
