package gqlhttp

import (
	"context"
	"net/http"
	"strings"

	"usher/internal/fault"
)

// invalidTokenKey is the context key of the reason why a token was not accepted. It is kept because
// some operations work with any token, such as signing in.
type invalidTokenKey struct{}

// WithInvalidToken returns a context of a request whose access token is not valid: it has expired,
// is malformed, or its sign-in has ended. The cause is for the log.
func WithInvalidToken(ctx context.Context, cause error) context.Context {
	return context.WithValue(ctx, invalidTokenKey{}, NewInvalidToken().Because(cause))
}

// WithoutInvalidToken returns a context in which the access token is forgotten, for a websocket
// whose first message brings another one.
func WithoutInvalidToken(ctx context.Context) context.Context {
	return context.WithValue(ctx, invalidTokenKey{}, (*fault.Error)(nil))
}

// RefuseInvalidToken refuses an operation of a request whose access token is not valid. It returns
// nil when the request has no such token.
func RefuseInvalidToken(ctx context.Context) error {
	if f := invalidToken(ctx); f != nil {
		return f
	}
	return nil
}

// invalidToken returns the fault of the access token of the request, or nil if the token is valid
// or absent.
func invalidToken(ctx context.Context) *fault.Error {
	f, _ := ctx.Value(invalidTokenKey{}).(*fault.Error)
	return f
}

// NewInvalidToken returns the UNAUTHENTICATED of an access token that is not valid. Its message
// differs from that of a request without a token: the client refreshes instead of asking for a
// password.
func NewInvalidToken() *fault.Error {
	return fault.New(fault.Unauthenticated, "gqlhttp.token_invalid")
}

// keyFaults begins the keys of the messages of API keys that do not work.
const keyFaults = "apikey."

// SetChallenge sets the header that RFC 6750 requires beside status 401.
func SetChallenge(w http.ResponseWriter, f *fault.Error) {
	challenge := "Bearer"
	if f.Is(NewInvalidToken()) || strings.HasPrefix(f.Message.Key, keyFaults) {
		challenge = `Bearer error="invalid_token"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
}
