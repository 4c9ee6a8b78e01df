package account

import (
	"strings"
	"testing"

	"usher/internal/fault"
	"usher/internal/ratelimit"
)

func TestATokenHasOneSpelling(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		s := w.signIn(t, "jane@example.org")
		access, refresh, link := s.AccessToken.Reveal(), s.RefreshToken.Reveal(),
			w.askReset(t, "jane@example.org")
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		others := func(token string) (list []string) {
			last := token[len(token)-1:]
			at := strings.Index(alphabet, last)
			for _, c := range alphabet[at&^3 : at&^3+4] { // the same bits but for the spare ones
				if string(c) != last {
					list = append(list, token[:len(token)-1]+string(c))
				}
			}
			return append(list, token+"=", token+"\n", token[:len(token)-3]+"\n"+
				token[len(token)-3:])
		}
		for _, token := range others(access) {
			if _, err := w.CallerByAccessToken(t.Context(), token); !fault.Has(err,
				fault.Unauthenticated) {
				t.Errorf("access %q: %v", token[len(token)-5:], err)
			}
		}
		for _, token := range others(refresh) {
			if _, err := w.Refresh(t.Context(), token, home); !fault.Has(err,
				fault.Unauthenticated) {
				t.Errorf("refresh %q: %v", token[len(token)-5:], err)
			}
		}
		for _, token := range others(link) {
			if _, err := w.PreviewPasswordReset(t.Context(), token); !fault.Has(err,
				fault.LinkInvalid) {
				t.Errorf("link %q: %v", token[len(token)-5:], err)
			}
		}
		if _, err := w.CallerByAccessToken(t.Context(), access); err != nil {
			t.Errorf("the token itself: %v", err)
		}
	})
}

func TestAResetThatIsNotSentUsesUpNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		for _, email := range []string{"new@example.org", "new+x@example.org",
			"jane+x@example.org"} {
			if err := w.RequestPasswordReset(t.Context(), email, home); err != nil {
				t.Fatal(err)
			}
		}
		for _, mailbox := range []string{"new@example.org", "jane@example.org"} {
			wait, err := w.limits.Wait(t.Context(), w.db.Client, ratelimit.StrangerMail, mailbox,
				w.time())
			if err != nil || wait != 0 {
				t.Errorf("%s waits %v, %v", mailbox, wait, err)
			}
		}
		// What is not sent is limited like what is, so that the limit does not tell.
		before := w.box.count()
		if err := w.RequestPasswordReset(t.Context(), "new@example.org", home); err != nil ||
			w.box.count() != before {
			t.Errorf("a second decoy was posted: %v", err)
		}
	})
}
