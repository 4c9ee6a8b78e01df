package jobs

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/store"
	"usher/internal/testkit"
)

// errand is a job of the tests.
type errand struct {
	N int `json:"n"`
}

func (errand) Kind() string { return "errand" }

// victim is set in a copy of this test binary that claims a job and is killed over it.
const victim = "USHER_TEST_VICTIM"

func TestMain(m *testing.M) {
	dsn := os.Getenv(victim)
	if dsn == "" {
		os.Exit(m.Run())
	}
	db, err := store.Open(dsn)
	if err != nil {
		panic(err)
	}
	q, err := Open(db, Options{})
	if err != nil {
		panic(err)
	}
	Handle(q, func(context.Context, errand) error {
		os.Stdout.WriteString("claimed")
		select {}
	})
	if err := q.Start(context.Background()); err != nil {
		panic(err)
	}
	select {} // to be killed
}

func onBoth(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, testkit.TemplatePostgres(t, "migrated", func(dsn string) {
			opened(t, dsn).Close()
		}))
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+filepath.Join(t.TempDir(), "usher.db"))
	})
}

func opened(t *testing.T, dsn string) *store.Store {
	t.Helper()
	db, err := store.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func queueOn(t *testing.T, dsn string) *Queue {
	t.Helper()
	q, err := Open(opened(t, dsn), Options{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func (q *Queue) begin(t *testing.T) {
	t.Helper()
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.end(t) })
}

func (q *Queue) end(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := q.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func (q *Queue) add(t *testing.T, all ...Job) {
	t.Helper()
	if err := q.db.WithTx(t.Context(), func(tx *store.Tx) error {
		return q.Insert(t.Context(), tx, all...)
	}); err != nil {
		t.Fatal(err)
	}
}

// tally records which errands were done.
type tally struct {
	mu   sync.Mutex
	done []int
}

func (c *tally) note(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = append(c.done, n)
}

func (c *tally) wait(t *testing.T, n int, within time.Duration) []int {
	t.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		c.mu.Lock()
		done := slices.Sorted(slices.Values(c.done))
		c.mu.Unlock()
		if len(done) >= n {
			return done
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d done: %v", len(done), n, done)
		}
	}
}

func TestTwoProcessesShareTheJobsAndDoEachOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var c tally
		for range 2 {
			q := queueOn(t, dsn)
			Handle(q, func(_ context.Context, e errand) error { c.note(e.N); return nil })
			q.begin(t)
		}
		var all []Job
		for n := range 200 {
			all = append(all, Job{Args: errand{n}, Queue: []string{Default, Mail, MailAgain}[n%3]})
		}
		queueOn(t, dsn).add(t, all...) // by a process that works nothing
		c.wait(t, 200, 20*time.Second)
		time.Sleep(500 * time.Millisecond)
		if done := c.wait(t, 200, 0); len(done) != 200 || len(slices.Compact(done)) != 200 {
			t.Errorf("%d done, of them %d different", len(c.done), len(done))
		}
	})
}

func TestAJobOfARolledBackTransactionIsNotDone(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var c tally
		q := queueOn(t, dsn)
		Handle(q, func(_ context.Context, e errand) error { c.note(e.N); return nil })
		q.begin(t)
		_ = q.db.WithTx(t.Context(), func(tx *store.Tx) error {
			if err := q.Insert(t.Context(), tx, Job{Args: errand{1}}); err != nil {
				t.Error(err)
			}
			return errors.New("sorry")
		})
		q.add(t, Job{Args: errand{2}})
		if done := c.wait(t, 1, 10*time.Second); !slices.Equal(done, []int{2}) {
			t.Errorf("done %v", done)
		}
	})
}

