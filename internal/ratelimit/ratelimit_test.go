package ratelimit

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/testkit"
	"usher/internal/testkit/probe"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// onBoth runs a test on a migrated SQLite and on a migrated PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, s *store.Store, l *Limiter)) {
	t.Parallel()
	keys, err := secret.NewKeyring([][]byte{bytes.Repeat([]byte{7}, secret.MinLength)})
	if err != nil {
		t.Fatal(err)
	}
	run := func(name string, url func(t *testing.T) string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(url(t), probe.Option)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			test(t, s, New(keys))
		})
	}
	run("sqlite", func(t *testing.T) string {
		return "sqlite:" + filepath.Join(t.TempDir(), "usher.db")
	})
	run("postgres", func(t *testing.T) string {
		return testkit.TemplatePostgres(t, "throttle", func(dsn string) {
			s, err := store.Open(dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Migrate(context.Background()); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func allow(t *testing.T, s *store.Store, l *Limiter, rule Rule, subject string,
	now time.Time) (wait time.Duration) {
	t.Helper()
	err := s.WithTx(t.Context(), func(tx *store.Tx) (err error) {
		wait, err = l.Allow(t.Context(), tx, rule, subject, now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return wait
}

func TestTriesAreFreeThenWaitTwiceAsLongEachTimeUpToAQuarterOfAnHour(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, l *Limiter) {
		now := noon
		for range 5 {
			if wait := allow(t, s, l, SignIn, "jane", now); wait != 0 {
				t.Fatalf("a free try waits %v", wait)
			}
		}
		want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}
		for i, seconds := range want {
			if wait := allow(t, s, l, SignIn, "jane", now); wait != seconds*time.Second {
				t.Fatalf("try %d waits %v, want %v s", 6+i, wait, int(seconds))
			}
			// Being refused makes nothing longer.
			now = now.Add(seconds*time.Second - time.Millisecond)
			if wait := allow(t, s, l, SignIn, "jane", now); wait != time.Millisecond {
				t.Fatalf("just before its time try %d waits %v", 6+i, wait)
			}
			now = now.Add(time.Millisecond)
			if wait := allow(t, s, l, SignIn, "jane", now); wait != 0 {
				t.Fatalf("try %d still waits %v", 6+i, wait)
			}
		}
		if wait := allow(t, s, l, SignIn, "john", now); wait != 0 {
			t.Error("one person's tries count for another")
		}
		if wait := allow(t, s, l, SignIn, "jane", now.Add(24*time.Hour)); wait != 0 {
			t.Error("a day of quiet did not forget")
		}
	})
}

func TestClearingForgetsOneSubjectAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, l *Limiter) {
		for _, who := range []string{"jane", "john"} {
			for range 5 {
				allow(t, s, l, SignIn, who, noon)
			}
		}
		if err := s.WithTx(t.Context(), func(tx *store.Tx) error {
			return l.Clear(t.Context(), tx, SignIn, "jane")
		}); err != nil {
			t.Fatal(err)
		}
		if wait := allow(t, s, l, SignIn, "jane", noon); wait != 0 {
			t.Errorf("jane waits %v", wait)
		}
		if wait := allow(t, s, l, SignIn, "john", noon); wait == 0 {
			t.Error("john does not wait")
		}
	})
}

func TestMailsToAMailboxKeepAGapAndADailyNumber(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, l *Limiter) {
		now := noon
		for i := range 3 {
			if wait := allow(t, s, l, StrangerMail, "m", now); wait != 0 {
				t.Fatalf("mail %d waits %v", i+1, wait)
			}
			if wait := allow(t, s, l, StrangerMail, "m", now.Add(20*time.Second)); i < 2 &&
				wait != 40*time.Second {
				t.Fatalf("the gap is %v", wait)
			}
			now = now.Add(time.Minute)
		}
		if wait, want := allow(t, s, l, StrangerMail, "m", now),
			24*time.Hour-3*time.Minute; wait != want {
			t.Errorf("the fourth waits %v, want %v", wait, want)
		}
		if wait := allow(t, s, l, StrangerMail, "m", noon.Add(24*time.Hour)); wait != 0 {
			t.Errorf("the next day waits %v", wait)
		}
		if wait, err := l.Wait(t.Context(), s.Client, StrangerMail, "m",
			noon.Add(24*time.Hour)); err != nil || wait != time.Minute {
			t.Errorf("looking answers %v, %v", wait, err)
		}
		if wait, err := l.Wait(t.Context(), s.Client, MemberMail, "m", now); err != nil ||
			wait != 0 {
			t.Errorf("another rule answers %v, %v", wait, err)
		}
	})
}

func TestManySubjectsTakeAsManyStatementsAsOne(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, l *Limiter) {
		take := func(now time.Time, subjects ...string) ([]time.Duration, int64) {
			ctx, n := probe.CountStatements(t.Context())
			var waits []time.Duration
			if err := s.WithTx(ctx, func(tx *store.Tx) (err error) {
				waits, err = l.Take(ctx, tx, MemberMail, now, subjects...)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return waits, n.Load()
		}
		many := make([]string, 500)
		for i := range many {
			many[i] = fmt.Sprintf("person%d", i)
		}
		if _, n := take(noon, many...); n > 3 {
			t.Errorf("500 subjects took %d statements", n)
		}
		waits, n := take(noon.Add(time.Second), "new", "person7", "new")
		if n > 4 || waits[0] != 0 || waits[1] != 59*time.Second || waits[2] != 0 {
			t.Errorf("%v in %d statements", waits, n)
		}
		// The name given twice counted once.
		if wait := allow(t, s, l, Rule{Name: "member-mail", Limit: 2, Window: time.Hour}, "new",
			noon.Add(2*time.Second)); wait != 0 {
			t.Errorf("a repeated subject counted twice: %v", wait)
		}
	})
}

