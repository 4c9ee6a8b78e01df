package graph

import (
	"context"
	"sync"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fault"
)

// Request is what resolvers need of the HTTP request around them.
type Request struct {
	Origin       account.Origin
	RefreshToken string                // of the cookie, empty if there is none
	SetCookie    func(account.Session) // hands the refresh token to the browser
	ClearCookie  func()

	counters sync.Map // tally → what it came to
	actors   sync.Map // id of who did something → their name, empty for none
}

type requestKey struct{}

// WithRequest carries it.
func WithRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

func requestOf(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{SetCookie: func(account.Session) {}, ClearCookie: func() {}}
}

// signedIn answers a session: the refresh token goes into the cookie, or, when the client wants it
// so, into the body.
func (r *Resolver) signedIn(ctx context.Context, s account.Session,
	delivery *TokenDelivery) (*AuthPayload, error) {
	// Loaded by its sign-in, as in later requests: a session that may only change its password has
	// no memberships here either.
	viewer, err := r.Accounts.ReloadCaller(ctx,
		&access.Caller{UserID: s.UserID, SignInID: s.SignInID})
	if err != nil {
		return nil, err
	}
	// what is asked for below this mutation is asked by who signed in through it
	*callerOf(ctx) = *viewer
	p := &AuthPayload{AccessToken: s.AccessToken.Reveal(), ExpiresAt: s.ExpiresAt, Viewer: viewer,
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

// currentDelivery is how a client that is signed in got its refresh token: in the cookie, if it sends one.
func currentDelivery(ctx context.Context) *TokenDelivery {
	d := TokenDeliveryBody
	if requestOf(ctx).RefreshToken != "" {
		d = TokenDeliveryCookie
	}
	return &d
}

// succeeded is the answer of a mutation that has nothing to show.
func succeeded(err error) (bool, error) { return err == nil, err }

// mustSee turns a row that the caller may not see into NOT_FOUND.
func mustSee[T any](row T, err error) (T, error) {
	if ent.IsNotFound(err) {
		var none T
		return none, fault.Missing()
	}
	return row, err
}

func callerOf(ctx context.Context) *access.Caller { return access.FromContext(ctx) }
