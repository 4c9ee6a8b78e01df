package pages_test

import (
	"net/http"
	"testing"

	"golang.org/x/net/html"
)

// brandOf is the name in the head of a page.
func brandOf(p *page) string {
	p.t.Helper()
	return content(p.one("header", nil))
}

// JOI-8: the brand follows a person to the pages that are about no workspace.
func TestTheBrandFollowsToPagesOfNoWorkspace(t *testing.T) {
	h := onSQLite(t)
	same := func(what string, p *page, want string) {
		t.Helper()
		if got := brandOf(p); got != want {
			t.Errorf("%s: %s shows %q, want %q", what, p.path, got, want)
		}
	}
	for _, path := range []string{"/", "/sign-in", "/forgot-password", "/nowhere"} {
		same("the only workspace", h.browser(t).get(path), "Workspace acme")
	}
	h.Found("Other", "other")
	same("one of two", h.browser(t).get("/sign-in"), "Usher")
	same("named", h.browser(t).get("/sign-in?workspace=acme"), "Workspace acme")
	same("named without such a workspace", h.browser(t).get("/sign-in?workspace=none"), "Usher")
	in := h.browser(t)
	in.signIn("admin@acme.test")
	same("the only one of the member", in.get("/account"), "Workspace acme")
	same("named, of somebody else", in.get("/account?workspace=none"), "Workspace acme")

	// The forgotten password keeps the workspace that the sign-in was for.
	p := h.browser(t).get("/sign-in?workspace=acme").follow("Forgot your password?")
	same("from the sign-in", p, "Workspace acme")
	same("after sending", p.press("Send the link", map[string]string{"email": "x@acme.test"}).
		shows(http.StatusOK, "Check your email"), "Workspace acme")
}

// A workspace without a logo has its letter, which is no text of the page.
func TestAWorkspaceWithoutALogoHasItsLetter(t *testing.T) {
	h := onSQLite(t)
	p := h.browser(t).get(h.mailed(h.Invite("grace@new.test", nil)))
	p.one("span", func(n *html.Node) bool { return attr(n, "data-letters") == "W" })
	icon := attr(p.one("link", func(n *html.Node) bool { return attr(n, "rel") == "icon" }), "href")
	h.browser(t).get(icon).shows(http.StatusOK, "W")
}
