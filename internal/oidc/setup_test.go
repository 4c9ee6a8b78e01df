package oidc_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	coreos "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"usher/ent"
	entapp "usher/ent/application"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/cookie"
	"usher/internal/oidc"
)

// callback is the redirect URI of applications under test. Nothing listens there.
const callback = "http://localhost:9999/callback"

// browser keeps the session cookie as a browser does and stops at pages of other sites.
type browser struct {
	k      *apptest.Kit
	cookie string
	// headers of a form, "" for none; nil stands for a form of Usher's own page
	formHeaders map[string]string
}

// sessionCookie is the name of the session cookie.
func sessionCookie(k *apptest.Kit) string {
	return cookie.PolicyFor(k.Settings.PublicURL).Name("")
}

// page is where a browser has arrived: a page of Usher, or the address of another site.
type page struct {
	status  int
	at      *url.URL // the address
	abroad  bool     // whether it is another site's
	body    string
	headers http.Header
}

// open follows redirects from an address until a page or another site.
func (b *browser) open(address string) page { return b.follow(http.MethodGet, address, nil) }

// submit posts a form to a path of Usher and follows redirects.
func (b *browser) submit(address string, form url.Values) page {
	return b.follow(http.MethodPost, address, form)
}

func (b *browser) follow(method, address string, form url.Values) page {
	b.k.T.Helper()
	for range 10 {
		u, err := url.Parse(address)
		if err != nil {
			b.k.T.Fatal(err)
		}
		base, _ := url.Parse(b.k.URL)
		u = base.ResolveReference(u)
		if u.Host != base.Host {
			return page{at: u, abroad: true}
		}
		req, err := http.NewRequestWithContext(b.k.T.Context(), method, u.String(),
			strings.NewReader(form.Encode()))
		if err != nil {
			b.k.T.Fatal(err)
		}
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if b.formHeaders == nil {
				req.Header.Set("Sec-Fetch-Site", "same-origin")
			}
			for name, value := range b.formHeaders {
				req.Header.Set(name, value)
			}
		}
		if b.cookie != "" {
			req.AddCookie(&http.Cookie{Name: sessionCookie(b.k), Value: b.cookie})
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			b.k.T.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		for _, c := range resp.Cookies() {
			if c.Name == sessionCookie(b.k) {
				b.cookie = c.Value
			}
		}
		if location := resp.Header.Get("Location"); location != "" {
			method, form, address = http.MethodGet, nil, location
			continue
		}
		return page{status: resp.StatusCode, at: u, body: string(body), headers: resp.Header}
	}
	b.k.T.Fatal("too many redirects")
	return page{}
}

// signIn fills in the sign-in page at which a browser has arrived.
func (b *browser) signIn(at page, login string) page {
	b.k.T.Helper()
	if at.at.Path != "/sign-in" {
		b.k.T.Fatalf("not at the sign-in page but at %s: %s", at.at, at.body)
	}
	return b.submit(at.at.RequestURI(), url.Values{"login": {login}, "password": {apptest.Password}})
}

// application is a registered application as a program sees it.
type application struct {
	t        *testing.T
	k        *apptest.Kit
	row      *ent.Application
	provider *coreos.Provider
	config   oauth2.Config
	verifier string
}

// register registers an application of a place, changed by the test.
func register(t *testing.T, p *apptest.Place, change func(in *oidc.CreateInput)) *application {
	t.Helper()
	in := oidc.CreateInput{WorkspaceID: p.Workspace.ID, Name: "Learning", Confidential: true,
		RedirectURIs: []string{callback}}
	if change != nil {
		change(&in)
	}
	row, clientSecret, err := p.Applications.CreateApplication(t.Context(), p.Caller(p.Admin), in)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := coreos.NewProvider(t.Context(), p.URL)
	if err != nil {
		t.Fatal(err)
	}
	// Without a guess of the library, which would send each refused request twice.
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams
	if in.Confidential {
		endpoint.AuthStyle = oauth2.AuthStyleInHeader
	}
	return &application{t: t, k: p.Kit, row: row, provider: provider,
		config: oauth2.Config{ClientID: row.ID.String(), ClientSecret: clientSecret.Reveal(),
			Endpoint: endpoint, RedirectURL: callback,
			Scopes: []string{"openid", "profile", "email", "roles", "groups", "offline_access"}},
		verifier: oauth2.GenerateVerifier()}
}

