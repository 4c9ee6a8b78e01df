package pages_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	"usher/ent/mail"
	"usher/internal/actionlink"
	"usher/internal/apptest"
	"usher/internal/joinlink"
	usermail "usher/internal/mail"
	"usher/internal/secret"
	"usher/internal/store"
)

const day = 24 * time.Hour

// actionLink is the path of the action link in the newest email of a kind.
func (h *house) actionLink(kind usermail.Kind) string {
	h.t.Helper()
	m, err := h.Store.Mail.Query().Where(mail.Kind(string(kind))).Order(ent.Desc(mail.FieldID)).
		First(store.AsSystem(h.t.Context(), "a test looks"))
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.TrimPrefix(actionlink.Make(h.Invitations.Deps, m), h.Settings.PublicURL.String())
}

// expiredAsk is an invitation that has expired and whose invitee asks for a new one.
func (h *house) expiredAsk(email string) (*ent.Invitation, string) {
	h.t.Helper()
	inv := h.Invite(email, nil)
	h.Clock.Add(100 * day)
	if err := h.RequestNewLink(h.t.Context(), h.MailToken(inv)); err != nil {
		h.t.Fatal(err)
	}
	return inv, h.actionLink(usermail.NewLinkRequested)
}

// waiting is a join request that waits for approval.
func (h *house) waiting(slug, email string) string {
	h.t.Helper()
	yes := true
	h.joinLink(slug, func(in *joinlink.CreateLinkInput) { in.RequiresApproval = &yes })
	h.browser(h.t).asks(slug, email)
	h.browser(h.t).get(h.confirmation(email)).
		press("Confirm and join", map[string]string{"password": password})
	return h.actionLink(usermail.JoinRequested)
}

// INV-12: signing in leads back to the link, which renews once.
func TestAnAdministratorRenewsByTheLinkOfAnEmail(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		inv, link := h.expiredAsk("jane@example.org")
		b := h.browser(t)
		b.get(link).shows(http.StatusOK, "jane@example.org asks for a new invitation",
			"Sign in as admin@acme.test").hides("Renew the invitation")
		if fresh, _, _ := h.state(t, inv); fresh.RenewalAskedAt == nil {
			t.Error("opening the link renews")
		}

		at := b.get(link).follow("Sign in").shows(http.StatusOK).
			press("Sign in", map[string]string{"password": apptest.Password}).
			shows(http.StatusOK, "asks for a new invitation")
		if at.path != link {
			t.Fatalf("signing in leads to %s", at.path)
		}
		done := at.press("Renew the invitation", nil).
			shows(http.StatusOK, "The invitation has been renewed.").hides("<button type=\"submit\" name")
		if fresh, _, _ := h.state(t, inv); fresh.Status != entinvitation.StatusPending ||
			fresh.RenewalAskedAt != nil || !fresh.ExpiresAt.After(h.Clock.Now()) {
			t.Errorf("the invitation is %v", fresh)
		}
		// The form of the page before, once more: used up.
		at.press("Renew the invitation", nil).shows(http.StatusOK, "has been renewed")
		b.get(link).shows(http.StatusOK, "There is nothing left to do")
		// The link of the first invitation was handed over, so the renewal is the only email.
		if n := len(h.Mails("jane@example.org")); n != 1 {
			t.Errorf("%d emails of one renewal; %s", n, done.path)
		}

		// Asked again later, the used link stays used, and the new one works.
		h.Clock.Add(60 * day)
		if err := h.RequestNewLink(t.Context(), h.MailToken(inv)); err != nil {
			t.Fatal(err)
		}
		b.signIn("admin@acme.test")
		b.get(link).shows(http.StatusOK).hides(`value="renew"`)
		b.get(h.actionLink(usermail.NewLinkRequested)).press("Renew the invitation", nil).
			shows(http.StatusOK, "has been renewed")
	})
}

// INV-12: a link is for what its email asks. Links of other purposes decide nothing.
func TestAnActionLinkIsForItsPurposeAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		inv, link := h.expiredAsk("jane@example.org")
		token := apptest.Token(link)
		for _, path := range []string{"/invitations/", "/preferences/", "/reset-password/",
			"/join/confirm/", "/cards/"} {
			if p := h.browser(t).get(path + token); p.status < 400 {
				t.Errorf("%s opens with an action link", path)
			}
		}
		h.browser(t).get("/actions/"+h.MailToken(inv)).shows(http.StatusNotFound, "not valid")
		admin := h.browser(t)
		admin.signIn("admin@acme.test")
		admin.send(http.MethodPost, link, map[string][]string{"act": {"approve"}}).
			shows(http.StatusUnprocessableEntity, "does not ask for this")
		if fresh, _, _ := h.state(t, inv); fresh.RenewalAskedAt == nil {
			t.Error("the link of a renewal approved something")
		}
	})
}

