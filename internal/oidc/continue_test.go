package oidc_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"usher/internal/apptest"
	"usher/internal/inputs"
	"usher/internal/oidc"
	"usher/internal/workspace"
)

// continueLink matches the button "Continue".
var continueLink = regexp.MustCompile(`<a[^>]*href="([^"]*)"[^>]*>\s*Continue\s*<`)

// leadsTo returns where the button of a page leads, "" without one.
func leadsTo(at page) string {
	if m := continueLink.FindStringSubmatch(at.body); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

// INV-21
func TestContinueBeginsTheSignInOfTheApplicationOfTheLandingPage(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		const home = "http://localhost:9999/courses?from=usher"
		if _, err := p.Workspaces.Update(t.Context(), p.Caller(p.Admin), workspace.UpdateInput{
			ID: p.Workspace.ID, HomeURL: inputs.Change[string]{Set: true, Value: new(home)},
		}); err != nil {
			t.Fatal(err)
		}
		accept := func(email string) (*browser, page) {
			b := &browser{k: p.Kit}
			path := "/invitations/" + p.MailToken(p.Invite(email, nil))
			return b, b.submit(path, url.Values{"act": {"accept"}, "firstName": {"Ann"},
				"lastName": {"Lee"}, "password": {apptest.Password}, "locale": {"en"}})
		}
		// Without an application, and with one of another origin or another workspace, the button
		// leads to the home URL itself.
		register(t, p, func(in *oidc.CreateInput) {
			in.InitiateLoginURI = new("http://localhost:9998/login")
		})
		register(t, p.Found("Lake", "lake"), func(in *oidc.CreateInput) {
			in.InitiateLoginURI = new("http://localhost:9999/theirs")
		})
		if _, at := accept("ann@example.org"); leadsTo(at) != home {
			t.Errorf("Continue leads to %q: %s", leadsTo(at), at.body)
		}

		a := register(t, p, func(in *oidc.CreateInput) {
			in.InitiateLoginURI = new("http://localhost:9999/login?tenant=acme")
		})
		b, at := accept("bob@example.org")
		start, err := url.Parse(leadsTo(at))
		if err != nil || !strings.HasPrefix(start.String(), "http://localhost:9999/login?") ||
			start.Query().Get("iss") != p.URL || start.Query().Get("target_link_uri") != home ||
			start.Query().Get("tenant") != "acme" {
			t.Fatalf("Continue leads to %q", leadsTo(at))
		}
		// The application now sends the person to Usher, which asks nothing.
		token, err := a.redeem(b.open(a.request()))
		if err != nil {
			t.Fatal(err)
		}
		if info, err := a.userinfo(token); err != nil || info.Email != "bob@example.org" {
			t.Errorf("the application is told of %+v, %v", info, err)
		}

		// So does the home page, where a person comes to after a new password.
		if at := b.open("/?done=password"); leadsTo(at) != start.String() {
			t.Errorf("after a new password Continue leads to %q", leadsTo(at))
		}
	})
}
