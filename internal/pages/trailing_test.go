package pages_test

import (
	"net/http"
	"testing"
)

// A link that was copied with the text behind it opens all the same.
func TestTextBehindALinkIsForgiven(t *testing.T) {
	h := onSQLite(t)
	link := h.mailed(h.Invite("jane@example.org", nil))
	h.joinLink("evening", nil)
	for _, behind := range []string{".", ",", ")", "%3E", "%22", "%20", "%20.", ").", "%C2%A0",
		"%E2%80%9D"} {
		b := h.browser(t)
		if p := b.get(link+behind+"?lang=fr").shows(http.StatusOK, "Ada"); p.path != link+"?lang=fr" {
			t.Errorf("%q leads to %s", behind, p.path)
		}
		if p := b.get("/join/evening" + behind).shows(http.StatusOK); p.path != "/join/evening" {
			t.Errorf("%q leads to %s", behind, p.path)
		}
	}
	for _, path := range []string{link + "x", link + "-", link + ".x", "/join/evening.x",
		"/invitations/.", "/invitations/%20", "/sign-in.", "/join/)"} {
		if p := h.browser(t).get(path); p.status != http.StatusNotFound {
			t.Errorf("%s is answered %d", path, p.status)
		}
	}
}
