package server

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"usher/ent"
	"usher/graph"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/inbound"
	"usher/internal/secret"
)

// withAPICaller adds caller, language and origin to the context of a GraphQL request. An expired
// token is stored and not refused here: signIn and refreshSession must work with one in the header.
func (s *httpServer) withAPICaller(next gqlhttp.Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A cookie is no credential here: any site could make a browser send it.
		ctx := r.Context()
		caller := &access.Caller{}
		if refuseKeyInURL(w, r, next) {
			return
		}
		if token, given := bearerToken(r); given {
			if secret.IsAPIKey(token) {
				s.serveAPIKey(w, r, token, next)
				return
			}
			if remembered := s.Accounts.RecallCaller(token); remembered != nil && answersOnce(r) {
				// Security: without memberships. The rights are verified when the operation is known.
				caller = &access.Caller{UserID: remembered.UserID, SignInID: remembered.SignInID,
					Locale: remembered.Locale}
				ctx = context.WithValue(ctx, recalledKey{}, &recalledCaller{remembered, token})
				s.serveAPI(w, r.WithContext(ctx), caller, next)
				return
			}
			known, err := s.loadCaller(ctx, token)
			switch {
			case err == nil:
				caller = known
			case fault.Has(err, fault.Unauthenticated):
				ctx = gqlhttp.WithInvalidToken(ctx, err)
			default:
				// Answered in GraphQL's format and in the language of the request; the account's
				// language is not known.
				l, _ := i18n.Match(r.Header.Get("Accept-Language"))
				next.Unable(w, r.WithContext(gqlhttp.WithLocale(ctx, l)), err)
				return
			}
		}
		s.serveAPI(w, r.WithContext(ctx), caller, next)
	})
}

