package pages_test

import (
	"net/http"
	"testing"

	"golang.org/x/net/html"

	"usher/internal/admission"
	"usher/internal/inputs"
	"usher/internal/joinlink"
	"usher/internal/workspace"
)

const (
	appHome    = "https://learn.example.org/home"
	appWelcome = "https://learn.example.org/courses/welcome"
)

// configureLanding sets the home URL, none if empty, and the allowed redirect URLs.
func (h *house) configureLanding(home string, allowed ...string) {
	h.t.Helper()
	_, err := h.Workspaces.Update(h.t.Context(), h.Caller(h.Admin), workspace.UpdateInput{
		ID: h.Workspace.ID, AllowedRedirectURLs: append([]string{}, allowed...),
		HomeURL: inputs.Change[string]{Set: true, Value: inputs.NilIfEmpty(home)}})
	if err != nil {
		h.t.Fatal(err)
	}
}

// leadsTo checks where the link with some words leads; "" for no such link.
func (p *page) leadsTo(words, url string) *page {
	p.t.Helper()
	found := ""
	for _, a := range p.all("a", func(n *html.Node) bool { return content(n) == words }) {
		found = attr(a, "href")
	}
	if found != url {
		p.t.Errorf("%s: %q leads to %q instead of %q", p.path, words, found, url)
	}
	return p
}

// INV-21: after an acceptance the page leads to the redirect URL of the invitation while it is
// allowed, else to the home URL, else it can be closed.
func TestAnInvitationLeadsWhereItWasMeantTo(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.configureLanding(appHome, "https://learn.example.org/courses")
		path := h.mailed(h.Invite("grace@new.test",
			&admission.GrantInput{RedirectURL: new(appWelcome)}))
		b := h.browser(t)
		b.get(path).press("Accept the invitation", grace).
			shows(http.StatusOK, "You are in").leadsTo("Continue", appWelcome).
			leadsTo("Go to the home page", "/").hides("You can close this page")
		b.get(path).leadsTo("Continue", appWelcome)
		b.get("/").leadsTo("Workspace acme", appHome)
		// The list has shrunk since the invitation was made.
		h.configureLanding(appHome)
		b.get(path).leadsTo("Continue", appHome)
		h.configureLanding("")
		b.get(path).shows(http.StatusOK, "You can close this page.").leadsTo("Continue", "")
		b.get("/").shows(http.StatusOK, "Workspace acme").leadsTo("Workspace acme", "")
		// Nobody else learns it from the used link.
		h.configureLanding(appHome, "https://learn.example.org/courses")
		h.browser(t).get(path).shows(http.StatusOK, "This invitation has been used").
			hides("learn.example.org")
	})
}

// INV-21: a join link leads there in the same way, members who open it again too.
func TestAJoinLinkLeadsWhereItWasMeantTo(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.configureLanding(appHome, "https://learn.example.org/courses")
		link := h.joinLink("spring", func(in *joinlink.CreateLinkInput) {
			in.Grant = &admission.GrantInput{RedirectURL: new(appWelcome)}
		})
		b := h.browser(t)
		b.asks("spring", "grace@new.test").shows(http.StatusOK)
		path := h.confirmation("grace@new.test")
		b.get(path).press("Confirm and join", map[string]string{"password": password}).
			shows(http.StatusOK, "You are in").leadsTo("Continue", appWelcome)
		b.get("/join/spring").shows(http.StatusOK, "You are in").leadsTo("Continue", appWelcome)

		// A member who came in otherwise.
		h.Join("ada@acme.test", nil)
		h.Verify("ada@acme.test")
		ada := h.browser(t)
		ada.signIn("ada@acme.test")
		ada.get("/join/spring").shows(http.StatusOK, "Workspace acme").
			leadsTo("Continue to Workspace acme", appWelcome)
		h.edit(link, joinlink.UpdateLinkInput{Enabled: new(false)})
		ada.get("/join/spring").shows(http.StatusGone).leadsTo("Continue", appWelcome)
		h.configureLanding("")
		ada.get("/join/spring").shows(http.StatusGone, "You can close this page.").
			leadsTo("Continue", "")
		h.browser(t).get("/join/spring").shows(http.StatusGone).hides("learn.example.org",
			"You can close this page")
	})
}

// INV-21: no page sends the address with its token to the application.
func TestTheApplicationGetsNoReferrer(t *testing.T) {
	h := onSQLite(t)
	h.configureLanding(appHome)
	p := h.browser(t).get(h.mailed(h.Invite("grace@new.test", nil))).
		press("Accept the invitation", grace).leadsTo("Continue", appHome)
	if got := p.header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("referrer policy %q", got)
	}
}