// public makes an application one of the browser, without a secret.
func public(in *oidc.CreateInput) { in.Confidential = false }

// eddsa asks for ID tokens by Ed25519.
func eddsa(in *oidc.CreateInput) {
	in.IDTokenAlgorithm = new(entapp.IDTokenAlgorithmEdDSA)
}

// request is the address that the application sends a person to; args are further parameters, which
// replace those of the same name. An empty value removes one.
func (a *application) request(args ...string) string {
	address := a.config.AuthCodeURL("a state", oauth2.S256ChallengeOption(a.verifier),
		coreos.Nonce("a nonce"))
	u, _ := url.Parse(address)
	q := u.Query()
	for i := 0; i+1 < len(args); i += 2 {
		q.Del(args[i])
		if args[i+1] != "" {
			q.Set(args[i], args[i+1])
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// redeem checks the response at the redirect URI as an application must, and redeems its code.
func (a *application) redeem(at page) (*oauth2.Token, error) {
	a.t.Helper()
	q := at.at.Query()
	if !at.abroad || !strings.HasPrefix(at.at.String(), callback+"?") {
		a.t.Fatalf("no response but %d at %s: %s", at.status, at.at, at.body)
	}
	if q.Get("state") != "a state" || q.Get("iss") != a.k.URL || q.Get("code") == "" {
		a.t.Fatalf("the response is %s", at.at)
	}
	return a.exchange(q.Get("code"))
}

func (a *application) exchange(code string) (*oauth2.Token, error) {
	return a.config.Exchange(a.t.Context(), code, oauth2.VerifierOption(a.verifier))
}

// signedIn signs a person in to the application in a new browser.
func (a *application) signedIn(login string) (*browser, *oauth2.Token) {
	a.t.Helper()
	b := &browser{k: a.k}
	token, err := a.redeem(b.signIn(b.open(a.request()), login))
	if err != nil {
		a.t.Fatal(err)
	}
	return b, token
}

// idToken verifies the ID token of a response.
func (a *application) idToken(token *oauth2.Token) *coreos.IDToken {
	a.t.Helper()
	raw, _ := token.Extra("id_token").(string)
	verified, err := a.provider.Verifier(&coreos.Config{ClientID: a.config.ClientID,
		SupportedSigningAlgs: []string{"RS256", "EdDSA"}}).Verify(a.t.Context(), raw)
	if err != nil {
		a.t.Fatalf("the ID token: %v", err)
	}
	return verified
}

// refresh trades a refresh token.
func (a *application) refresh(token string) (*oauth2.Token, error) {
	return a.config.TokenSource(context.Background(),
		&oauth2.Token{RefreshToken: token}).Token()
}

// userinfo reads the claims of an access token.
func (a *application) userinfo(token *oauth2.Token) (*coreos.UserInfo, error) {
	return a.provider.UserInfo(a.t.Context(), oauth2.StaticTokenSource(token))
}

// isLive reports whether a token still tells who the person is.
func (a *application) isLive(token *oauth2.Token) bool {
	_, err := a.userinfo(token)
	return err == nil
}

// onBoth runs a test with a workspace on both databases.
func onBoth(t *testing.T, test func(t *testing.T, p *apptest.Place), options ...apptest.Option) {
	t.Helper()
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) { test(t, k.Found("Acme", "acme")) },
		append(options, apptest.WithoutWorker)...)
}

// learner adds a member with a verified address.
func learner(p *apptest.Place, email string) *ent.Member {
	m := p.Join(email, &admission.GrantInput{})
	p.Verify(email)
	return m
}
