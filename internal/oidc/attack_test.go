package oidc_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"usher/ent/member"
	"usher/internal/apptest"
	"usher/internal/oidc"
	"usher/internal/store"
)

// PAR-5
func TestARedirectURIIsComparedCharacterByCharacter(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		a := register(t, p, nil)
		b, _ := a.signedIn("ann@example.org")
		for _, uri := range []string{"", callback + "/", callback + "/more", callback + "?a=b",
			callback + "#f", callback + "%2f", "http://localhost:9998/callback",
			"http://localhost/callback", "http://ann@localhost:9999/callback",
			"http://LOCALHOST:9999/callback", "http://localhost:9999/Callback",
			"http://127.0.0.1:9999/callback", "https://localhost:9999/callback",
			"http://localhost:9999/x/../callback", " " + callback,
			"http://localhost:9999\\@evil.example/callback", "https://evil.example/callback",
			"javascript:alert(1)", "//evil.example"} {
			for _, prompt := range []string{"", "none"} {
				at := b.open(a.request("redirect_uri", uri, "prompt", prompt))
				if at.abroad || at.status != http.StatusBadRequest {
					t.Errorf("%q is answered %d at %s", uri, at.status, at.at)
				}
			}
		}
		twice := a.request() + "&redirect_uri=" + url.QueryEscape("https://evil.example/")
		if at := b.open(twice); at.abroad || at.status != http.StatusBadRequest {
			t.Errorf("two redirect URIs are answered %d at %s", at.status, at.at)
		}
		for _, id := range []string{"", "app_unknown", p.Workspace.ID.String(), "' OR 1=1"} {
			if at := b.open(a.request("client_id", id)); at.abroad ||
				at.status != http.StatusBadRequest {
				t.Errorf("the client %q is answered %d at %s", id, at.status, at.at)
			}
		}
	})
}

// PAR-5
func TestARequestWithoutPKCEOrForAnotherFlowIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a := register(t, p, nil)
		b := &browser{k: p.Kit}
		for _, c := range []struct {
			args  []string
			error string
		}{
			{[]string{"code_challenge", "", "code_challenge_method", ""}, "invalid_request"},
			{[]string{"code_challenge_method", ""}, "invalid_request"},
			{[]string{"code_challenge_method", "plain"}, "invalid_request"},
			{[]string{"code_challenge", "short"}, "invalid_request"},
			{[]string{"response_type", "token"}, "unauthorized_client"},
			{[]string{"response_type", "id_token"}, "unauthorized_client"},
			{[]string{"response_type", "code id_token"}, "unauthorized_client"},
			{[]string{"response_mode", "fragment"}, "invalid_request"},
			{[]string{"response_mode", "form_post"}, "invalid_request"},
			{[]string{"request", "x"}, "request_not_supported"},
			{[]string{"request_uri", "https://evil.example"}, "invalid_request"},
			{[]string{"max_age", "x"}, "invalid_request"},
			{[]string{"prompt", "none login"}, "invalid_request"},
			{[]string{"id_token_hint", "x"}, "login_required"},
			{[]string{"state", strings.Repeat("s", 2001)}, "invalid_request"},
		} {
			at := b.open(a.request(c.args...))
			q := at.at.Query()
			if !at.abroad || q.Get("error") != c.error || q.Get("code") != "" ||
				q.Get("iss") != p.URL || at.at.Fragment != "" {
				t.Errorf("%v is answered %d at %s", c.args, at.status, at.at)
			}
		}
		// A form works like a query, without the cookie of the browser.
		form, _ := url.Parse(a.request())
		if at := b.submit("/oauth/authorize", form.Query()); at.at.Path != "/sign-in" {
			t.Errorf("a form is answered at %s", at.at)
		}
	})
}

