package pages_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"usher/ent"
	"usher/ent/customfield"
	entinvitation "usher/ent/invitation"
	"usher/ent/mail"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/i18n"
	usermail "usher/internal/mail"
	"usher/internal/store"
)

const password = "staple battery horse"

var grace = map[string]string{"firstName": "Grace", "lastName": "Hopper", "password": password}

// state reads an invitation back, with how many accounts and sign-ins there are.
func (h *house) state(t *testing.T, inv *ent.Invitation) (*ent.Invitation, int, int) {
	t.Helper()
	ctx := store.AsSystem(t.Context(), "a test looks")
	fresh, err := h.Store.Invitation.Get(ctx, inv.ID)
	if err != nil {
		t.Fatal(err)
	}
	users, err := h.Store.User.Query().Count(ctx)
	if err != nil {
		t.Fatal(err)
	}
	signIns, err := h.Store.SignIn.Query().Count(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return fresh, users, signIns
}

func TestOpeningAnInvitationChangesNothing(t *testing.T) {
	h := onSQLite(t)
	inv := h.Invite("grace@new.test", nil)
	before, users, signIns := h.state(t, inv)
	b := h.browser(t)
	for _, path := range []string{h.mailed(inv), h.copied(inv),
		h.mailed(inv) + "?act=accept&done=asked&have=account"} {
		if p := b.get(path).shows(http.StatusOK, "Workspace acme"); p.value("email") !=
			"grace@new.test" {
			t.Errorf("%s is for %q", path, p.value("email"))
		}
		if p := b.send(http.MethodHead, path, nil); p.status != http.StatusOK || p.body != "" {
			t.Errorf("HEAD: %d, %d bytes", p.status, len(p.body))
		}
		b.send(http.MethodPost, path, map[string][]string{"act": {"language"}}).shows(http.StatusOK)
	}
	after, u, s := h.state(t, inv)
	if before.String() != after.String() || users != u || signIns != s {
		t.Errorf("before %v, %d, %d\nafter  %v, %d, %d", before, users, signIns, after, u, s)
	}
}

func TestANewPersonAcceptsAndIsIn(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		for email, link := range map[string]func(
			*ent.Invitation) string{"grace@mailed.test": h.mailed, "grace@copied.test": h.copied} {
			path := link(h.Invite(email, nil))
			b := h.browser(t)
			p := b.get(path).shows(http.StatusOK, "Join Workspace acme", "Ada Admin invites you")
			if p.value("email") != email {
				t.Errorf("the address is %q", p.value("email"))
			}
			p = p.press("Accept the invitation", grace).
				shows(http.StatusOK, "You are in: welcome to Workspace acme", email)
			p.follow("Go to the home page").shows(http.StatusOK, "Hello Grace", "Workspace acme").
				press("Sign out", nil).shows(http.StatusOK, "You have signed out")

			// The chosen password holds, however the address was verified meanwhile.
			b.get("/sign-in").
				press("Sign in", map[string]string{"login": email, "password": password}).
				shows(http.StatusOK, "Hello Grace")
			b.get(path).shows(http.StatusOK, "You are in")

			// Nobody else is let in by the same link (INV-8).
			other := h.browser(t)
			other.get(path).shows(http.StatusOK, "This invitation has been used").hides(email)
			other.send(http.MethodPost, path, map[string][]string{"act": {"accept"},
				"password": {password}}).shows(http.StatusOK, "has been used")
			other.send(http.MethodPost, path, map[string][]string{"act": {"decline"}}).
				shows(http.StatusOK, "has been used")
			other.get("/").shows(http.StatusOK, "Sign in to see your workspaces")
		}
	})
}

func TestAcceptingTwiceLeadsTheSamePersonOn(t *testing.T) {
	h := onSQLite(t)
	b := h.browser(t)
	form := b.get(h.mailed(h.Invite("grace@new.test", nil)))
	form.press("Accept the invitation", grace).shows(http.StatusOK, "You are in")
	form.press("Accept the invitation", grace).shows(http.StatusOK, "You are in")
}

