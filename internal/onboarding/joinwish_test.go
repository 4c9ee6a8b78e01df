package onboarding_test

import (
	"context"
	"testing"

	"usher/ent/mail"
	"usher/ent/suppression"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
)

// INV-11: the person's own wish for no more emails ends when they join, and nobody else's does.
func TestJoiningTakesBackTheOwnWishForNoEmails(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{Slug: new("come")})
		other := p.Kit.Found("Other", "other")
		for _, place := range []ident.ID{p.Workspace.ID, {}, other.Workspace.ID} {
			suppressed(p, "ann@example.org", place)
		}
		p.Suppress("bob@example.org", suppression.ReasonBounced)
		wishes := func() (n int) {
			p.AsSystem(func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = tx.Suppression.Query().Where(suppression.EmailKey("ann@example.org"),
					suppression.PlaceIDIn(p.Workspace.ID, ident.ID{})).Count(ctx)
				return err
			})
			return n
		}

		must(t, ask(p, l, "ann@example.org"))
		must(t, ask(p, l, "bob@example.org"))
		p.Received("ann@example.org", 1) // she asked for it herself
		same(t, "wishes after asking, which anybody could do", wishes(), 2)
		page, err := p.JoinLinks.LoadConfirmPage(t.Context(), nil,
			token(p, requests(p, "ann@example.org")[0]))
		must(t, err)
		same(t, "the page says so", page.OptedOut, true)
		_, err = confirm(p, "ann@example.org")
		must(t, err)
		same(t, "wishes after joining", wishes(), 0)
		for email, want := range map[string]int{"ann@example.org": 1, "bob@example.org": 1} {
			p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
				n, err := tx.Suppression.Query().Where(suppression.EmailKey(email)).Count(ctx)
				same(t, "left for "+email, n, want)
				return err
			})
		}
		p.Eventually("all are settled", func() bool { return waiting(p) == 0 })
		if m := p.Mails("bob@example.org"); m[0].Status != mail.StatusDropped {
			t.Errorf("what bounces was mailed: %s", m[0].Status)
		}
	})
}
