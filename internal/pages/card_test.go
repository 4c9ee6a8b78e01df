package pages_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/internal/apptest"
	"usher/internal/card"
	"usher/internal/provisioning"
	"usher/internal/store"
)

// carded makes somebody without a mailbox and issues a card to them.
func (h *house) carded(username string) (*ent.Member, *card.IssuedCard) {
	h.t.Helper()
	c, err := h.Provisioning.CreateUser(h.t.Context(), h.Caller(h.Admin), provisioning.CreateInput{
		WorkspaceID: h.Workspace.ID, FirstName: "Ann", LastName: "Lee", Username: &username,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return c.Member, h.issue(c.Member)
}

func (h *house) issue(m *ent.Member) *card.IssuedCard {
	h.t.Helper()
	c, err := h.Cards.IssueCard(h.t.Context(), h.Caller(h.Admin), m.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// cardPath is where the code of a card leads.
func cardPath(c *card.IssuedCard) string { return "/cards/" + apptest.Token(c.URL.Reveal()) }

// wrongPIN is not the card's.
func wrongPIN(c *card.IssuedCard) string {
	if strings.HasPrefix(c.PIN.Reveal(), "1111") {
		return "2222 2222"
	}
	return "1111 1111"
}

const setIt = "Set the password and sign in"

func TestACardIsUsedOnAPhoneAndSaysWhatIsNeededTheNextTime(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		_, c := h.carded("ann.lee")
		b := h.browser(t)
		before := h.Snapshot()["cards"]
		p := b.get(cardPath(c)).shows(http.StatusOK, "Choose your password for Workspace acme",
			"PIN of your card")
		p.faultless()
		if p.fields() != "username pin password" || p.value("username") != "ann.lee" {
			t.Errorf("asks for %s", p.fields())
		}
		if got := h.Snapshot()["cards"]; strings.Join(got, "") != strings.Join(before, "") {
			t.Error("opening the page changed the card")
		}
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer",
			"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"} {
			if got := p.header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		p.press(setIt, nil).shows(http.StatusUnprocessableEntity, "Enter the PIN of your card.",
			"Enter a password.")
		p.press(setIt, map[string]string{"pin": c.PIN.Reveal(), "password": "short"}).
			shows(http.StatusUnprocessableEntity, "at least 8 characters")
		p.press(setIt, map[string]string{"pin": "12", "password": password}).
			shows(http.StatusUnprocessableEntity, "The PIN has eight digits.")
		p.press("Français", map[string]string{"pin": c.PIN.Reveal()}).
			shows(http.StatusOK, "Code PIN de votre carte", "Choisissez votre mot de passe").
			faultless()

		p = p.press(setIt, map[string]string{"pin": c.PIN.Reveal(), "password": password}).
			shows(http.StatusOK, "Your password is set: welcome to Workspace acme",
				"the username ann.lee. Your workspace is acme")
		p.faultless()
		p.follow("Go to the home page").shows(http.StatusOK, "Hello Ann").press("Sign out", nil)

		b.get(cardPath(c)).shows(http.StatusGone, "This card has been used").hides("ann.lee").
			follow("Sign in").
			press("Sign in", map[string]string{"login": "ann.lee", "password": password}).
			shows(http.StatusOK, "Hello Ann")
		// the card tells a browser that has seen nobody yet
		other := h.browser(t).get(cardPath(c)).follow("Sign in")
		if other.value("workspace") != "acme" {
			t.Errorf("the workspace is %q", other.value("workspace"))
		}
		if strings.Contains(h.log.String(), apptest.Token(c.URL.Reveal())) {
			t.Error("the log holds the token")
		}
	})
}

func TestAWrongPINSaysHowManyTriesAreLeft(t *testing.T) {
	h := onSQLite(t)
	_, c := h.carded("ann")
	p := h.browser(t).get(cardPath(c))
	guess := map[string]string{"pin": wrongPIN(c), "password": password}
	for _, left := range []string{"4 tries left", "3 tries left", "2 tries left", "1 try left"} {
		p = p.press(setIt, guess).shows(http.StatusUnprocessableEntity, "Error:", left)
		p.faultless()
	}
	p.press(setIt, guess).shows(http.StatusGone, "This card no longer works",
		"wrong five times", "Ask whoever gave it to you")
	p.press(setIt, map[string]string{"pin": c.PIN.Reveal(), "password": password}).
		shows(http.StatusGone, "wrong five times")
}

func TestACardThatDoesNotWorkSaysWhy(t *testing.T) {
	h := onSQLite(t)
	b := h.browser(t)
	m, old := h.carded("ann")
	h.issue(m)
	b.get(cardPath(old)).shows(http.StatusGone, "A newer card was issued").hides("ann").faultless()
	b.get("/cards/nonsense").shows(http.StatusNotFound, "This card does not work",
		"Scan the code of your newest card").faultless()
	b.get("/cards/nonsense?lang=fr").shows(http.StatusNotFound, "Cette carte ne fonctionne pas")

	ben, open := h.carded("ben")
	form := b.get(cardPath(open))
	newest := h.issue(ben)
	form.press(setIt, map[string]string{"pin": newest.PIN.Reveal(), "password": password}).
		shows(http.StatusGone, "A newer card was issued")
	h.Clock.Add(30 * 24 * time.Hour)
	b.get(cardPath(newest)).shows(http.StatusGone, "A card works for 30 days").faultless()

	cy, ended := h.carded("cy")
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(cy.UserID).AddCredentialVersion(1).
			Exec(store.AsSystem(ctx, "a test prepares"))
	})
	b.get(cardPath(ended)).shows(http.StatusGone, "Something about the account has changed")
}

