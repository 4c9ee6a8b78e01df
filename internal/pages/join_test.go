package pages_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"usher/ent/customfield"
	"usher/internal/inputs"
	"usher/internal/joinlink"
	"usher/internal/store"
)

type (
	link     = joinlink.CreateLinkInput
	linkEdit = joinlink.UpdateLinkInput
)

func TestTheJoinPageSaysWhatOneJoinsAndWhoMay(t *testing.T) {
	h := onSQLite(t)
	h.branded()
	h.joinLink("plain", nil)
	p := h.browser(t).get("/join/plain").shows(http.StatusOK, "Join Workspace acme",
		"help@acme.test").
		hides("You need an email address", "An administrator approves each request")
	if p.fields() != "firstName lastName email" {
		t.Errorf("asks for %s", p.fields())
	}
	for name, want := range map[string]string{"firstName": "given-name", "lastName": "family-name",
		"email": "email"} {
		p.one("input", func(n *html.Node) bool {
			return attr(n, "name") == name && attr(n, "autocomplete") == want
		})
	}
	p.one("link", func(n *html.Node) bool { return attr(n, "href") == "/assets/brand.ffcc00.css" })

	h.joinLink("full", func(in *link) {
		in.Title, in.WelcomeText, in.RequiresApproval = new("Evening class <b>7</b>"),
			new("Dear all,\nwelcome & enjoy!"), new(true)
		in.Whitelist = []string{"acme.test", "*.acme.test", "ann@elsewhere.test"}
	})
	p = h.browser(t).get("/join/full").shows(http.StatusOK, "Evening class <b>7</b>",
		"Dear all, welcome & enjoy!",
		"ends in @acme.test (or one of its subdomains) or @elsewhere.test", "Ask to join",
		"An administrator approves each request").
		hides("ann@", "<b>7")
	if lead := p.one("p", func(n *html.Node) bool {
		return attr(n, "class") == "lead"
	}); !strings.Contains(lead.FirstChild.Data, "all,\nwelcome") {
		t.Error("the line breaks got lost")
	}
}

// JOI-8: the page works without JavaScript.
func TestAStrangerJoinsByMail(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.joinLink("acme", nil)
		b := h.browser(t)
		b.get("/join/acme").press("Send me the link", nil).
			shows(http.StatusUnprocessableEntity, "Error:", "Enter your first name.",
				"Enter your last name.", "Enter your email address.")
		b.asks("acme", "grace@").shows(http.StatusUnprocessableEntity, "There is a problem")
		p := b.asks("acme", " Grace@New.test ").shows(http.StatusOK, "Check your email",
			"Grace@New.test", "spam folder", "Send the email again")
		p.press("Français", nil).shows(http.StatusOK, "Consultez votre messagerie", "Grace@New.test").
			press("Renvoyer l’e‑mail", nil).shows(http.StatusOK, "Consultez votre messagerie",
			"Grace@New.test")
		p.follow("Use another address").shows(http.StatusOK, "Join Workspace acme")

		path := h.confirmation("grace@new.test")
		p = b.get(path).shows(http.StatusOK, "Confirm your address to join Workspace acme")
		if p.value("email") != "Grace@New.test" || p.value("firstName") != "Grace" ||
			p.value("lastName") != "Hopper" {
			t.Errorf("asks again: %s", p.body)
		}
		p.press("Confirm and join", map[string]string{"password": "password"}).
			shows(http.StatusUnprocessableEntity, "There is a problem")
		p = p.press("Confirm and join", map[string]string{"password": password}).
			shows(http.StatusOK, "You are in: welcome to Workspace acme", "Grace@New.test").
			hides("no longer works")
		p.follow("Go to the home page").shows(http.StatusOK, "Hello Grace", "Workspace acme")
		if p.path != path {
			t.Errorf("led to %s", p.path)
		}
		b.get("/join/acme").shows(http.StatusOK, "You are in", "You are a member")
		h.browser(t).get(path).shows(http.StatusOK, "This link has been used",
			"Go to the join page").hides("grace@new.test", "Grace@New.test")
		h.browser(t).get("/sign-in").press("Sign in", map[string]string{"login": "grace@new.test",
			"password": password}).shows(http.StatusOK, "Hello Grace")
	})
}

