package graph

import (
	"context"
	"sync"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/ident"
)

// Request holds what resolvers need of the HTTP request.
type Request struct {
	Origin       account.Origin
	RefreshToken string                      // of the cookie, empty if there is none
	SetCookie    func(account.SignInSession) // hands the refresh token to the browser
	ClearCookie  func()

	counters sync.Map // countKey → a function that returns the count
	actors   sync.Map // id of an actor → their name, empty for none
	subjects sync.Map // id of the subject of an event → its name, empty for none

	numbers      sync.Mutex
	numberFields map[ident.ID]map[string]bool // id of a workspace → keys of its NUMBER fields
}

// requestKey is the context key of the Request.
type requestKey struct{}

// WithRequest returns a context with the request.
func WithRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// requestOf returns the HTTP side of the request; one that sets no cookies outside of a request, as
// in tests.
func requestOf(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{SetCookie: func(account.SignInSession) {}, ClearCookie: func() {}}
}

// signedIn returns the payload of a new session. The refresh token goes into the cookie, or into
// the body if the client asks for that.
func (r *Resolver) signedIn(ctx context.Context, s account.SignInSession,
	delivery *TokenDelivery) (*Auth, error) {
	// Loaded by its sign-in, as in later requests: a session that may only change its password has
	// no memberships here either.
	viewer, err := r.Accounts.ReloadCaller(ctx,
		&access.Caller{UserID: s.UserID, SignInID: s.SignInID})
	if err != nil {
		return nil, err
	}
	// The fields below this mutation are read as the user who just signed in.
	*callerOf(ctx) = *viewer
	p := &Auth{AccessToken: s.AccessToken.Reveal(), ExpiresAt: s.ExpiresAt, Viewer: viewer,
		MustChangePassword: s.MustChangePassword, Ended: s.Ended}
	if delivery != nil && *delivery == TokenDeliveryBody {
		token := s.RefreshToken.Reveal()
		p.RefreshToken = &token
		return p, nil
	}
	requestOf(ctx).SetCookie(s)
	return p, nil
}

// reloadCaller loads the caller again after a mutation that gave them a membership. The fields
// below the mutation, such as the workspace of the new member, are read with it.
func (r *Resolver) reloadCaller(ctx context.Context) error {
	viewer, err := r.Accounts.ReloadCaller(ctx, callerOf(ctx))
	if err == nil {
		*callerOf(ctx) = *viewer
	}
	return err
}

// currentDelivery returns how a signed-in client got its refresh token: in the cookie if it sends
// one, else in the body.
func currentDelivery(ctx context.Context) *TokenDelivery {
	d := TokenDeliveryBody
	if requestOf(ctx).RefreshToken != "" {
		d = TokenDeliveryCookie
	}
	return &d
}

// mustSee turns a row that the caller may not see into NOT_FOUND.
func mustSee[T any](row T, err error) (T, error) {
	if ent.IsNotFound(err) {
		var none T
		return none, fault.Missing()
	}
	return row, err
}

func callerOf(ctx context.Context) *access.Caller { return access.FromContext(ctx) }
