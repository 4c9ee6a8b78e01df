package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"

	"usher/ent"
	entsignin "usher/ent/signin"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
)

// codeLifetime is how long an authorization code can be redeemed. Applications do so immediately.
const codeLifetime = time.Minute

// againLifetime is how long a person may take to sign in again.
const againLifetime = time.Hour

// maxRequestText limits state and nonce, which are kept or sent back.
const maxRequestText = 2_000

// signedInAfter is the parameter that an authorization request carries through the sign-in page. It
// says when it asked for another sign-in.
const signedInAfter = "signed_in_after"

// authorizeRule limits the authorizations of one sign-in, each of which is a row.
var authorizeRule = ratelimit.Rule{Name: "application-authorize", Limit: 60, Window: time.Minute}

// Authorization is a valid request of an application to sign a person in.
type Authorization struct {
	App       *ent.Application
	Workspace *ent.Workspace
	LoginHint string
	Locales   []string // of the request, most wanted first
	Silent    bool     // prompt=none: no page may be shown

	request *oidc.AuthRequest
	values  url.Values // as they were sent
	subject string     // the account that the hint names, "" without one
	after   time.Time  // when the request asked for another sign-in, zero if it did not yet
}

// RefusedError is an error response that belongs to the application: the person is sent back to it.
type RefusedError struct{ RedirectURL string }

// Error returns a text for the log.
func (e *RefusedError) Error() string { return "oidc: the authorization request is refused" }

// ParseAuthorization validates an authorization request. BAD_USER_INPUT where the person must not
// be sent back, because the application or its redirect URI is unknown; *RefusedError for every
// other mistake.
//
// Security: the redirect URI is compared character by character, before anything is sent to it.
func (s *Service) ParseAuthorization(ctx context.Context,
	values url.Values) (_ *Authorization, err error) {
	defer fault.Annotate(&err, "parse authorization request")

	// A parameter that is given twice would be read by one party one way, by another another way.
	for name, list := range values {
		if len(list) > 1 {
			return nil, fault.Input(name, "application.request_invalid")
		}
	}
	app, err := s.findApplication(ctx, values.Get("client_id"))
	if err != nil {
		return nil, err
	}
	if app == nil {
		return nil, fault.Input("client_id", "application.client_unknown")
	}
	uri := values.Get("redirect_uri")
	if !slices.Contains(app.RedirectUris, uri) {
		return nil, fault.Input("redirect_uri", "application.redirect_unknown")
	}

	a := &Authorization{App: app, Workspace: app.Edges.Workspace, values: values,
		request: new(oidc.AuthRequest)}
	a.request.RedirectURI, a.request.State = uri, values.Get("state")
	// Answered to the application without the state, which is too long to be one of it.
	if len(a.request.State) > maxRequestText || len(values.Get("nonce")) > maxRequestText {
		a.request.State = ""
		return nil, s.refuse(a, oidc.ErrInvalidRequest().WithDescription("state or nonce is too long"))
	}
	if err := s.provider.Decoder().Decode(a.request, values); err != nil {
		return nil, s.refuse(a, oidc.ErrInvalidRequest().WithDescription("a parameter is malformed"))
	}
	if err := s.validateRequest(ctx, a); err != nil {
		return nil, s.refuse(a, err)
	}
	a.LoginHint = a.request.LoginHint
	for _, tag := range a.request.UILocales {
		if tag != language.Und {
			a.Locales = append(a.Locales, tag.String())
		}
	}
	a.Silent = slices.Contains(a.request.Prompt, oidc.PromptNone)
	a.after = s.readSignedInAfter(a)
	return a, nil
}

