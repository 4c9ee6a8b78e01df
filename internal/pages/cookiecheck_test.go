package pages_test

import (
	"net/http"
	"net/http/cookiejar"
	"testing"

	entinvitation "usher/ent/invitation"
)

// AUT-1: a browser that keeps no cookies is told so before anything is used up.
func TestABrowserWithoutCookiesIsToldSo(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		inv := h.Invite("grace@example.org", nil)
		link := h.mailed(inv)
		b := h.browser(t)
		b.header.Set("Sec-Fetch-Mode", "navigate")
		forget := func() {
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			b.client.Jar = jar
		}
		accept, signIn := b.get(link), b.get("/sign-in")
		forget()
		accept.press("Accept the invitation", grace).
			shows(http.StatusUnprocessableEntity, "Your browser does not accept cookies")
		if fresh, users, _ := h.state(t, inv); fresh.Status != entinvitation.StatusPending ||
			users != 1 {
			t.Errorf("the invitation is %s, %d accounts", fresh.Status, users)
		}
		forget()
		signIn.press("Sign in", admin).
			shows(http.StatusUnprocessableEntity, "Your browser does not accept cookies").
			follow("Open the page again").press("Sign in", admin).shows(http.StatusOK, "Hello Ada")

		// What signs nobody in needs no cookie.
		forget()
		decline := b.get(link)
		forget()
		decline.press("Decline the invitation", map[string]string{"never": "NONE"}).
			shows(http.StatusOK, "was declined")
	})
}
