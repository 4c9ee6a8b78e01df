package onboarding_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	entcard "usher/ent/card"
	"usher/ent/member"
	"usher/ent/role"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/card"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/provisioning"
	"usher/internal/store"
)

// chosen is the password that people of these tests choose.
const chosen = "a password of my own"

// mailless makes somebody without a mailbox, and without a password.
func mailless(p *apptest.Place, username string, g *grants) *ent.Member {
	p.T.Helper()
	c, err := create(p, provisioning.CreateInput{Username: &username, Grant: g})
	if err != nil {
		p.T.Fatal(err)
	}
	return c.Member
}

// issue issues a card as the administrator.
func issue(p *apptest.Place, m *ent.Member) *card.IssuedCard {
	p.T.Helper()
	c, err := p.Cards.IssueCard(p.T.Context(), p.Caller(p.Admin), m.ID)
	if err != nil {
		p.T.Fatal(err)
	}
	return c
}

// using is how the holder of a card uses it.
func using(c *card.IssuedCard) card.RedeemInput {
	return card.RedeemInput{Token: apptest.Token(c.URL.Reveal()), Pin: c.PIN.Reveal(),
		Password: chosen}
}

// guessing is how somebody who found a card without its PIN tries to.
func guessing(c *card.IssuedCard) card.RedeemInput {
	in := using(c)
	in.Pin = "00000000"
	if strings.HasPrefix(c.PIN.Reveal(), "0000 0000") {
		in.Pin = "11111111"
	}
	return in
}

func redeem(p *apptest.Place, in card.RedeemInput) error {
	p.T.Helper()
	_, err := p.Cards.RedeemCard(p.T.Context(), in, noOrigin)
	return err
}

// gives has a member hold a role of the workspace at a place of it.
func gives(p *apptest.Place, m ident.ID, key string, at ident.ID) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Role.Query().Where(role.Key(key)).Only(ctx)
		if err != nil {
			return err
		}
		return tx.RoleAssignment.Create().SetWorkspaceID(p.Workspace.ID).SetMemberID(m).
			SetRoleID(r.ID).SetPlaceID(at).Exec(ctx)
	})
}

func changeUser(p *apptest.Place, i ident.ID, change func(*ent.UserUpdateOne)) {
	p.T.Helper()
	p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		update := tx.User.UpdateOneID(i)
		change(update)
		return update.Exec(ctx)
	})
}

// AHD-2: a printed card with a PIN leads to setting a password.
func TestACardLeadsWhoHasNoMailboxToAPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := mailless(p, "ann.lee", nil)
		login := account.SignInInput{Login: "ann.lee", Workspace: "acme", Password: chosen}
		_, err := p.Accounts.SignIn(t.Context(), login)
		// in, but without a password: no dead end, the card is the way
		refused(t, err, fault.Unauthenticated, "")

		c := issue(p, m)
		if left := c.ExpiresAt.Sub(p.Clock.Now()); left > 30*day || left < 30*day-time.Minute {
			t.Errorf("good for %s", left)
		}
		if !strings.HasPrefix(c.URL.Reveal(), p.URL+"/cards/") || len(c.PIN.Reveal()) != 9 {
			t.Errorf("%q, %q", c.URL.Reveal(), c.PIN.Reveal())
		}
		page, err := c.RenderPage()
		if err != nil {
			t.Fatal(err)
		}
		for _, said := range []string{c.PIN.Reveal(), c.Code.Reveal(),
			strings.TrimPrefix(c.CodeURL, "https://"), "ann.lee", "<dd>acme</dd>",
			"Ann Lee", "Workspace acme", "<svg"} {
			if !strings.Contains(page, said) {
				t.Errorf("the card does not say %q", said)
			}
		}
		if all := fmt.Sprintf("%+v %s", c, p.Snapshot()["cards"]); strings.Contains(all,
			c.PIN.Reveal()) || strings.Contains(all, strings.ReplaceAll(c.PIN.Reveal(), " ", "")) {
			t.Error("the PIN stands in the clear")
		}

		s, err := p.Cards.RedeemCard(t.Context(), using(c), noOrigin)
		if err != nil || s.UserID != m.UserID || s.MustChangePassword {
			t.Fatalf("%+v, %v", s, err)
		}
		if _, err := p.Accounts.SignIn(t.Context(), login); err != nil {
			t.Errorf("sign in: %v", err)
		}
		same(t, "happened", p.Happened(m.ID), []string{"member.joined", "card.issued", "card.used"})
		e, err := p.Store.AuditEvent.Query().Where(auditevent.Action("card.issued")).Only(p.In())
		if err != nil || e.ActorID == nil || *e.ActorID != p.Admin.ID || *e.MemberID != m.ID {
			t.Errorf("who issued it: %+v, %v", e, err)
		}
		refused(t, redeem(p, using(c)), fault.LinkUsed, "") // once
	})
}

