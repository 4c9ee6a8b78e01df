package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"usher/ent"
	"usher/internal/ident"
	"usher/internal/secret"
)

// storage is what the library reads and writes. The token endpoint has authenticated the
// application before, and has put it into the context.
type storage struct{ s *Service }

var (
	_ op.Storage                   = (*storage)(nil)
	_ op.CanSetUserinfoFromRequest = (*storage)(nil)
)

// errUnused is the answer to what no endpoint of Usher asks.
var errUnused = errors.New("oidc: not offered")

type tokenRequestKey struct{}

// tokenRequest is what the token endpoint knows of its request.
type tokenRequest struct {
	app      *ent.Application
	verifier string // the code verifier, "" without one
}

func tokenRequestFrom(ctx context.Context) (*tokenRequest, error) {
	r, ok := ctx.Value(tokenRequestKey{}).(*tokenRequest)
	if !ok {
		return nil, errors.New("oidc: a request without an authenticated application")
	}
	return r, nil
}

// grantRequest is the row of a sign-in at an application as the library reads it: as the request
// behind a code, and as the one behind a refresh token.
type grantRequest struct {
	row     *ent.ApplicationSignIn
	subject string
	scopes  []string // of this token, at most those of the row
}

func newGrantRequest(row *ent.ApplicationSignIn) grantRequest {
	return grantRequest{row: row, subject: row.Edges.Member.UserID.String(), scopes: row.Scopes}
}

func (g *grantRequest) GetAMR() []string                 { return nil }
func (g *grantRequest) GetAudience() []string            { return []string{g.GetClientID()} }
func (g *grantRequest) GetAuthTime() time.Time           { return g.row.SignedInAt }
func (g *grantRequest) GetClientID() string              { return g.row.ApplicationID.String() }
func (g *grantRequest) GetScopes() []string              { return g.scopes }
func (g *grantRequest) GetSubject() string               { return g.subject }
func (g *grantRequest) SetCurrentScopes(scopes []string) { g.scopes = scopes }

// codeRequest is a grantRequest behind a code. The types differ, because the library tells the two
// apart by their methods.
type codeRequest struct{ grantRequest }

func (c *codeRequest) GetID() string    { return c.row.ID.String() }
func (c *codeRequest) GetACR() string   { return "" }
func (c *codeRequest) GetNonce() string { return c.row.Nonce }
func (c *codeRequest) GetState() string { return "" }
func (c *codeRequest) Done() bool       { return true }
func (c *codeRequest) GetRedirectURI() string {
	return c.row.RedirectURI
}
func (c *codeRequest) GetResponseType() oidc.ResponseType { return oidc.ResponseTypeCode }
func (c *codeRequest) GetResponseMode() oidc.ResponseMode { return "" }
func (c *codeRequest) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: c.row.CodeChallenge, Method: oidc.CodeChallengeMethodS256}
}

// AuthRequestByCode returns the request behind a code that can still be redeemed.
func (st *storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	r, err := tokenRequestFrom(ctx)
	if err != nil {
		return nil, err
	}
	row, err := st.s.findCode(ctx, r, code)
	if err != nil {
		return nil, err
	}
	return &codeRequest{newGrantRequest(row)}, nil
}

// CreateAccessToken redeems a code without a refresh token.
func (st *storage) CreateAccessToken(ctx context.Context,
	r op.TokenRequest) (string, time.Time, error) {
	code, ok := r.(*codeRequest)
	if !ok {
		return "", time.Time{}, errUnused
	}
	if err := st.s.redeemCode(ctx, code.row, nil); err != nil {
		return "", time.Time{}, err
	}
	id, until := st.s.accessTokenID(&code.grantRequest)
	return id, until, nil
}

// CreateAccessAndRefreshTokens redeems a code, or trades a refresh token.
func (st *storage) CreateAccessAndRefreshTokens(ctx context.Context, r op.TokenRequest,
	current string) (id, refresh string, until time.Time, err error) {
	var g *grantRequest
	var token secret.Token
	switch r := r.(type) {
	case *codeRequest:
		g = &r.grantRequest
		token = applicationTokens.First(st.s.Keys, r.row.ID)
		err = st.s.redeemCode(ctx, r.row, secret.HashOpaque(token.Reveal()))
	case *grantRequest:
		g = r
		token, err = st.s.tradeToken(ctx, r.row, current)
	default:
		err = errUnused
	}
	if err != nil {
		return "", "", time.Time{}, err
	}
	id, until = st.s.accessTokenID(g)
	return id, token.Reveal(), until, nil
}

// TokenRequestByRefreshToken returns the request behind a refresh token.
func (st *storage) TokenRequestByRefreshToken(ctx context.Context,
	token string) (op.RefreshTokenRequest, error) {
	r, err := tokenRequestFrom(ctx)
	if err != nil {
		return nil, err
	}
	row, err := st.s.findByRefreshToken(ctx, r.app, token)
	if err != nil {
		return nil, err
	}
	g := newGrantRequest(row)
	return &g, nil
}

