package onboarding_test

import (
	"strings"
	"testing"

	"usher/internal/apptest"
)

// INV-12: an email to an inviter leads to where they act on it, not to the home page.
func TestANoticeLinksToWhatItIsAbout(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		told := func(n int, want string) {
			t.Helper()
			text := k.Received("admin@acme.test", n).Text
			if want = "/console/" + want; !strings.Contains(text, want) {
				t.Errorf("%s is not in\n%s", want, text)
			}
		}

		renewed := p.Invite("renewed@example.org", nil)
		if _, err := k.Invitations.Cancel(t.Context(), k.Caller(p.Admin), renewed.ID); err != nil {
			t.Fatal(err)
		}
		if err := p.RequestNewLink(t.Context(), p.MailToken(renewed)); err != nil {
			t.Fatal(err)
		}
		told(1, "invitations?show="+renewed.ID.String()+"&workspace=acme")

		l := makeLink(p, link{RequiresApproval: new(true)})
		comesIn(p, l, "ann@example.org")
		told(2, "invitations?tab=requests&workspace=acme")
	})
}
