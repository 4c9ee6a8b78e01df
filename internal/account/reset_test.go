package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/apikey"
	"usher/internal/fault"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/testkit/probe"
)

// opened composes the newest email and returns the token of its link.
func (w *world) opened(t testing.TB, compose outbox.Composer, m *ent.Mail) string {
	t.Helper()
	content, _, err := compose(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mail.Render(content); err != nil {
		t.Fatal(err)
	}
	return content.Link[strings.LastIndexByte(content.Link, '/')+1:]
}

func (w *world) askReset(t *testing.T, email string) string {
	t.Helper()
	if err := w.RequestPasswordReset(t.Context(), email, home); err != nil {
		t.Fatal(err)
	}
	return w.opened(t, w.ComposeReset, w.box.last(t))
}

const fresh = "another horse, another battery"

// AUT-2: passwords can be reset.
func TestAResetSetsAPasswordOnceAndEndsEverythingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "Jane@Example.org")
		before := w.signIn(t, "jane@example.org")
		token := w.askReset(t, "JANE@example.org")
		if m := w.box.last(t); m.To != "Jane@Example.org" {
			t.Errorf("the mail goes to %s, not to the stored address", m.To)
		}
		peek, err := w.PreviewPasswordReset(t.Context(), token)
		if err != nil || peek.Email != "J•••@E•••.org" ||
			!peek.ExpiresAt.Equal(w.time().Add(30*time.Minute)) {
			t.Errorf("%+v, %v", peek, err)
		}
		_, err = w.ResetPassword(t.Context(), token, "short", home)
		wants(t, err, fault.PasswordTooWeak, "a short one")
		w.member(t, u)
		_, err = w.ResetPassword(t.Context(), token, "Acme School", home)
		wants(t, err, fault.PasswordTooWeak, "the workspace's name")

		var won atomic.Int32
		var after SignInSession
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				s, err := w.ResetPassword(t.Context(), token, fresh, home)
				if err == nil {
					won.Add(1)
					after = s
					return
				}
				wants(t, err, fault.LinkUsed, "the losers")
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d resets by one link", won.Load())
		}
		w.caller(t, after)
		w.over(t, before, "a sign-in from before")
		_, err = w.ResetPassword(t.Context(), token, fresh, home)
		wants(t, err, fault.LinkUsed, "the second use")
		_, err = w.PreviewPasswordReset(t.Context(), token)
		wants(t, err, fault.LinkUsed, "looking at a used link")
		_, err = w.SignIn(t.Context(), SignInInput{Login: "jane@example.org", Password: right,
			Origin: home})
		wants(t, err, fault.Unauthenticated, "the old password")
		if _, err := w.SignIn(t.Context(), SignInInput{Login: "jane@example.org", Password: fresh,
			Origin: home}); err != nil {
			t.Errorf("the new password: %v", err)
		}
		if w.read(t, u).CredentialVersion != u.CredentialVersion+1 {
			t.Error("earlier links still work")
		}

		m := w.box.last(t)
		content, _, err := w.ComposeNotice(t.Context(), m)
		if m.Kind != string(mail.SecurityNotice) || m.To != "Jane@Example.org" ||
			content.What != mail.PasswordChanged || content.UserAgent != "Browser/1" || err != nil {
			t.Errorf("the owner gets %+v, %+v, %v", m, content, err)
		}
		if _, err := mail.Render(content); err != nil {
			t.Error(err)
		}
	})
}

func TestLinksAreGoodForTheirTimeTheirKindTheirAddressAndTheirVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		peek := func(token string) error {
			_, err := w.PreviewPasswordReset(t.Context(), token)
			return err
		}
		token := w.askReset(t, "jane@example.org")
		w.pass(30*time.Minute - time.Second)
		if err := peek(token); err != nil {
			t.Errorf("in time: %v", err)
		}
		w.pass(time.Second)
		wants(t, peek(token), fault.LinkExpired, "half an hour later")
		_, err := w.ResetPassword(t.Context(), token, fresh, home)
		wants(t, err, fault.LinkExpired, "half an hour later")

		forge := func(kind secret.Purpose, version int, bound string) string {
			return w.keys.SignLink(secret.Claim{Purpose: kind, ID: u.ID, Version: uint32(version),
				ExpiresAt: w.time().Add(time.Hour), Binding: []string{bound}}).Reveal()
		}
		if err := peek(forge(secret.PasswordReset, u.CredentialVersion,
			"jane@example.org")); err != nil {
			t.Fatalf("the link that all others differ from: %v", err)
		}
		for what, token := range map[string]string{
			"another address": forge(secret.PasswordReset, u.CredentialVersion, "john@example.org"),
			"another kind":    forge(secret.EmailChange, u.CredentialVersion, "jane@example.org"),
			"of the future": forge(secret.PasswordReset, u.CredentialVersion+1,
				"jane@example.org"),
			"cut short": token[:20],
			"changed":   strings.Replace(token, "A", "B", 1),
			"nothing":   "",
		} {
			wants(t, peek(token), fault.LinkInvalid, what)
		}
	})
}

