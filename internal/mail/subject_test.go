package mail

import (
	"strings"
	"testing"

	"usher/internal/i18n"
)

func TestNoNameMakesALinkOfASubject(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Invitation, Reminder, SessionInvitation, SessionReminder, Welcome,
		JoinConfirmation} {
		c := sample(t, kind, i18n.English)
		c.InviterName = "Claim your prize at www.evil.test now"
		c.Workspace.Name = "Prize https://evil.test/x\r\nBcc: all@evil.test"
		if c.Session != nil {
			c.Session.Name, c.Session.Program = "www.evil.test", "evil.test"
		}
		r, err := Render(c)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(r.Text+r.HTML, "Claim your prize") {
			t.Errorf("%s: the inviter's name is a link", kind)
		}
		if strings.Contains(r.Subject, "evil.test") || strings.Contains(r.Subject, "://") ||
			strings.ContainsAny(r.Subject, "\r\n") {
			t.Errorf("%s: %q", kind, r.Subject)
		}
	}
	c := sample(t, Invitation, i18n.English)
	c.InviterName, c.Workspace.Name = "J.P. Martin", "Dr. Müller: Training & Co."
	if r, _ := Render(c); !strings.Contains(r.Subject, "J.P. Martin") ||
		!strings.Contains(r.Subject, "Dr. Müller: Training & Co.") {
		t.Errorf("ordinary names are changed: %q", r.Subject)
	}
}
