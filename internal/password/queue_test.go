package password

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/fault"
)

// ask sends somebody into the queue and writes their name down when their turn comes; they stay
// until told to leave.
func ask(q *queue, ctx context.Context, name string, low bool, turns *[]string) {
	go func() {
		if err := q.enter(ctx, low); err == nil {
			*turns = append(*turns, name)
		}
	}()
	synctest.Wait()
}

func TestPeopleGoBeforeBatchesAndInTheirOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &queue{slots: 2, lowSlots: 1, limit: 10}
		var turns []string
		leave := func(low bool) {
			q.leave(low)
			synctest.Wait()
		}
		ask(q, t.Context(), "batch 1", true, &turns)
		ask(q, t.Context(), "batch 2", true, &turns)
		expect(t, turns, "batch 1") // the other slot is kept for people
		ask(q, t.Context(), "ada", false, &turns)
		expect(t, turns, "batch 1", "ada")
		ask(q, t.Context(), "bob", false, &turns)
		ask(q, t.Context(), "eve", false, &turns)
		expect(t, turns, "batch 1", "ada")
		leave(true) // a person waits no longer than the end of one hash
		expect(t, turns, "batch 1", "ada", "bob")
		leave(false)
		expect(t, turns, "batch 1", "ada", "bob", "eve")
		leave(false)
		expect(t, turns, "batch 1", "ada", "bob", "eve", "batch 2")
	})
}

func TestAFullQueueIsRefusedWithATimeToComeBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var turns []string
		for range 1 + maxWaiting {
			ask(&h.queue, ctx, "someone", false, &turns)
		}
		_, err := h.Hash(t.Context(), "some password")
		if f, ok := fault.Of(err); !ok || f.Code != fault.Unavailable ||
			f.RetryAfter != time.Second {
			t.Errorf("hash: %v", err)
		}
		if _, _, err := h.Verify(t.Context(), "some password", ""); !fault.Has(err,
			fault.Unavailable) {
			t.Errorf("verify: %v", err)
		}
		if err := h.Dummy(t.Context(), "some password"); !fault.Has(err, fault.Unavailable) {
			t.Errorf("an unknown account is told apart: %v", err)
		}
		ask(&h.queue, ctx, "batch", true, &turns) // a batch waits, however full it is
		if len(h.queue.waitsLow) != 1 {
			t.Error("the batch does not wait")
		}
		cancel()
		synctest.Wait()
		if len(h.queue.waiting)+len(h.queue.waitsLow) != 0 {
			t.Error("who went away still waits")
		}
	})
}

func TestATurnIsNeverLostToSomebodyWhoWentAway(t *testing.T) {
	t.Parallel()
	for range 5 {
		q := &queue{slots: 1, lowSlots: 1, limit: 10}
		if err := q.enter(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		came := make(chan error, 1)
		go func() { came <- q.enter(ctx, true) }()
		for waits := 0; waits == 0; {
			q.mu.Lock()
			waits = len(q.waitsLow)
			q.mu.Unlock()
		}
		// They go away, and before they can say so their turn comes.
		q.mu.Lock()
		cancel()
		time.Sleep(5 * time.Millisecond)
		q.end(false)
		q.mu.Unlock()
		if err := <-came; err == nil {
			q.leave(true) // woken by the turn first, which is as good
		} else if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if q.running != 0 || q.low != 0 || len(q.waitsLow) != 0 {
			t.Fatalf("running %d, low %d, waiting %d", q.running, q.low, len(q.waitsLow))
		}
	}
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("turns %v, want %v", got, want)
	}
}
