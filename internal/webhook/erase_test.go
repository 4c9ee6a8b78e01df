package webhook_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/internal/apptest"
)

// AHD-5: erasing a person also erases what receivers answered to the events about them: a receiver
// that knows the person often names them. The answers about others stay.
func TestAnErasedPersonIsInNoStoredAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "thanks, we know Zoé")
		}))
		t.Cleanup(receiver.Close)
		w, _ := subscribed(p, receiver.URL)
		member := p.Join("zoe@acme.test", nil)
		p.Join("max@acme.test", nil)
		pending := p.Invite("eva@acme.test", nil)
		// Three invitations and two members, whose events are complete when nothing is pending any more.
		waitFor(t, func() bool { return len(deliveries(p, w.ID)) >= 7 })
		settled(p, w.ID)
		// answered returns how many stored answers there are of the events of all objects, and of some.
		answered := func() (all int, about map[string]int) {
			about = map[string]int{}
			for _, d := range deliveries(p, w.ID) {
				if d.Answer != nil && strings.Contains(*d.Answer, "Zoé") {
					all++
					about[d.SequenceID.String()]++
				}
			}
			return all, about
		}
		all, about := answered()
		theirs := about[member.ID.String()]
		for _, inv := range p.Store.Invitation.Query().AllX(p.In()) {
			if inv.Email == "zoe@acme.test" {
				theirs += about[inv.ID.String()]
			}
		}
		if theirs == 0 || all <= theirs || about[pending.ID.String()] == 0 {
			t.Fatalf("%d answers, %d about the person: the test shows nothing", all, theirs)
		}

		if err := p.Members.EraseMember(t.Context(), p.Caller(p.Admin), member.ID); err != nil {
			t.Fatal(err)
		}

		if got, _ := answered(); got != all-theirs {
			t.Errorf("%d answers are left, want %d of %d", got, all-theirs, all)
		}
	})
}
