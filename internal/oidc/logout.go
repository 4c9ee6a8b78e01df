package oidc

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"usher/ent"
	entapp "usher/ent/application"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
	"usher/internal/weburl"
)

// Logout is a request of an application to sign a person out.
type Logout struct {
	App         *ent.Application // nil if the request names none
	RedirectURL string           // where the person goes afterwards, "" for nowhere
	subject     ident.ID         // the account that the hint names, zero without one
}

// IsAbout reports whether the application has proved that the request is about a caller, so that
// nobody has to confirm it.
func (l *Logout) IsAbout(by *access.Caller) bool {
	return !l.subject.IsZero() && l.subject == by.UserID
}

// RedirectOrigin is the origin of the page after signing out, "" for none.
func (l *Logout) RedirectOrigin() string { return OriginOf(l.RedirectURL) }

// ParseLogout validates a request to sign out (OpenID Connect RP-Initiated Logout). BAD_USER_INPUT
// for a hint that Usher did not issue, and for a page that the application did not register.
func (s *Service) ParseLogout(ctx context.Context, values url.Values) (_ *Logout, err error) {
	defer fault.Annotate(&err, "parse logout request")

	l := &Logout{}
	clientID := values.Get("client_id")
	if hint := values.Get("id_token_hint"); hint != "" {
		ctx := op.ContextWithIssuer(ctx, s.issuer)
		claims, err := op.VerifyIDTokenHint[*oidc.IDTokenClaims](ctx, hint,
			s.provider.IDTokenHintVerifier(ctx))
		// An ID token is valid for minutes and a sign-in for weeks, so an expired one is accepted.
		if err != nil && !errors.As(err, &op.IDTokenHintExpiredError{}) {
			return nil, fault.Input("id_token_hint", "application.hint_invalid")
		}
		if clientID != "" && clientID != claims.GetAuthorizedParty() {
			return nil, fault.Input("client_id", "application.hint_invalid")
		}
		clientID = claims.GetAuthorizedParty()
		if l.subject, err = ident.Parse(claims.GetSubject()); err != nil {
			return nil, fault.Input("id_token_hint", "application.hint_invalid")
		}
	}
	if l.App, err = s.findApplication(ctx, clientID); err != nil {
		return nil, err
	}
	uri := values.Get("post_logout_redirect_uri")
	if uri == "" {
		return l, nil
	}
	// Security: exactly a registered page of the application that the request names. Otherwise the
	// page that signs out would send people anywhere.
	if l.App == nil || !slices.Contains(l.App.PostLogoutRedirectUris, uri) {
		return nil, fault.Input("post_logout_redirect_uri", "application.redirect_unknown")
	}
	l.RedirectURL = addToQuery(uri, "state", values.Get("state"))
	return l, nil
}

// addToQuery adds parameters to a registered URI; empty values are left out.
func addToQuery(uri string, args ...string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	q := u.Query()
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] != "" {
			q.Set(args[i], args[i+1])
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// OriginOf returns the origin of a page in the format of the Origin header, "" for none.
func OriginOf(page string) string {
	u, ok := weburl.ParsePage(page)
	if !ok {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// LoginStart returns the page that begins a sign-in for a landing page (INV-21): that of the
// application of the same origin, which learns the landing page. Without such an application it
// returns the landing page. The person arrives signed in, since the application asks Usher, which
// knows them.
func (s *Service) LoginStart(ctx context.Context, workspace ident.ID,
	landing string) (_ string, err error) {
	defer fault.Annotate(&err, "find start of login")

	origin := OriginOf(landing)
	if origin == "" {
		return landing, nil
	}
	apps, err := s.listLoginStarts(ctx, workspace)
	if err != nil {
		return "", err
	}
	for _, app := range apps {
		start := inputs.ValueOrEmpty(app.InitiateLoginURI)
		if OriginOf(start) == origin {
			return addToQuery(start, "iss", s.issuer, "target_link_uri", landing), nil
		}
	}
	return landing, nil
}

// listLoginStarts returns the applications of a workspace that have a page which begins a sign-in,
// oldest first.
func (s *Service) listLoginStarts(ctx context.Context,
	workspace ident.ID) ([]*ent.Application, error) {
	return s.Store.Application.Query().
		Where(entapp.WorkspaceID(workspace), entapp.InitiateLoginURINotNil()).
		Order(ent.Asc(entapp.FieldID)).All(store.InWorkspace(ctx, workspace))
}
