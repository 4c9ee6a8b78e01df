package server

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/inbound"
	"usher/internal/ratelimit"
	"usher/internal/secret"
)

const (
	// keyRequests is how many requests an API key may send in keyWindow to one process.
	keyRequests = 1_200
	keyWindow   = time.Minute
	// keyBodyLimit is the limit in bytes of a request of an API key, which sends thousands of rows.
	keyBodyLimit = 8 << 20
)

// keyPolicy is the policy in the headers of the IETF draft "RateLimit header fields for HTTP".
var keyPolicy = `"key";q=` + strconv.Itoa(keyRequests) + `;w=` +
	strconv.Itoa(int(keyWindow.Seconds()))

// serveAPIKey serves a GraphQL request that brings an API key. Unlike an access token, a key that does
// not work refuses every operation: no program needs to sign in with one.
func (s *httpServer) serveAPIKey(w http.ResponseWriter, r *http.Request, key string,
	next gqlhttp.Server) {
	caller, err := s.loadKeyCaller(r.Context(), key, s.clientIP(r))
	if err == nil {
		err = s.countKeyRequest(w, caller)
	}
	if err == nil {
		s.serveAPI(w, r, caller, next)
		return
	}
	// The language of the account is not known: a key has none.
	l, _ := i18n.Match(r.Header.Get("Accept-Language"))
	r = r.WithContext(gqlhttp.WithLocale(r.Context(), l))
	// A program reads the status, so it is set for plain JSON too.
	f, _ := fault.Of(err)
	switch {
	case f != nil && f.Code == fault.Unauthenticated:
		next.Refuse(w, r, http.StatusUnauthorized, err)
	case f != nil && f.Code == fault.RateLimited:
		next.Refuse(w, r, http.StatusTooManyRequests, err)
	default:
		next.Unable(w, r, err)
	}
}

// loadKeyCaller is loadCaller for an API key.
func (s *httpServer) loadKeyCaller(ctx context.Context, key string,
	from netip.Addr) (*access.Caller, error) {
	// The time that this takes counts for the time limit of the request.
	limited, cancel := inbound.Limit(ctx, inbound.TimeLimit)
	defer cancel()
	start := time.Now()
	caller, err := s.APIKeys.Authenticate(limited, key, from)
	inbound.From(ctx).Spend(time.Since(start))
	return caller, err
}

// countKeyRequest counts a request of an API key and tells in headers what is left. RATE_LIMITED with
// the time to wait.
func (s *httpServer) countKeyRequest(w http.ResponseWriter, caller *access.Caller) error {
	// Told with every answer, so that a program can slow down before it is refused.
	left := s.keyMeter.Take(caller.KeyID.String(), s.Clock())
	w.Header().Set("RateLimit-Policy", keyPolicy)
	w.Header().Set("RateLimit", `"key";r=`+strconv.Itoa(left.Remaining)+`;t=`+
		strconv.Itoa(fault.Seconds(left.Reset)))
	return refuseExceeded(left)
}

// refuseExceeded returns RATE_LIMITED for a request beyond the limit.
func refuseExceeded(left ratelimit.Allowance) error {
	if left.Allowed {
		return nil
	}
	return fault.Limited(left.Reset, "apikey.rate")
}

// refuseKeyInURL refuses a request whose URL holds an API key, whether or not the key works; false if
// it holds none.
//
// Security: URLs are kept in the logs of proxies and in histories. A client that gets no answer this
// way is corrected before it goes into production.
func refuseKeyInURL(w http.ResponseWriter, r *http.Request, next gqlhttp.Server) bool {
	// The path of the API is fixed, so only the query can hold one.
	if !strings.Contains(r.URL.RawQuery, secret.APIKeyPrefix) {
		return false
	}
	l, _ := i18n.Match(r.Header.Get("Accept-Language"))
	next.Refuse(w, r.WithContext(gqlhttp.WithLocale(r.Context(), l)), http.StatusBadRequest,
		fault.New(fault.BadUserInput, "apikey.in_url"))
	return true
}

// bodyLimit returns how many bytes a request may have.
func bodyLimit(r *http.Request) int64 {
	if !access.FromContext(r.Context()).KeyID.IsZero() {
		return keyBodyLimit
	}
	return gqlhttp.BodyLimit
}

// socketMeter counts the operations of API keys on websockets. Other requests are counted before they
// are read.
type socketMeter struct{ *httpServer }

var _ graphql.OperationInterceptor = socketMeter{}

// ExtensionName returns the name for gqlgen's list of extensions.
func (socketMeter) ExtensionName() string { return "SocketMeter" }

// Validate accepts every schema.
func (socketMeter) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation refuses an operation beyond the limit of its key.
func (m socketMeter) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	v, ok := ctx.Value(connectionKey{}).(*connectionInfo)
	if by := access.FromContext(ctx); ok && v.socket && !by.KeyID.IsZero() {
		left := m.keyMeter.Take(by.KeyID.String(), m.Clock())
		if err := refuseExceeded(left); err != nil {
			return gqlhttp.Refuse(err)
		}
	}
	return next(ctx)
}