// JOI-5, INV-12: approve, and reject with a message.
func TestAJoinRequestIsDecidedByTheLinkOfAnEmail(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		link := h.waiting("first", "grace@example.org")
		b := h.browser(t)
		b.get(link).shows(http.StatusOK, "Grace Hopper (grace@example.org) asks to join",
			"Sign in as admin@acme.test")
		b.signIn("admin@acme.test")
		b.get(link).press("Approve", nil).shows(http.StatusOK, "The request has been approved.")
		if h.Member("grace@example.org") == nil ||
			h.request("grace@example.org").Status != joinrequest.StatusApproved {
			t.Error("not approved")
		}

		link = h.waiting("second", "ann@example.org")
		b.get(link).press("Reject", map[string]string{"message": strings.Repeat("x", 3000)}).
			shows(http.StatusUnprocessableEntity)
		b.get(link).press("Reject", map[string]string{"message": "Try in spring."}).
			shows(http.StatusOK, "The request has been rejected.")
		r := h.request("ann@example.org")
		if r.Status != joinrequest.StatusRejected || *r.Message != "Try in spring." {
			t.Errorf("%v is %s with %v", r.Email, r.Status, r.Message)
		}
		// Decided elsewhere: the page says so, and the link is spent on nothing.
		link = h.waiting("third", "tom@example.org")
		if _, err := h.JoinLinks.Approve(t.Context(), h.Caller(h.Admin),
			h.request("tom@example.org").ID); err != nil {
			t.Fatal(err)
		}
		b.get(link).shows(http.StatusOK, "has been approved").hides(`value="reject"`)
		b.send(http.MethodPost, link, map[string][]string{"act": {"reject"}}).
			shows(http.StatusOK, "has been approved")
	})
}

// AHD-3, INV-12: the invitation moves to the address that the page showed.
func TestAnInvitationMovesByTheLinkOfAnEmail(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		inv := h.Invite("jane@work.test", nil)
		jane := h.proven("jane@home.test")
		if err := h.RequestMove(t.Context(), h.As(jane), h.MailToken(inv)); err != nil {
			t.Fatal(err)
		}
		link := h.actionLink(usermail.MoveRequested)
		b := h.browser(t)
		b.signIn("admin@acme.test")
		shown := b.get(link).shows(http.StatusOK, "jane@work.test", "jane@home.test")
		rename := func(to string) {
			h.AsSystem(func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(jane.ID).SetEmail(to).SetEmailKey(to).Exec(ctx)
			})
		}
		rename("jane@evil.test")
		shown.press("Move it to jane@home.test", nil).
			shows(http.StatusConflict, "has changed their address", "Move it to jane@evil.test")
		rename("jane@home.test")
		shown.press("Move it to jane@home.test", nil).
			shows(http.StatusOK, "The invitation has been moved.")
		fresh, _, _ := h.state(t, inv)
		if fresh.Email != "jane@home.test" || fresh.LinkVersion == inv.LinkVersion {
			t.Errorf("it is for %s", fresh.Email)
		}
		b.get(link).shows(http.StatusOK, "nothing left to do").hides(`value="move"`)
	})
}

// INV-12: renewing an invitation whose access is over would help nobody.
func TestAnActionLinkSaysWhenRenewingDoesNotHelp(t *testing.T) {
	h := onSQLite(t)
	inv := h.Invite("jane@example.org", nil)
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		g := inv.Grant
		end := h.Clock.Now().Add(day)
		g.AccessExpiresAt = &end
		return tx.Invitation.UpdateOneID(inv.ID).SetGrant(g).Exec(ctx)
	})
	h.Clock.Add(2 * day)
	if err := h.RequestNewLink(t.Context(), h.MailToken(inv)); err != nil {
		t.Fatal(err)
	}
	b := h.browser(t)
	b.signIn("admin@acme.test")
	b.get(h.actionLink(usermail.NewLinkRequested)).
		shows(http.StatusOK, "renewing it would not help").hides(`value="renew"`)
}

// AUT-2: a forgotten password comes back to the action link as well.
func TestAForgottenPasswordComesBackToTheActionLink(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		_, link := h.expiredAsk("jane@example.org")
		b := h.browser(t)
		forgot := b.get(link).follow("Sign in").shows(http.StatusOK, "Workspace acme").
			follow("Forgot your password?").shows(http.StatusOK, "Workspace acme")
		if to := forgot.value("email"); to != "admin@acme.test" {
			t.Errorf("the page asks for the password of %q", to)
		}
		forgot.press("Send the link", nil)
		reset := b.get(h.accountLink("/reset-password/", secret.PasswordReset, h.Admin.UserID,
			h.User("admin@acme.test").CredentialVersion, "admin@acme.test")).
			press("Set the password", map[string]string{"password": password})
		if reset.path != link {
			t.Errorf("the new password leads to %s", reset.path)
		}
	})
}
