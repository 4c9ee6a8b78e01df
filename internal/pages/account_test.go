package pages_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	entmail "usher/ent/mail"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/cookie"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

var admin = map[string]string{"login": "admin@acme.test", "password": apptest.Password}

func TestSigningInAndOut(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		b := h.browser(t)
		b.get("/").shows(http.StatusOK, "Welcome").follow("Sign in").press("Sign in", nil).
			shows(http.StatusUnprocessableEntity, "Error:",
				"Enter your email address or username.", "Enter a password.")
		p := b.get("/sign-in").press("Sign in", map[string]string{"login": "admin@acme.test",
			"password": "not it, surely"}).
			shows(http.StatusUnprocessableEntity, "There is a problem")
		if p.value("login") != "admin@acme.test" || p.value("password") != "" {
			t.Error("the login got lost, or the password came back")
		}
		p = p.press("Sign in", map[string]string{"password": apptest.Password}).
			shows(http.StatusOK, "Hello Ada", "admin@acme.test", "Workspace acme")
		if b.get("/sign-in").path != "/" {
			t.Error("who is signed in is asked to sign in")
		}
		p.press("Sign out", nil).shows(http.StatusOK, "You have signed out")
		b.get("/").hides("Ada")
		u, _ := url.Parse(b.base)
		for _, c := range b.client.Jar.Cookies(u) {
			if c.Name == (cookie.Policy{}).Name("") {
				t.Error("the cookie is still there")
			}
		}
	})
}

func TestSigningInAgainEndsTheSignInThatTheBrowserForgets(t *testing.T) {
	h := onSQLite(t)
	b := h.browser(t)
	form := b.get("/sign-in")
	form.press("Sign in", admin).shows(http.StatusOK)
	form.press("Sign in", admin).shows(http.StatusOK)
	live, err := h.Store.SignIn.Query().Where(h.Accounts.LiveSignIns()).
		Count(store.AsSystem(t.Context(), "a test looks"))
	if err != nil || live != 1 {
		t.Errorf("%d sign-ins, %v", live, err)
	}
}

func TestAUsernameIsAskedForItsWorkspace(t *testing.T) {
	h := onSQLite(t)
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(h.Admin.UserID).SetUsername("ada").SetUsernameKey("ada").
			SetUsernameOrganizationID(h.Workspace.OrganizationID).
			Exec(store.AsSystem(ctx, "a test prepares"))
	})
	b := h.browser(t)
	p := b.get("/sign-in")
	// Scripts hide the field until the login is a username; without them it is there.
	if p.fields() != "login workspace password" {
		t.Errorf("asks for %s", p.fields())
	}
	if around := p.named("workspace").Parent; attr(around, "data-username-in") != "login" {
		t.Error("scripts do not find the field")
	}
	p = p.press("Sign in", map[string]string{"login": "ada", "password": apptest.Password}).
		shows(http.StatusUnprocessableEntity, "Only with a username")
	p.press("Français", map[string]string{"workspace": "acme"}).
		shows(http.StatusOK, "le nom court").
		press("Se connecter", map[string]string{"password": apptest.Password}).
		shows(http.StatusOK, "Bonjour Ada").
		press("Se déconnecter", nil)

	// Here it is known from now on; elsewhere, to who comes by a link that names it.
	for _, p := range []*page{b.get("/sign-in"), h.browser(t).get("/sign-in?workspace=acme").
		press("Français", nil).press("English", nil)} {
		if p.value("workspace") != "acme" {
			t.Errorf("the workspace is %q", p.value("workspace"))
		}
		p.press("Sign in", map[string]string{"login": "ada", "password": apptest.Password}).
			shows(http.StatusOK, "Hello Ada")
	}
	other := h.browser(t)
	other.signIn("admin@acme.test").press("Sign out", nil)
	if p := other.get("/sign-in"); p.value("workspace") != "" {
		t.Errorf("after a sign-in by address the workspace is %q", p.value("workspace"))
	}
	// A link that names the workspace shows its brand instead of the field.
	p = other.get("/sign-in?workspace=ACME").shows(http.StatusOK, "Workspace acme")
	if kind := attr(p.named("workspace"), "type"); kind != "hidden" {
		t.Errorf("the field is of type %s", kind)
	}
	p = other.get("/sign-in?workspace=nowhere")
	if kind := attr(p.named("workspace"), "type"); kind != "text" {
		t.Errorf("an unknown workspace cannot be corrected in a field of type %s", kind)
	}
}

