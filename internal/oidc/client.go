package oidc

import (
	"context"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"usher/ent"
	entapp "usher/ent/application"
	"usher/internal/ident"
	"usher/internal/store"
)

// idTokenLifetime is how long an ID token may be used. It proves a sign-in, which the application
// takes note of immediately.
const idTokenLifetime = 5 * time.Minute

// Scopes that the library does not know.
const (
	scopeRoles  = "roles"
	scopeGroups = "groups"
)

var supportedScopes = []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, scopeRoles,
	scopeGroups, oidc.ScopeOfflineAccess}

// client is an application as the library sees it.
type client struct{ app *ent.Application }

var _ op.Client = client{}

// GetID returns the client_id.
func (c client) GetID() string { return c.app.ID.String() }

// RedirectURIs returns the pages that a response may go to.
func (c client) RedirectURIs() []string { return c.app.RedirectUris }

// PostLogoutRedirectURIs returns the pages that signing out may lead to.
func (c client) PostLogoutRedirectURIs() []string { return c.app.PostLogoutRedirectUris }

// ApplicationType is never native: the library compares the redirect URIs of native applications
// without their ports.
func (c client) ApplicationType() op.ApplicationType {
	if c.app.Confidential {
		return op.ApplicationTypeWeb
	}
	return op.ApplicationTypeUserAgent
}

// AuthMethod is how the application proves itself. The library accepts the secret in the header or
// in the form for both of the methods that know one.
func (c client) AuthMethod() oidc.AuthMethod {
	if c.app.Confidential {
		return oidc.AuthMethodBasic
	}
	return oidc.AuthMethodNone
}

// ResponseTypes offers the code flow alone. Implicit and hybrid flows put tokens into URLs.
func (c client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}

// GrantTypes offers codes and refresh tokens. The scope offline_access decides about the latter.
func (c client) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken}
}

// LoginURL is never called: the authorization page signs the person in itself.
func (c client) LoginURL(string) string { return "" }

// AccessTokenType makes access tokens opaque, see tokenCrypto.
func (c client) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeBearer }

// IDTokenLifetime returns idTokenLifetime.
func (c client) IDTokenLifetime() time.Duration { return idTokenLifetime }

// DevMode makes the library accept plain http. checkURIs accepts it on this machine only.
func (c client) DevMode() bool { return true }

// RestrictAdditionalIdTokenScopes leaves the scopes as they are.
//
//lint:ignore ST1003 the library gives the name
func (c client) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}

// RestrictAdditionalAccessTokenScopes leaves the scopes as they are.
func (c client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}

// IsScopeAllowed allows the scopes that the library does not know. It drops all others.
func (c client) IsScopeAllowed(scope string) bool {
	return scope == scopeRoles || scope == scopeGroups
}

// IDTokenUserinfoClaimsAssertion puts the claims of the scopes into the ID token too, since many
// client libraries read nothing else.
func (c client) IDTokenUserinfoClaimsAssertion() bool { return true }

// ClockSkew is none: the times of ID tokens are those of the server.
func (c client) ClockSkew() time.Duration { return 0 }

// findApplication returns the application of a client_id; nil if there is none.
func (s *Service) findApplication(ctx context.Context, clientID string) (*ent.Application, error) {
	id, err := ident.Parse(clientID)
	if err != nil || id.Kind() != ident.Application || id.String() != clientID {
		return nil, nil
	}
	app, err := s.Store.Application.Query().Where(entapp.ID(id)).WithWorkspace().
		Only(systemContext(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return app, err
}

// allowsOrigin reports whether a page of an origin belongs to an application: one of its redirect
// URIs does.
func allowsOrigin(app *ent.Application, origin string) bool {
	return slices.ContainsFunc(app.RedirectUris, func(uri string) bool {
		return OriginOf(uri) == origin
	})
}

// systemContext turns the tenant filter off, for rows that a client_id, a code or a token names.
func systemContext(ctx context.Context) context.Context {
	return store.AsSystem(ctx, "a client_id, a code or a token names the row")
}
