package account

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/fault"
	"usher/internal/secret"
	"usher/internal/store"
)

func (w *world) refresh(t testing.TB, s SignInSession) SignInSession {
	t.Helper()
	next, err := w.Refresh(t.Context(), s.RefreshToken.Reveal(), home)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// AUT-1: refresh tokens rotate.
func TestARefreshTokenIsTradedAtEachUse(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		s := w.signIn(t, "jane@example.org")
		seen := map[string]bool{s.RefreshToken.Reveal(): true}
		for range 5 {
			w.pass(time.Hour)
			next := w.refresh(t, s)
			if seen[next.RefreshToken.Reveal()] {
				t.Fatal("a token came twice")
			}
			if next.SignInID != s.SignInID {
				t.Fatal("another sign-in")
			}
			seen[next.RefreshToken.Reveal()] = true
			w.caller(t, next)
			s = next
		}
	})
}

func TestTheParentIsGoodForTenSecondsAndLeadsToTheSameChild(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		first := w.signIn(t, "jane@example.org")
		second := w.refresh(t, first)
		w.pass(10*time.Second - time.Microsecond)
		again := w.refresh(t, first)
		if again.RefreshToken != second.RefreshToken {
			t.Error("the family has forked")
		}
		w.caller(t, again)
		// Another process that signs with a newer secret first finds the same child.
		rotated := w.service(keyring(t, 2, 1))
		if s, err := rotated.Refresh(t.Context(), first.RefreshToken.Reveal(), home); err != nil ||
			s.RefreshToken != second.RefreshToken {
			t.Errorf("after a rotation of secrets: %v", err)
		}
		if _, err := rotated.Refresh(t.Context(), second.RefreshToken.Reveal(), home); err != nil {
			t.Errorf("the child, after a rotation of secrets: %v", err)
		}
	})
}

// AUT-1: reuse of a refresh token is detected.
func TestAParentAfterItsGraceEndsTheFamily(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		first := w.signIn(t, "jane@example.org")
		other := w.signIn(t, "jane@example.org")
		second := w.refresh(t, first)
		w.pass(10 * time.Second)
		_, err := w.Refresh(t.Context(), first.RefreshToken.Reveal(), home)
		wants(t, err, fault.Unauthenticated, "the reused token")
		w.over(t, second, "the child of a reused token")
		w.caller(t, other)
	})
}

func TestAnAncestorOfTheParentEndsTheFamilyAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		first := w.signIn(t, "jane@example.org")
		third := w.refresh(t, w.refresh(t, first))
		_, err := w.Refresh(t.Context(), first.RefreshToken.Reveal(), home)
		wants(t, err, fault.Unauthenticated, "the reused token")
		w.over(t, third, "the grandchild of a reused token")
	})
}

func TestATokenThatWasNeverGivenOutEndsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		s := w.signIn(t, "jane@example.org")
		real := s.RefreshToken.Reveal()
		b, err := base64.RawURLEncoding.DecodeString(real)
		if err != nil {
			t.Fatal(err)
		}
		b[20] ^= 1                                          // the id is right, the secret is not
		other := newRefreshToken(keyring(t, 9), s.SignInID) // of another installation
		for _, forged := range []string{
			base64.RawURLEncoding.EncodeToString(b), other.Reveal(), "", "x", real + "A", real[1:],
			strings.Repeat("A", len(real)),
			real[:40] + "\n" + real[41:],
		} {
			_, err := w.Refresh(t.Context(), forged, home)
			wants(t, err, fault.Unauthenticated, forged)
		}
		w.refresh(t, s)
	})
}

func TestOfManyTradesAtOnceOneWinsAndAllAgree(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		s := w.signIn(t, "jane@example.org")
		w.pass(time.Minute)
		var mu sync.Mutex
		children := map[secret.Token]int{}
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				next, err := w.Refresh(t.Context(), s.RefreshToken.Reveal(), home)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				children[next.RefreshToken]++
			})
		}
		all.Wait()
		if len(children) != 1 {
			t.Fatalf("%d different children", len(children))
		}
		for child := range children {
			if _, err := w.Refresh(t.Context(), child.Reveal(), home); err != nil {
				t.Errorf("the child: %v", err)
			}
		}
		if n, err := w.db.SignIn.Query().Count(store.AsSystem(t.Context(), "test")); n != 1 ||
			err != nil {
			t.Errorf("%d sign-ins, %v", n, err)
		}
	})
}

func TestASignInEndsAfterFourteenDaysIdleAndThirtyInAll(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const day = 24 * time.Hour
		w.user(t, "jane@example.org")
		idle, busy := w.signIn(t, "jane@example.org"), w.signIn(t, "jane@example.org")
		w.pass(14*day - time.Microsecond)
		busy = w.refresh(t, busy)
		w.pass(time.Microsecond)
		w.over(t, idle, "14 days idle")
		if c, err := w.CallerByCookie(t.Context(), idle.RefreshToken.Reveal()); err != nil ||
			!c.Anonymous() {
			t.Errorf("14 days idle, by cookie: %+v, %v", c, err)
		}
		w.pass(13 * day)
		busy = w.refresh(t, busy)
		w.pass(3*day - time.Minute)
		busy = w.refresh(t, busy)
		if left := busy.ExpiresAt.Sub(w.time()); left != time.Minute {
			t.Errorf("the last access token lasts %v, a minute before the end", left)
		}
		w.pass(time.Minute)
		w.over(t, busy, "30 days in all")
		if err := w.SweepSignIns(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Microsecond)
		if err := w.SweepSignIns(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := w.db.SignIn.Query().Count(store.AsSystem(t.Context(), "test")); n != 0 ||
			err != nil {
			t.Errorf("%d sign-ins left, %v", n, err)
		}
	})
}

func TestSignOutsEndWhatTheySay(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		w.user(t, "john@example.org")
		a, b, c := w.signIn(t, "jane@example.org"), w.signIn(t, "jane@example.org"),
			w.signIn(t, "jane@example.org")
		john := w.signIn(t, "john@example.org")

		if err := w.SignOut(t.Context(), w.caller(t, a)); err != nil {
			t.Fatal(err)
		}
		w.over(t, a, "signed out")
		wants(t, w.EndSignIn(t.Context(), w.caller(t, b), john.SignInID), fault.NotFound,
			"somebody else's")
		if err := w.EndSignIn(t.Context(), w.caller(t, b), c.SignInID); err != nil {
			t.Fatal(err)
		}
		w.over(t, c, "ended")
		wants(t, w.EndSignIn(t.Context(), w.caller(t, b), c.SignInID), fault.NotFound,
			"ended already")
		w.caller(t, john)

		d := w.signIn(t, "jane@example.org")
		live, err := w.db.SignIn.Query().Where(w.LiveSignIns()).
			Count(store.AsCaller(t.Context(), w.caller(t, d)))
		if live != 2 || err != nil {
			t.Errorf("%d live sign-ins of one's own, want 2; %v", live, err)
		}
		if err := w.SignOutEverywhere(t.Context(), w.caller(t, d)); err != nil {
			t.Fatal(err)
		}
		w.over(t, b, "everywhere")
		w.over(t, d, "everywhere")
		w.caller(t, john)
		if err := w.SignOut(t.Context(), nil); err != nil {
			t.Error(err)
		}
		wants(t, w.SignOutEverywhere(t.Context(), nil), fault.Unauthenticated, "nobody")
	})
}
