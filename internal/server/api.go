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
	"usher/internal/cookie"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/inbound"
)

// withAPICaller gives a GraphQL request its caller, language and origin. A token that is no longer
// good is remembered, not refused yet: signing in and refreshing must work beside an old one.
func (s *httpServer) withAPICaller(next gqlhttp.Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		caller := &access.Caller{}
		if token, given := bearerToken(r); given {
			known, err := s.loadCaller(ctx, token)
			switch {
			case err == nil:
				caller = known
			case fault.Has(err, fault.Unauthenticated):
				ctx = context.WithValue(ctx, staleTokenKey{}, err)
			default:
				// The API's own form, in the language that was asked for: the account's is not
				// known.
				l, _ := i18n.Match(r.Header.Get("Accept-Language"))
				next.Unable(w, r.WithContext(gqlhttp.WithLocale(ctx, l)), err)
				return
			}
		}
		v := &connectionInfo{language: r.Header.Get("Accept-Language"),
			newRequest: func() *graph.Request {
				return &graph.Request{
					Origin: account.Origin{Network: s.clientIP(r), UserAgent: r.UserAgent(),
						Device: cookie.From(r)},
					RefreshToken: cookie.From(r),
					SetCookie: func(session account.Session) {
						cookie.Set(w, session.RefreshToken, session.RefreshEndsAt)
					},
					ClearCookie: func() { cookie.Clear(w) },
				}
			}}
		ctx = context.WithValue(ctx, connectionKey{}, v)
		next.ServeHTTP(w, r.WithContext(v.withCaller(ctx, caller)))
	})
}

// loadCaller loads the caller of a token within the time limit of a request, which starts here.
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

// checkCursor reads a cursor as the lists do, and refuses a second spelling of one: spare bits,
// line breaks, padding.
func checkCursor(c string) error {
	if strings.ContainsAny(c, "\r\n") {
		return errCursor
	}
	if _, err := base64.RawStdEncoding.Strict().DecodeString(c); err != nil {
		return errCursor
	}
	return new(ent.Cursor).UnmarshalGQL(c)
}

var errCursor = errors.New("server: not the spelling of a cursor")

type staleTokenKey struct{}

func bearerToken(r *http.Request) (string, bool) {
	return parseBearer(r.Header.Get("Authorization"))
}

func parseBearer(authorization string) (string, bool) {
	scheme, token, _ := strings.Cut(authorization, " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

func (s *httpServer) graphqlOptions() gqlhttp.Options {
	return gqlhttp.Options{
		Log: s.Log, RequestID: inbound.ID,
		Introspection: func(ctx context.Context) bool {
			return s.Settings.Demo || s.Settings.Playground || !access.FromContext(ctx).Anonymous()
		},
		CheckCursor: checkCursor,
		Fast:        s.Settings.FastGraphQL,
		Extensions:  []graphql.HandlerExtension{callerGate{}},
		InputLimits: graph.InputLimits,
		Person:      personOf, Network: func(r *http.Request) string {
			return networkOf(s.clientIP(r))
		},
		Renew: s.renewCaller, Enter: s.authenticateWebsocket, Origin: s.isAllowedOrigin,
		Ending: s.Ending,
	}
}

// personOf names the caller for limits on what is under way: the account or the key, "" for
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

// callerGate stops callers at the root of an operation: those whose token is no longer good, and
// those who have to change their password first. The second kind is asked for again at each root
// field, since a mutation before it in the same request may have signed in.
type callerGate struct{}

var _ interface {
	graphql.OperationInterceptor
	graphql.RootFieldInterceptor
} = callerGate{}

// publicRootFields are the root fields that ask for no sign-in.
var publicRootFields = map[string]bool{
	"signIn": true, "refreshSession": true, "signOut": true, "requestPasswordReset": true,
	"resetPassword": true, "confirmEmailChange": true,
	"publicInvitation": true, "acceptInvitation": true, "declineInvitation": true,
	"requestNewInvitation": true,
	"publicJoinPage":       true, "joinByLink": true, "confirmJoin": true, "redeemCard": true,
	"__typename": true,
}

// passwordChangeFields are the root fields of a session that may only change its password: those
// that lead to changing it, and out.
var passwordChangeFields = map[string]bool{
	"changePassword": true, "signOut": true, "signIn": true, "refreshSession": true,
	"__typename": true,
}

// ExtensionName is for gqlgen's list of extensions.
func (callerGate) ExtensionName() string { return "Gate" }

// Validate has nothing to ask of the schema.
func (callerGate) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation lets an operation through, or answers it with why not.
func (callerGate) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	stale, _ := ctx.Value(staleTokenKey{}).(error)
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
			return gqlhttp.Refuse(access.FromContext(ctx).Authenticated())
		}
	}
	return next(ctx)
}

// InterceptRootField refuses a root field to a session that may only change its password.
//
// Security: signIn and refreshSession put the caller that they made into the context, for the
// fields after them.
func (callerGate) InterceptRootField(ctx context.Context,
	next graphql.RootResolver) graphql.Marshaler {
	field := graphql.GetRootFieldContext(ctx).Field
	if caller := access.FromContext(ctx); caller.MustChange && !passwordChangeFields[field.Name] {
		at := graphql.WithPathContext(ctx, graphql.NewPathWithField(field.Alias))
		graphql.AddError(at, caller.Authenticated())
		return graphql.Null
	}
	return next(ctx)
}

func rootName(op *ast.OperationDefinition) string {
	return strings.ToUpper(string(op.Operation[:1])) + string(op.Operation[1:])
}