func TestAResetMailIsNotWorthSendingOnceThePasswordHasChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		if err := w.RequestPasswordReset(t.Context(), "jane@example.org", home); err != nil {
			t.Fatal(err)
		}
		m := w.box.last(t)
		if _, err := w.ChangePassword(t.Context(), w.caller(t, w.signIn(t, "jane@example.org")),
			right, fresh, home); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.ComposeReset(t.Context(), m); !errors.Is(err, outbox.ErrGone) {
			t.Errorf("%v", err)
		}
	})
}

func TestAskingForAResetTellsNothingAndCostsTheSame(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		ask := func(email string) (posted bool, statements int64) {
			t.Helper()
			ctx, n := probe.CountStatements(t.Context())
			before := w.box.count()
			if err := w.RequestPasswordReset(ctx, email, home); err != nil {
				t.Fatalf("%s: %v", email, err)
			}
			return w.box.count() > before, n.Load()
		}
		ask("somebody@example.org")
		posted, known := ask("jane@example.org")
		nobody, unknown := ask("nobody@example.org")
		if !posted || !nobody || known != unknown {
			t.Errorf("posted %v and %v, in %d and %d statements", posted, nobody, known, unknown)
		}
		if m := w.box.last(t); m.UserID != nil || strings.Contains(m.To+m.ToKey, "example.org") {
			t.Errorf("a mail to nobody names %+v", m)
		} else if _, _, err := w.ComposeReset(t.Context(), m); !errors.Is(err, outbox.ErrGone) {
			t.Errorf("a mail to nobody: %v", err)
		}
		if posted, _ := ask("no address"); posted {
			t.Error("a mail to no address")
		}
	})
}

func TestOneMailboxGetsOneResetAMinuteAndThreeADay(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		w.user(t, "jane+work@example.org")
		ask := func(email string, times int) int {
			before := w.box.count()
			for range times {
				if err := w.RequestPasswordReset(t.Context(), email, home); err != nil {
					t.Fatal(err)
				}
			}
			return w.box.count() - before
		}
		if n := ask("jane@example.org", 3); n != 1 {
			t.Errorf("%d mails at once", n)
		}
		if n := ask("JANE+work@example.org", 1); n != 0 {
			t.Error("another spelling is another mailbox")
		}
		for i, want := range []int{1, 1, 0} {
			w.pass(time.Minute)
			if n := ask("jane+work@example.org", 1); n != want {
				t.Errorf("minute %d: %d mails", i+1, n)
			}
		}
		w.pass(24 * time.Hour)
		if n := ask("jane@example.org", 1); n != 1 {
			t.Error("none on the next day")
		}
		// A network that asks for address after address writes no more rows after a while.
		far := Origin{Network: netip.MustParseAddr("198.51.100.1")}
		before := w.box.count()
		for i := range 70 {
			_ = w.RequestPasswordReset(t.Context(), fmt.Sprintf("x%d@example.org", i), far)
		}
		if n := w.box.count() - before; n != 60 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestTheFirstProofOfAMailboxEndsAllThatWasBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org", func(c *ent.UserCreate) { c.SetEmailProven(false) })
		m := w.member(t, u)
		var key, foreign *ent.APIKey
		w.write(t, func(ctx context.Context, tx *store.Tx) {
			key = must(tx.APIKey.Create().SetWorkspaceID(w.workspace.ID).SetName("k").
				SetSecretHash([]byte("1")).SetCreatedByID(m.ID).Save(ctx))
			foreign = must(tx.APIKey.Create().SetWorkspaceID(w.workspace.ID).SetName("f").
				SetSecretHash([]byte("2")).Save(ctx))
		})
		before := w.signIn(t, "jane@example.org")
		prove := func() (now *ent.User) {
			t.Helper()
			w.write(t, func(ctx context.Context, tx *store.Tx) {
				var ended *EndedAccess
				var err error
				if now, ended, err = w.MarkEmailVerified(ctx, tx, u); err != nil {
					t.Error(err)
				}
				if ended != nil &&
					*ended != (EndedAccess{Password: true, Sessions: 1, APIKeys: 1}) {
					t.Errorf("ended %+v", *ended)
				}
			})
			return now
		}
		now := prove()
		if !now.EmailProven || now.PasswordHash != nil ||
			now.CredentialVersion != u.CredentialVersion+1 {
			t.Errorf("%+v", now)
		}
		w.over(t, before, "a sign-in from before")
		live, err := w.db.APIKey.Query().Where(apikey.RevokedAtIsNil()).
			IDs(store.AsSystem(t.Context(), "test"))
		if err != nil || len(live) != 1 || live[0] != foreign.ID {
			t.Errorf("keys left: %v, %v (hers is %v)", live, err, key.ID)
		}

		// By reset: the proof ends the old password, the reset sets the new one.
		after, err := w.ResetPassword(t.Context(), w.askReset(t, "jane@example.org"), fresh, home)
		if err != nil {
			t.Fatal(err)
		}
		// The second proof ends nothing, not even one that read the account before the first.
		if again := prove(); again.PasswordHash == nil {
			t.Error("the second proof ended the password")
		}
		w.caller(t, after)
	})
}

func TestAResetProvesTheMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org", func(c *ent.UserCreate) {
			c.SetEmailProven(false).SetMustChangePassword(true).SetPasswordExpiresAt(w.time())
		})
		s, err := w.ResetPassword(t.Context(), w.askReset(t, "jane@example.org"), fresh, home)
		if err != nil || s.MustChangePassword || w.caller(t, s).MustChange {
			t.Fatalf("%+v, %v", s, err)
		}
		if now := w.read(t, u); !now.EmailProven || now.MustChangePassword ||
			now.PasswordExpiresAt != nil {
			t.Errorf("%+v", now)
		}
	})
}

func TestAResetIsTheWayInForAnOwnerWhomAStrangerKeepsWaiting(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		far := Origin{Network: netip.MustParseAddr("198.51.100.1")}
		for range 6 {
			_, _ = w.SignIn(t.Context(), SignInInput{Login: "jane@example.org", Password: "wrong",
				Origin: far})
		}
		_, err := w.SignIn(t.Context(), SignInInput{Login: "jane@example.org", Password: right,
			Origin: home})
		wants(t, err, fault.RateLimited, "the owner")
		if _, err := w.ResetPassword(t.Context(), w.askReset(t, "jane@example.org"), fresh,
			home); err != nil {
			t.Fatal(err)
		}
		if _, err := w.SignIn(t.Context(), SignInInput{Login: "jane@example.org", Password: fresh,
			Origin: home}); err != nil {
			t.Errorf("after the reset: %v", err)
		}
	})
}

func TestChangingThePasswordEndsEveryOtherSession(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		asking, other := w.signIn(t, "jane@example.org"), w.signIn(t, "jane@example.org")
		reset := w.askReset(t, "jane@example.org")
		c := w.caller(t, asking)
		_, err := w.ChangePassword(t.Context(), c, "wrong", fresh, home)
		wants(t, err, fault.Unauthenticated, "the wrong one")
		_, err = w.ChangePassword(t.Context(), c, right, "jane@example.org", home)
		wants(t, err, fault.PasswordTooWeak, "one's own address")
		_, err = w.ChangePassword(t.Context(), nil, right, fresh, home)
		wants(t, err, fault.Unauthenticated, "nobody")
		after, err := w.ChangePassword(t.Context(), c, right, fresh, home)
		if err != nil {
			t.Fatal(err)
		}
		w.caller(t, after)
		w.over(t, asking, "the session that asked, which got another")
		w.over(t, other, "the other session")
		_, err = w.PreviewPasswordReset(t.Context(), reset)
		wants(t, err, fault.LinkUsed, "a link from before")
		if m := w.box.last(t); m.Kind != string(mail.SecurityNotice) {
			t.Errorf("the owner gets %s", m.Kind)
		}
	})
}

func TestAnOperatorsLinkSetsAPasswordAndProvesNoMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org", func(c *ent.UserCreate) { c.SetEmailProven(false) })
		link, err := w.SetPasswordLink(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		token := link[strings.LastIndex(link, "/")+1:]
		if _, err := w.ResetPassword(t.Context(), token, fresh, home); err != nil {
			t.Fatal(err)
		}
		if _, err := w.SignIn(t.Context(), SignInInput{Login: "jane@example.org", Password: fresh,
			Origin: home}); err != nil {
			t.Fatalf("the new password does not sign in: %v", err)
		}
		u, err = w.db.User.Get(systemContext(t.Context()), u.ID)
		if err != nil || u.EmailProven {
			t.Fatalf("an operator's word proved the mailbox (%v)", err)
		}
		_, err = w.ResetPassword(t.Context(), token, fresh, home)
		wants(t, err, fault.LinkUsed, "a second use")
	})
}

func TestWithoutAMailServerAResetIsRefusedForEveryAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		w.box.noMail = true
		for _, email := range []string{"jane@example.org", "nobody@example.org", "no address"} {
			wants(t, w.RequestPasswordReset(t.Context(), email, home), fault.Conflict, email)
		}
		if n := len(w.box.emails); n != 0 {
			t.Errorf("%d emails are queued", n)
		}
	})
}
