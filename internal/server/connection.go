package server

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"usher/graph"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/inbound"
	"usher/internal/secret"
	"usher/internal/store"
)

// connectionInfo holds what stays constant on a connection whose caller may change.
type connectionInfo struct {
	language   string
	address    netip.Addr  // of the client
	header     http.Header // of the response
	socket     bool        // a websocket, on which many operations come
	newRequest func() *graph.Request
}

// connectionKey is the context key of the connection on which a request came.
type connectionKey struct{}

// withCaller returns a context with the caller, the caller's language, and a new graph.Request.
func (v *connectionInfo) withCaller(ctx context.Context, caller *access.Caller) context.Context {
	l, _ := i18n.Match(v.language, caller.Locale)
	ctx = gqlhttp.WithLocale(ctx, l)
	ctx = access.NewContext(ctx, caller)
	ctx = store.AsCaller(ctx, caller)
	return graph.WithRequest(ctx, v.newRequest())
}

// renewCaller loads the caller of a stream again.
func (s *httpServer) renewCaller(ctx context.Context) (context.Context, error) {
	v, ok := ctx.Value(connectionKey{}).(*connectionInfo)
	caller := access.FromContext(ctx)
	if !ok || caller.Anonymous() {
		return ctx, nil
	}
	// Security: the access token expires after minutes, so it is not checked again. The sign-in,
	// the account, its memberships and its roles are read from the database.
	limited, cancel := inbound.Limit(ctx, inbound.TimeLimit)
	defer cancel()
	var fresh *access.Caller
	var err error
	if caller.KeyID.IsZero() {
		fresh, err = s.Accounts.ReloadCaller(limited, caller)
	} else {
		fresh, err = s.APIKeys.Reload(limited, caller.KeyID, v.address)
	}
	if err != nil {
		return nil, err
	}
	return v.withCaller(ctx, fresh), nil
}

// authenticateWebsocket sets the caller of a websocket to that of the token in its first message.
// It replaces a caller from the headers.
func (s *httpServer) authenticateWebsocket(ctx context.Context,
	authorization string) (context.Context, error) {
	v, ok := ctx.Value(connectionKey{}).(*connectionInfo)
	token, given := parseBearer(authorization)
	// A websocket without a token stays anonymous, so a malformed one is an error.
	if !ok || !given {
		return nil, fault.New(fault.Unauthenticated, "fault.unauthenticated")
	}
	var caller *access.Caller
	var err error
	if secret.IsAPIKey(token) {
		caller, err = s.loadKeyCaller(ctx, token, v.address)
	} else {
		caller, err = s.loadCaller(ctx, token)
	}
	if err != nil {
		if !fault.Has(err, fault.Unauthenticated) && !fault.Has(err, fault.RateLimited) {
			s.Log.Error("load caller failed", "request_id", inbound.ID(ctx), "error", err)
		}
		return nil, err
	}
	return v.withCaller(gqlhttp.WithoutInvalidToken(ctx), caller), nil
}

// isAllowedOrigin reports whether pages of an origin may open websockets: Usher's own origin and
// those in USHER_CORS_ORIGINS. Both have the format that browsers send.
func (s *httpServer) isAllowedOrigin(origin string) bool {
	own := s.Settings.PublicURL.Scheme + "://" + s.Settings.PublicURL.Host
	return strings.EqualFold(origin, own) || slices.Contains(s.Settings.CORSOrigins, origin)
}