func TestAPINIsReadHoweverItIsTyped(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		c := issue(p, mailless(p, "ann", nil))
		in := using(c)
		for _, half := range []string{"", "1234", "123456789", "abcdefgh",
			strings.Repeat(" ", 1000) + c.PIN.Reveal()} {
			in.Pin = half
			refused(t, redeem(p, in), fault.BadUserInput, "pin")
		}
		in.Pin, in.Password = c.PIN.Reveal(), "short"
		refused(t, redeem(p, in), fault.PasswordTooWeak, "password")
		in.Password = "workspace acme"
		refused(t, redeem(p, in), fault.PasswordTooWeak, "password")
		row, err := p.Store.Card.Query().Only(p.In())
		if err != nil || row.Tries != 0 {
			t.Errorf("a mistake that is no guess cost a try: %+v, %v", row, err)
		}
		in.Pin, in.Password = strings.ReplaceAll(" "+c.PIN.Reveal(), " ", "-"), chosen
		if err := redeem(p, in); err != nil {
			t.Errorf("with dashes: %v", err)
		}
	})
}

func TestFiveWrongPINsEndACard(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := mailless(p, "ann", nil)
		c := issue(p, m)
		for i, left := range []string{"4 tries", "3 tries", "2 tries", "1 try", "the last try"} {
			err := redeem(p, guessing(c))
			refused(t, err, fault.Unauthenticated, "")
			if err == nil || !strings.Contains(err.Error(), left) {
				t.Errorf("wrong PIN %d is told: %v", i+1, err)
			}
		}
		refused(t, redeem(p, using(c)), fault.LinkCancelled, "")
		same(t, "happened", p.Happened(m.ID), []string{"member.joined", "card.issued",
			"card.tried_out"})

		again := issue(p, m) // starts over
		refused(t, redeem(p, guessing(again)), fault.Unauthenticated, "")
		if err := redeem(p, using(again)); err != nil {
			t.Error(err)
		}
	})
}

func TestNoMoreThanFiveGuessesCountHoweverManyComeAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		c := issue(p, mailless(p, "ann", nil))
		acts := make([]func() error, 12)
		for i := range acts {
			acts[i] = func() error { return redeem(p, guessing(c)) }
		}
		guesses := 0
		for _, err := range race(acts...) {
			if fault.Has(err, fault.Unauthenticated) {
				guesses++
			} else if !fault.Has(err, fault.LinkCancelled) {
				t.Errorf("a guess too many is told %v", err)
			}
		}
		row, err := p.Store.Card.Query().Only(p.In())
		if err != nil || guesses != 5 || row.Tries != 5 {
			t.Errorf("%d guesses were answered, %v counted, %v", guesses, row, err)
		}
		refused(t, redeem(p, using(c)), fault.LinkCancelled, "")
	})
}

func TestOfAllWhoUseACardAtOnceOneWins(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for i := range 5 {
			c := issue(p, mailless(p, fmt.Sprintf("ann%d", i), nil))
			act := func() error { return redeem(p, using(c)) }
			if errs := race(act, act, act); winners(t, errs, fault.LinkUsed,
				fault.LinkCancelled) != 1 {
				t.Errorf("round %d: %v", i, errs)
			}
		}
	})
}

