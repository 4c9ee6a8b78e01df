package mail

import (
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"

	"usher/internal/i18n"
)

// The first line of trust: an email comes from a person of the workspace, from the workspace, or for
// an account from Usher.
func TestTheSenderIsThePersonAndTheWorkspace(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		kind               Kind
		inviter, workspace string
		want               string
	}{
		{Invitation, "Ada Lovelace", "Acme Academy", "Ada Lovelace via Acme Academy"},
		{Invitation, "", "Acme Academy", "Acme Academy"},
		{Welcome, "", "Acme Academy", "Acme Academy"},
		{PasswordReset, "", "", ""},
		// Anybody can trigger it, so that it names nobody.
		{JoinConfirmation, "Ada Lovelace", "Acme Academy", "Acme Academy"},
		{Invitation, "Win at www.evil.test", "Acme Academy", "Acme Academy"},
		{Invitation, "Ada\r\nBcc: x", "Acme evil.test", "Acme evil. test"},
	} {
		c := sample(t, x.kind, i18n.English)
		c.InviterName, c.Workspace.Name = x.inviter, x.workspace
		r, err := Render(c)
		if err != nil {
			t.Fatal(err)
		}
		if r.Sender != x.want {
			t.Errorf("%s by %q at %q comes from %q, want %q", x.kind, x.inviter, x.workspace,
				r.Sender, x.want)
		}
	}
}

func TestRepliesGoToTheContactOfTheWorkspace(t *testing.T) {
	t.Parallel()
	for contact, want := range map[string]string{
		"help@acme.test": "help@acme.test", "Help <help@acme.test>": "help@acme.test",
		"+33 1 23 45 67 89": "", "https://acme.test/help": "", "": "",
		"help@acme.test\r\nBcc: eve@evil.test": "",
	} {
		c := sample(t, Welcome, i18n.English)
		c.Workspace.SupportContact = contact
		r, err := Render(c)
		if err != nil {
			t.Fatal(err)
		}
		if r.ReplyTo != want {
			t.Errorf("with the contact %q replies go to %q", contact, r.ReplyTo)
		}
		if want != "" && !strings.Contains(r.HTML, `href="mailto:`+want+`"`) {
			t.Errorf("the contact %q is no link", contact)
		}
	}
}

// A later email about the session carries the same UID and a higher sequence, so that calendars move
// the entry instead of adding one.
func TestASessionStandsInTheCalendarAndFollowsItsDate(t *testing.T) {
	t.Parallel()
	entry := func(change func(s *Session)) *ical.VEvent {
		c := sample(t, SessionInvitation, i18n.English)
		s := *c.Session
		s.UID, s.ComposedAt = "ses_1@usher.test", time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
		change(&s)
		c.Session = &s
		r, err := Render(c)
		if err != nil {
			t.Fatal(err)
		}
		if r.Calendar == "" {
			return nil
		}
		file, err := ical.ParseCalendar(strings.NewReader(r.Calendar))
		if err != nil {
			t.Fatal(err)
		}
		if len(file.Events()) != 1 {
			t.Fatalf("%d entries", len(file.Events()))
		}
		return file.Events()[0]
	}
	property := func(e *ical.VEvent, name ical.ComponentProperty) string {
		if p := e.GetProperty(name); p != nil {
			return p.Value
		}
		return ""
	}
	start := time.Date(2027, 1, 11, 17, 0, 0, 0, time.UTC)
	first := entry(func(s *Session) { s.StartsAt = &start })
	moved := start.AddDate(0, 0, 7)
	second := entry(func(s *Session) {
		s.StartsAt = &moved
		s.ComposedAt = s.ComposedAt.Add(time.Hour)
	})
	if first.Id() != "ses_1@usher.test" || second.Id() != first.Id() {
		t.Errorf("the entries are %q and %q", first.Id(), second.Id())
	}
	if a, b := property(first, ical.ComponentPropertySequence),
		property(second, ical.ComponentPropertySequence); len(a) != len(b) || a >= b {
		t.Errorf("sequence %s is followed by %s", a, b)
	}
	if got, err := second.GetStartAt(); err != nil || !got.Equal(moved) {
		t.Errorf("starts at %s, %v", got, err)
	}
	if none := entry(func(s *Session) { s.StartsAt, s.EndsAt = nil, nil }); none != nil {
		t.Error("a session without a date has an entry")
	}
}