// GetRefreshTokenInfo returns the sign-in of a refresh token of an application.
func (st *storage) GetRefreshTokenInfo(_ context.Context, _ string,
	token string) (string, string, error) {
	id, ours := applicationTokens.Parse(st.s.Keys, token)
	if !ours {
		return "", "", op.ErrInvalidRefreshToken
	}
	return "", id.String(), nil
}

// RevokeToken ends the sign-in that a token belongs to: the library passes the id of an access
// token or what GetRefreshTokenInfo returned. Unknown tokens are revoked already (RFC 7009).
func (st *storage) RevokeToken(ctx context.Context, tokenID, _, clientID string) *oidc.Error {
	token, ok := parseAccessTokenID(tokenID)
	if !ok {
		id, err := ident.Parse(tokenID)
		if err != nil {
			return nil
		}
		token.id = id
	}
	if err := st.s.endSignIn(ctx, token.id, clientID); err != nil {
		return oidc.ErrServerError().WithParent(err)
	}
	return nil
}

// SigningKey returns the key for the application of the request.
func (st *storage) SigningKey(ctx context.Context) (op.SigningKey, error) {
	r, err := tokenRequestFrom(ctx)
	if err != nil {
		return nil, err
	}
	return st.s.signingKeyFor(ctx, r.app)
}

func (st *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256, jose.EdDSA}, nil
}

func (st *storage) KeySet(ctx context.Context) ([]op.Key, error) { return st.s.publicKeys(ctx) }

// GetClientByClientID returns an application. An unknown one is a plain error, which the library
// answers as invalid_client.
func (st *storage) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	if r, err := tokenRequestFrom(ctx); err == nil && r.app.ID.String() == id {
		return client{r.app}, nil
	}
	app, err := st.s.findApplication(ctx, id)
	switch {
	case err != nil:
		return nil, oidc.ErrServerError().WithParent(err)
	case app == nil:
		return nil, errors.New("unknown client")
	}
	return client{app}, nil
}

// AuthorizeClientIDSecret accepts the application that the token endpoint has authenticated.
func (st *storage) AuthorizeClientIDSecret(ctx context.Context, id, clientSecret string) error {
	r, err := tokenRequestFrom(ctx)
	if err != nil || r.app.ID.String() != id || !st.s.isSecretOf(r.app, clientSecret) {
		return errors.New("wrong client secret")
	}
	return nil
}

// isSecretOf compares a secret with the present one of an application, and with the former one
// while it works.
func (s *Service) isSecretOf(app *ent.Application, clientSecret string) bool {
	hash := secret.HashOpaque(clientSecret)
	matches := func(stored *[]byte) bool {
		return stored != nil && subtle.ConstantTimeCompare(*stored, hash) == 1
	}
	return matches(app.SecretHash) || matches(app.FormerSecretHash) &&
		app.FormerSecretEndsAt != nil && s.Clock().Before(*app.FormerSecretEndsAt)
}

// SetUserinfoFromRequest adds the claims of an ID token.
func (st *storage) SetUserinfoFromRequest(ctx context.Context, info *oidc.UserInfo,
	r op.IDTokenRequest, scopes []string) error {
	var row *ent.ApplicationSignIn
	switch r := r.(type) {
	case *codeRequest:
		row = r.row
	case *grantRequest:
		row = r.row
	default:
		return errUnused
	}
	return st.s.fillClaims(ctx, info, row.WorkspaceID, row.MemberID, scopes)
}

// SetUserinfoFromToken is part of the library's interface. The userinfo endpoint of this package
// reads the token itself.
func (st *storage) SetUserinfoFromToken(context.Context, *oidc.UserInfo, string, string,
	string) error {
	return errUnused
}

// What follows is part of the library's interface and never reached.

func (st *storage) CreateAuthRequest(context.Context, *oidc.AuthRequest,
	string) (op.AuthRequest, error) {
	return nil, errUnused
}

func (st *storage) AuthRequestByID(context.Context, string) (op.AuthRequest, error) {
	return nil, errUnused
}

func (st *storage) SaveAuthCode(context.Context, string, string) error { return errUnused }

// DeleteAuthRequest does nothing: the code is redeemed with its tokens.
func (st *storage) DeleteAuthRequest(context.Context, string) error { return nil }

func (st *storage) TerminateSession(context.Context, string, string) error { return errUnused }

func (st *storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string,
	[]string) error {
	return nil
}

func (st *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string,
	string, string) error {
	return errUnused
}

func (st *storage) GetPrivateClaimsFromScopes(context.Context, string, string,
	[]string) (map[string]any, error) {
	return nil, nil
}

func (st *storage) GetKeyByIDAndClientID(context.Context, string,
	string) (*jose.JSONWebKey, error) {
	return nil, errUnused
}

func (st *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errUnused
}

func (st *storage) Health(context.Context) error { return nil }