// validateRequest applies the rules of the library, and those that are stricter here: a code alone,
// by the query, with PKCE.
func (s *Service) validateRequest(ctx context.Context, a *Authorization) error {
	r := a.request
	if r.RequestParam != "" {
		return oidc.ErrRequestNotSupported()
	}
	if a.values.Get("request_uri") != "" {
		return oidc.ErrInvalidRequest().WithDescription("request_uri is not supported")
	}
	if r.ResponseMode != "" && r.ResponseMode != oidc.ResponseModeQuery {
		return oidc.ErrInvalidRequest().WithDescription("response_mode must be query")
	}
	// Security: every application proves that it began the flow that it ends. With the method
	// plain, whoever reads the request could redeem the code.
	if r.CodeChallengeMethod != oidc.CodeChallengeMethodS256 || len(r.CodeChallenge) != 43 {
		return oidc.ErrInvalidRequest().
			WithDescription("code_challenge with code_challenge_method S256 is required")
	}
	ctx = op.ContextWithIssuer(ctx, s.issuer)
	var err error
	if a.subject, err = op.ValidateAuthRequestClient(ctx, r, client{a.App},
		s.provider.IDTokenHintVerifier(ctx)); err != nil {
		return err
	}
	if !slices.Contains(r.Scopes, oidc.ScopeOpenID) {
		return oidc.ErrInvalidScope().WithDescription("the scope openid is required")
	}
	return nil
}

// refuse returns the error response of a request as an error.
func (s *Service) refuse(a *Authorization, err error) error {
	e := oidc.DefaultToServerError(err, "the request cannot be answered")
	return &RefusedError{s.responseURL(a, "error", string(e.ErrorType),
		"error_description", e.Description)}
}

// responseURL returns the redirect URI with the parameters of a response. Each response names the
// issuer, so that an application with several providers notices a mix-up (RFC 9207).
func (s *Service) responseURL(a *Authorization, args ...string) string {
	u, err := url.Parse(a.request.RedirectURI)
	if err != nil {
		panic("oidc: a registered redirect URI is malformed: " + err.Error()) // checkURIs parsed it
	}
	q := u.Query()
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] != "" {
			q.Set(args[i], args[i+1])
		}
	}
	if a.request.State != "" {
		q.Set("state", a.request.State)
	}
	q.Set("iss", s.issuer)
	u.RawQuery = q.Encode()
	return u.String()
}

// LoginRequired is the response to a silent request that needs a page.
func (s *Service) LoginRequired(a *Authorization) string {
	return s.responseURL(a, "error", "login_required", "error_description",
		"the person must sign in")
}

// AccessDenied is the response to a silent request of a person who is no member.
func (s *Service) AccessDenied(a *Authorization) string {
	return s.responseURL(a, "error", "access_denied", "error_description",
		"the person is no active member of the workspace")
}

// ReturnPath is the path by which the sign-in page returns to the request. It no longer asks for
// another sign-in, but says when it did.
func (s *Service) ReturnPath(a *Authorization) string {
	q := url.Values{}
	for name, list := range a.values {
		if name != "prompt" && name != signedInAfter {
			q[name] = list
		}
	}
	at := strconv.FormatInt(s.Clock().Unix(), 10)
	if !a.after.IsZero() {
		at = strconv.FormatInt(a.after.Unix(), 10)
	}
	q.Set(signedInAfter, at+"."+s.tagOfTime(a, at))
	return AuthorizePath + "?" + q.Encode()
}

// RequestPath is the path of the request as it was sent, for a person who switches accounts or
// changes their password first.
func (a *Authorization) RequestPath() string { return AuthorizePath + "?" + a.values.Encode() }

// RedirectOrigin is the origin that the response goes to.
func (a *Authorization) RedirectOrigin() string { return OriginOf(a.request.RedirectURI) }

// readSignedInAfter returns when the request asked for another sign-in; zero without a valid mark.
//
// Security: the mark is signed and bound to the request. A person cannot spare themselves another
// sign-in by an invented one.
func (s *Service) readSignedInAfter(a *Authorization) time.Time {
	at, tag, _ := strings.Cut(a.values.Get(signedInAfter), ".")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || subtle.ConstantTimeCompare([]byte(tag), []byte(s.tagOfTime(a, at))) != 1 {
		return time.Time{}
	}
	t := time.Unix(seconds, 0)
	if s.Clock().Sub(t) > againLifetime {
		return time.Time{}
	}
	return t
}

// tagOfTime signs a time for one request, which its code challenge identifies.
func (s *Service) tagOfTime(a *Authorization, at string) string {
	return hex.EncodeToString(s.Keys.Derive("application signed in after", a.App.ID.String(),
		a.request.CodeChallenge, at)[:16])
}

