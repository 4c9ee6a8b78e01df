package pages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/ent/schema"
	"usher/internal/apptest"
)

// requireConsent has the workspace ask for a version of its documents.
func (h *house) requireConsent(version string, change func(set *schema.WorkspaceSettings)) {
	h.Configure(func(set *schema.WorkspaceSettings) {
		set.PrivacyURL, set.TermsURL = new("https://acme.test/privacy"), new("https://acme.test/terms")
		set.ConsentRequired, set.ConsentVersion = true, &version
		if change != nil {
			change(set)
		}
	})
}

// consentBox checks the box: not ticked, with links to the documents that open beside the form.
func (p *page) consentBox(label string, ticked bool, documents ...string) {
	p.t.Helper()
	box := p.named("consent")
	if attr(box, "type") != "checkbox" || has(box, "checked") != ticked {
		p.t.Errorf("the box is %v", box.Attr)
	}
	words := p.one("label", func(n *html.Node) bool { return attr(n, "for") == "consent" })
	if got := content(words); got != label {
		p.t.Errorf("the label is %q, want %q", got, label)
	}
	var found []string
	for n := range words.Descendants() {
		if n.Data == "a" && attr(n, "target") == "_blank" {
			found = append(found, attr(n, "href"))
		}
	}
	if len(found) != len(documents) || len(found) > 0 && found[0] != documents[0] {
		p.t.Errorf("the documents are %v, want %v", found, documents)
	}
}

// WSP-6: without a tick the form comes back with an error at the box, and with all that was typed.
func TestAcceptingAsksForAConsentAtTheForm(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.requireConsent("2026-12", nil)
		b := h.browser(t)
		p := b.get(h.mailed(h.Invite("grace@new.test", nil))).shows(http.StatusOK)
		p.faultless()
		const both = "I have read the privacy notice and accept the terms of Workspace acme"
		p.consentBox(both, false, "https://acme.test/privacy", "https://acme.test/terms")
		answers := map[string]string{"firstName": "Grace", "lastName": "Hopper",
			"password": apptest.Password}
		p = p.press("Accept the invitation", answers).
			shows(http.StatusUnprocessableEntity, "Tick the box to go on")
		p.faultless()
		p.consentBox(both, false, "https://acme.test/privacy", "https://acme.test/terms")
		if p.value("firstName") != "Grace" {
			t.Errorf("forgot the name: %q", p.value("firstName"))
		}

		// The language is switched with a tick: it stays.
		answers["consent"] = "2026-12"
		french := p.press("Français", answers).shows(http.StatusOK)
		french.consentBox("J’ai lu la politique de confidentialité et j’accepte les conditions d’utilisation de "+
			"Workspace acme", true, "https://acme.test/privacy", "https://acme.test/terms")

		// A form from before a change of the documents is refused, and the tick is gone.
		h.requireConsent("2027-01", func(set *schema.WorkspaceSettings) { set.PrivacyURL = nil })
		p = b.send(http.MethodPost, p.path, url.Values{"act": {"accept"}, "firstName": {"Grace"},
			"lastName": {"Hopper"}, "password": {apptest.Password}, "consent": {"2026-12"}}).
			shows(http.StatusUnprocessableEntity, "has changed its privacy notice or terms")
		p.consentBox("I accept the terms of Workspace acme", false, "https://acme.test/terms")
		answers["consent"] = "2027-01"
		p.press("Accept the invitation", answers).shows(http.StatusOK, "You are in")
		if m := h.Member("grace@new.test"); len(m.Consents) != 1 ||
			m.Consents[0].Version != "2027-01" {
			t.Errorf("stored %+v", m.Consents)
		}
	})
}

func TestJoiningAndACardAskForAConsent(t *testing.T) {
	h := onSQLite(t)
	h.requireConsent("2026-12", func(set *schema.WorkspaceSettings) { set.TermsURL = nil })
	const notice = "I have read the privacy notice of Workspace acme"
	h.joinLink("acme", nil)
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	p := b.get(h.confirmation("grace@new.test")).shows(http.StatusOK)
	p.consentBox(notice, false, "https://acme.test/privacy")
	answers := map[string]string{"firstName": "Grace", "lastName": "Hopper",
		"password": apptest.Password}
	p.press("Confirm and join", answers).
		shows(http.StatusUnprocessableEntity, "Tick the box to go on")
	answers["consent"] = "2026-12"
	p.press("Confirm and join", answers).shows(http.StatusOK, "You are in")

	// Signed in: the version is known, and another one is asked for in one step.
	h.joinLink("second", nil)
	if p := b.get("/join/second").shows(http.StatusOK); strings.Contains(p.fields(), "consent") {
		t.Errorf("asks for %s", p.fields())
	}
	h.requireConsent("2027-01", nil)
	p = b.get("/join/second")
	p.press("Join as grace@new.test", nil).
		shows(http.StatusUnprocessableEntity, "Tick the box to go on")
	p.press("Join as grace@new.test", map[string]string{"consent": "2027-01"}).
		shows(http.StatusOK, "You are in")

	_, c := h.carded("ann.lee")
	p = h.browser(t).get(cardPath(c)).shows(http.StatusOK)
	card := map[string]string{"pin": c.PIN.Reveal(), "password": "maple-Tiger-42-cloud"}
	p = p.press(setIt, card).shows(http.StatusUnprocessableEntity, "Tick the box to go on")
	p.faultless()
	card["consent"] = "2027-01"
	p.press(setIt, card).shows(http.StatusOK, "Your password is set")
}
