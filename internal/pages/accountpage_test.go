package pages_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/ent/signin"
	"usher/internal/apptest"
	"usher/internal/secret"
	"usher/internal/store"
)

// AUT-7: the page of the account shows what there is, and each part of it can be changed.
func TestTheAccountPageShowsTheAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		b := h.browser(t)
		b.header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0")
		if p := b.get("/account"); !strings.HasPrefix(p.path, "/sign-in?next=") {
			t.Errorf("nobody is shown %s", p.path)
		}
		elsewhere := h.browser(t)
		elsewhere.header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1")
		elsewhere.signIn("admin@acme.test")
		p := b.get("/account").press("Sign in", admin).shows(http.StatusOK, "Your account",
			"Workspace acme", "Firefox on Windows", "This device", "Safari on iPhone", "Ada Admin",
			"admin@acme.test").hides("Invitations for you")

		// One sign-in, then all of them.
		p.press("Sign out on Safari on iPhone", nil).
			shows(http.StatusOK, "That sign-in has been ended").hides("Safari on iPhone")
		elsewhere.get("/").hides("Ada")
		h.browser(t).signIn("admin@acme.test")
		b.get("/account").press("Sign out everywhere", nil).
			shows(http.StatusOK, "You have signed out")
		live, err := h.Store.SignIn.Query().Where(signin.EndedAtIsNil()).
			Count(store.AsSystem(t.Context(), "a test looks"))
		if err != nil || live != 0 {
			t.Errorf("%d sign-ins are left, %v", live, err)
		}
	})
}

// AUT-7: nobody ends the sign-in of somebody else.
func TestTheAccountPageEndsOwnSignInsOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Join("eve@example.org", nil)
		victim, eve := h.browser(t), h.browser(t)
		victim.signIn("admin@acme.test")
		eve.signIn("eve@example.org")
		row, err := h.Store.SignIn.Query().Where(signin.UserID(h.Admin.UserID)).
			Only(store.AsSystem(t.Context(), "a test looks"))
		if err != nil {
			t.Fatal(err)
		}
		eve.send(http.MethodPost, "/account",
			map[string][]string{"act": {"end"}, "id": {row.ID.String()}})
		eve.send(http.MethodPost, "/account", map[string][]string{"act": {"end"}, "id": {"x"}}).
			shows(http.StatusOK)
		victim.get("/account").shows(http.StatusOK, "Ada Admin")
	})
}

// AUT-7, INV-9: pending invitations of a verified address are accepted with one press.
func TestPendingInvitationsStandOnTheAccountPage(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		other := h.Found("Other", "other")
		h.proven("ann@example.org")
		h.Account("bob@example.org") // nobody has verified the address
		for _, email := range []string{"ann@example.org", "bob@example.org"} {
			h.Invite(email, nil)
			other.Invite(email, nil)
		}
		bob := h.browser(t)
		bob.signIn("bob@example.org")
		bob.get("/account").shows(http.StatusOK).hides("Invitations for you")
		ann := h.browser(t)
		ann.signIn("ann@example.org").shows(http.StatusOK, "Invitations for you", "From Ada Admin")
		ann.get("/account").shows(http.StatusOK, "Workspace acme", "Workspace other").
			press("Accept the invitation to Workspace acme", nil).
			shows(http.StatusOK, "You are in: welcome to Workspace acme")
		page := ann.get("/account").hides("Accept the invitation to Workspace acme")
		link := page.one("a", func(n *html.Node) bool {
			return strings.HasPrefix(content(n), "See or decline")
		})
		page.get(attr(link, "href")).press("Decline the invitation", map[string]string{"never": "NONE"}).
			shows(http.StatusOK, "was declined")
		ann.get("/account").hides("Invitations for you")
		if u := h.User("ann@example.org"); h.Member("ann@example.org") == nil || !u.EmailProven {
			t.Error("ann did not come in")
		}
	})
}

// AUT-2: name, language and address are changed on pages.
func TestDetailsAreChangedOnTheAccountPages(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		b := h.browser(t)
		b.signIn("admin@acme.test")
		b.get("/account/profile").press("Save", map[string]string{"firstName": "", "lastName": " "}).
			shows(http.StatusUnprocessableEntity, "Enter your first name.")
		b.get("/account/profile").press("Save", map[string]string{"firstName": strings.Repeat("x", 201),
			"lastName": "L"}).shows(http.StatusUnprocessableEntity)
		b.get("/account/profile").press("Save",
			map[string]string{"firstName": "Augusta", "lastName": "", "locale": "fr"}).
			shows(http.StatusOK)
		u := h.User("admin@acme.test")
		if *u.FirstName != "Augusta" || u.LastName != nil || *u.Locale != "fr" {
			t.Errorf("the account is %v", u)
		}

		b.get("/account/email?lang=en").press("Send the link", map[string]string{
			"email": "ada@home.test", "password": "not it, surely"}).
			shows(http.StatusUnprocessableEntity, "This is not your current password.")
		b.get("/account/email?lang=en").press("Send the link", map[string]string{
			"email": "ada@home.test", "password": apptest.Password}).
			shows(http.StatusOK, "A link is on its way")
		b.get(h.accountLink("/confirm-email/", secret.EmailChange, h.Admin.UserID,
			u.CredentialVersion, "ada@home.test")+"?lang=en").press("Use this address",
			map[string]string{"newPassword": password})
		if h.User("ada@home.test") == nil {
			t.Error("the address has not changed")
		}
	})
}

// AHD-5: the person's own data, and their own end.
func TestDataIsDownloadedAndTheAccountErased(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		if p := h.browser(t).get("/account/data"); !strings.HasPrefix(p.path, "/sign-in") {
			t.Errorf("nobody downloads %s", p.path)
		}
		h.Join("eve@example.org", nil)
		b := h.browser(t)
		b.signIn("eve@example.org")
		p := b.get("/account/data").shows(http.StatusOK)
		var data map[string]any
		if err := json.Unmarshal([]byte(p.body), &data); err != nil ||
			!strings.Contains(p.body, "eve@example.org") ||
			strings.Contains(p.body, "admin@acme.test") ||
			!strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%v: %s", err, p.body)
		}
		b.get("/account/erase").press("Erase my account", map[string]string{"password": "no"}).
			shows(http.StatusUnprocessableEntity, "This is not your current password.")
		b.get("/account/erase").press("Erase my account",
			map[string]string{"password": apptest.Password}).
			shows(http.StatusOK, "Your account has been erased")
		if h.Member("eve@example.org") != nil {
			t.Error("eve is still a member")
		}
		// The last administrator of a workspace cannot leave it alone.
		a := h.browser(t)
		a.signIn("admin@acme.test")
		a.get("/account/erase").press("Erase my account",
			map[string]string{"password": apptest.Password}).shows(http.StatusConflict)
	})
}
