package pages_test

import (
	"context"
	"net/http"
	"testing"

	"usher/internal/admission"
	"usher/internal/i18n"
	"usher/internal/invitation"
	"usher/internal/store"
)

func TestSwitchingTheLanguageKeepsTheAnswers(t *testing.T) {
	h := onSQLite(t)
	inv := h.Invite("grace@new.test", nil)
	p := h.browser(t).get(h.mailed(inv)).press("Français",
		map[string]string{"firstName": "Grace", "lastName": "Hopper", "password": password}).
		shows(http.StatusOK, "Accepter l’invitation").hides("Error", "Erreur", password)
	if p.value("firstName") != "Grace" || p.value("lastName") != "Hopper" ||
		p.value("locale") != "fr" {
		t.Errorf("answers got lost: %s", p.body)
	}
	p = p.press("Accepter l’invitation", map[string]string{"lastName": ""}).
		shows(http.StatusUnprocessableEntity, "Erreur :", "Saisissez votre nom.")
	p = p.press("Accepter l’invitation", map[string]string{"lastName": "Hopper",
		"password": password}).shows(http.StatusOK, "bienvenue dans")
	p.follow("Accéder à la page d’accueil").shows(http.StatusOK, "Bonjour Grace")
	if u := h.User("grace@new.test"); *u.Locale != "fr" {
		t.Errorf("the account speaks %s", *u.Locale)
	}
}

func TestTheLanguageIsWhatTheReaderWants(t *testing.T) {
	h := onSQLite(t)
	french := string(i18n.French)
	out, err := h.Invitations.Invite(t.Context(), h.Caller(h.Admin), invitation.InviteInput{
		WorkspaceID: h.Workspace.ID, Emails: []string{"grace@new.test"},
		Grant: &admission.GrantInput{Locale: &french},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := h.mailed(out[0].Invitation)
	for _, x := range []struct{ query, header, want string }{
		{"", "", "fr"}, {"", "en-GB,en;q=0.9,fr;q=0.8", "fr"}, {"", "fr-CA", "fr"},
		{"", "de", "fr"}, {"?lang=en", "fr", "en"}, {"?lang=xx", "en", "fr"},
	} {
		b := h.browser(t)
		if x.header != "" {
			b.header.Set("Accept-Language", x.header)
		}
		p := b.get(path + x.query)
		if got := attr(p.one("html", nil), "lang"); got != x.want ||
			p.header.Get("Content-Language") != x.want {
			t.Errorf("%q with %q: %s, want %s", x.query, x.header, got, x.want)
		}
	}
}

// The link comes before the account, and the account before the browser.
func TestTheAccountsLanguageComesBetweenLinkAndBrowser(t *testing.T) {
	h := onSQLite(t)
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(h.Admin.UserID).SetLocale("fr").
			Exec(store.AsSystem(ctx, "a test prepares"))
	})
	english := string(i18n.English)
	out, err := h.Invitations.Invite(t.Context(), h.Caller(h.Admin), invitation.InviteInput{
		WorkspaceID: h.Workspace.ID, Emails: []string{"grace@new.test"},
		Grant: &admission.GrantInput{Locale: &english},
	})
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser(t)
	b.header.Set("Accept-Language", "en")
	b.signIn("admin@acme.test")
	for path, want := range map[string]string{"/account": "fr", "/account?lang=en": "en",
		h.mailed(out[0].Invitation): "en"} {
		if got := attr(b.get(path).one("html", nil), "lang"); got != want {
			t.Errorf("%s speaks %s, want %s", path, got, want)
		}
	}
}
