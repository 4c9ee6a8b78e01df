package oidc_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/oidc"
)

// PAR-5
func TestAMemberSignsInToAnApplicationOfTheWorkspace(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("Sales", "PRIVATE", nil)
		m := p.Join("ann@example.org", &admission.GrantInput{GroupIDs: []ident.ID{g.ID}})
		p.Verify("ann@example.org")
		for name, kind := range map[string]func(*oidc.CreateInput){
			"confidential": nil, "public": public, "EdDSA": eddsa,
		} {
			a := register(t, p, kind)
			_, token := a.signedIn("ann@example.org")
			id := a.idToken(token)
			if id.Subject != m.UserID.String() || id.Nonce != "a nonce" || id.Issuer != p.URL {
				t.Errorf("%s: the ID token is about %s, with %q from %s", name, id.Subject, id.Nonce,
					id.Issuer)
			}
			var claims struct {
				Email         string
				EmailVerified bool  `json:"email_verified"`
				AuthTime      int64 `json:"auth_time"`
				Locale        string
				Roles         []string
				Groups        []struct {
					ID, Name string
					Roles    []string
				}
			}
			if err := id.Claims(&claims); err != nil {
				t.Fatal(err)
			}
			if claims.Email != "ann@example.org" || !claims.EmailVerified || claims.Locale != "en" ||
				time.Since(time.Unix(claims.AuthTime, 0)).Abs() > time.Minute ||
				len(claims.Groups) != 1 || claims.Groups[0].ID != g.ID.String() ||
				claims.Groups[0].Name != "Sales" ||
				!slices.Equal(claims.Groups[0].Roles, []string{access.Learner}) {
				t.Errorf("%s: the claims are %+v", name, claims)
			}
			info, err := a.userinfo(token)
			if err != nil {
				t.Fatal(err)
			}
			if info.Subject != id.Subject || info.Email != "ann@example.org" || !info.EmailVerified {
				t.Errorf("%s: userinfo answers %+v", name, info)
			}
		}
	})
}

// PAR-5
func TestClaimsFollowTheScopes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		a := register(t, p, nil)
		a.config.Scopes = []string{"openid", "unknown"}
		_, token := a.signedIn("ann@example.org")
		var claims map[string]any
		if err := a.idToken(token).Claims(&claims); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"email", "name", "roles", "groups", "locale",
			"preferred_username"} {
			if _, there := claims[name]; there {
				t.Errorf("%s is told without its scope", name)
			}
		}
		if token.RefreshToken != "" {
			t.Error("there is a refresh token without offline_access")
		}
		a.config.Scopes = []string{"profile"}
		b := &browser{k: p.Kit}
		if at := b.open(a.request()); at.at.Query().Get("error") != "invalid_scope" {
			t.Errorf("without openid the answer is %s", at.at)
		}
	})
}

// PAR-5
func TestASignedInMemberGoesStraightToTheApplication(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		first, second := register(t, p, nil), register(t, p, public)
		b, _ := first.signedIn("ann@example.org")
		if _, err := second.redeem(b.open(second.request())); err != nil {
			t.Fatal(err)
		}
		if _, err := second.redeem(b.open(second.request("prompt", "none"))); err != nil {
			t.Error(err)
		}
	})
}

// PAR-5
func TestPromptAndMaxAgeAskForAnotherSignIn(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		a := register(t, p, nil)
		if at := (&browser{k: p.Kit}).open(a.request("prompt", "none")); at.at.Query().
			Get("error") != "login_required" || at.at.Query().Get("iss") != p.URL {
			t.Errorf("a silent request of nobody is answered %s", at.at)
		}
		for _, args := range [][]string{{"prompt", "login"}, {"prompt", "select_account"},
			{"max_age", "0"}, {"max_age", "60"}} {
			b, _ := a.signedIn("ann@example.org")
			before := b.cookie
			p.Clock.Add(2 * time.Minute)
			at := b.open(a.request(args...))
			if at.at.Path != "/sign-in" {
				t.Errorf("%v is answered at %s", args, at.at)
				continue
			}
			if _, err := a.redeem(b.signIn(at, "ann@example.org")); err != nil {
				t.Errorf("%v: %v", args, err)
			}
			if b.cookie == before {
				t.Errorf("%v is satisfied by the former sign-in", args)
			}
			// An invented mark spares nobody the sign-in.
			forged := a.request(append(args, "signed_in_after", "1.00000000000000000000000000000000")...)
			p.Clock.Add(2 * time.Minute)
			if at := b.open(forged); at.at.Path != "/sign-in" {
				t.Errorf("%v with an invented mark is answered at %s", args, at.at)
			}
		}
		b, _ := a.signedIn("ann@example.org")
		if at := b.open(a.request("max_age", "3600")); !at.abroad {
			t.Errorf("a young sign-in is not enough: %s", at.at)
		}
	})
}

