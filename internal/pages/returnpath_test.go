package pages_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"usher/internal/apptest"
	"usher/internal/secret"
	"usher/internal/store"
)

// AUT-2: a password that is forgotten in the middle of an invitation leads back to the invitation.
func TestAForgottenPasswordComesBackToTheInvitation(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		u := h.proven("ann@example.org")
		link := h.mailed(h.Invite("ann@example.org", nil))
		b := h.browser(t)
		forgot := b.get(link).follow("Forgot your password?").shows(http.StatusOK, "Workspace acme")
		if to := forgot.value("email"); to != "ann@example.org" {
			t.Errorf("the page asks for the password of %q", to)
		}
		forgot.press("Send the link", nil)
		b.get(h.accountLink("/reset-password/", secret.PasswordReset, u.ID, u.CredentialVersion,
			"ann@example.org")).press("Set the password", map[string]string{"password": password}).
			press("Accept the invitation", nil).shows(http.StatusOK, "You are in")

		// Once: the next sign-in of the browser begins at the beginning.
		b.get("/").press("Sign out", nil)
		if p := b.get("/sign-in").press("Sign in", map[string]string{"login": "ann@example.org",
			"password": password}); p.path != "/" {
			t.Errorf("the next sign-in leads to %s", p.path)
		}
	})
}

// A copied link names nobody: its reader may be somebody else (INV-10).
func TestTheSignInOfACopiedLinkNamesNobody(t *testing.T) {
	h := onSQLite(t)
	h.proven("ann@example.org")
	link := h.copied(h.Invite("ann@example.org", nil))
	b := h.browser(t)
	b.get(link).follow("Already have an account? Sign in")
	for _, path := range []string{"/forgot-password", "/sign-in"} {
		b.get(path).shows(http.StatusOK, "Workspace acme").hides("ann@example.org")
	}
}

// CRE-5: a generated password is replaced first, then comes the page that the person came for.
func TestAGeneratedPasswordIsReplacedOnTheWayToTheInvitation(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		u := h.proven("ann@example.org")
		link := h.mailed(h.Invite("ann@example.org", nil))
		h.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(u.ID).SetMustChangePassword(true).
				SetPasswordExpiresAt(h.Clock.Now().Add(time.Hour).UTC()).
				Exec(store.AsSystem(ctx, "a test prepares"))
		})
		b := h.browser(t)
		b.get(link)
		at := b.get("/sign-in").press("Sign in", map[string]string{"login": "ann@example.org",
			"password": apptest.Password}).shows(http.StatusOK, "Choose a password").
			press("Change the password", map[string]string{"password": password})
		if at.path != link {
			t.Errorf("the new password leads to %s", at.path)
		}
		at.press("Accept the invitation", nil).shows(http.StatusOK, "You are in")
	})
}

// Nothing but a page of this site is stored, and nothing else is followed.
func TestTheStoredPageIsOneOfOurs(t *testing.T) {
	h := onSQLite(t)
	h.Join("eve@example.org", nil)
	signIn := func(stored string) *page {
		b := h.browser(t)
		b.header.Set("Cookie", "__Host-usher-return="+stored)
		return b.get("/sign-in").press("Sign in",
			map[string]string{"login": "eve@example.org", "password": apptest.Password})
	}
	if p := signIn("/invitations/x"); p.path != "/invitations/x" {
		t.Fatalf("a page of ours leads to %s", p.path)
	}
	for _, stored := range []string{"//evil.test/invitations/x", "https://evil.test", "/invitations/\\x",
		"/console/", "/invitations/\tx"} {
		if p := signIn(stored); p.path != "/" {
			t.Errorf("%q leads to %s", stored, p.path)
		}
	}
}
