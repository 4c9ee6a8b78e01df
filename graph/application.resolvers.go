package graph

import (
	"context"
	"usher/ent"
	"usher/ent/application"
	"usher/internal/inputs"
	"usher/internal/oidc"
)

// CreateApplication is the resolver for the createApplication field.
func (r *mutationResolver) CreateApplication(ctx context.Context, input oidc.CreateInput) (*CreateApplicationPayload, error) {
	app, clientSecret, err := r.Applications.CreateApplication(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &CreateApplicationPayload{Application: app,
		ClientSecret: inputs.NilIfEmpty(clientSecret.Reveal())}, nil
}

// UpdateApplication is the resolver for the updateApplication field.
func (r *mutationResolver) UpdateApplication(ctx context.Context, input UpdateApplicationInput) (*UpdateApplicationPayload, error) {
	app, err := r.Applications.UpdateApplication(ctx, callerOf(ctx), oidc.UpdateInput{
		ID: input.ApplicationID, Name: input.Name, RedirectURIs: input.RedirectUris,
		PostLogoutRedirectURIs: input.PostLogoutRedirectUris,
		InitiateLoginURI:       toChange(input.InitiateLoginURI),
		IDTokenAlgorithm:       input.IDTokenAlgorithm,
	})
	if err != nil {
		return nil, err
	}
	return &UpdateApplicationPayload{Application: app}, nil
}

// RotateApplicationSecret is the resolver for the rotateApplicationSecret field.
func (r *mutationResolver) RotateApplicationSecret(ctx context.Context, input RotateApplicationSecretInput) (*RotateApplicationSecretPayload, error) {
	app, clientSecret, err := r.Applications.RotateApplicationSecret(ctx, callerOf(ctx),
		input.ApplicationID, input.FormerSecretHours)
	if err != nil {
		return nil, err
	}
	return &RotateApplicationSecretPayload{Application: app, ClientSecret: clientSecret.Reveal()}, nil
}

// DeleteApplication is the resolver for the deleteApplication field.
func (r *mutationResolver) DeleteApplication(ctx context.Context, input DeleteApplicationInput) (*DeleteApplicationPayload, error) {
	if err := r.Applications.DeleteApplication(ctx, callerOf(ctx), input.ApplicationID); err != nil {
		return nil, err
	}
	return &DeleteApplicationPayload{DeletedID: input.ApplicationID}, nil
}

// Applications is the resolver for the applications field.
func (r *workspaceResolver) Applications(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, orderBy *ent.ApplicationOrder) (*ent.ApplicationConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	return r.Reads.Application.Query().Where(application.WorkspaceID(obj.ID)).
		Paginate(ctx, a, first, b, last, ent.WithApplicationOrder(orDefault(orderBy, applicationsByName)))
}