// PAR-5
func TestTheSignInPageShowsTheWorkspaceAndTheLoginHint(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a := register(t, p, nil)
		b := &browser{k: p.Kit}
		at := b.open(a.request("login_hint", "ann@example.org", "ui_locales", "de fr-CA en"))
		for _, part := range []string{p.Workspace.Name, `value="ann@example.org"`, `lang="fr"`} {
			if !strings.Contains(at.body, part) {
				t.Errorf("the page has no %s: %s", part, at.body)
			}
		}
		if policy := at.headers.Get("Content-Security-Policy"); !strings.Contains(policy,
			"form-action 'self' http://localhost:9999;") {
			t.Errorf("the form may not lead to the application: %s", policy)
		}
	})
}

// PAR-5
func TestWhoIsNoMemberIsRefusedAndMaySwitchAccounts(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		other := p.Found("Lake", "lake")
		learner(other, "bob@example.org")
		a := register(t, p, nil)
		b := &browser{k: p.Kit}
		at := b.signIn(b.open(a.request()), "bob@example.org")
		if at.abroad || at.status != http.StatusForbidden || !strings.Contains(at.body, "/sign-out") {
			t.Fatalf("bob is answered %d at %s: %s", at.status, at.at, at.body)
		}
		if at := b.open(a.request("prompt", "none")); at.at.Query().Get("error") != "access_denied" {
			t.Errorf("a silent request is answered %s", at.at)
		}
		at = b.submit("/sign-out", url.Values{"next": {at.at.RequestURI()}})
		if _, err := a.redeem(b.signIn(at, "ann@example.org")); err != nil {
			t.Error(err)
		}
	})
}

// PAR-5
func TestAMemberOfAnArchivedWorkspaceSignsIn(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		a := register(t, p, nil)
		if _, err := p.Lifecycle.Archive(t.Context(), p.Caller(p.Admin), p.Workspace.ID); err != nil {
			t.Fatal(err)
		}
		_, token := a.signedIn("ann@example.org")
		if _, err := a.refresh(token.RefreshToken); err != nil {
			t.Error(err)
		}
	})
}

// PAR-5
func TestSigningOut(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		const goodbye = "http://localhost:9999/bye"
		a := register(t, p, func(in *oidc.CreateInput) {
			in.PostLogoutRedirectURIs = []string{goodbye}
		})
		signOut := func(b *browser, args ...string) page {
			q := url.Values{}
			for i := 0; i+1 < len(args); i += 2 {
				q.Set(args[i], args[i+1])
			}
			return b.open("/oauth/logout?" + q.Encode())
		}

		b, token := a.signedIn("ann@example.org")
		hint, _ := token.Extra("id_token").(string)
		for _, uri := range []string{"http://localhost:9999/bye/", "https://evil.example/",
			goodbye + "?a=b"} {
			at := signOut(b, "id_token_hint", hint, "post_logout_redirect_uri", uri)
			if at.abroad || at.status != http.StatusBadRequest || !a.isLive(token) {
				t.Errorf("%s is answered %d at %s", uri, at.status, at.at)
			}
		}
		if at := signOut(b, "id_token_hint", hint+"x"); at.status != http.StatusBadRequest {
			t.Errorf("a forged hint is answered %d", at.status)
		}
		// The hint of another person proves nothing about this one.
		learner(p, "bob@example.org")
		_, others := a.signedIn("bob@example.org")
		foreign, _ := others.Extra("id_token").(string)
		for _, args := range [][]string{{}, {"client_id", a.config.ClientID},
			{"id_token_hint", foreign}} {
			if at := signOut(b, args...); at.status != http.StatusOK || !a.isLive(token) {
				t.Errorf("%v is answered %d at %s", args, at.status, at.at)
			}
		}

		at := signOut(b, "id_token_hint", hint, "post_logout_redirect_uri", goodbye, "state", "s")
		if at.at.String() != goodbye+"?state=s" {
			t.Errorf("signing out leads to %s", at.at)
		}
		if a.isLive(token) {
			t.Error("the access token outlives the sign-in")
		}
		if _, err := a.refresh(token.RefreshToken); err == nil {
			t.Error("the refresh token outlives the sign-in")
		}

		// Without a hint the person is asked, and then comes to the application too.
		b, token = a.signedIn("ann@example.org")
		at = signOut(b, "client_id", a.config.ClientID, "post_logout_redirect_uri", goodbye)
		if at.abroad || !a.isLive(token) {
			t.Fatalf("nobody was asked: %s", at.at)
		}
		at = b.submit("/sign-out", url.Values{"next": {at.at.RequestURI()}})
		if at.at.String() != goodbye || a.isLive(token) {
			t.Errorf("after confirming: %s", at.at)
		}
	})
}