func TestACardThatIsIssuedAgainEndsTheOneOfBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := mailless(p, "ann", nil)
		first, second := issue(p, m), issue(p, m)
		refused(t, redeem(p, using(first)), fault.LinkCancelled, "")
		mixed := using(second)
		mixed.Token = using(first).Token
		refused(t, redeem(p, mixed), fault.LinkCancelled, "")
		mixed = using(second)
		mixed.Pin = first.PIN.Reveal()
		if first.PIN != second.PIN {
			refused(t, redeem(p, mixed), fault.Unauthenticated, "")
		}
		if err := redeem(p, using(second)); err != nil {
			t.Error(err)
		}
		// a password that was forgotten: the former card does not come back to life
		third := issue(p, m)
		refused(t, redeem(p, using(second)), fault.LinkCancelled, "")
		if err := redeem(p, using(third)); err != nil {
			t.Error(err)
		}

		act := func() error {
			_, err := p.Cards.IssueCard(t.Context(), p.Caller(p.Admin), m.ID)
			return err
		}
		if errs := race(act, act, act); winners(t, errs) != 3 {
			t.Errorf("three at once: %v", errs)
		}
		n, err := p.Store.Card.Query().Where(entcard.UserID(m.UserID)).Count(p.In())
		if err != nil || n != 1 {
			t.Errorf("%d cards, %v", n, err)
		}
	})
}

func TestACardEndsAfterThirtyDays(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		early, late := issue(p, mailless(p, "ann", nil)), issue(p, mailless(p, "ben", nil))
		p.Clock.Add(30*day - time.Minute)
		if err := redeem(p, using(early)); err != nil {
			t.Errorf("in the last minute: %v", err)
		}
		p.Clock.Add(time.Minute)
		refused(t, redeem(p, using(late)), fault.LinkExpired, "")
	})
}

