package server

import (
	"context"
	"slices"
	"strings"

	"usher/graph"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/inbound"
	"usher/internal/store"
)

// connectionInfo is what stays the same of a connection while its caller may change.
type connectionInfo struct {
	language   string
	newRequest func() *graph.Request
}

type connectionKey struct{}

// withCaller gives a context its caller, the language they are answered in, and a request that
// remembers nothing yet.
func (v *connectionInfo) withCaller(ctx context.Context, caller *access.Caller) context.Context {
	l, _ := i18n.Match(v.language, caller.Locale)
	ctx = gqlhttp.WithLocale(ctx, l)
	ctx = access.NewContext(ctx, caller)
	ctx = store.AsCaller(ctx, caller)
	return graph.WithRequest(ctx, v.newRequest())
}

// renewCaller loads the caller of a stream anew.
func (s *httpServer) renewCaller(ctx context.Context) (context.Context, error) {
	v, ok := ctx.Value(connectionKey{}).(*connectionInfo)
	caller := access.FromContext(ctx)
	if !ok || caller.Anonymous() {
		return ctx, nil
	}
	// Security: the token is not asked again, it is over after minutes; what it stood for is: the
	// sign-in, the account, its memberships and roles, as they are in the database now.
	limited, cancel := inbound.Limit(ctx, inbound.TimeLimit)
	defer cancel()
	fresh, err := s.Accounts.ReloadCaller(limited, caller)
	if err != nil {
		return nil, err
	}
	return v.withCaller(ctx, fresh), nil
}

// authenticateWebsocket gives a websocket the caller of the token in its first message, whoever its
// headers spoke of.
func (s *httpServer) authenticateWebsocket(ctx context.Context,
	authorization string) (context.Context, error) {
	v, ok := ctx.Value(connectionKey{}).(*connectionInfo)
	token, given := parseBearer(authorization)
	if !ok || !given {
		return nil, fault.New(fault.Unauthenticated, "fault.unauthenticated")
	}
	caller, err := s.loadCaller(ctx, token)
	if err != nil {
		if !fault.Has(err, fault.Unauthenticated) {
			s.Log.Error("load caller failed", "request_id", inbound.ID(ctx), "error", err)
		}
		return nil, err
	}
	return v.withCaller(context.WithValue(ctx, staleTokenKey{}, nil), caller), nil
}

// isAllowedOrigin tells whether pages of an origin may open websockets: our own, and those that the
// operator lists. Both are written as browsers write origins.
func (s *httpServer) isAllowedOrigin(origin string) bool {
	own := s.Settings.PublicURL.Scheme + "://" + s.Settings.PublicURL.Host
	return strings.EqualFold(origin, own) || slices.Contains(s.Settings.CORSOrigins, origin)
}