// The first press ends the sign-in that the second was sent with; the browser, led back to the
// page, has the new one.
func TestPressingTwiceInARowRedirectsToo(t *testing.T) {
	h := onSQLite(t)
	h.proven("grace@new.test")
	b, old := h.browser(t), h.browser(t)
	b.signIn("grace@new.test")
	at, err := url.Parse(h.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	before := b.client.Jar.Cookies(at)
	form := b.get(h.mailed(h.Invite("grace@new.test", nil)))
	form.press("Accept the invitation", nil).shows(http.StatusOK, "You are in")

	old.client.Jar.SetCookies(at, before)
	old.client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	second := old.send(http.MethodPost, form.path, map[string][]string{"act": {"accept"}})
	if to := second.header.Get("Location"); second.status != http.StatusSeeOther ||
		to != form.path {
		t.Fatalf("%d, to %s", second.status, to)
	}
	b.get(second.header.Get("Location")).shows(http.StatusOK, "You are in")
}

func TestAnExistingAccountSignsInAndAccepts(t *testing.T) {
	h := onSQLite(t)
	other := h.Found("Other", "other")
	// proven, so that its password stays (AUT-4)
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(other.Admin.UserID).SetEmailProven(true).
			Exec(store.AsSystem(ctx, "a test prepares"))
	})
	b := h.browser(t)
	p := b.get(h.mailed(h.Invite("admin@other.test", nil))).
		shows(http.StatusOK, "You already have an account")
	if p.fields() != "email password never never never" {
		t.Errorf("asks for %s", p.fields())
	}
	p = p.press("Sign in and accept", map[string]string{"password": "wrong wrong wrong"}).
		shows(http.StatusUnprocessableEntity, "There is a problem").hides("wrong wrong wrong")
	p.press("Sign in and accept", map[string]string{"password": apptest.Password}).
		shows(http.StatusOK, "You are in")
	b.get("/").shows(http.StatusOK, "Workspace acme", "Workspace other")
}

// AUT-4: the first verification of an address ends its password, so the page asks for a new one.
func TestTheFirstVerificationOfAnAddressAsksForANewPassword(t *testing.T) {
	h := onSQLite(t)
	h.Found("Other", "other")
	for _, signedIn := range []bool{false, true} {
		email := map[bool]string{false: "admin@other.test", true: "admin@third.test"}[signedIn]
		b := h.browser(t)
		if signedIn {
			h.Found("Third", "third")
			b.signIn(email)
		}
		path := h.mailed(h.Invite(email, nil))
		p := b.get(path).shows(http.StatusOK, "Choose a new one: it replaces")
		if !strings.HasPrefix(p.fields(), "email newPassword never") {
			t.Errorf("asks for %s", p.fields())
		}
		p = p.press("Accept the invitation", nil).shows(http.StatusUnprocessableEntity,
			"Enter a password")
		p = p.press("Accept the invitation", map[string]string{"newPassword": "12345678"}).
			shows(http.StatusUnprocessableEntity, "There is a problem")
		p = p.press("Accept the invitation", map[string]string{"newPassword": apptest.Password}).
			shows(http.StatusUnprocessableEntity, "current password")
		p.press("Accept the invitation", map[string]string{"newPassword": password}).
			shows(http.StatusOK, "You are in").hides("no longer works")
		h.browser(t).get("/sign-in").press("Sign in",
			map[string]string{"login": email, "password": password}).shows(http.StatusOK, "Hello")
	}
	b := h.browser(t)
	h.Found("Fourth", "fourth")
	b.get(h.mailed(h.Invite("admin@fourth.test", nil))+"?lang=fr").
		shows(http.StatusOK, "Choisissez-en un nouveau, qui remplace", "Nouveau mot de passe")
}

// CRE-5: a generated password opens nothing else; a page that takes it takes a new one beside it.
func TestAGeneratedPasswordIsReplacedWhereItIsUsed(t *testing.T) {
	h := onSQLite(t)
	h.Found("Other", "other")
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(h.User("admin@other.test").ID).SetMustChangePassword(true).
			SetPasswordExpiresAt(h.Clock.Now().Add(time.Hour).UTC()).
			Exec(store.AsSystem(ctx, "a test prepares"))
	})
	b := h.browser(t)
	p := b.get(h.copied(h.Invite("admin@other.test", nil))).follow("Already have an account? Sign in").
		press("Sign in and accept", map[string]string{"password": apptest.Password}).
		shows(http.StatusUnprocessableEntity, "Choose a new password")
	if !strings.HasPrefix(p.fields(), "email password newPassword never") {
		t.Errorf("asks for %s", p.fields())
	}
	p.press("Sign in and accept", map[string]string{"password": apptest.Password,
		"newPassword": password}).shows(http.StatusOK, "You are in")
	h.browser(t).get("/sign-in").press("Sign in", map[string]string{"login": "admin@other.test",
		"password": password}).shows(http.StatusOK, "Hello")
}

