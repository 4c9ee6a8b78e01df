package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// maxTokenBody limits the form of a request to an endpoint.
const maxTokenBody = 16 << 10

// failureRule limits failed requests to the token endpoint from one network: wrong secrets, codes
// and refresh tokens. Successful ones are not counted, since all requests of an application may
// come from one server.
var failureRule = ratelimit.Rule{Name: "application-failure", Limit: 30, Window: 5 * time.Minute}

// secretRule limits wrong secrets of one application from all networks together. A secret has 256
// bits, so this is about noise and not about luck.
var secretRule = ratelimit.Rule{Name: "application-secret", Limit: 100, Window: 5 * time.Minute}

// Routes returns the endpoints of the provider by the patterns of a mux. network returns the
// client's address, the subject of limits. The pages of authorization and logout are not among
// them; a form that is posted to either is redirected to it.
func (s *Service) Routes(network func(*http.Request) string) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		discoveryPath:           s.serveDiscovery,
		keysPath:                s.serveKeys,
		tokenPath:               s.withApplication(network),
		revokePath:              s.withApplication(network),
		userinfoPath:            s.serveUserinfo,
		"POST " + AuthorizePath: redirectForm(AuthorizePath),
		"POST " + LogoutPath:    redirectForm(LogoutPath),
	}
}

// AnswersCORS reports whether the endpoint of a path answers requests of other origins by its own
// rules.
func AnswersCORS(path string) bool {
	return slices.Contains([]string{discoveryPath, keysPath, tokenPath, revokePath, userinfoPath},
		path)
}

// redirectForm turns a posted form into the query of a page. OpenID Connect allows both, and a
// browser sends no cookie with a form of another site.
func redirectForm(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxTokenBody)
		if err := r.ParseForm(); err != nil {
			http.Error(w, "The form cannot be read.", http.StatusBadRequest)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, path+"?"+r.PostForm.Encode(), http.StatusSeeOther)
	}
}

// serveDiscovery describes the provider. The document of the library names more than Usher offers,
// so this is its part that is true here.
func (s *Service) serveDiscovery(w http.ResponseWriter, r *http.Request) {
	if answersPreflight(w, r, "*") {
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                 s.issuer,
		"authorization_endpoint": s.issuer + AuthorizePath,
		"token_endpoint":         s.issuer + tokenPath,
		"userinfo_endpoint":      s.issuer + userinfoPath,
		"revocation_endpoint":    s.issuer + revokePath,
		"end_session_endpoint":   s.issuer + LogoutPath,
		"jwks_uri":               s.issuer + keysPath,

		"scopes_supported":         supportedScopes,
		"claims_supported":         supportedClaims,
		"response_types_supported": []string{"code"},
		"response_modes_supported": []string{"query"},
		"grant_types_supported":    []string{"authorization_code", "refresh_token"},
		"subject_types_supported":  []string{"public"},
		"prompt_values_supported":  []string{"none", "login", "select_account"},
		"ui_locales_supported":     []string{"en", "fr"},

		"id_token_signing_alg_values_supported":          []string{"RS256", "EdDSA"},
		"code_challenge_methods_supported":               []string{"S256"},
		"token_endpoint_auth_methods_supported":          authMethods,
		"revocation_endpoint_auth_methods_supported":     authMethods,
		"authorization_response_iss_parameter_supported": true,
		"request_parameter_supported":                    false,
		"request_uri_parameter_supported":                false,
		"claims_parameter_supported":                     false,
	})
}

var authMethods = []string{"client_secret_basic", "client_secret_post", "none"}

