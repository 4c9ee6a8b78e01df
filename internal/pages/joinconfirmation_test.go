package pages_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/joinrequest"
	"usher/internal/apptest"
	"usher/internal/joinlink"
	"usher/internal/store"
)

func TestOpeningAConfirmationUsesNothingUp(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	path := h.confirmation("grace@new.test")
	before := h.request("grace@new.test").String()
	for _, at := range []string{path, path + "?act=accept&lang=fr&have=account"} {
		b.get(at).shows(http.StatusOK)
		if p := b.send(http.MethodHead, at, nil); p.status != http.StatusOK || p.body != "" {
			t.Errorf("HEAD: %d", p.status)
		}
		b.send(http.MethodPost, at, url.Values{"act": {"language"}}).shows(http.StatusOK)
	}
	if after := h.request("grace@new.test").String(); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
	users, err := h.Store.User.Query().Count(store.AsSystem(t.Context(), "a test looks"))
	if err != nil || users != 1 {
		t.Errorf("%d accounts, %v", users, err)
	}
}

func TestAnExistingAccountConfirmsWithItsPassword(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	h.proven("grace@new.test")
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	p := b.get(h.confirmation("grace@new.test")).shows(http.StatusOK, "You already have an account",
		"you will come back to this page", "Forgot your password?")
	if p.fields() != "email password" {
		t.Errorf("asks for %s", p.fields())
	}
	p = p.press("Sign in and join", map[string]string{"password": "wrong wrong wrong"}).
		shows(http.StatusUnprocessableEntity, "There is a problem")
	p.press("Sign in and join", map[string]string{"password": apptest.Password}).
		shows(http.StatusOK, "You are in").hides("no longer works")
}

// AUT-4: whether the person gets in or has to wait, the password that ended is replaced on the same
// page.
func TestConfirmingAsksForANewPasswordWhereThePreviousOneEnds(t *testing.T) {
	for _, approval := range []bool{false, true} {
		t.Run(fmt.Sprint("approval ", approval), func(t *testing.T) {
			h := onSQLite(t)
			h.joinLink("acme", nil)
			h.Write(func(ctx context.Context, tx *store.Tx) error {
				return tx.JoinLink.Update().SetRequiresApproval(approval).
					Exec(store.AsSystem(ctx, "a test prepares"))
			})
			h.Account("grace@new.test") // nobody has verified its address
			b := h.browser(t)
			b.asks("acme", "grace@new.test")
			p := b.get(h.confirmation("grace@new.test")).
				shows(http.StatusOK, "Choose a new one: it replaces")
			if p.fields() != "email newPassword" {
				t.Errorf("asks for %s", p.fields())
			}
			p.press("Confirm and join", map[string]string{"newPassword": password}).
				shows(http.StatusOK).hides("no longer works")
			h.browser(t).get("/sign-in").
				press("Sign in", map[string]string{"login": "grace@new.test",
					"password": password}).shows(http.StatusOK, "Hello")
			b.get("/").shows(http.StatusOK, "grace@new.test") // signed in with it
		})
	}
}

func TestAnAddressThatGotAnAccountMeanwhileIsAskedForItsPassword(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	p := b.get(h.confirmation("grace@new.test"))
	h.proven("grace@new.test")
	p = p.press("Confirm and join", map[string]string{"password": password}).
		shows(http.StatusUnprocessableEntity, "Sign in and join")
	p.press("Sign in and join", map[string]string{"password": apptest.Password}).
		shows(http.StatusOK, "You are in").hides("no longer works")
}

func TestAConfirmationKnowsWhoIsSignedIn(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	h.proven("grace@new.test")
	h.proven("ines@new.test")
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	path := h.confirmation("grace@new.test")
	b.signIn("ines@new.test")
	p := b.get(path).
		shows(http.StatusOK, "sent to grace@new.test, but you are signed in as ines@new.test")
	b.send(http.MethodPost, path, url.Values{"act": {"accept"}}).
		shows(http.StatusConflict, "ines@new.test")
	if r := h.request("grace@new.test"); r.Status != joinrequest.StatusUnconfirmed {
		t.Errorf("the request is %s", r.Status)
	}
	if p = p.press("Switch account", nil).
		shows(http.StatusOK, "Sign in and join"); p.path != path {
		t.Errorf("came back to %s", p.path)
	}
	b.signIn("grace@new.test")
	b.get(path).shows(http.StatusOK, "You are signed in as").press("Confirm and join", nil).
		shows(http.StatusOK, "You are in")

	b.get("/").press("Sign out", nil)
	b.signIn("ines@new.test")
	b.get(path).shows(http.StatusOK, "This link has been used",
		"You are signed in as ines@new.test").hides("grace@new.test")
}