func TestSigningInRedirectsToOurOwnPathsAlone(t *testing.T) {
	h := onSQLite(t)
	for next, want := range map[string]string{
		"/change-password": "/change-password", "/console/?a=b&c=d": "/console/?a=b&c=d",
		"//evil.test": "/", "/\\evil.test": "/", "https://evil.test/": "/", "/\t/evil.test": "/",
		"\\/evil.test": "/", "javascript:alert(1)": "/",
		"evil.test": "/", "/%zz": "/", "": "/", "/\n/evil.test": "/", " //evil.test": "/",
		"///evil.test": "/",
	} {
		b := h.browser(t)
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}
		p := b.get("/sign-in?next="+url.QueryEscape(next)).press("Sign in", admin)
		if got := p.header.Get("Location"); p.status != http.StatusSeeOther || got != want {
			t.Errorf("%q leads to %d %q, want %q", next, p.status, got, want)
		}
		if c := p.header.Get("Set-Cookie"); !strings.HasPrefix(c, cookie.Policy{}.Name("")+"=") ||
			!strings.Contains(c, "HttpOnly; Secure; SameSite=Lax") {
			t.Errorf("the cookie is %q", c)
		}
	}
}

func TestTooManyTriesAreToldToWait(t *testing.T) {
	h := onSQLite(t)
	p := h.browser(t).get("/sign-in")
	for range 6 {
		p = p.press("Sign in", map[string]string{"login": "nobody@acme.test",
			"password": "not it, surely"})
	}
	p.shows(http.StatusTooManyRequests, "Too many tries")
	if p.header.Get("Retry-After") == "" || p.value("login") != "nobody@acme.test" {
		t.Errorf("Retry-After %q, login %q", p.header.Get("Retry-After"), p.value("login"))
	}
}

func TestAForgottenPasswordIsAnsweredTheSameForEveryAddress(t *testing.T) {
	h := onSQLite(t)
	seen := map[string]bool{}
	for _, email := range []string{"admin@acme.test", "nobody@acme.test", "no address",
		"admin@acme.test"} {
		p := h.browser(t).get("/forgot-password").press("Send the link",
			map[string]string{"email": email}).shows(http.StatusOK, "Check your email")
		seen[p.path+p.body] = true
	}
	if len(seen) != 1 {
		t.Error("the answers differ")
	}
	h.browser(t).get("/forgot-password").press("Send the link", nil).
		shows(http.StatusUnprocessableEntity, "Enter your email address.")
}

// accountLink is the path of a link about an account.
func (h *house) accountLink(path string, purpose secret.Purpose, id ident.ID, version int,
	bound string) string {
	return path + h.Settings.Keyring.SignLink(secret.Claim{
		Purpose: purpose, ID: id, Version: uint32(version), ExpiresAt: h.Clock.Now().
				Add(30 * time.Minute), Binding: []string{bound},
	}).Reveal()
}

func TestAResetLinkSetsThePasswordOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		path := h.accountLink("/reset-password/", secret.PasswordReset, h.Admin.UserID,
			h.User("admin@acme.test").CredentialVersion, "admin@acme.test")
		b, elsewhere := h.browser(t), h.browser(t)
		elsewhere.get("/sign-in").press("Sign in", admin).shows(http.StatusOK)
		p := b.get(path).shows(http.StatusOK, "Choose a new password").hides("admin@acme.test")
		p.press("Set the password", map[string]string{"password": "short"}).
			shows(http.StatusUnprocessableEntity, "at least 8 characters")
		p.press("Set the password", map[string]string{"password": password}).
			shows(http.StatusOK, "Your new password is set", "Hello Ada")
		elsewhere.get("/").hides("Ada")
		b.get(path).shows(http.StatusGone).follow("Ask for a new link").
			shows(http.StatusOK, "Forgot your password?")
		p.press("Set the password", map[string]string{"password": password + " two"}).
			shows(http.StatusGone)

		late := h.accountLink("/reset-password/", secret.PasswordReset, h.Admin.UserID,
			h.User("admin@acme.test").CredentialVersion, "admin@acme.test")
		h.Clock.Add(31 * time.Minute)
		b.get(late).shows(http.StatusGone, "This link no longer works")
	})
}