// CRE-5: a session that may only change its password is nobody to every other page.
func TestASessionThatMustChangeItsPasswordIsNobodyElsewhere(t *testing.T) {
	h := onSQLite(t)
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(h.Admin.UserID).SetMustChangePassword(true).
			SetPasswordExpiresAt(h.Clock.Now().Add(time.Hour).UTC()).
			Exec(store.AsSystem(ctx, "a test prepares"))
	})
	h.Found("Other", "other")
	b := h.browser(t)
	b.get("/sign-in").press("Sign in", map[string]string{"login": "admin@acme.test",
		"password": apptest.Password})
	b.get(h.copied(h.Invite("grace@new.test", nil))).shows(http.StatusOK, "Accept the invitation").
		hides("Ada Admin is", "admin@acme.test")
	b.get("/").shows(http.StatusOK, "for one sign-in only")
}

func TestWhoIsSignedInAcceptsWithOneClick(t *testing.T) {
	h := onSQLite(t)
	h.Found("Other", "other")
	b := h.browser(t)
	b.signIn("admin@other.test")
	b.get(h.copied(h.Invite("admin@other.test", nil))).shows(http.StatusOK, "You are signed in as").
		press("Accept the invitation", nil).shows(http.StatusOK, "You are in")
}

// INV-10: who invited may hold the copied link, and is not told whether the address has an account.
func TestACopiedLinkDoesNotTellWhetherThereIsAnAccount(t *testing.T) {
	h := onSQLite(t)
	h.Found("Other", "other")
	b := h.browser(t)
	seen := map[string]bool{}
	for _, email := range []string{"admin@other.test", "admin@newer.test"} {
		path := h.copied(h.Invite(email, nil))
		first, second := b.get(path), b.get(path).follow("Already have an account? Sign in").
			shows(http.StatusOK, "No account yet? Create one")
		seen[strings.NewReplacer(path, "PATH", email, "EMAIL").
			Replace(first.body+second.body)] = true
	}
	if len(seen) != 1 {
		t.Error("the two pages differ")
	}
	b.get(h.copied(h.Invite("admin@other.test", nil))).press("Accept the invitation", grace).
		shows(http.StatusUnprocessableEntity, "Sign in and accept").
		press("Sign in and accept", map[string]string{"password": apptest.Password}).
		shows(http.StatusOK, "You are in")
}

// AHD-3: the page shows both addresses and offers to switch.
func TestTheWrongAccountSwitchesAndComesBack(t *testing.T) {
	h := onSQLite(t)
	h.Found("Other", "other")
	inv := h.Invite("grace@new.test", nil)
	b := h.browser(t)
	b.signIn("admin@other.test")
	p := b.get(h.mailed(inv)+"?lang=fr").shows(http.StatusOK, "grace@new.test", "admin@other.test")
	b.send(http.MethodPost, h.mailed(inv), map[string][]string{"act": {"accept"}}).
		shows(http.StatusConflict, "admin@other.test")
	if after, _, _ := h.state(t, inv); after.Status != entinvitation.StatusPending {
		t.Error("the wrong account was bound")
	}
	moved := p.press("Demander le changement d’adresse", nil).
		shows(http.StatusOK, "Votre demande a été envoyée", "Changer de compte")
	if len(moved.all("button", func(n *html.Node) bool {
		return content(n) == "Demander le changement d’adresse"
	})) > 0 {
		t.Error("one may ask again at once")
	}
	asked, err := h.Store.Mail.Query().Where(mail.Kind("move_requested")).Count(h.In())
	if err != nil || asked != 1 {
		t.Errorf("%d mails, %v", asked, err)
	}
	p = p.press("Changer de compte", nil).shows(http.StatusOK, "Accepter l’invitation")
	if !strings.HasPrefix(p.path, h.mailed(inv)) {
		t.Errorf("came back to %s", p.path)
	}
	p.press("Accepter l’invitation", grace).shows(http.StatusOK, "bienvenue dans Workspace acme")
}