// isFresh reports whether a sign-in satisfies prompt and max_age of the request.
func (a *Authorization) isFresh(signedIn, now time.Time) bool {
	// The sign-in that the request has asked for is fresh, however old max_age lets it be.
	if !a.after.IsZero() {
		return signedIn.Unix() >= a.after.Unix()
	}
	if slices.Contains(a.request.Prompt, oidc.PromptLogin) ||
		slices.Contains(a.request.Prompt, oidc.PromptSelectAccount) {
		return false
	}
	return a.request.MaxAge == nil ||
		now.Sub(signedIn) <= time.Duration(min(*a.request.MaxAge, 1<<30))*time.Second
}

// ErrSignInAgain says that the person must sign in before the application gets a code: nobody is
// signed in, or the sign-in is older than the request allows.
var ErrSignInAgain = errors.New("oidc: sign in again")

// ErrNoMember says that the person is no active member of the application's workspace.
var ErrNoMember = errors.New("oidc: no member of the workspace")

// findFreshSignIn returns the sign-in of a caller if it satisfies a request, else ErrSignInAgain.
func (s *Service) findFreshSignIn(ctx context.Context, by *access.Caller,
	a *Authorization) (*ent.SignIn, error) {
	if by.Anonymous() || by.SignInID.IsZero() || by.MustChange {
		return nil, ErrSignInAgain
	}
	if a.subject != "" && a.subject != by.UserID.String() {
		return nil, ErrSignInAgain
	}
	signIn, err := s.Store.SignIn.Query().Where(entsignin.ID(by.SignInID),
		s.Accounts.LiveSignIns()).Only(systemContext(ctx))
	if ent.IsNotFound(err) || err == nil && !a.isFresh(signIn.CreatedAt, s.Clock()) {
		return nil, ErrSignInAgain
	}
	return signIn, err
}

// NeedsSignIn reports whether a caller must sign in before Authorize makes a code.
func (s *Service) NeedsSignIn(ctx context.Context, by *access.Caller,
	a *Authorization) (_ bool, err error) {
	defer fault.Annotate(&err, "judge sign-in")

	_, err = s.findFreshSignIn(ctx, by, a)
	if errors.Is(err, ErrSignInAgain) {
		return true, nil
	}
	return false, err
}

// Authorize makes an authorization code for a signed-in person and returns where to send them: the
// redirect URI with the code. There is no page of consent, since the application belongs to the
// workspace. Errors: ErrSignInAgain, ErrNoMember, RATE_LIMITED.
func (s *Service) Authorize(ctx context.Context, by *access.Caller,
	a *Authorization) (_ string, err error) {
	defer fault.Annotate(&err, "authorize")

	signIn, err := s.findFreshSignIn(ctx, by, a)
	if err != nil {
		return "", err
	}
	m := by.In(a.App.WorkspaceID)
	if m == nil {
		return "", ErrNoMember
	}

	code, hash := secret.NewOpaque()
	system, now := systemContext(ctx), s.Clock()
	// As the system, because people sign in to an archived workspace too.
	err = s.Store.WithTx(system, func(tx *store.Tx) error {
		wait, err := s.limits.Allow(system, tx, authorizeRule, by.SignInID.String(), now)
		if err != nil {
			return err
		}
		if wait > 0 {
			return ratelimit.TooManyRequests(wait)
		}
		return tx.ApplicationSignIn.Create().SetWorkspaceID(a.App.WorkspaceID).
			SetApplicationID(a.App.ID).SetMemberID(m.MemberID).SetSignInID(signIn.ID).
			SetScopes(a.request.Scopes).SetRedirectURI(a.request.RedirectURI).
			SetNonce(a.request.Nonce).SetCodeChallenge(a.request.CodeChallenge).
			SetCodeHash(hash).SetCodeEndsAt(now.Add(codeLifetime)).
			SetSignedInAt(signIn.CreatedAt).SetCreatedAt(now).Exec(system)
	})
	if err != nil {
		return "", err
	}
	return s.responseURL(a, "code", code.Reveal()), nil
}
