package account

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/store"
	"usher/internal/testkit/probe"
)

// AUT-1: people sign in with an email address or username.
func TestWhoKnowsThePasswordSignsIn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "Jane@Example.org", func(c *ent.UserCreate) {
			c.SetUsername("Jane.D").SetUsernameKey("jane.d").
				SetUsernameOrganizationID(w.organization.ID)
		})
		for _, in := range []SignInInput{
			{Login: "Jane@Example.org"}, {Login: " jane@EXAMPLE.org "},
			{Login: "jane.d", Workspace: "acme"},
			{Login: "JANE.D", Workspace: "ACME"},
		} {
			in.Password, in.Origin = right, home
			s, err := w.SignIn(t.Context(), in)
			if err != nil {
				t.Fatalf("%+v: %v", in.Login, err)
			}
			c := w.caller(t, s)
			if c.UserID != u.ID || c.SignInID != s.SignInID || c.MustChange || s.UserID != u.ID {
				t.Errorf("%+v: %+v", in.Login, c)
			}
			if got := s.ExpiresAt.Sub(w.time()); got != 5*time.Minute {
				t.Errorf("the access token lasts %v", got)
			}
		}
		row, err := w.db.SignIn.Query().Limit(1).All(store.AsSystem(t.Context(), "test"))
		if err != nil || inputs.ValueOrEmpty(row[0].UserAgent) != "Browser/1" {
			t.Errorf("%v, %v", row, err)
		}
	})
}

// AUT-3: answers are uniform.
func TestWrongAndUnknownGetTheSameAnswerForTheSameWork(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		w.user(t, "gone@example.org", func(c *ent.UserCreate) { c.SetErasedAt(w.time()) })
		w.user(t, "empty@example.org", func(c *ent.UserCreate) { c.Mutation().ResetPasswordHash() })
		ask := func(login, pw string) (string, int64) {
			ctx, n := probe.CountStatements(t.Context())
			_, err := w.SignIn(ctx, SignInInput{Login: login, Password: pw, Origin: home})
			f, ok := fault.Of(err)
			if !ok {
				t.Fatalf("%s: %v", login, err)
			}
			return string(f.Code) + " " + f.Message.In(i18n.English), n.Load()
		}
		answer, statements := ask("jane@example.org", "wrong")
		if answer != "UNAUTHENTICATED Login and password do not belong together." {
			t.Errorf("wrong: %s", answer)
		}
		// the second try of a network costs what the first one did not
		ask("nobody@example.org", "wrong")
		for _, login := range []string{"nobody2@example.org", "gone@example.org",
			"empty@example.org"} {
			if a, n := ask(login, right); a != answer || n != statements {
				t.Errorf("%s: %s in %d statements, want %d", login, a, n, statements)
			}
		}
		for _, login := range []string{"no address@", "", "@"} {
			in := SignInInput{Login: login, Password: right, Workspace: "acme", Origin: home}
			_, err := w.SignIn(t.Context(), in)
			wants(t, err, fault.Unauthenticated, login)
		}
		_, err := w.SignIn(t.Context(), SignInInput{Login: "jane", Password: right, Origin: home})
		if f, _ := fault.Of(err); f == nil || f.Code != fault.BadUserInput ||
			f.Field != "workspace" {
			t.Errorf("a username alone: %v", err)
		}
	})
}

func TestGuessingIsSlowedForAccountsThatDoNotExistToo(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		for i, login := range []string{"jane@example.org", "nobody@example.org"} {
			from := Origin{Network: netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", i+1))}
			try := func(pw string) error {
				_, err := w.SignIn(t.Context(),
					SignInInput{Login: login, Password: pw, Origin: from})
				return err
			}
			for range 5 {
				wants(t, try("wrong"), fault.Unauthenticated, login)
			}
			err := try(right)
			if f, _ := fault.Of(err); f == nil || f.Code != fault.RateLimited ||
				f.RetryAfter != time.Second {
				t.Fatalf("%s: the sixth try: %v", login, err)
			}
			w.pass(time.Second)
			wants(t, try("wrong"), fault.Unauthenticated, login)
			w.pass(time.Second)
			wants(t, try(right), fault.RateLimited, login)
			w.pass(time.Second)
			if login == "jane@example.org" {
				if err := try(right); err != nil {
					t.Errorf("the owner is locked out: %v", err)
				}
				for range 5 { // the right one cleared the count
					wants(t, try("wrong"), fault.Unauthenticated, login)
				}
			}
		}
	})
}

