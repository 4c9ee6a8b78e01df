package graph

import (
	"context"
	"usher/ent"
	entapikey "usher/ent/apikey"
	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/ent/session"
	"usher/internal/apikey"
	"usher/internal/ident"
)

// Status is the resolver for the status field.
func (r *apiKeyResolver) Status(ctx context.Context, obj *ent.APIKey) (apikey.Status, error) {
	return apikey.StatusOf(obj, r.Clock()), nil
}

// WholeWorkspace is the resolver for the wholeWorkspace field.
func (r *apiKeyResolver) WholeWorkspace(ctx context.Context, obj *ent.APIKey) (bool, error) {
	return len(obj.PlaceIds) == 0, nil
}

// Groups is the resolver for the groups field.
func (r *apiKeyResolver) Groups(ctx context.Context, obj *ent.APIKey) ([]*ent.Group, error) {
	return keyPlacesOf(ctx, obj, ident.Group, func(ids []ident.ID) ([]*ent.Group, error) {
		query, err := r.Reads.Group.Query().Where(group.IDIn(ids...)).CollectFields(ctx, "Group", "Node")
		if err != nil {
			return nil, err
		}
		return query.All(ctx)
	}, func(row *ent.Group) ident.ID { return row.ID })
}

// OrgUnits is the resolver for the orgUnits field.
func (r *apiKeyResolver) OrgUnits(ctx context.Context, obj *ent.APIKey) ([]*ent.OrgUnit, error) {
	return keyPlacesOf(ctx, obj, ident.OrgUnit, func(ids []ident.ID) ([]*ent.OrgUnit, error) {
		query, err := r.Reads.OrgUnit.Query().Where(orgunit.IDIn(ids...)).CollectFields(ctx, "OrgUnit", "Node")
		if err != nil {
			return nil, err
		}
		return query.All(ctx)
	}, func(row *ent.OrgUnit) ident.ID { return row.ID })
}

// Sessions is the resolver for the sessions field.
func (r *apiKeyResolver) Sessions(ctx context.Context, obj *ent.APIKey) ([]*ent.Session, error) {
	return keyPlacesOf(ctx, obj, ident.Session, func(ids []ident.ID) ([]*ent.Session, error) {
		query, err := r.Reads.Session.Query().Where(session.IDIn(ids...)).CollectFields(ctx, "Session", "Node")
		if err != nil {
			return nil, err
		}
		return query.All(ctx)
	}, func(row *ent.Session) ident.ID { return row.ID })
}

// CreateAPIKey is the resolver for the createApiKey field.
func (r *mutationResolver) CreateAPIKey(ctx context.Context, input apikey.CreateInput) (*CreateAPIKeyPayload, error) {
	key, secret, err := r.APIKeys.CreateKey(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &CreateAPIKeyPayload{APIKey: key, Secret: secret.Reveal()}, nil
}

// UpdateAPIKey is the resolver for the updateApiKey field.
func (r *mutationResolver) UpdateAPIKey(ctx context.Context, input UpdateAPIKeyInput) (*UpdateAPIKeyPayload, error) {
	key, err := r.APIKeys.UpdateKey(ctx, callerOf(ctx), apikey.UpdateInput{
		ID: input.APIKeyID, Name: input.Name, Permissions: input.Permissions,
		GroupIDs: toSliceChange(input.GroupIds), OrgUnitIDs: toSliceChange(input.OrgUnitIds),
		SessionIDs: toSliceChange(input.SessionIds), ExpiresAt: toChange(input.ExpiresAt),
		AllowedNetworks: toSliceChange(input.AllowedNetworks),
	})
	if err != nil {
		return nil, err
	}
	return &UpdateAPIKeyPayload{APIKey: key}, nil
}

// RotateAPIKey is the resolver for the rotateApiKey field.
func (r *mutationResolver) RotateAPIKey(ctx context.Context, input apikey.RotateInput) (*RotateAPIKeyPayload, error) {
	key, secret, err := r.APIKeys.RotateKey(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &RotateAPIKeyPayload{APIKey: key, Secret: secret.Reveal()}, nil
}

// RevokeAPIKey is the resolver for the revokeApiKey field.
func (r *mutationResolver) RevokeAPIKey(ctx context.Context, input RevokeAPIKeyInput) (*RevokeAPIKeyPayload, error) {
	key, err := r.APIKeys.RevokeKey(ctx, callerOf(ctx), input.APIKeyID)
	if err != nil {
		return nil, err
	}
	return &RevokeAPIKeyPayload{APIKey: key}, nil
}

// ViewerAPIKey is the resolver for the viewerApiKey field.
func (r *queryResolver) ViewerAPIKey(ctx context.Context) (*ent.APIKey, error) {
	by := callerOf(ctx)
	if by.KeyID.IsZero() {
		return nil, nil
	}
	query, err := r.Reads.APIKey.Query().Where(entapikey.ID(by.KeyID)).CollectFields(ctx, "ApiKey", "Node")
	if err != nil {
		return nil, err
	}
	key, err := query.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return key, err
}

// APIKeys is the resolver for the apiKeys field.
func (r *workspaceResolver) APIKeys(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *APIKeyFilter, orderBy *ent.ApiKeyOrder) (*ent.ApiKeyConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	found, err := r.searchAPIKeys(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.APIKey.Query().
		Where(entapikey.WorkspaceID(obj.ID), filter.toPredicate(r.Clock()), found).
		Paginate(ctx, a, first, b, last, ent.WithApiKeyOrder(orDefault(orderBy, newestKeys)))
}
