package oidc_test

import (
	"net/http"
	"net/url"
	"testing"

	"golang.org/x/oauth2"

	"usher/internal/apptest"
	"usher/internal/oidc"
)

// PAR-5: login CSRF. Another site cannot sign its visitor in to an account of the site's own, on
// the way to an application or by a code.
func TestAnotherSiteSignsNobodyInToItsOwnAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "eve@example.org")
		a := register(t, p, nil)
		next, _ := url.Parse(a.request())
		signIn := "/sign-in?next=" + url.QueryEscape(next.RequestURI())
		credentials := url.Values{"login": {"eve@example.org"}, "password": {apptest.Password}}
		for name, headers := range map[string]map[string]string{
			"another site":              {"Sec-Fetch-Site": "cross-site"},
			"another host of this site": {"Sec-Fetch-Site": "same-site"},
			"an older browser":          {"Origin": "https://evil.example"},
			"a page without a referrer": {"Origin": "null"},
		} {
			victim := &browser{k: p.Kit, formHeaders: headers}
			for _, path := range []string{signIn, "/sign-in", "/oauth/authorize?" + next.RawQuery} {
				at := victim.submit(path, credentials)
				if at.abroad || victim.cookie != "" {
					t.Errorf("%s signs in by %s: %d at %s", name, path, at.status, at.at)
				}
			}
			// The same form of Usher's own page works, so it was the origin that was refused.
			victim.formHeaders = nil
			if at := victim.submit(signIn, credentials); !at.abroad || victim.cookie == "" {
				t.Errorf("after %s the own page answers %d at %s", name, at.status, at.at)
			}
		}

		// A link with everything that a form holds signs nobody in either.
		victim := &browser{k: p.Kit}
		if at := victim.open(signIn + "&" + credentials.Encode()); at.status != http.StatusOK ||
			at.at.Path != "/sign-in" || victim.cookie != "" {
			t.Errorf("a link signs in: %d at %s", at.status, at.at)
		}
	})
}

// PAR-5: a code that another site got for itself and slips to its visitor is refused, because the
// visitor's application holds another verifier.
func TestACodeOfAnotherBrowserIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "eve@example.org")
		for _, kind := range []func(*oidc.CreateInput){nil, public} {
			a := register(t, p, kind)
			eve := &browser{k: p.Kit}
			code := eve.signIn(eve.open(a.request()), "eve@example.org").at.Query().Get("code")
			// The application began a sign-in for its visitor with a verifier of its own.
			if _, err := a.config.Exchange(t.Context(), code,
				oauth2.VerifierOption(oauth2.GenerateVerifier())); err == nil {
				t.Error("the visitor is signed in as eve")
			}
			if _, err := a.exchange(code); err != nil {
				t.Errorf("the code was good: %v", err)
			}
		}
	})
}