func TestAFailedJobIsTriedAgainASnoozedOneWaitsACancelledOneIsGivenUp(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var c tally
		var tries [4]atomic.Int32
		q := queueOn(t, dsn)
		Handle(q, func(_ context.Context, e errand) error {
			first := tries[e.N].Add(1) == 1
			switch {
			case e.N == 1 && first:
				return errors.New("not yet")
			case e.N == 2 && first:
				return Snooze(100 * time.Millisecond)
			case e.N == 3:
				return Cancel(errors.New("never"))
			}
			c.note(e.N)
			return nil
		}, WithBackoff(func(int) time.Duration {
			return 100 * time.Millisecond
		}), WithTimeout(time.Second))
		q.begin(t)
		q.add(t, Job{Args: errand{1}}, Job{Args: errand{2}}, Job{Args: errand{3}})
		done := c.wait(t, 2, 15*time.Second)
		if !slices.Equal(done, []int{1, 2}) || tries[1].Load() != 2 || tries[2].Load() != 2 ||
			tries[3].Load() != 1 {
			t.Errorf("done %v, tries %d %d %d", done, tries[1].Load(), tries[2].Load(),
				tries[3].Load())
		}
	})
}

func TestAJobRunsNoLongerThanItMay(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var c tally
		q := queueOn(t, dsn)
		Handle(q, func(ctx context.Context, e errand) error {
			<-ctx.Done()
			c.note(e.N)
			return nil
		}, WithTimeout(200*time.Millisecond))
		q.begin(t)
		q.add(t, Job{Args: errand{1}})
		c.wait(t, 1, 5*time.Second)
	})
}

func TestAUniqueJobIsAddedOnceAndALaterOneWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var c tally
		q := queueOn(t, dsn)
		Handle(q, func(_ context.Context, e errand) error { c.note(e.N); return nil })
		q.begin(t)
		q.add(t, Job{Args: errand{1}, Unique: true},
			Job{Args: errand{2}, At: time.Now().Add(time.Hour)})
		c.wait(t, 1, 10*time.Second)
		q.add(t, Job{Args: errand{1}, Unique: true}, Job{Args: errand{3}})
		if done := c.wait(t, 2, 10*time.Second); !slices.Equal(done, []int{1, 3}) {
			t.Errorf("done %v", done)
		}
	})
}

func TestPeriodicWorkIsDoneOncePerIntervalAcrossProcesses(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var rounds atomic.Int32
		start := func() *Queue {
			q := queueOn(t, dsn)
			q.Every("count", time.Hour, func(context.Context) error { rounds.Add(1); return nil })
			q.begin(t)
			return q
		}
		before := time.Now().Truncate(time.Hour)
		first := start()
		start()
		for deadline := time.Now().Add(10 * time.Second); rounds.Load() == 0 && time.Now().
			Before(deadline); {
			time.Sleep(20 * time.Millisecond)
		}
		if rounds.Load() != 1 {
			t.Fatalf("%d rounds soon after the start", rounds.Load())
		}
		first.end(t) // the next leader must not do this hour again
		start()
		time.Sleep(7 * time.Second)
		if n := rounds.Load(); n != 1 && time.Now().Truncate(time.Hour).Equal(before) {
			t.Errorf("%d rounds in one hour", n)
		}
	})
}

func TestPeriodicWorkGoesOnAndOn(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var rounds atomic.Int32
		q := queueOn(t, dsn)
		q.Every("tick", time.Second, func(context.Context) error { rounds.Add(1); return nil })
		q.begin(t)
		for began := time.Now(); rounds.Load() < 3; time.Sleep(20 * time.Millisecond) {
			// the leader takes its time, up to seven seconds
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%d rounds", rounds.Load())
			}
		}
	})
}

func TestStoppingInAHurryGivesTheJobBack(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var c tally
		begun := make(chan struct{})
		q := queueOn(t, dsn)
		Handle(q, func(ctx context.Context, _ errand) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
		q.begin(t)
		q.add(t, Job{Args: errand{1}})
		<-begun
		hurry, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := q.Stop(hurry); err != nil {
			t.Fatal(err)
		}
		next := queueOn(t, dsn)
		Handle(next, func(_ context.Context, e errand) error { c.note(e.N); return nil })
		next.begin(t)
		c.wait(t, 1, 15*time.Second)
	})
}

func TestAKilledProcessGivesItsWorkBackWithinAMinute(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		var c tally
		q := queueOn(t, dsn)
		Handle(q, func(_ context.Context, e errand) error { c.note(e.N); return nil })
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victim+"="+dsn)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		q.add(t, Job{Args: errand{1}})
		if _, err := out.Read(make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
		cmd.Process.Kill() // it was the leader, too
		cmd.Wait()
		q.begin(t)
		c.wait(t, 1, time.Minute)
	})
}