func TestAnInvitationThatIsOverCanBeAskedForAgain(t *testing.T) {
	h := onSQLite(t)
	late, cancelled := h.Invite("late@new.test", nil), h.Invite("gone@new.test", nil)
	if _, err := h.Invitations.Cancel(t.Context(), h.Caller(h.Admin), cancelled.ID); err != nil {
		t.Fatal(err)
	}
	form := h.browser(t).get(h.mailed(late))
	h.Clock.Add(15 * 24 * time.Hour)
	form.press("Accept the invitation", grace).shows(http.StatusGone, "has expired",
		"was open until "+usermail.When(i18n.English, *late.ExpiresAt, nil))
	for inv, words := range map[*ent.Invitation]string{late: "has expired",
		cancelled: "was withdrawn"} {
		h.browser(t).get(h.mailed(inv)).shows(http.StatusOK, words).hides(inv.Email).
			press("Ask for a new invitation", nil).
			shows(http.StatusOK, words, "Your request has been sent")
		if after, _, _ := h.state(t, inv); after.RenewalAskedAt == nil {
			t.Errorf("nobody was asked for %s", words)
		}
	}
}

func TestDecliningTellsAndCanStopMail(t *testing.T) {
	h := onSQLite(t)
	for email, never := range map[string]string{"a@new.test": "NONE", "b@new.test": "THIS_WORKSPACE",
		"c@new.test": "ALL"} {
		inv := h.Invite(email, nil)
		h.browser(t).get(h.mailed(inv)).
			press("Decline the invitation", map[string]string{"never": never}).
			shows(http.StatusOK, "was declined").hides(email)
		rows, err := h.Store.Suppression.Query().All(store.AsSystem(t.Context(), "a test looks"))
		if err != nil {
			t.Fatal(err)
		}
		place := "NONE"
		for _, row := range rows {
			if row.EmailKey == email {
				place = "ALL"
				if !row.PlaceID.IsZero() {
					place = "THIS_WORKSPACE"
				}
			}
		}
		if place != never {
			t.Errorf("asked for %q, got %q", never, place)
		}
	}
	// A copied link does not speak for the mailbox everywhere.
	copied := h.copied(h.Invite("d@new.test", nil))
	h.browser(t).get(copied).hides(`value="ALL"`)
	h.browser(t).send(http.MethodPost, copied,
		map[string][]string{"act": {"decline"}, "never": {"ALL"}}).shows(http.StatusForbidden)
}

// An email scanner that opens a link and presses the buttons of the page gives no input.
func TestAPressWithoutInputDeclinesNothing(t *testing.T) {
	h := onSQLite(t)
	inv := h.Invite("grace@new.test", nil)
	for _, path := range []string{h.mailed(inv), h.copied(inv)} {
		b := h.browser(t)
		p := b.get(path).press("Decline the invitation", nil).
			shows(http.StatusUnprocessableEntity, "Choose whether you want emails in future.")
		p.one("details", func(n *html.Node) bool { return has(n, "open") })
		for _, form := range []map[string][]string{nil, {"act": {"decline"}},
			{"act": {"decline"}, "never": {""}}, {"act": {"decline"}, "never": {"x"}},
			{"List-Unsubscribe": {"One-Click"}}} {
			b.send(http.MethodPost, path, form).shows(http.StatusUnprocessableEntity)
		}
		b.send(http.MethodHead, path+"?act=decline&never=NONE", nil)
		b.get(path+"?act=decline&never=NONE").shows(http.StatusOK, "Decline")
	}
	if after, _, _ := h.state(t, inv); after.Status != entinvitation.StatusPending {
		t.Errorf("a press without input made the invitation %s", after.Status)
	}
}

func TestAnUnknownLinkAndADamagedOneSayTheSame(t *testing.T) {
	h := onSQLite(t)
	h.Found("Other", "other") // with one workspace alone, every page has its brand
	good := h.mailed(h.Invite("grace@new.test", nil))
	// Two characters: the last one may stand there alone so that the link ends in no sign.
	for _, path := range []string{good[:len(good)-2], good + "A", "/invitations/x",
		"/invitations/%00", strings.Replace(good, "invitations", "preferences", 1)} {
		h.browser(t).get(path).shows(http.StatusNotFound).hides("grace", "acme")
	}
}