// PAR-5
func TestACodeIsRedeemedOnceByItsApplicationWithItsVerifier(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		for _, kind := range []func(*oidc.CreateInput){nil, public} {
			a, other := register(t, p, kind), register(t, p, kind)
			b := &browser{k: p.Kit}
			b.signIn(b.open(a.request()), "ann@example.org")
			newCode := func() string { return b.open(a.request()).at.Query().Get("code") }

			code := newCode()
			if _, err := a.config.Exchange(t.Context(), code); err == nil {
				t.Error("no verifier is needed")
			}
			if _, err := a.config.Exchange(t.Context(), code,
				oauth2.VerifierOption(oauth2.GenerateVerifier())); err == nil {
				t.Error("any verifier is good")
			}
			other.verifier = a.verifier
			if _, err := other.exchange(code); err == nil {
				t.Error("another application redeems the code")
			}
			wrong := a.config
			wrong.RedirectURL = "http://localhost:9999/other"
			if _, err := wrong.Exchange(t.Context(), code,
				oauth2.VerifierOption(a.verifier)); err == nil {
				t.Error("another redirect URI is good")
			}
			if a.row.Confidential {
				wrong = a.config
				wrong.ClientSecret = "x"
				if _, err := wrong.Exchange(t.Context(), code,
					oauth2.VerifierOption(a.verifier)); err == nil {
					t.Error("any secret is good")
				}
				wrong.ClientSecret = ""
				if _, err := wrong.Exchange(t.Context(), code,
					oauth2.VerifierOption(a.verifier)); err == nil {
					t.Error("no secret is needed")
				}
			}
			token, err := a.exchange(code)
			if err != nil {
				t.Fatalf("the code was spent by refused requests: %v", err)
			}
			// A replay without the verifier ends nothing, one with it ends the tokens.
			if _, err := a.config.Exchange(t.Context(), code); err == nil || !a.isLive(token) {
				t.Error("a replay without the verifier is good, or ends the tokens")
			}
			if _, err := a.exchange(code); err == nil {
				t.Error("a code is good twice")
			}
			if a.isLive(token) {
				t.Error("the tokens survive the replay of their code")
			}
			if _, err := a.refresh(token.RefreshToken); err == nil {
				t.Error("the refresh token survives the replay of its code")
			}

			late := newCode()
			p.Clock.Add(61 * time.Second)
			if _, err := a.exchange(late); err == nil {
				t.Error("an old code is good")
			}
		}
	})
}

// PAR-5
func TestOfManyRedemptionsOfACodeOneWins(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		a := register(t, p, nil)
		b := &browser{k: p.Kit}
		code := b.signIn(b.open(a.request()), "ann@example.org").at.Query().Get("code")
		var group sync.WaitGroup
		won := make(chan *oauth2.Token, 8)
		for range 8 {
			group.Go(func() {
				if token, err := a.exchange(code); err == nil {
					won <- token
				}
			})
		}
		group.Wait()
		if len(won) != 1 {
			t.Errorf("%d redemptions won", len(won))
		}
	})
}

// PAR-5
func TestARefreshTokenThatWasTradedEndsTheFamily(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		for _, kind := range []func(*oidc.CreateInput){nil, public} {
			a := register(t, p, kind)
			_, first := a.signedIn("ann@example.org")
			second, err := a.refresh(first.RefreshToken)
			if err != nil {
				t.Fatal(err)
			}
			if second.RefreshToken == first.RefreshToken {
				t.Error("the token does not rotate")
			}
			if a.idToken(second).Subject != a.idToken(first).Subject {
				t.Error("the ID token after refreshing is about somebody else")
			}
			// A second tab gets the same token for a moment.
			again, err := a.refresh(first.RefreshToken)
			if err != nil || again.RefreshToken != second.RefreshToken {
				t.Errorf("the parent gives another token, %v", err)
			}
			p.Clock.Add(11 * time.Second)
			if _, err := a.refresh(first.RefreshToken); err == nil {
				t.Error("a traded token is good")
			}
			if _, err := a.refresh(second.RefreshToken); err == nil || a.isLive(second) {
				t.Error("the family survives the use of a traded token")
			}
		}
	})
}