func TestAConfirmationThatLeadsNowhereSaysSo(t *testing.T) {
	h := onSQLite(t)
	h.Found("Other", "other") // with one workspace alone, every page has its brand
	l := h.joinLink("acme", func(in *link) { in.Whitelist = []string{"new.test"} })
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	path := h.confirmation("grace@new.test")
	for _, broken := range []string{"/join/confirm/x", path[:len(path)-4], path + "x",
		strings.Replace(h.mailed(h.Invite("a@new.test", nil)), "/invitations/",
			"/join/confirm/", 1)} {
		b.get(broken).shows(http.StatusNotFound, "This link does not work", "Sign in").hides("acme")
	}
	form := b.get(path)
	h.edit(l, linkEdit{Whitelist: joinlink.OptionalList{Set: true, Value: []string{"acme.test"}}})
	form.press("Confirm and join", map[string]string{"password": password}).
		shows(http.StatusForbidden, "This address can no longer join", "grace@new.test",
			"Go to the join page")
	b.send(http.MethodPost, path, url.Values{"act": {"accept"}}).
		shows(http.StatusForbidden, "This address can no longer join").hides("<input")
	h.edit(l, linkEdit{Whitelist: joinlink.OptionalList{Set: true}})
	h.Clock.Add(25 * time.Hour)
	b.get(path).shows(http.StatusGone, "This link has expired", "24 hours")
	form.press("Confirm and join", map[string]string{"password": password}).
		shows(http.StatusGone, "This link has expired")
}

func TestAConfirmationAsksWhatTheWorkspaceWantsToKnow(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	h.Field("shoe", customfield.TypeNumber, true)
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	p := b.get(h.confirmation("grace@new.test")).
		press("Confirm and join", map[string]string{"password": password, "field.shoe": "many"}).
		shows(http.StatusUnprocessableEntity)
	p.one("input", func(n *html.Node) bool {
		return attr(n, "id") == "field.shoe" && attr(n, "aria-invalid") == "true"
	})
	p.press("Confirm and join", map[string]string{"password": password, "field.shoe": "38"}).
		shows(http.StatusOK, "You are in")
	m, err := h.Store.Member.Query().Order(ent.Desc("id")).First(h.In())
	if err != nil || m.CustomFields["shoe"] != "38" {
		t.Errorf("%v, %v", m, err)
	}
}

func TestAFullHouseIsSaidAtTheConfirmationToo(t *testing.T) {
	h := onSQLite(t)
	h.Seats(1)
	h.joinLink("acme", nil)
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	p := b.get(h.confirmation("grace@new.test")).
		press("Confirm and join", map[string]string{"password": password}).
		shows(http.StatusConflict, "There is a problem")
	if p.value("firstName") != "Grace" || h.request("grace@new.test").
		Status != joinrequest.StatusUnconfirmed {
		t.Error("the answers got lost, or something was changed")
	}
}

func TestTheSwitchOfLanguagesKeepsWhatWasTyped(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	b := h.browser(t)
	p := b.get("/join/acme").
		press("Français", map[string]string{"firstName": "Grace", "email": "grace@new.test"}).
		shows(http.StatusOK, "Rejoindre Workspace acme").hides("Erreur")
	if p.value("firstName") != "Grace" || p.value("email") != "grace@new.test" {
		t.Error("the answers got lost")
	}
	p.press("Recevoir le lien", map[string]string{"lastName": "Hopper"}).
		shows(http.StatusOK, "Consultez votre messagerie")
	if l := h.request("grace@new.test").Locale; l == nil || *l != "fr" {
		t.Errorf("the mail would speak %v", l)
	}
	p = h.browser(t).get(h.confirmation("grace@new.test")).
		shows(http.StatusOK, "Confirmez votre adresse")
	if p.value("locale") != "fr" || !slices.Contains(strings.Fields(p.fields()), "password") {
		t.Errorf("speaks %s, asks for %s", p.value("locale"), p.fields())
	}
}

func TestAConfirmationThatIsOverADayOldLeadsToTheJoinPage(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	path := h.confirmation("grace@new.test")
	h.Clock.Add(25 * time.Hour)
	p := b.get(path).shows(http.StatusGone)
	p.one("a", func(n *html.Node) bool { return attr(n, "href") == "/join/acme" })
}