// serveKeys publishes the keys of ID tokens. Clients keep them for an hour, less than a new key is
// announced ahead.
func (s *Service) serveKeys(w http.ResponseWriter, r *http.Request) {
	if answersPreflight(w, r, "*") {
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	op.Keys(w, r, &storage{s})
}

// withApplication serves the token and revocation endpoints: it authenticates the application,
// counts failures and answers CORS, and leaves the rest to the library.
func (s *Service) withApplication(network func(*http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if answersPreflight(w, r, "") {
			return
		}
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", "POST, OPTIONS")
			writeOAuthError(w, http.StatusMethodNotAllowed, "invalid_request", "use POST")
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxTokenBody)
		subject := network(r)
		app, err := s.authenticate(r, subject)
		switch {
		case err != nil && !isOAuthError(err):
			s.writeFault(w, r, err)
			return
		case err != nil:
			s.countFailure(r.Context(), subject, app)
			if r.Header.Get("Authorization") != "" {
				w.Header().Set("WWW-Authenticate", `Basic realm="application"`)
			}
			op.RequestError(w, r, err, nil)
			return
		}
		if !admitsOrigin(w, app, origin) {
			return
		}
		if r.URL.Path == tokenPath && !isOfferedGrant(r.PostForm.Get("grant_type")) {
			writeOAuthError(w, http.StatusBadRequest, "unsupported_grant_type",
				"use authorization_code or refresh_token")
			return
		}
		ctx := context.WithValue(r.Context(), tokenRequestKey{},
			&tokenRequest{app: app, verifier: r.PostForm.Get("code_verifier")})
		seen := &statusRecorder{ResponseWriter: w}
		s.provider.ServeHTTP(seen, r.WithContext(ctx))
		if seen.status == http.StatusBadRequest || seen.status == http.StatusUnauthorized {
			s.countFailure(ctx, subject, nil)
		}
	}
}

func isOfferedGrant(grant string) bool {
	return grant == string(oidc.GrantTypeCode) || grant == string(oidc.GrantTypeRefreshToken)
}

// authenticate returns the application of a request. It returns an error of the library for a
// request that must be refused, with the application if the secret alone was wrong, and
// RATE_LIMITED after too many failures.
func (s *Service) authenticate(r *http.Request, network string) (*ent.Application, error) {
	if err := r.ParseForm(); err != nil {
		return nil, oidc.ErrInvalidRequest().WithDescription("the form cannot be read")
	}
	// Parameters in the URL end up in logs.
	if r.URL.RawQuery != "" {
		return nil, oidc.ErrInvalidRequest().WithDescription("send the parameters in the body")
	}
	for name, list := range r.PostForm {
		if len(list) > 1 {
			return nil, oidc.ErrInvalidRequest().WithDescription("%s is given twice", name)
		}
	}
	ctx, now := r.Context(), s.Clock()
	wait, err := s.limits.Wait(ctx, s.Store.Client, failureRule, network, now)
	if err != nil {
		return nil, err
	}
	if wait > 0 {
		return nil, ratelimit.TooManyAttempts(wait)
	}
	clientID, clientSecret, err := clientCredentials(r)
	if err != nil {
		return nil, err
	}
	app, err := s.findApplication(ctx, clientID)
	if err != nil {
		return nil, err
	}
	if app == nil {
		return nil, oidc.ErrInvalidClient().WithDescription("unknown client or wrong secret")
	}
	if !app.Confidential {
		return app, nil
	}
	if wait, err = s.limits.Wait(ctx, s.Store.Client, secretRule, clientID, now); err != nil {
		return nil, err
	}
	if !s.isSecretOf(app, clientSecret) {
		if wait > 0 {
			return nil, ratelimit.TooManyAttempts(wait)
		}
		return app, oidc.ErrInvalidClient().WithDescription("unknown client or wrong secret")
	}
	return app, nil
}

// clientCredentials returns the credentials in the header or in the form, but not in both.
func clientCredentials(r *http.Request) (id, clientSecret string, err error) {
	id, clientSecret, inHeader := r.BasicAuth()
	if !inHeader {
		return r.PostForm.Get("client_id"), r.PostForm.Get("client_secret"), nil
	}
	if r.PostForm.Has("client_secret") {
		return "", "", oidc.ErrInvalidRequest().
			WithDescription("authenticate in the header or in the body, not in both")
	}
	id, e1 := url.QueryUnescape(id)
	clientSecret, e2 := url.QueryUnescape(clientSecret)
	if errors.Join(e1, e2) != nil {
		return "", "", oidc.ErrInvalidClient().WithDescription("the header cannot be read")
	}
	return id, clientSecret, nil
}