func TestChangingThePasswordAsksForTheCurrentOne(t *testing.T) {
	h := onSQLite(t)
	b := h.browser(t)
	p := b.get("/change-password").shows(http.StatusOK, "Email address or username").
		press("Sign in", admin).shows(http.StatusOK, "Current password")
	p.press("Change the password", map[string]string{"current": "not it, surely",
		"password": password}).
		shows(http.StatusUnprocessableEntity, "This is not your current password.")
	p.press("Change the password", map[string]string{"current": apptest.Password,
		"password": "12345678"}).shows(http.StatusUnprocessableEntity)
	p.press("Change the password", map[string]string{"current": apptest.Password,
		"password": password}).shows(http.StatusOK, "Your new password is set")
}

func TestAMailedPasswordHasToBeChangedFirst(t *testing.T) {
	h := onSQLite(t)
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(h.Admin.UserID).SetMustChangePassword(true).
			SetPasswordExpiresAt(h.Clock.Now().Add(time.Hour).UTC()).
			Exec(store.AsSystem(ctx, "a test prepares"))
	})
	b := h.browser(t)
	b.get("/sign-in").press("Sign in", admin).shows(http.StatusOK, "for one sign-in only")
	// CRE-5: the password was typed a moment ago, so it is not asked again, and cannot stay.
	p := b.get("/").shows(http.StatusOK, "for one sign-in only", "Choose a password")
	if p.fields() != "password" {
		t.Errorf("asks for %s", p.fields())
	}
	p.press("Change the password", map[string]string{"password": apptest.Password}).
		shows(http.StatusUnprocessableEntity, "There is a problem")
	h.Clock.Add(61 * time.Minute)
	if p := b.get("/change-password"); p.fields() != "current password" {
		t.Errorf("after an hour it asks for %s", p.fields())
	}
	p.press("Change the password", map[string]string{"password": password}).
		shows(http.StatusUnprocessableEntity)
	b.get("/account").shows(http.StatusOK, "for one sign-in only").
		press("Change the password", map[string]string{"current": apptest.Password,
			"password": password}).shows(http.StatusOK, "Your account")
}

func TestANewAddressIsConfirmedByAClickAndNotByOpening(t *testing.T) {
	h := onSQLite(t)
	if err := h.Accounts.RequestEmailChange(t.Context(), h.Caller(h.Admin), "ada@new.test",
		apptest.Password, account.Origin{}); err != nil {
		t.Fatal(err)
	}
	path := h.accountLink("/confirm-email/", secret.EmailChange, h.Admin.UserID,
		h.User("admin@acme.test").CredentialVersion, "ada@new.test")
	b := h.browser(t)
	p := b.get(path).shows(http.StatusOK, "Confirm your new address").hides("ada@new.test")
	h.User("admin@acme.test") // still there
	// Nobody had verified an address of this account: its password is replaced before it ends
	// (AUT-4).
	p = p.press("Use this address", nil).shows(http.StatusUnprocessableEntity, "Enter a password")
	p = p.press("Use this address", map[string]string{"newPassword": "12345678"}).
		shows(http.StatusUnprocessableEntity, "There is a problem")
	h.User("admin@acme.test") // still there
	p.press("Use this address", map[string]string{"newPassword": password}).
		shows(http.StatusOK, "Your new address is confirmed", "Hello Ada")
	h.User("ada@new.test")
	h.browser(t).get("/sign-in").press("Sign in", map[string]string{"login": "ada@new.test",
		"password": password}).shows(http.StatusOK, "Hello Ada")
	b.get(path).shows(http.StatusGone)
}

