package mail

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/i18n"
)

var update = flag.Bool("update", false, "write the golden files again")

// sample is a full content of a kind, the same at each run.
func sample(t *testing.T, kind Kind, locale i18n.Locale) Content {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	starts := time.Date(2026, 12, 1, 8, 30, 0, 0, time.UTC)
	ends, expires := starts.Add(8*time.Hour), time.Date(2026, 11, 28, 22, 59, 0, 0, time.UTC)
	c := Content{
		Kind: kind, Locale: locale,
		Workspace: Workspace{
			Name: "Acme Academy", LogoURL: "https://usher.example.org/logos/acme.png",
			Color:          "#0f766e",
			SupportContact: "help@acme.test", TimeZone: paris,
			PrivacyURL: "https://acme.test/privacy", TermsURL: "https://acme.test/terms",
		},
		RecipientName: "Zoé", InviterName: "Ada Lovelace", SubjectName: "Jean d’Ormesson",
		NewAddress: "jean@home.test",
		Link:       "https://usher.example.org/invitations/AZr1kq0X9mB7c2tYwQ5sJ8fLpN3vHd6u",
		ExpiresAt:  &expires,
		Session: &Session{Name: "First aid at work", Program: "Safety", StartsAt: &starts,
			EndsAt: &ends},
		Username: "zoe.martin", Password: "maple-Tiger-42-cloud", What: PasswordChanged,
		UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		Import:    &Import{File: "people-2026.xlsx", Invited: 41200, Updated: 7, Rejected: 3},
		Endpoint:  "https://partner.test/hooks/usher",
	}
	switch kind { // what these kinds carry in real life
	case SecurityNotice:
		c.At = &starts
	case WebhookDisabled:
		c.Link = ""
	case NewLinkRequested, MoveRequested, JoinRequested:
		c.Link = "https://usher.example.org/actions/AZr1kq0X9mB7c2tYwQ5sJ8fLpN3vHd6u"
		c.ConsoleLink = "https://usher.example.org/console/invitations?workspace=acme"
	case Invitation, JoinRejected:
		c.Message = "Welcome on board!\n\nSee you on Tuesday,\nAda"
		fallthrough
	case Reminder, SessionInvitation, SessionReminder:
		c.PreferencesURL = "https://usher.example.org/preferences/k7Qp2"
	}
	if kind != Invitation && kind != Reminder && kind != Credentials && kind != JoinConfirmation &&
		kind != PasswordReset && kind != EmailChange && kind != WorkspaceDeletion {
		c.ExpiresAt = nil
	}
	return c
}

// MAI-4: every kind of email, in HTML and text, in both languages.
func TestEveryKindReadsAsItsGoldenFiles(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds {
		for _, locale := range i18n.Locales {
			t.Run(string(kind)+"."+string(locale), func(t *testing.T) {
				t.Parallel()
				r, err := Render(sample(t, kind, locale))
				if err != nil {
					t.Fatal(err)
				}
				name := filepath.Join("testdata", string(kind)+"."+string(locale))
				golden(t, name+".html", r.HTML)
				golden(t, name+".txt", "Subject: "+r.Subject+"\nPreheader: "+r.Preheader+
					"\n\n"+r.Text)
			})
		}
	}
}

