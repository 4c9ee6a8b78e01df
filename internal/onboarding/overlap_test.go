package onboarding_test

import (
	"fmt"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/acceptance"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/store"
)

type tx = store.Tx

var active = member.StatusEQ(member.StatusActive)

// overlap lets an act run until it waits for the row of an invitation, changes something, and lets
// the act go on: what the act read before is no longer so.
func overlap(p *apptest.Place, inv *ent.Invitation, act func() (*acceptance.Acceptance, error),
	change func(ctx ctx, tx *tx) error) (*acceptance.Acceptance, error) {
	p.T.Helper()
	type result struct {
		a   *acceptance.Acceptance
		err error
	}
	done := make(chan result, 1)
	p.Write(func(ctx ctx, tx *tx) error {
		// takes the row, on SQLite all
		if err := tx.Invitation.UpdateOneID(inv.ID).AddSentCount(0).Exec(ctx); err != nil {
			return err
		}
		before := p.Store.DB().Stats().WaitCount
		go func() {
			a, err := act()
			done <- result{a, err}
		}()
		p.Eventually("the act waits", func() bool { return blocked(p, before) })
		return change(ctx, tx)
	})
	r := <-done
	return r.a, r.err
}

// blocked tells whether somebody waits: on SQLite for the one connection that writes, on PostgreSQL
// for a lock.
func blocked(p *apptest.Place, before int64) bool {
	p.T.Helper()
	if p.Store.Dialect() != "postgres" {
		return p.Store.DB().Stats().WaitCount > before
	}
	var n int
	row := p.Store.DB().
		QueryRowContext(p.T.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN
		(SELECT pid FROM pg_stat_activity WHERE datname = current_database())`)
	if err := row.Scan(&n); err != nil {
		p.T.Fatal(err)
	}
	return n > 0
}

func TestAnAccountWhoseAddressMovesWhileItAcceptsIsNotBound(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		u := p.Account("jane@example.org")
		inv := p.Invite("jane@example.org", nil)
		for _, in := range []acceptance.AcceptInput{p.Accepting(inv), p.Mailed(inv)} {
			in.Password, in.NewPassword = nil, new(ownPassword)
			by := p.As(u)
			_, err := overlap(p, inv, func() (*acceptance.Acceptance, error) {
				return p.Acceptances.Accept(t.Context(), by, in, noOrigin)
			}, func(c ctx, tx *tx) error {
				return tx.User.UpdateOneID(u.ID).AddCredentialVersion(1).
					Exec(store.AsSystem(c, "a test moves an address"))
			})
			refused(t, err, "UNAUTHENTICATED", "")
			same(t, "status", p.Invitation(inv.ID).Status.String(), "PENDING")
		}
		same(t, "seats", p.SeatsTaken(), 1)
	})
}

func TestAGrantThatIsSavedByAnotherGrantorWhileItIsAcceptedIsReadAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		boss := p.Join("boss@example.org", &grants{Roles: []string{"admin"}})
		inv := p.Invite("jane@example.org", nil)
		in, by := p.Accepting(inv), p.As(p.Account("jane@example.org"))
		_, err := overlap(p, inv, func() (*acceptance.Acceptance, error) {
			return p.Acceptances.Accept(t.Context(), by, in, noOrigin)
		}, func(c ctx, tx *tx) error {
			return tx.Invitation.UpdateOneID(inv.ID).SetGrantorID(boss.ID).Exec(c)
		})
		refused(t, err, "CONFLICT", "")
		mustAccept(p, by, in) // as its sentence says
	})
}

func TestAnAddressThatGetsAnAccountWhileItAcceptsSignsInInstead(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("jane@example.org", nil)
		in := p.Accepting(inv)
		_, err := overlap(p, inv, func() (*acceptance.Acceptance, error) {
			return p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
		}, func(c ctx, tx *tx) error {
			return tx.User.Create().SetEmail("jane@example.org").SetEmailKey("jane@example.org").
				Exec(store.AsSystem(c, "a test makes an account"))
		})
		refused(t, err, "UNAUTHENTICATED", "")
		same(t, "status", p.Invitation(inv.ID).Status.String(), "PENDING")
	})
}

// crowd makes members whose access is over, with their seats.
func crowd(c ctx, tx *tx, p *apptest.Place, n int) error {
	system := store.AsSystem(c, "a test makes a crowd")
	for i := range n {
		email := fmt.Sprintf("crowd%d@example.org", i)
		u, err := tx.User.Create().SetEmail(email).SetEmailKey(email).Save(system)
		if err != nil {
			return err
		}
		err = tx.Member.Create().SetWorkspaceID(p.Workspace.ID).SetUserID(u.ID).
			SetStatus(member.StatusActive).SetEmailKey(email).
			SetSearchText(account.SearchText(u)).
			SetJoinedAt(p.Clock.Now()).SetJoinedVia(member.JoinedViaInvited).
			SetAccessExpiresAt(p.Clock.Now().Add(-time.Hour)).Exec(c)
		if err != nil {
			return err
		}
	}
	return nil
}