// JOI-4: known or not, listed or not, written to a moment ago or not.
func TestTheAnswerToAStrangerIsTheSameForEveryAddress(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", func(in *link) {
		in.Whitelist = []string{"acme.test", "ann@elsewhere.test"}
	})
	h.Join("known@acme.test", nil)
	h.Account("stranger@acme.test")
	said := map[string]bool{}
	for _, email := range []string{"known@acme.test", "stranger@acme.test", "nobody@acme.test",
		"ann@elsewhere.test", "bob@elsewhere.test", "nobody@acme.test"} {
		said[strings.ReplaceAll(h.browser(t).asks("acme", email).shows(http.StatusOK, email).
			body, email, "EMAIL")] = true
	}
	if len(said) != 1 {
		t.Error("the answers differ")
	}
	p := h.browser(t).asks("acme", "eve@evil-acme.test").shows(http.StatusUnprocessableEntity,
		"acme.test, elsewhere.test").hides("ann@")
	p.one("input", func(n *html.Node) bool {
		return attr(n, "name") == "email" && attr(n, "aria-invalid") == "true"
	})
	if p.value("firstName") != "Grace" || p.value("email") != "eve@evil-acme.test" {
		t.Error("the answers got lost")
	}
}

func TestWhoIsSignedInJoinsInOneStep(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.joinLink("acme", nil)
		h.Field("shoe", customfield.TypeNumber, true)
		h.proven("grace@new.test")
		b := h.browser(t)
		b.signIn("grace@new.test")
		p := b.get("/join/acme").shows(http.StatusOK, "Your shoe", "Not you? Switch accounts")
		if p.fields() != "field.shoe next" {
			t.Errorf("asks for %s", p.fields())
		}
		p.press("Join as grace@new.test", nil).shows(http.StatusUnprocessableEntity,
			"Answer ‘Your shoe’.")

		// Their own address in the form for others does not lead around the question.
		p.follow("Use another address").press("Send me the link",
			map[string]string{"firstName": "G", "lastName": "H", "email": "grace@new.test"}).
			shows(http.StatusUnprocessableEntity, "Your shoe", "Join as grace@new.test")
		p = p.press("Join as grace@new.test", map[string]string{"field.shoe": "38"}).
			shows(http.StatusOK, "You are in: welcome to Workspace acme", "grace@new.test")
		if p.path != "/join/acme" {
			t.Errorf("led to %s", p.path)
		}
		b.get("/").shows(http.StatusOK, "Workspace acme")
	})
}

func TestWhoIsSignedInMaySwitchAccountsAndComesBack(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", func(in *link) { in.Whitelist = []string{"acme.test"} })
	h.proven("grace@new.test")
	b := h.browser(t)
	b.signIn("grace@new.test")
	p := b.get("/join/acme?lang=fr").press("M’inscrire avec grace@new.test", nil).
		shows(http.StatusUnprocessableEntity, "acme.test")
	if p.fields() != "firstName lastName email" {
		t.Errorf("asks for %s", p.fields())
	}
	p = b.get("/join/acme?lang=fr").press("Se déconnecter et revenir ici", nil).
		shows(http.StatusOK, "Rejoindre Workspace acme")
	if p.path != "/join/acme?lang=fr" || p.fields() != "firstName lastName email" {
		t.Errorf("%s asks for %s", p.path, p.fields())
	}
}

func TestAMemberIsToldSoAndMayStillComeThroughAnotherLink(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	h.Join("grace@new.test", nil)
	h.proven("grace@new.test")
	b := h.browser(t)
	b.signIn("grace@new.test")
	p := b.get("/join/acme").shows(http.StatusOK, "already a member of Workspace acme",
		"Go to the home page")
	p.press("Join as grace@new.test", nil).shows(http.StatusOK, "You are in")
	b.get("/join/acme").shows(http.StatusOK, "You are in").hides("Join as")
}