func TestAllThatIsMissingIsSaidAtOnceAndAnswersAreKept(t *testing.T) {
	h := onSQLite(t)
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.CustomField.CreateBulk(
			tx.CustomField.Create().SetWorkspaceID(h.Workspace.ID).SetKey("shoe").
				SetName("Shoe size").SetType(customfield.TypeNumber).SetRequired(true).
				SetPosition(1),
			tx.CustomField.Create().SetWorkspaceID(h.Workspace.ID).SetKey("team").
				SetName("Team <b>").SetType(customfield.TypeChoice).
				SetChoices([]string{"Red", "Blue"}).SetRequired(true).SetPosition(2),
			tx.CustomField.Create().SetWorkspaceID(h.Workspace.ID).SetKey("born").
				SetName("Birthday").SetType(customfield.TypeDate).SetRequired(true).SetPosition(3),
		).Exec(ctx)
	})
	p := h.browser(t).get(h.mailed(h.Invite("grace@new.test", nil)))
	p = p.press("Accept the invitation", map[string]string{"firstName": "Grace <i>",
		"password": "x", "field.shoe": "38"}).
		shows(http.StatusUnprocessableEntity, "Error:", "There is a problem",
			"Enter your last name.", "Answer ‘Team <b>’.", "Answer ‘Birthday’.").
		hides("<i>", "<b>", `value="x"`)
	if p.value("firstName") != "Grace <i>" || p.value("field.shoe") != "38" ||
		p.value("password") != "" {
		t.Error("answers got lost, or the password came back")
	}
	p.faultless()

	p = p.press("Accept the invitation", map[string]string{
		"firstName": "Grace", "lastName": "Hopper", "password": "short", "field.team": "Blue",
		"field.born": "1906-12-09",
	}).shows(http.StatusUnprocessableEntity, "at least 8 characters")
	if p.value("field.team") != "Blue" {
		t.Error("the choice got lost")
	}
	p.press("Accept the invitation", map[string]string{"password": password, "field.shoe": "many"}).
		shows(http.StatusUnprocessableEntity).
		press("Accept the invitation", map[string]string{"password": password, "field.shoe": "38"}).
		shows(http.StatusOK, "You are in")
	m, err := h.Store.Member.Query().WithUser().Order(ent.Desc("id")).First(h.In())
	if err != nil {
		t.Fatal(err)
	}
	if *m.Edges.User.FirstName != "Grace" || len(m.CustomFields) != 3 {
		t.Errorf("came in as %v with %v", m.Edges.User, m.CustomFields)
	}
}

func TestAFullHouseSaysSoAndKeepsTheAnswers(t *testing.T) {
	h := onSQLite(t)
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Organization.UpdateOneID(h.Workspace.OrganizationID).SetSeats(1).
			Exec(store.AsSystem(ctx, "a test prepares"))
	})
	inv := h.Invite("grace@new.test", nil)
	p := h.browser(t).get(h.mailed(inv)).press("Accept the invitation", grace).
		shows(http.StatusConflict, "There is a problem")
	if p.value("firstName") != "Grace" {
		t.Error("answers got lost")
	}
	if after, users, _ := h.state(t, inv); after.Status != entinvitation.StatusPending ||
		users != 1 {
		t.Error("something was changed")
	}
}

func TestAnInvitationToWhatHasEndedSaysWhenItDid(t *testing.T) {
	h := onSQLite(t)
	end := h.Clock.Now().Add(time.Hour)
	inv := h.Invite("ann@acme.test", &admission.GrantInput{AccessExpiresAt: &end})
	h.Clock.Add(2 * time.Hour)
	p := h.browser(t).get(h.mailed(inv)).shows(http.StatusOK, "can no longer be accepted").
		hides(end.Format(time.DateOnly))
	if p.fields() != "" && strings.Contains(p.fields(), "password") {
		t.Errorf("asks for %s", p.fields())
	}
	p.press("Ask for a new invitation", nil).
		shows(http.StatusOK, "can no longer be accepted", "Your request has been sent")
	if after, _, _ := h.state(t, inv); after.RenewalAskedAt == nil {
		t.Error("nobody was asked")
	}
}