// PAR-5
func TestARefreshTokenBelongsToItsApplication(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		lake := p.Found("Lake", "lake")
		a, other := register(t, p, nil), register(t, lake, nil)
		_, token := a.signedIn("ann@example.org")
		if _, err := other.refresh(token.RefreshToken); err == nil {
			t.Error("another application refreshes it")
		}
		// Nor can it end the sign-in.
		revoke(t, other, token.RefreshToken)
		revoke(t, other, token.AccessToken)
		if !a.isLive(token) {
			t.Error("another application revokes it")
		}
		revoke(t, a, token.AccessToken)
		if a.isLive(token) {
			t.Error("a revoked token is good")
		}
		_, token = a.signedIn("ann@example.org")
		revoke(t, a, token.RefreshToken)
		if _, err := a.refresh(token.RefreshToken); err == nil || a.isLive(token) {
			t.Error("a revoked refresh token is good")
		}
	})
}

// revoke sends a token to the revocation endpoint.
func revoke(t *testing.T, a *application, token string) {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, a.k.URL+"/oauth/revoke",
		strings.NewReader(url.Values{"token": {token}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(a.config.ClientID), url.QueryEscape(a.config.ClientSecret))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		t.Errorf("revoking answers %d %s", resp.StatusCode, body)
	}
}

// PAR-5
func TestTokensDieWithTheMembershipAndTheSignIn(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a := register(t, p, nil)
		for name, end := range map[string]func(email string){
			"deactivated": func(email string) {
				if _, err := p.Members.Deactivate(t.Context(), p.Caller(p.Admin),
					p.Member(email).ID); err != nil {
					t.Fatal(err)
				}
			},
			"removed": func(email string) {
				if err := p.Members.Remove(t.Context(), p.Caller(p.Admin),
					p.Member(email).ID); err != nil {
					t.Fatal(err)
				}
			},
			"expired": func(email string) {
				p.Write(func(ctx context.Context, tx *store.Tx) error {
					return tx.Member.Update().Where(member.ID(p.Member(email).ID)).
						SetAccessExpiresAt(p.Clock.Now()).Exec(ctx)
				})
			},
			"signed out everywhere": func(email string) {
				if err := p.Accounts.EndAllSignIns(t.Context(), p.User(email).ID); err != nil {
					t.Fatal(err)
				}
			},
			"new password": func(email string) {
				p.Must(p.SignIn(email, apptest.Password), `mutation($p: String!) {
					changePassword(input: {currentPassword: $p,
						newPassword: "another good battery"}) { __typename } }`,
					map[string]any{"p": apptest.Password}, nil)
			},
			"erased": func(email string) {
				p.Must(p.SignIn(email, apptest.Password), `mutation($p: String!) {
					eraseMyAccount(input: {password: $p}) { __typename } }`,
					map[string]any{"p": apptest.Password}, nil)
			},
		} {
			email := strings.ReplaceAll(name, " ", "-") + "@example.org"
			learner(p, email)
			b, token := a.signedIn(email)
			code := b.open(a.request()).at.Query().Get("code")
			if code == "" || !a.isLive(token) {
				t.Fatalf("%s: the sign-in failed", name)
			}
			end(email)
			if a.isLive(token) {
				t.Errorf("%s: the access token is good", name)
			}
			if _, err := a.refresh(token.RefreshToken); err == nil {
				t.Errorf("%s: the refresh token is good", name)
			}
			if _, err := a.exchange(code); err == nil {
				t.Errorf("%s: the code is good", name)
			}
			if at := b.open(a.request()); at.abroad {
				t.Errorf("%s: there is another code at %s", name, at.at)
			}
		}
	})
}