func TestWithApprovalOnOneWaits(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", func(in *link) { in.RequiresApproval = new(true) })
	h.proven("ines@new.test")
	in := h.browser(t)
	in.signIn("ines@new.test")
	in.get("/join/acme").press("Ask to join as ines@new.test", nil).
		shows(http.StatusOK, "Your request waits for approval", "ines@new.test")
	in.get("/join/acme").shows(http.StatusOK, "Your request waits for approval")

	b := h.browser(t)
	b.asks("acme", "grace@new.test").shows(http.StatusOK, "Check your email",
		"An administrator approves each request")
	path := h.confirmation("grace@new.test")
	p := b.get(path)
	p.press("Confirm and join", map[string]string{"password": password}).
		shows(http.StatusOK, "Your request waits for approval", "g•••@n•••.test")
	p.press("Confirm and join", map[string]string{"password": password}).
		shows(http.StatusOK, "Your request waits for approval")
	b.get("/").hides("grace")

	by := h.Caller(h.Admin)
	if _, err := h.JoinLinks.Reject(t.Context(), by, h.request("ines@new.test").ID,
		nil); err != nil {
		t.Fatal(err)
	}
	in.get("/join/acme").shows(http.StatusOK, "Your last request was not approved",
		"Ask to join as")
	h.browser(t).get(h.confirmation("ines@new.test")).shows(http.StatusOK, "was not approved")
	if _, err := h.JoinLinks.Approve(t.Context(), by, h.request("grace@new.test").ID); err != nil {
		t.Fatal(err)
	}
	b.get(path).shows(http.StatusOK, "This link has been used").
		follow("Sign in").press("Sign in", map[string]string{"login": "grace@new.test",
		"password": password}).shows(http.StatusOK, "Workspace acme")
	b.get(path).shows(http.StatusOK, "You are in")
}

// JOI-6: a link that is off, expired or full answers with a page of its own.
func TestALinkThatIsClosedSaysSoAndWhomToAsk(t *testing.T) {
	h := onSQLite(t)
	b := h.browser(t)
	b.get("/join/nowhere").shows(http.StatusNotFound, "There is no join page at this address").
		follow("Go to the home page").shows(http.StatusOK)
	b.send(http.MethodPost, "/join/nowhere", url.Values{"act": {"ask"}}).shows(http.StatusNotFound)

	l := h.joinLink("acme", nil)
	form := b.get("/join/acme")
	b.asks("acme", "grace@new.test").shows(http.StatusOK)
	confirmation := b.get(h.confirmation("grace@new.test"))
	soon := h.Clock.Now().Add(time.Minute)
	for _, x := range []struct {
		says   string
		change linkEdit
		after  time.Duration
	}{
		{"Workspace acme is not taking new members here at the moment",
			linkEdit{Enabled: new(false)}, 0},
		{"Joining Workspace acme here has ended", linkEdit{Enabled: new(true),
			ExpiresAt: inputs.Change[time.Time]{Set: true, Value: &soon}}, 2 * time.Minute},
		{"All places at Workspace acme are taken",
			linkEdit{ExpiresAt: inputs.Change[time.Time]{Set: true},
				MaxJoins: inputs.Change[int]{Set: true, Value: new(1)}}, 0},
	} {
		h.edit(l, x.change)
		h.Clock.Add(x.after)
		if x.change.MaxJoins.Set {
			h.AsSystem(func(ctx context.Context, tx *store.Tx) error {
				return tx.JoinLink.UpdateOneID(l.ID).SetJoinCount(1).Exec(ctx)
			})
		}
		b.get("/join/acme").shows(http.StatusGone, x.says, "ask the person who gave you the link",
			"Already a member? Sign in").hides("<input")
		form.press("Send me the link", map[string]string{"firstName": "G", "lastName": "H",
			"email": "g@new.test"}).shows(http.StatusGone, x.says)
		confirmation.press("Confirm and join", map[string]string{"password": password}).
			shows(http.StatusGone, x.says)
		b.get(confirmation.path).shows(http.StatusGone, x.says)
		in := h.browser(t)
		in.signIn("admin@acme.test")
		in.get("/join/acme").
			shows(http.StatusGone, x.says, "already a member of Workspace acme")
	}
	h.branded()
	b.get("/join/acme").shows(http.StatusGone, "Questions? help@acme.test")
}