func TestConcurrentTriesNeverGetMoreThanTheRuleHas(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, l *Limiter) {
		var through atomic.Int32
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				if allow(t, s, l, SignIn, "jane", noon) == 0 {
					through.Add(1)
				}
			})
		}
		all.Wait()
		if n := through.Load(); n != 5 {
			t.Errorf("%d of 32 tries at once got through, want 5", n)
		}
	})
}

func TestARuleDoesNotSeeTheFuture(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, l *Limiter) {
		// Another transaction, or another process, has a clock that is ahead.
		ahead := noon.Add(10 * time.Minute)
		for _, rule := range []Rule{JoinNetwork, JoinAddress, Network} {
			allow(t, s, l, rule, "n", ahead)
			if wait := allow(t, s, l, rule, "n", noon); wait != 0 {
				t.Errorf("%s has no gap and waits %v", rule.Name, wait)
			}
			if wait, err := l.Wait(t.Context(), s.Client, rule, "n", noon); err != nil ||
				wait != 0 {
				t.Errorf("%s: looking answers %v, %v", rule.Name, wait, err)
			}
		}
		for range SignIn.Limit - 1 {
			allow(t, s, l, SignIn, "jane", ahead)
		}
		if wait := allow(t, s, l, SignIn, "jane", noon); wait != 0 {
			t.Errorf("a free try waits %v", wait)
		}
		if wait := allow(t, s, l, SignIn, "jane", noon); wait != time.Second {
			t.Errorf("the sixth try waits %v, want 1 s", wait)
		}
		// A gap is kept, and never gets longer than it is.
		allow(t, s, l, MemberMail, "m", ahead)
		if wait := allow(t, s, l, MemberMail, "m", noon); wait != time.Minute {
			t.Errorf("the gap is %v", wait)
		}
		if wait := allow(t, s, l, MemberMail, "m", noon.Add(time.Minute)); wait != 0 {
			t.Errorf("a minute later it waits %v still", wait)
		}
	})
}

func TestRequestsThatOverlapAreNotRefusedWithoutReason(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, l *Limiter) {
		var refused atomic.Int32
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				// read before the lock, in no order
				now := time.Now().Add(time.Duration(i%7) * time.Millisecond)
				if allow(t, s, l, JoinNetwork, "school", now) > 0 {
					refused.Add(1)
				}
			})
		}
		all.Wait()
		if n := refused.Load(); n != 0 {
			t.Errorf("%d of 30 at once were refused, by a rule of 300 an hour", n)
		}
	})
}

func TestWhatIsRolledBackWasNotCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, l *Limiter) {
		_ = s.WithTx(t.Context(), func(tx *store.Tx) error {
			if _, err := l.Allow(t.Context(), tx, MemberMail, "m", noon); err != nil {
				t.Error(err)
			}
			return context.Canceled
		})
		if wait := allow(t, s, l, MemberMail, "m", noon); wait != 0 {
			t.Errorf("waits %v", wait)
		}
	})
}

func TestSweepingKeepsWhatARuleStillLooksAt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, l *Limiter) {
		allow(t, s, l, StrangerMail, "old", noon)
		allow(t, s, l, StrangerMail, "new", noon.Add(time.Hour))
		allow(t, s, l, Rule{Name: "kept", Limit: 1, Window: MaxKeptWindow, Keep: true}, "old", noon)
		if err := s.WithTx(t.Context(), func(tx *store.Tx) error {
			return l.SweepCounts(t.Context(), tx, noon.Add(24*time.Hour+time.Minute))
		}); err != nil {
			t.Fatal(err)
		}
		rows, err := s.Throttle.Query().All(store.AsSystem(t.Context(), "test"))
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		if strings.Contains(rows[0].Key+rows[1].Key, "new") {
			t.Error("the row names its subject")
		}
	})
}

func TestAMailboxIsOneWhateverIsTaggedOn(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a@example.org": "a@example.org", "a+x@example.org": "a@example.org",
		"a+x+y@example.org": "a@example.org",
		"+x@example.org":    "+x@example.org", "a.b@example.org": "a.b@example.org",
	} {
		if got := Mailbox(in); got != want {
			t.Errorf("Mailbox(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestANetworkIsAnAddressOrASixtyFour(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::1":      "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := Origin(netip.MustParseAddr(in)); got != want {
			t.Errorf("Origin(%s) = %q, want %q", in, got, want)
		}
	}
	if Origin(netip.Addr{}) == "" {
		t.Error("no address, no subject")
	}
}

func TestARefusalSaysHowLongInAUnitThatPeopleUse(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{
		time.Millisecond: "wait 1 second,", 90 * time.Second: "wait 90 seconds,",
		15 * time.Minute:           "wait 15 minutes,",
		23*time.Hour + time.Minute: "wait 24 hours,",
	} {
		f := TooManyAttempts(wait)
		if got := f.Message.In(i18n.English); !strings.Contains(got, want) {
			t.Errorf("%v: %q", wait, got)
		}
		if f.Code != fault.RateLimited || f.RetryAfter != wait {
			t.Errorf("%v: %+v", wait, f)
		}
		for _, f := range []*fault.Error{TooManyAttempts(wait), TooManyEmails(wait), TooManyRequests(wait)} {
			for _, l := range i18n.Locales {
				if s := f.Message.In(l); strings.Contains(s, "throttle.") ||
					strings.Contains(s, "<no value>") {
					t.Errorf("%s: %q", l, s)
				}
			}
		}
	}
}