// Each reason for which a webhook is turned off has sentences of its own. That of failing deliveries is
// the sample of the kind.
func TestEachReasonOfAWebhookThatIsOffReadsAsItsGoldenFiles(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"GONE", "AUTHORITY"} {
		for _, locale := range i18n.Locales {
			c := sample(t, WebhookDisabled, locale)
			c.Reason = reason
			r, err := Render(c)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Join("testdata", string(WebhookDisabled)+"."+strings.ToLower(reason)+
				"."+string(locale))
			golden(t, name+".html", r.HTML)
			golden(t, name+".txt", "Subject: "+r.Subject+"\nPreheader: "+r.Preheader+"\n\n"+r.Text)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestEveryKindHasItsShapeAndItsSentences(t *testing.T) {
	t.Parallel()
	if len(Kinds) != len(traitsByKind) {
		t.Errorf("%d kinds, %d shapes", len(Kinds), len(traitsByKind))
	}
	for _, kind := range Kinds {
		for _, locale := range i18n.Locales {
			// The barest content that is allowed: no inviter, no dates, no workspace.
			c := Content{Kind: kind, Locale: locale, Link: "https://u.test/x",
				Session: &Session{Name: "S"}, Username: "u",
				Password: "p", What: EmailChanged, Import: &Import{File: "f.csv"}, SubjectName: "P"}
			for _, c := range []Content{c, sample(t, kind, locale)} {
				r, err := Render(c)
				if err != nil {
					t.Fatal(err)
				}
				for part, s := range map[string]string{"subject": r.Subject,
					"preheader": r.Preheader, "text": r.Text, "html": r.HTML} {
					if s == "" || strings.Contains(s, "mail.") || strings.Contains(
						s, "<no value>") || strings.Contains(s, "{{") || strings.Contains(s,
						"ZgotmplZ") {
						t.Errorf("%s in %s: %s is incomplete: %s", kind, locale, part, s)
					}
				}
				if !strings.Contains(r.Text, i18n.T(locale, "mail.why", nil)) ||
					!strings.Contains(r.HTML, i18n.T(locale, "mail.why", nil)) {
					t.Errorf("%s in %s does not say why it was sent", kind, locale)
				}
			}
		}
	}
}

func TestContentThatWouldMakeAUselessOrUnsafeMailIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Content){
		"an unknown kind":   func(c *Content) { c.Kind = "nonsense" },
		"no link":           func(c *Content) { c.Link = "" },
		"a relative link":   func(c *Content) { c.Link = "/invitations/x" },
		"a schemeless link": func(c *Content) { c.Link = "//evil.test/x" },
		"a script as link":  func(c *Content) { c.Link = "javascript:alert(1)" },
		"a link with a newline": func(c *Content) {
			c.Link = "https://u.test/x\r\nBcc: eve@evil.test"
		},
		"a relative logo":        func(c *Content) { c.Workspace.LogoURL = "logo.png" },
		"relative preferences":   func(c *Content) { c.PreferencesURL = "preferences/x" },
		"credentials without":    func(c *Content) { c.Kind, c.Password = Credentials, "" },
		"no session":             func(c *Content) { c.Kind, c.Session = SessionReminder, nil },
		"no import":              func(c *Content) { c.Kind, c.Import = ImportDigest, nil },
		"a notice of nothing":    func(c *Content) { c.Kind, c.What = SecurityNotice, "" },
		"a logo that is no page": func(c *Content) { c.Workspace.LogoURL = "data:image/svg+xml,x" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := sample(t, Invitation, i18n.English)
			spoil(&c)
			if _, err := Render(c); err == nil {
				t.Error("rendered all the same")
			} else if strings.Contains(err.Error(), "evil") {
				t.Errorf("the error repeats the link: %v", err)
			}
		})
	}
}

func TestAStrangersNameNeverReachesTheMailbox(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{JoinConfirmation, EmailChange} {
		c := sample(t, kind, i18n.English)
		c.RecipientName, c.Message = "You won", "You won"
		r, err := Render(c)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(r.HTML+r.Text+r.Subject, "You won") {
			t.Errorf("%s repeats what anybody may type", kind)
		}
	}
	for _, name := range []string{"http://evil.test", "see www.evil.test", "evil.example", "a@b.c",
		"x/y"} {
		c := sample(t, Invitation, i18n.English)
		c.RecipientName = name
		if r, _ := Render(c); strings.Contains(r.Text, name) {
			t.Errorf("greeted %q by name", name)
		}
	}
	c := sample(t, Invitation, i18n.English)
	c.RecipientName = "J.P. O’Neill-Žižek"
	if r, _ := Render(c); !strings.Contains(r.Text, "Hello J.P. O’Neill-Žižek,") {
		t.Errorf("an ordinary name is not greeted:\n%s", r.Text)
	}
}

func TestDatesAreWrittenAsTheLanguageWritesThem(t *testing.T) {
	t.Parallel()
	paris, _ := time.LoadLocation("Europe/Paris")
	for _, c := range []struct {
		locale i18n.Locale
		at     time.Time
		zone   *time.Location
		want   string
	}{
		{i18n.English, time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC), paris,
			"Saturday 21 November 2026, 14:00 (Europe/Paris)"},
		{i18n.French, time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC), paris,
			"samedi 21 novembre 2026 à 14\u00a0h\u00a000 (Europe/Paris)"},
		{i18n.French, time.Date(2026, 7, 31, 22, 5, 0, 0, time.UTC), paris,
			"samedi 1er août 2026 à 0\u00a0h\u00a005 (Europe/Paris)"},
		{i18n.English, time.Date(2026, 2, 1, 9, 5, 0, 0, time.UTC), nil,
			"Sunday 1 February 2026, 09:05 (UTC)"},
	} {
		if got := When(c.locale, c.at, c.zone); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if got := formatCount(i18n.French, 1234567); got != "1\u202f234\u202f567" {
		t.Errorf("got %q", got)
	}
}
