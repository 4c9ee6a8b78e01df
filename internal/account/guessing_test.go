package account

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/fault"
)

func network(i int) Origin {
	return Origin{Network: netip.AddrFrom4([4]byte{198, 51, byte(i / 250), byte(i%250 + 1)})}
}

// attack guesses from another network each time, whenever the wait is over, for a time on the
// test's clock. It returns how many guesses were looked at.
func (w *world) attack(t *testing.T, login string, from *int, lasting time.Duration) (guesses int) {
	t.Helper()
	for until := w.time().Add(lasting); w.time().Before(until); {
		*from++
		_, err := w.SignIn(t.Context(),
			SignInInput{Login: login, Password: fmt.Sprint("guess ", *from),
				Origin: network(*from)})
		f, ok := fault.Of(err)
		if !ok {
			t.Fatal(err)
		}
		switch f.Code {
		case fault.Unauthenticated:
			guesses++
		case fault.RateLimited:
			w.pass(f.RetryAfter)
		default:
			t.Fatal(err)
		}
	}
	return guesses
}

// AUT-3: limits never lock the owner out.
func TestTheOwnerIsNotLockedOutByGuessesFromChangingNetworks(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		in := w.signIn(t, "jane@example.org") // from home, on a device that keeps its cookie
		for _, login := range []string{"jane@example.org", "nobody@example.org"} {
			from := 0
			if n := w.attack(t, login, &from, 10*time.Minute); n > 60 {
				t.Errorf("%s: %d guesses in ten minutes", login, n)
			}
		}
		from := 1000
		w.attack(t, "jane@example.org", &from, time.Minute)
		try := func(o Origin, password string) error {
			_, err := w.SignIn(t.Context(),
				SignInInput{Login: "jane@example.org", Password: password, Origin: o})
			return err
		}
		if err := try(home, right); err != nil {
			t.Errorf("a known network: %v", err)
		}
		device := network(60000)
		device.Device = in.RefreshToken.Reveal()
		if err := try(device, right); err != nil {
			t.Errorf("a known device on an unknown network: %v", err)
		}
		foreign := network(60001)
		foreign.Device = "AAAA"
		err := try(foreign, right)
		f, _ := fault.Of(err)
		if f == nil || f.Code != fault.RateLimited || f.RetryAfter > turnDelay {
			t.Fatalf("an unknown network: %v", err)
		}
		// The attacker goes on meanwhile, from as many networks as they like.
		w.attack(t, "jane@example.org", &from, f.RetryAfter)
		if err := try(foreign, right); err != nil {
			t.Errorf("after its wait: %v", err)
		}

		// A known origin has tries of its own, and no more.
		for range 5 {
			wants(t, try(home, "wrong"), fault.Unauthenticated, "a free try at home")
		}
		wants(t, try(home, right), fault.RateLimited, "the sixth at home")
		if err := try(device, right); err != nil {
			t.Errorf("the device is outside of its network's count: %v", err)
		}
	})
}

func TestADeviceOfAnotherAccountIsNoKnownDevice(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		w.user(t, "eve@example.org")
		eve := w.signIn(t, "eve@example.org").RefreshToken.Reveal()
		var refused int
		for i := range 12 {
			o := network(i)
			o.Device = eve
			_, err := w.SignIn(t.Context(),
				SignInInput{Login: "jane@example.org", Password: "wrong", Origin: o})
			if fault.Has(err, fault.RateLimited) {
				refused++
			}
		}
		if refused != 7 {
			t.Errorf("%d of 12 were refused", refused)
		}
	})
}

func TestRightPasswordsAtTheSameTimeAreAllTaken(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		var failed atomic.Int32
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				if _, err := w.SignIn(t.Context(),
					SignInInput{Login: "jane@example.org", Password: right,
						Origin: home}); err != nil {
					failed.Add(1)
					t.Log(err)
				}
			})
		}
		all.Wait()
		if n := failed.Load(); n != 0 {
			t.Errorf("%d of 40 were refused", n)
		}
	})
}