// PAR-5
func TestTokensOfApplicationsOpenNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		for _, kind := range []func(*oidc.CreateInput){nil, eddsa} {
			a := register(t, p, kind)
			b, token := a.signedIn("ann@example.org")
			idToken, _ := token.Extra("id_token").(string)
			for name, text := range map[string]string{"access": token.AccessToken,
				"refresh": token.RefreshToken, "ID": idToken, "secret": a.config.ClientSecret} {
				if got := p.Ask(text, `{ viewer { user { id } } }`, nil); got.Code() !=
					"UNAUTHENTICATED" {
					t.Errorf("/graphql answers an %s token of an application: %s", name, got.Body)
				}
				thief := &browser{k: p.Kit, cookie: text}
				if at := thief.open(a.request()); at.abroad {
					t.Errorf("an %s token as a cookie gives a code", name)
				}
			}
			// Nor does an application take Usher's own tokens.
			own := p.SignIn("ann@example.org", apptest.Password)
			if a.isLive(&oauth2.Token{AccessToken: own, TokenType: "Bearer"}) {
				t.Error("userinfo takes an access token of Usher")
			}
			if _, err := a.refresh(b.cookie); err == nil {
				t.Error("the token endpoint takes a refresh token of Usher")
			}
			if a.isLive(&oauth2.Token{AccessToken: idToken, TokenType: "Bearer"}) {
				t.Error("userinfo takes an ID token")
			}
		}
	})
}

// PAR-5
func TestAnEmailedPasswordIsChangedBeforeTheApplicationGetsACode(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := learner(p, "ann@example.org")
		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(m.UserID).SetMustChangePassword(true).Exec(ctx)
		})
		a := register(t, p, nil)
		b := &browser{k: p.Kit}
		at := b.signIn(b.open(a.request()), "ann@example.org")
		if at.abroad || at.at.Path != "/change-password" {
			t.Fatalf("the sign-in leads to %s", at.at)
		}
		if at := b.open(a.request()); at.abroad || at.at.Path != "/change-password" {
			t.Errorf("the application is answered at %s", at.at)
		}
		at = b.submit(at.at.RequestURI(), url.Values{"current": {apptest.Password},
			"password": {"another good battery"}})
		if _, err := a.redeem(at); err != nil {
			t.Error(err)
		}
	})
}

// PAR-5
func TestSecretsRotateAndAreLimited(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		a := register(t, p, nil)
		_, token := a.signedIn("ann@example.org")
		_, next, err := p.Applications.RotateApplicationSecret(t.Context(), p.Caller(p.Admin),
			a.row.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token, err = a.refresh(token.RefreshToken); err != nil {
			t.Errorf("the former secret does not work: %v", err)
		}
		former := a.config.ClientSecret
		a.config.ClientSecret = next.Reveal()
		if token, err = a.refresh(token.RefreshToken); err != nil {
			t.Errorf("the new secret does not work: %v", err)
		}
		p.Clock.Add(25 * time.Hour)
		a.config.ClientSecret = former
		if _, err := a.refresh(token.RefreshToken); err == nil {
			t.Error("the former secret works after its time")
		}
		a.config.ClientSecret = "guess"
		for range 40 {
			_, _ = a.refresh("x")
		}
		a.config.ClientSecret = next.Reveal()
		var refused *oauth2.RetrieveError
		if _, err := a.refresh(token.RefreshToken); !errors.As(err, &refused) ||
			refused.Response.StatusCode != http.StatusTooManyRequests ||
			refused.Response.Header.Get("Retry-After") == "" {
			t.Errorf("after forty guesses: %v", err)
		}
	})
}

// PAR-5
func TestBrowsersOfTheApplicationAloneReadAnswers(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		a := register(t, p, public)
		_, token := a.signedIn("ann@example.org")
		for origin, want := range map[string]int{"http://localhost:9999": 200,
			"https://evil.example": 403, "http://localhost:9998": 403, "null": 403} {
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet,
				p.URL+"/oauth/userinfo", nil)
			req.Header.Set("Origin", origin)
			req.Header.Set("Authorization", "Bearer "+token.AccessToken)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != want || resp.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("userinfo answers a page of %s with %d", origin, resp.StatusCode)
			}
		}
		for _, path := range []string{"/.well-known/openid-configuration", "/oauth/jwks.json"} {
			resp, err := http.Get(p.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if resp.Header.Get("Access-Control-Allow-Origin") != "*" ||
				strings.Contains(string(body), `"d":`) {
				t.Errorf("%s: %v %s", path, resp.Header, body)
			}
		}
	})
}