// AUT-2: a scanner that presses the button of the email moves no account.
func TestANewAddressIsConfirmedByTheAccountsOwnPerson(t *testing.T) {
	h := onSQLite(t)
	h.Verify("admin@acme.test")
	u := h.User("admin@acme.test")
	if err := h.Accounts.RequestEmailChange(t.Context(), h.Caller(h.Admin), "ada@new.test",
		apptest.Password, account.Origin{}); err != nil {
		t.Fatal(err)
	}
	path := h.accountLink("/confirm-email/", secret.EmailChange, u.ID, u.CredentialVersion,
		"ada@new.test")
	p := h.browser(t).get(path).shows(http.StatusOK, "Enter your password").
		press("Use this address", nil).
		shows(http.StatusUnprocessableEntity, "Enter your password").
		press("Use this address", map[string]string{"password": "somebody else's"}).
		shows(http.StatusUnprocessableEntity, "There is a problem")
	h.User("admin@acme.test") // still there

	own := h.browser(t)
	own.signIn("admin@acme.test")
	own.get(path).hides("Enter your password")
	p.press("Use this address", map[string]string{"password": apptest.Password}).
		shows(http.StatusOK, "Your new address is confirmed")
	h.User("ada@new.test")
}

func TestNoMoreMailsIsAClickAndNotAnOpening(t *testing.T) {
	h := onSQLite(t)
	var path string
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		m, err := tx.Mail.Create().SetWorkspaceID(h.Workspace.ID).SetKind("invitation").
			SetStatus(entmail.StatusSent).SetTo("Grace@new.test").SetToKey("grace@new.test").
			SetDueAt(h.Clock.Now().UTC()).Save(ctx)
		if err == nil {
			path = "/preferences/" + h.Settings.Keyring.SignLink(
				secret.Claim{Purpose: secret.Preferences, ID: m.ID, Version: 1,
					Binding: []string{"grace@new.test"}}).Reveal()
		}
		return err
	})
	count := func() int {
		n, err := h.Store.Suppression.Query().Count(store.AsSystem(t.Context(), "a test looks"))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	b := h.browser(t)
	p := b.get(path).shows(http.StatusOK, "Stop emails", "Workspace acme").
		hides("Grace@new.test")
	if b.get(path + "?done=stopped"); count() != 0 {
		t.Error("opening the page stopped mails")
	}
	p.press("Stop these emails", nil).shows(http.StatusUnprocessableEntity,
		"Choose whether you want emails in future.")
	for _, form := range []map[string][]string{nil, {"List-Unsubscribe": {"on"}},
		{"never": {"NONE"}}} {
		b.send(http.MethodPost, path, form).shows(http.StatusUnprocessableEntity)
	}
	if count() != 0 {
		t.Error("a press without input stopped mails")
	}
	// RFC 8058: the button of a mail program, which loads no page and follows no redirect.
	machine := h.browser(t)
	machine.header.Set("Origin", "")
	machine.send(http.MethodPost, path, map[string][]string{"List-Unsubscribe": {"One-Click"}}).
		shows(http.StatusOK, "You will get no more of these emails")
	if count() != 1 {
		t.Error("the button of a mail program stopped nothing")
	}
	p.press("Stop these emails", map[string]string{"never": "THIS_WORKSPACE"}).
		shows(http.StatusOK, "You will get no more of these emails")
	b.get(path).shows(http.StatusOK, "Emails from Workspace acme to this address are stopped.",
		"Stop these emails")
	p.press("Stop these emails", map[string]string{"never": "ALL"}).
		shows(http.StatusOK, "You will get no more of these emails")
	b.get(path).shows(http.StatusOK,
		"Emails to this address are stopped: no workspace sends any.").hides("Stop these emails")
	if count() != 2 {
		t.Errorf("%d refusals", count())
	}
}

func TestWithoutAMailServerAForgottenPasswordIsNotPromisedAnEmail(t *testing.T) {
	t.Parallel()
	h := setup(t, "sqlite", apptest.WithoutMail)
	p := h.browser(t).get("/forgot-password").shows(http.StatusOK, "Forgot your password?",
		"This server sends no email", "Ask an administrator").hides("Send the link", "<form")
	if p.path != "/forgot-password" {
		t.Errorf("the page is at %s", p.path)
	}
	h.browser(t).get("/forgot-password?done=reset").hides("Check your email")
}