func TestACardEndsWithWhatItRestsOn(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, far := k.Found("Acme", "acme"), k.Found("Far", "far")
		boss := p.Join("boss@acme.test", &grants{Roles: []string{access.UserAdmin}})
		for what, end := range map[string]func(m *ent.Member){
			"the person was made an administrator": func(m *ent.Member) {
				gives(p, m.ID, access.Admin, p.Workspace.ID)
			},
			"the password was set in another way": func(m *ent.Member) {
				changeUser(p, m.UserID, func(u *ent.UserUpdateOne) { u.AddCredentialVersion(1) })
			},
			"the person has a verified address": func(m *ent.Member) {
				changeUser(p, m.UserID, func(u *ent.UserUpdateOne) {
					u.SetEmail("x@acme.test").SetEmailKey("x@acme.test").SetEmailProven(true)
				})
			},
			"the person came into another organization": func(m *ent.Member) {
				far.Write(func(ctx context.Context, tx *store.Tx) error {
					return tx.Member.Create().SetWorkspaceID(far.Workspace.ID).SetUserID(m.UserID).
						SetJoinedAt(k.Clock.Now()).
						SetStatus(member.StatusActive).SetJoinedVia(member.JoinedViaInvited).
						Exec(ctx)
				})
			},
			"the person was deactivated": func(m *ent.Member) {
				p.Write(func(ctx context.Context, tx *store.Tx) error {
					return tx.Member.UpdateOneID(m.ID).SetStatus(member.StatusDeactivated).Exec(ctx)
				})
			},
			"the person's access is over": func(m *ent.Member) {
				p.Write(func(ctx context.Context, tx *store.Tx) error {
					return tx.Member.UpdateOneID(m.ID).SetAccessExpiresAt(*after(p, -day)).Exec(ctx)
				})
			},
			"the person was removed": func(m *ent.Member) {
				p.Write(func(ctx context.Context, tx *store.Tx) error {
					return tx.Member.DeleteOneID(m.ID).Exec(ctx)
				})
			},
		} {
			m := mailless(p, "u"+ident.New(ident.User).String(), nil)
			c, err := p.Cards.IssueCard(t.Context(), p.Caller(boss), m.ID)
			if err != nil {
				t.Fatal(err)
			}
			end(m)
			if err := redeem(p, using(c)); !fault.Has(err, fault.LinkCancelled) {
				t.Errorf("after %s: %v", what, err)
			}
			l, err := p.Cards.LoadCardPage(t.Context(), nil, using(c).Token, noOrigin)
			if err != nil || !fault.Has(l.Dead, fault.LinkCancelled) || l.Username != "" {
				t.Errorf("after %s the page: %+v, %v", what, l, err)
			}
			same(t, what, p.Happened(m.ID)[1:], []string{"card.issued"})
		}

		// What an issuer who left may no longer do, their cards do no more.
		learner, coach := mailless(p, "lea", nil),
			mailless(p, "cora", &grants{Roles: []string{access.UserAdmin}})
		var cards []*card.IssuedCard
		for _, m := range []*ent.Member{learner, coach} {
			c, err := p.Cards.IssueCard(t.Context(), p.Caller(boss), m.ID)
			if err != nil {
				t.Fatal(err)
			}
			cards = append(cards, c)
		}
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.DeleteOneID(boss.ID).Exec(ctx)
		})
		refused(t, redeem(p, using(cards[0])), fault.LinkCancelled, "")
		refused(t, redeem(p, using(cards[1])), fault.LinkCancelled, "")
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestACardEndsTheSignInsOfBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m, err := create(p, provisioning.CreateInput{Username: new("ann"),
			Password: new(apptest.Password)})
		if err != nil {
			t.Fatal(err)
		}
		before, err := p.Accounts.SignIn(t.Context(),
			account.SignInInput{Login: "ann", Workspace: "acme", Password: apptest.Password})
		if err != nil {
			t.Fatal(err)
		}
		c := issue(p, m.Member)
		if _, err := p.Accounts.CallerByAccessToken(t.Context(),
			before.AccessToken.Reveal()); err != nil {
			t.Errorf("issuing a card alone ended a sign-in: %v", err)
		}
		if err := redeem(p, using(c)); err != nil {
			t.Fatal(err)
		}
		_, err = p.Accounts.CallerByAccessToken(t.Context(), before.AccessToken.Reveal())
		refused(t, err, fault.Unauthenticated, "")
	})
}

func TestALinkThatIsNoCardsLeadsNowhere(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, far := k.Found("Acme", "acme"), k.Found("Far", "far")
		ann, inv := mailless(p, "ann", nil), p.Invite("guest@acme.test", nil)
		c := issue(p, ann)
		foreign := issue(far, mailless(far, "ann", nil))
		for what, token := range map[string]string{
			"nothing": "", "another kind": p.MailToken(inv),
			"one letter off": flipped(using(c).Token), "cut short": using(c).Token[:63],
		} {
			in := using(c)
			in.Token = token
			if err := redeem(p, in); !fault.Has(err, fault.LinkInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		in := using(c)
		in.Token = using(foreign).Token
		if in.Pin != foreign.PIN.Reveal() {
			refused(t, redeem(p, in), fault.Unauthenticated, "")
		}
		_, err := p.Cards.IssueCard(t.Context(), far.Caller(far.Admin), ann.ID)
		refused(t, err, fault.NotFound, "")
		_, unknown := p.Cards.IssueCard(t.Context(), far.Caller(far.Admin), ident.New(ident.Member))
		same(t, "another tenant's", fmt.Sprint(err), fmt.Sprint(unknown))
		_, err = p.Acceptances.Accept(t.Context(), nil,
			acceptance.AcceptInput{Token: using(c).Token}, noOrigin)
		refused(t, err, fault.LinkInvalid, "")
		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.DeleteOneID(ann.UserID).Exec(ctx)
		})
		refused(t, redeem(p, using(c)), fault.LinkInvalid, "")
	}, apptest.WithoutWorker)
}

// flipped is a token with another letter in the middle.
func flipped(token string) string {
	letter := "A"
	if token[40:41] == letter {
		letter = "B"
	}
	return token[:40] + letter + token[41:]
}