// answersOnce reports whether a request gets one answer. A stream or a websocket loads its caller when
// it begins, since it goes on through an outage of the database.
func answersOnce(r *http.Request) bool {
	return r.Method == http.MethodPost &&
		!strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// serveAPI serves a GraphQL request of a caller.
func (s *httpServer) serveAPI(w http.ResponseWriter, r *http.Request, caller *access.Caller,
	next http.Handler) {
	// Kept beside the context, because streams load their caller again on the same connection.
	v := &connectionInfo{language: r.Header.Get("Accept-Language"), address: s.clientIP(r),
		header: w.Header(), socket: r.Header.Get("Upgrade") != "",
		newRequest: func() *graph.Request {
			return &graph.Request{
				Origin: account.Origin{Network: s.clientIP(r), UserAgent: r.UserAgent(),
					Device: s.cookies.Token(r)},
				RefreshToken: s.cookies.Token(r),
				SetCookie: func(signIn account.SignInSession) {
					s.cookies.Set(w, signIn.RefreshToken, signIn.RefreshEndsAt)
				},
				ClearCookie: func() { s.cookies.Clear(w) },
			}
		}}
	ctx := context.WithValue(r.Context(), connectionKey{}, v)
	next.ServeHTTP(w, r.WithContext(v.withCaller(ctx, caller)))
}

// loadCaller loads the caller of an access token. The time limit of the request starts here, so
// that a slow lookup counts.
func (s *httpServer) loadCaller(ctx context.Context, token string) (*access.Caller, error) {
	limited, cancel := inbound.Limit(ctx, inbound.TimeLimit)
	defer cancel()
	start := time.Now()
	caller, err := s.Accounts.CallerByAccessToken(limited, token)
	inbound.From(ctx).Spend(time.Since(start))
	if err != nil {
		return nil, fmt.Errorf("load caller: %w", err)
	}
	return caller, nil
}

// checkCursor parses a cursor and refuses non-canonical spellings (spare bits, line breaks,
// padding), so that each position has one cursor.
func checkCursor(cursor string) error {
	if strings.ContainsAny(cursor, "\r\n") {
		return errCursor
	}
	if _, err := base64.RawStdEncoding.Strict().DecodeString(cursor); err != nil {
		return errCursor
	}
	return new(ent.Cursor).UnmarshalGQL(cursor)
}

// errCursor is the cause for the log; the client is told the argument.
var errCursor = errors.New("server: not the spelling of a cursor")

// bearerToken returns the access token of a request. ok is false for another scheme or none.
func bearerToken(r *http.Request) (string, bool) {
	return parseBearer(r.Header.Get("Authorization"))
}

// parseBearer returns the token of an Authorization header. The scheme is case-insensitive (RFC
// 9110, section 11.1).
func parseBearer(authorization string) (string, bool) {
	scheme, token, _ := strings.Cut(authorization, " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

// graphqlOptions returns what the GraphQL server needs of HTTP and of this installation.
// Introspection is for signed-in callers, and for everybody in a demo or with the playground.
func (s *httpServer) graphqlOptions(direct *graph.DirectReads,
	resolver *graph.Resolver) gqlhttp.Options {
	return gqlhttp.Options{
		Log: s.Log, RequestID: inbound.ID,
		Introspection: func(ctx context.Context) bool {
			return s.Settings.Demo || s.Settings.Playground || !access.FromContext(ctx).Anonymous()
		},
		CheckCursor: checkCursor, BodyLimit: bodyLimit, Status: faultStatus,
		Fast: s.Settings.FastGraphQL,
		// The caller is known for certain before the gate looks at them.
		Extensions: []graphql.HandlerExtension{directReader{s, direct}, callerGate{},
			socketMeter{s}, onceGuard{s, resolver}},
		InputLimits: graph.InputLimits,
		Person:      personOf, Network: func(r *http.Request) string {
			return networkOf(s.clientIP(r))
		},
		Renew: s.renewCaller, Enter: s.authenticateWebsocket, Origin: s.isAllowedOrigin,
		Ending: s.Ending,
	}
}

// personOf returns the id of the account or API key, the subject of concurrency limits; "" for
// anonymous callers.
func personOf(ctx context.Context) string {
	by := access.FromContext(ctx)
	switch {
	case by.Anonymous():
		return ""
	case by.UserID.IsZero():
		return by.KeyID.String()
	}
	return by.UserID.String()
}

// callerGate refuses root fields to two kinds of callers: with an expired token, and with a
// password that must be changed first. The second check runs again at each root field, because an
// earlier mutation of the same request may have signed in.
type callerGate struct{}

var _ interface {
	graphql.OperationInterceptor
	graphql.RootFieldInterceptor
} = callerGate{}

// publicRootFields are the root fields that require no sign-in.
var publicRootFields = map[string]bool{
	"signIn": true, "refreshSession": true, "signOut": true, "requestPasswordReset": true,
	"resetPassword": true, "confirmEmailChange": true,
	"publicInvitation": true, "acceptInvitation": true, "declineInvitation": true,
	"requestNewInvitation": true,
	"publicJoinPage":       true, "joinByLink": true, "confirmJoin": true, "redeemCard": true,
	"__typename": true,
}

// passwordChangeFields are the root fields that a session may use while its password must be
// changed.
var passwordChangeFields = map[string]bool{
	"changePassword": true, "signOut": true, "signIn": true, "refreshSession": true,
	"__typename": true,
}

// ExtensionName returns the name for gqlgen's list of extensions.
func (callerGate) ExtensionName() string { return "Gate" }

// Validate accepts every schema.
func (callerGate) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation refuses the whole operation when one of its root fields is refused.
func (callerGate) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	stale := gqlhttp.RefuseInvalidToken(ctx)
	must := access.FromContext(ctx).MustChange
	if stale == nil && !must {
		return next(ctx)
	}
	op := graphql.GetOperationContext(ctx)
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet,
		[]string{rootName(op.Operation)}) {
		if stale != nil && !publicRootFields[field.Name] {
			return gqlhttp.Refuse(stale)
		}
		if must && !passwordChangeFields[field.Name] {
			return gqlhttp.Refuse(access.FromContext(ctx).RequireAuthenticated())
		}
	}
	return next(ctx)
}

// InterceptRootField refuses a root field to a session whose password must be changed.
//
// Security: signIn and refreshSession replace the caller in the context for the root fields that
// follow them.
func (callerGate) InterceptRootField(ctx context.Context,
	next graphql.RootResolver) graphql.Marshaler {
	field := graphql.GetRootFieldContext(ctx).Field
	if caller := access.FromContext(ctx); caller.MustChange && !passwordChangeFields[field.Name] {
		at := graphql.WithPathContext(ctx, graphql.NewPathWithField(field.Alias))
		graphql.AddError(at, caller.RequireAuthenticated())
		return graphql.Null
	}
	return next(ctx)
}

// rootName returns the name of the root type: Query, Mutation or Subscription.
func rootName(op *ast.OperationDefinition) string {
	return strings.ToUpper(string(op.Operation[:1])) + string(op.Operation[1:])
}