func TestASlugOfBeforeLeadsToThePresentOne(t *testing.T) {
	h := onSQLite(t)
	l := h.joinLink("spring", nil)
	b := h.browser(t)
	form := b.get("/join/spring")
	h.edit(l, linkEdit{Slug: new("summer")})
	if p := b.get("/join/spring?lang=fr").
		shows(http.StatusOK, "Rejoindre Workspace acme"); p.path != "/join/summer?lang=fr" {
		t.Errorf("led to %s", p.path)
	}
	if p := b.get("/join/SUMMER").shows(http.StatusOK); p.path != "/join/summer" {
		t.Errorf("led to %s", p.path)
	}
	form.press("Send me the link", map[string]string{"firstName": "G", "lastName": "H", "email": "g@new.test"}).
		shows(http.StatusOK, "Check your email")

	b.client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	if p := b.get("/join/spring?lang=fr"); p.status != http.StatusFound ||
		p.header.Get("Location") != "/join/summer?lang=fr" {
		t.Errorf("%d to %s", p.status, p.header.Get("Location"))
	}
}

func TestATrailingSlashIsForgiven(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	b := h.browser(t)
	b.asks("acme", "grace@new.test")
	for _, path := range []string{"/join/acme", h.confirmation("grace@new.test"),
		h.mailed(h.Invite("ines@new.test", nil)), "/sign-in", "/reset-password/x"} {
		whole := b.get(path)
		if p := b.get(path + "/?lang=en"); p.path != path+"?lang=en" || p.status != whole.status {
			t.Errorf("%s/ led to %s: %d", path, p.path, p.status)
		}
		b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			return http.ErrUseLastResponse
		}
		if p := b.get(path + "/"); strings.Count(path, "/") > 1 && !strings.HasPrefix(path,
			"/join/acme") && p.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s/ may be told to others", path)
		}
		b.client.CheckRedirect = nil
	}
}

// JOI-6: requests are limited by network and link.
func TestTooManyFromOneNetworkAreToldToWait(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	b := h.browser(t)
	form := b.get("/join/acme")
	answers := map[string]string{"firstName": "G", "lastName": "H", "email": "g@new.test"}
	for range 300 {
		if p := form.press("Send me the link", answers); p.status != http.StatusOK {
			t.Fatalf("%d", p.status)
		}
	}
	p := form.press("Send me the link", answers).shows(http.StatusTooManyRequests, "There is a problem")
	if p.header.Get("Retry-After") == "" || p.value("email") != "g@new.test" {
		t.Errorf("Retry-After is %q, the address %q", p.header.Get("Retry-After"), p.value("email"))
	}
	p.hides("{{", "throttle.")
}

func TestOddNamesAreRefusedWhereTheyStandAndShownAsTheyAre(t *testing.T) {
	h := onSQLite(t)
	h.joinLink("acme", nil)
	b := h.browser(t)
	form := b.get("/join/acme")
	for name, x := range map[string]struct {
		first  string
		status int
	}{
		"a megabyte":          {strings.Repeat("x", 1<<20), http.StatusRequestEntityTooLarge},
		"two hundred and one": {strings.Repeat("x", 201), http.StatusUnprocessableEntity},
		"a header":            {"Ann\r\nBcc: eve@evil.test", http.StatusUnprocessableEntity},
		"turned around":       {"Ann\u202eevil", http.StatusUnprocessableEntity},
		"no UTF-8":            {"Ann\xff", http.StatusUnprocessableEntity},
		"a script":            {`"><script>alert(1)</script>`, http.StatusOK},
	} {
		p := form.press("Send me the link", map[string]string{"firstName": x.first, "lastName": "H",
			"email": "g@new.test"})
		if p.status != x.status || strings.Contains(p.body, "<script>alert") {
			t.Errorf("%s: %d", name, p.status)
		}
		if x.status == http.StatusUnprocessableEntity {
			p.one("input", func(n *html.Node) bool {
				return attr(n, "id") == "firstName" && attr(n, "aria-invalid") == "true"
			})
		}
		p.faultless()
	}
	for _, email := range []string{"g@new.test\r\nBcc: eve@evil.test", "g@\u202enew.test",
		`"g"@new.test`, "g@[127.0.0.1]"} {
		form.press("Send me the link", map[string]string{"firstName": "G", "lastName": "H", "email": email}).
			shows(http.StatusUnprocessableEntity)
		// What follows is never said to an address that is none, not even in another language.
		b.send(http.MethodPost, "/join/acme", url.Values{"act": {"language"}, "sent": {"1"},
			"email": {email}}).shows(http.StatusOK, "Join Workspace acme")
	}
}