func TestANetworkHasThirtyWrongTriesButAnyNumberOfRightOnes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		try := func(ip, login, pw string) error {
			_, err := w.SignIn(t.Context(),
				SignInInput{Login: login, Password: pw,
					Origin: Origin{Network: netip.MustParseAddr(ip)}})
			return err
		}
		for i := range 30 {
			ip := fmt.Sprintf("2001:db8::%x:1", i+1)
			wants(t, try(ip, fmt.Sprintf("guess%d@example.org", i), "wrong"),
				fault.Unauthenticated, ip)
			if i == 28 {
				for range 3 {
					if err := try(ip, "jane@example.org", right); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		wants(t, try("2001:db8::ffff", "jane@example.org", right), fault.RateLimited,
			"the 31st of a /64")
		if err := try("2001:db8:0:1::1", "jane@example.org", right); err != nil {
			t.Errorf("the next /64: %v", err)
		}
		w.pass(5 * time.Minute)
		if err := try("2001:db8::1", "jane@example.org", right); err != nil {
			t.Errorf("after five minutes: %v", err)
		}
	})
}

func TestAMailedPasswordIsGoodForADayAndOneSignInThatMayOnlyChangeIt(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		mailed := func(c *ent.UserCreate) {
			c.SetMustChangePassword(true).SetPasswordExpiresAt(w.time().Add(24 * time.Hour))
		}
		w.user(t, "late@example.org", mailed)
		u := w.user(t, "jane@example.org", mailed)

		var through atomic.Int32
		var session SignInSession
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				s, err := w.SignIn(t.Context(),
					SignInInput{Login: "jane@example.org", Password: right, Origin: home})
				if err == nil {
					through.Add(1)
					session = s
				}
			})
		}
		all.Wait()
		if n := through.Load(); n != 1 || !session.MustChangePassword {
			t.Fatalf("%d signed in, must change: %v", n, session.MustChangePassword)
		}
		_, err := w.SignIn(t.Context(), SignInInput{Login: "jane@example.org", Password: right,
			Origin: home})
		wants(t, err, fault.Unauthenticated, "the second sign-in")
		wants(t, w.VerifyPassword(t.Context(), w.read(t, u), right, home), fault.Unauthenticated,
			"proving with a spent password")

		c := w.caller(t, session)
		if !c.MustChange {
			t.Error("the caller may do anything")
		}
		wants(t, w.RequestEmailChange(t.Context(), c, "new@example.org", right, home),
			fault.PasswordChangeRequired, "another mutation")
		_, err = w.ChangePassword(t.Context(), c, right, right, home)
		wants(t, err, fault.PasswordTooWeak, "the same password")
		fresh, err := w.ChangePassword(t.Context(), c, right, "a new one, all mine", home)
		if err != nil || fresh.MustChangePassword || w.caller(t, fresh).MustChange {
			t.Fatalf("%+v, %v", fresh, err)
		}
		w.over(t, session, "the session of the mailed password")
		if now := w.read(t, u); now.MustChangePassword || now.PasswordExpiresAt != nil {
			t.Errorf("%+v", now)
		}

		w.pass(24 * time.Hour)
		_, err = w.SignIn(t.Context(), SignInInput{Login: "late@example.org", Password: right,
			Origin: home})
		wants(t, err, fault.Unauthenticated, "after a day")
	})
}

func TestAWeakHashIsReplacedAtSignIn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		// The same password at a cost of the past: 8 MiB, one pass.
		salt := []byte("some salt of old")
		b64 := base64.RawStdEncoding.EncodeToString
		weak := fmt.Sprintf("$argon2id$v=19$m=8192,t=1,p=1$%s$%s", b64(salt),
			b64(argon2.IDKey([]byte(right), salt, 1, 8192, 1, 32)))
		u := w.user(t, "jane@example.org", func(c *ent.UserCreate) { c.SetPasswordHash(weak) })
		w.signIn(t, "jane@example.org")
		now := w.read(t, u)
		if inputs.ValueOrEmpty(now.PasswordHash) == inputs.ValueOrEmpty(u.PasswordHash) ||
			now.CredentialVersion != u.CredentialVersion {
			t.Errorf("still %s", inputs.ValueOrEmpty(now.PasswordHash))
		}
		w.signIn(t, "jane@example.org")
	})
}

func TestOpeningWithAnAccountReadBeforeItsPasswordChangedFails(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		w.write(t, func(ctx context.Context, tx *store.Tx) {
			must(tx.User.UpdateOneID(u.ID).AddCredentialVersion(1).Save(ctx))
		})
		err := w.db.WithTx(t.Context(), func(tx *store.Tx) error {
			_, err := w.OpenSignInSession(t.Context(), tx, u, home)
			return err
		})
		wants(t, err, fault.Unauthenticated, "an old reading")
	})
}

// AUT-5: usernames never look like an address.
func TestUsernamesAreFoldedAndNeverLookLikeAnAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"Jane": "jane", " ｊａｎｅ ": "jane", "Éva": "éva",
		"E\u0301va": "éva", "j.d_42": "j.d_42"} {
		if _, key, err := ParseUsername(in); err != nil || key != want {
			t.Errorf("%q: %q, %v", in, key, err)
		}
	}
	for _, in := range []string{"", "  ", "a b", "a@b", "a＠b", "a\u200bb", "a\x00b",
		string(make([]rune, 65))} {
		_, _, err := ParseUsername(in)
		if f, _ := fault.Of(err); f == nil || f.Field != "username" {
			t.Errorf("%q: %v", in, err)
		}
	}
}