// countFailure counts a failed request of a network, and of an application whose secret was wrong.
// An error is logged: the answer to the request is known already.
func (s *Service) countFailure(ctx context.Context, network string, app *ent.Application) {
	system, now := systemContext(ctx), s.Clock()
	err := s.Store.WithTx(system, func(tx *store.Tx) error {
		if _, err := s.limits.Allow(system, tx, failureRule, network, now); err != nil {
			return err
		}
		if app == nil {
			return nil
		}
		_, err := s.limits.Allow(system, tx, secretRule, app.ID.String(), now)
		return err
	})
	if err != nil {
		s.Log.ErrorContext(ctx, "count failed token request failed", "error", err)
	}
}

// serveUserinfo serves the claims of an access token.
func (s *Service) serveUserinfo(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if answersPreflight(w, r, "") {
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, maxTokenBody)
	token, ok := bearerToken(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", "Bearer")
		writeOAuthError(w, http.StatusUnauthorized, "invalid_request", "an access token is missing")
		return
	}
	text, err := s.provider.Crypto().Decrypt(token)
	tokenID, subject, found := strings.Cut(text, ":")
	if err != nil || !found {
		refuseToken(w)
		return
	}
	row, err := s.findByAccessToken(r.Context(), tokenID, subject)
	if errors.Is(err, errInvalidToken) {
		refuseToken(w)
		return
	}
	if err != nil {
		s.writeFault(w, r, err)
		return
	}
	if !admitsOrigin(w, row.Edges.Application, origin) {
		return
	}
	info := new(oidc.UserInfo)
	granted, _ := parseAccessTokenID(tokenID) // findByAccessToken has read it
	if err := s.fillClaims(r.Context(), info, row.WorkspaceID, row.MemberID,
		granted.scopes); err != nil {
		s.writeFault(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, info)
}

// bearerToken returns the access token of a header or of a posted form (RFC 6750). One in the URL
// is not accepted, since URLs end up in logs.
func bearerToken(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") && token != "" {
		return token, true
	}
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		return "", false
	}
	token = r.PostForm.Get("access_token")
	return token, token != ""
}

func refuseToken(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	writeOAuthError(w, http.StatusUnauthorized, "invalid_token", "the access token is not valid")
}

// answersPreflight sets the CORS headers and answers a preflight. everyone is "*" where all pages
// may read the answer, else "": a preflight names no application, so it is answered for any origin,
// and admitsOrigin judges the request itself.
//
// Security: no endpoint reads a cookie, so credentials are never allowed.
func answersPreflight(w http.ResponseWriter, r *http.Request, everyone string) bool {
	h := w.Header()
	h.Add("Vary", "Origin")
	if everyone != "" {
		h.Set("Access-Control-Allow-Origin", everyone)
	}
	if r.Method != http.MethodOptions {
		return false
	}
	if origin := r.Header.Get("Origin"); everyone == "" && origin != "" {
		h.Set("Access-Control-Allow-Origin", origin)
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	h.Set("Access-Control-Max-Age", "3600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// admitsOrigin lets a page of an application read the answer, and refuses one of another origin. A
// request without an origin comes from no page.
func admitsOrigin(w http.ResponseWriter, app *ent.Application, origin string) bool {
	if origin == "" {
		return true
	}
	if !allowsOrigin(app, origin) {
		writeOAuthError(w, http.StatusForbidden, "invalid_request",
			"the origin belongs to no redirect URI of the application")
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	return true
}

// writeFault writes a fault, or logs any other error and hides it.
func (s *Service) writeFault(w http.ResponseWriter, r *http.Request, err error) {
	f, ok := fault.Of(err)
	if !ok {
		f, ok = store.Fault(err)
	}
	switch {
	case ok && f.RetryAfter > 0:
		w.Header().Set("Retry-After", strconv.Itoa(fault.Seconds(f.RetryAfter)))
		status := http.StatusTooManyRequests
		if f.Code == fault.Unavailable {
			status = http.StatusServiceUnavailable
		}
		writeOAuthError(w, status, "temporarily_unavailable", f.Error())
	default:
		s.Log.ErrorContext(r.Context(), "openid connect request failed", "path", r.URL.Path,
			"error", err)
		writeOAuthError(w, http.StatusInternalServerError, "server_error",
			"an internal error occurred")
	}
}

func writeOAuthError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": description})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // fails only when the client hangs up
}

// isOAuthError reports whether an error is one of the protocol.
func isOAuthError(err error) bool {
	var e *oidc.Error
	return errors.As(err, &e)
}

// statusRecorder stores the status of a response.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader stores the status and writes it.
func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
