package onboarding_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	entcard "usher/ent/card"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/card"
	"usher/internal/fault"
	"usher/internal/store"
)

// from is a request from a network of its own.
func from(ip string) account.Origin { return account.Origin{Network: netip.MustParseAddr(ip)} }

// byCode uses a card by its code instead of its link.
func byCode(c *card.IssuedCard) card.RedeemInput {
	in := using(c)
	in.Token = c.Code.Reveal()
	return in
}

// codeOfNoCard is a code that no card has.
func codeOfNoCard(c *card.IssuedCard) string {
	if strings.HasPrefix(c.Code.Reveal(), "B") {
		return "C" + c.Code.Reveal()[1:]
	}
	return "B" + c.Code.Reveal()[1:]
}

// AHD-2: the printed code stands for the link, and works once as it does.
func TestACodeLeadsToItsCardHoweverItIsTyped(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		c := issue(p, mailless(p, "ann", nil))
		code := c.Code.Reveal()
		for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""),
			" " + strings.ReplaceAll(code, "-", " ") + " ", strings.ReplaceAll(code, "-", "–")} {
			token, err := p.Cards.FindLinkByCode(t.Context(), typed, noOrigin)
			if err != nil || token.Reveal() != using(c).Token {
				t.Errorf("%q leads to %q, %v", typed, token.Reveal(), err)
			}
			l, err := p.Cards.LoadCardPage(t.Context(), nil, typed, noOrigin)
			if err != nil || l.Dead != nil || l.Username != "ann" {
				t.Errorf("the page of %q: %+v, %v", typed, l, err)
			}
		}
		for _, half := range []string{"", "BCDFG", code + "B", "AAAAA-AAAAA"} {
			_, err := p.Cards.FindLinkByCode(t.Context(), half, noOrigin)
			refused(t, err, fault.BadUserInput, "code")
		}
		if all := strings.Join(p.Snapshot()["cards"], ""); strings.Contains(all, code) ||
			strings.Contains(all, strings.ReplaceAll(code, "-", "")) {
			t.Error("the code stands in the clear")
		}

		wrong := byCode(c)
		wrong.Pin = guessing(c).Pin
		refused(t, redeem(p, wrong), fault.Unauthenticated, "") // a code without its PIN opens nothing
		in := byCode(c)
		in.Token = strings.ToLower(in.Token)
		if err := redeem(p, in); err != nil {
			t.Fatal(err)
		}
		refused(t, redeem(p, byCode(c)), fault.LinkUsed, "") // once
		refused(t, redeem(p, using(c)), fault.LinkUsed, "")
	})
}

func TestACodeEndsWithItsCard(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := mailless(p, "ann", nil)
		first, second := issue(p, m), issue(p, m)
		if first.Code == second.Code || first.PIN == second.PIN {
			t.Fatal("the new card has a secret of the former one")
		}
		refused(t, redeem(p, byCode(first)), fault.LinkInvalid, "")
		p.Clock.Add(30 * day)
		refused(t, redeem(p, byCode(second)), fault.LinkExpired, "")

		third := issue(p, m)
		for range 5 {
			in := byCode(third)
			in.Pin = guessing(third).Pin
			refused(t, redeem(p, in), fault.Unauthenticated, "")
		}
		refused(t, redeem(p, byCode(third)), fault.LinkCancelled, "")

		fourth := issue(p, m)
		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.DeleteOneID(m.UserID).Exec(ctx)
		})
		refused(t, redeem(p, byCode(fourth)), fault.LinkInvalid, "")
	})
}

// A card of an earlier release has no code, and opens by its link.
func TestACardWithoutACodeOpensByItsLink(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		c, other := issue(p, mailless(p, "ann", nil)), issue(p, mailless(p, "ben", nil))
		p.Write(func(ctx context.Context, tx *store.Tx) error { // two: NULL is not one value
			return tx.Card.Update().ClearCodeHash().Exec(ctx)
		})
		refused(t, redeem(p, byCode(c)), fault.LinkInvalid, "")
		for _, card := range []*card.IssuedCard{c, other} {
			if err := redeem(p, using(card)); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestWrongCodesAreLimitedAndTheLinkIsNot(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		c := issue(p, mailless(p, "ann", nil))
		here, there := from("192.0.2.1"), from("198.51.100.1")
		find := func(typed string, o account.Origin) error {
			_, err := p.Cards.FindLinkByCode(t.Context(), typed, o)
			return err
		}
		for range 60 { // a class behind one router
			if err := find(c.Code.Reveal(), here); err != nil {
				t.Fatal(err)
			}
		}
		// All entry points count together, however many come at once.
		acts := make([]func() error, 45)
		for i := range acts {
			acts[i] = []func() error{
				func() error { return find(codeOfNoCard(c), here) },
				func() error {
					_, err := p.Cards.LoadCardPage(t.Context(), nil, codeOfNoCard(c), here)
					return err
				},
				func() error {
					in := byCode(c)
					in.Token = codeOfNoCard(c)
					_, err := p.Cards.RedeemCard(t.Context(), in, here)
					return err
				},
			}[i%3]
		}
		wrong := 0
		for _, err := range race(acts...) {
			if fault.Has(err, fault.LinkInvalid) {
				wrong++
			} else if !fault.Has(err, fault.RateLimited) {
				t.Errorf("a guess too many is told %v", err)
			}
		}
		if wrong != 30 {
			t.Errorf("%d guesses were answered", wrong)
		}
		// The right code is refused too, or guesses would go on.
		refused(t, find(c.Code.Reveal(), here), fault.RateLimited, "")
		// Neither another network nor the link in the QR code is.
		if err := find(c.Code.Reveal(), there); err != nil {
			t.Error(err)
		}
		l, err := p.Cards.LoadCardPage(t.Context(), nil, using(c).Token, here)
		if err != nil || l.Dead != nil {
			t.Errorf("the link: %+v, %v", l, err)
		}
		p.Clock.Add(5*time.Minute + time.Second)
		if err := find(c.Code.Reveal(), here); err != nil {
			t.Error(err)
		}
	})
}

// Two versions with one code are not made, however unlikely they are.
func TestACodeIsOfOneCardAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		ann, ben := mailless(p, "ann", nil), mailless(p, "ben", nil)
		issue(p, ann)
		second := issue(p, ann)
		row, err := p.Store.Card.Query().Where(entcard.UserID(ann.UserID)).Only(p.In())
		if err != nil {
			t.Fatal(err)
		}
		// Ben's card takes the code that the next version of Ann's would have; hers is at version 1
		// again.
		issue(p, ben)
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Card.Update().Where(entcard.UserID(ann.UserID)).SetLinkVersion(1).
				ClearCodeHash().Exec(ctx); err != nil {
				return err
			}
			return tx.Card.Update().Where(entcard.UserID(ben.UserID)).SetCodeHash(row.CodeHash).
				Exec(ctx)
		})
		third := issue(p, ann)
		if third.Code == second.Code {
			t.Error("two cards have one code")
		}
		if err := redeem(p, byCode(third)); err != nil {
			t.Error(err)
		}
	})
}