func TestACardSaysWhoIsSignedInBeforeItTakesTheirPlace(t *testing.T) {
	h := onSQLite(t)
	_, c := h.carded("ann")
	b := h.browser(t)
	b.get("/sign-in").press("Sign in", admin).shows(http.StatusOK)
	b.get(cardPath(c)).shows(http.StatusOK, "You are signed in as admin@acme.test. Continuing").
		press(setIt, map[string]string{"pin": c.PIN.Reveal(), "password": password}).
		shows(http.StatusOK, "Your password is set")
	b.get("/").shows(http.StatusOK, "Hello Ann")
	n, err := h.Store.SignIn.Query().Where(h.Accounts.LiveSignIns()).
		Count(store.AsSystem(t.Context(), "a test looks"))
	if err != nil || n != 1 {
		t.Errorf("%d sign-ins, %v", n, err)
	}
}

func TestACardIsUsedFromOurOwnPageAlone(t *testing.T) {
	h := onSQLite(t)
	_, c := h.carded("ann")
	b := h.browser(t)
	p := b.get(cardPath(c))
	b.header.Set("Origin", "https://evil.test")
	p.press(setIt, map[string]string{"pin": c.PIN.Reveal(), "password": password}).
		shows(http.StatusForbidden)
}

func TestTheCodeOfACardIsTypedOnAPageOfItsOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		_, c := h.carded("ann.lee")
		b := h.browser(t)
		p := b.get("/card?workspace=acme").shows(http.StatusOK, "Use your card", "Code on your card",
			"Workspace acme")
		p.faultless()
		if p.fields() != "code" {
			t.Errorf("asks for %s", p.fields())
		}
		p.press("Continue", nil).shows(http.StatusUnprocessableEntity, "Enter the code on your card.")
		p.press("Continue", map[string]string{"code": "BCDFG"}).
			shows(http.StatusUnprocessableEntity, "The code has ten letters and digits.").faultless()
		p.press("Continue", map[string]string{"code": wrongCode(c)}).
			shows(http.StatusUnprocessableEntity, "No card has this code.").faultless()
		p = p.press("Français", map[string]string{"code": "bcd"})
		p.shows(http.StatusOK, "Code de votre carte").faultless()
		if p.value("code") != "bcd" {
			t.Errorf("the switch of languages lost %q", p.value("code"))
		}
		b.get("/card/").shows(http.StatusOK, "Use your card")

		typed := strings.ToLower(strings.ReplaceAll(c.Code.Reveal(), "-", " "))
		p = b.get("/card").press("Continue", map[string]string{"code": typed}).
			shows(http.StatusOK, "Choose your password for Workspace acme")
		if p.path != cardPath(c) || p.value("username") != "ann.lee" {
			t.Errorf("leads to %s", p.path)
		}
		p.press(setIt, map[string]string{"pin": c.PIN.Reveal(), "password": password}).
			shows(http.StatusOK, "Your password is set: welcome to Workspace acme")
		h.browser(t).get("/card").press("Continue", map[string]string{"code": c.Code.Reveal()}).
			shows(http.StatusGone, "This card has been used").hides("ann.lee")
		if strings.Contains(h.log.String(), c.Code.Reveal()) {
			t.Error("the log holds the code")
		}
	})
}

// wrongCode is a code that no card has.
func wrongCode(c *card.IssuedCard) string {
	if strings.HasPrefix(c.Code.Reveal(), "B") {
		return "C" + c.Code.Reveal()[1:]
	}
	return "B" + c.Code.Reveal()[1:]
}

func TestWrongCodesOfOneNetworkAreSlowedDown(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		_, c := h.carded("ann")
		p := h.browser(t).get("/card")
		for range 30 {
			p.press("Continue", map[string]string{"code": wrongCode(c)}).
				shows(http.StatusUnprocessableEntity, "No card has this code.")
		}
		for _, code := range []string{wrongCode(c), c.Code.Reveal()} {
			late := p.press("Continue", map[string]string{"code": code}).
				shows(http.StatusTooManyRequests, "Too many requests came from your network")
			late.faultless()
			if late.header.Get("Retry-After") == "" {
				t.Error("nobody is told how long to wait")
			}
			h.browser(t).get("/cards/"+code).
				shows(http.StatusTooManyRequests, "Too many requests came from your network").faultless()
		}
		h.browser(t).get(cardPath(c)).shows(http.StatusOK, "Choose your password")
	})
}
