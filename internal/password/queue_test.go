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

// askTurn sends somebody into the queue and writes their name down when their turn comes; they stay
// until told to leave.
func askTurn(q *hashQueue, ctx context.Context, name string, low bool, turns *[]string) {
	go func() {
		if err := q.waitTurn(ctx, low); err == nil {
			*turns = append(*turns, name)
		}
	}()
	synctest.Wait()
}

func TestPeopleGoBeforeBatchesAndInTheirOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &hashQueue{slots: 2, lowSlots: 1, maxWaiting: 10}
		var turns []string
		leave := func(low bool) {
			q.releaseTurn(low)
			synctest.Wait()
		}
		askTurn(q, t.Context(), "batch 1", true, &turns)
		askTurn(q, t.Context(), "batch 2", true, &turns)
		expectTurns(t, turns, "batch 1") // the other slot is kept for people
		askTurn(q, t.Context(), "ada", false, &turns)
		expectTurns(t, turns, "batch 1", "ada")
		askTurn(q, t.Context(), "bob", false, &turns)
		askTurn(q, t.Context(), "eve", false, &turns)
		expectTurns(t, turns, "batch 1", "ada")
		leave(true) // a person waits no longer than the end of one hash
		expectTurns(t, turns, "batch 1", "ada", "bob")
		leave(false)
		expectTurns(t, turns, "batch 1", "ada", "bob", "eve")
		leave(false)
		expectTurns(t, turns, "batch 1", "ada", "bob", "eve", "batch 2")
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
			askTurn(&h.queue, ctx, "someone", false, &turns)
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
		askTurn(&h.queue, ctx, "batch", true, &turns) // a batch waits, however full it is
		if len(h.queue.waitingLow) != 1 {
			t.Error("the batch does not wait")
		}
		cancel()
		synctest.Wait()
		if len(h.queue.waiting)+len(h.queue.waitingLow) != 0 {
			t.Error("who went away still waits")
		}
	})
}

func TestATurnIsNeverLostToSomebodyWhoWentAway(t *testing.T) {
	t.Parallel()
	for range 5 {
		q := &hashQueue{slots: 1, lowSlots: 1, maxWaiting: 10}
		if err := q.waitTurn(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		came := make(chan error, 1)
		go func() { came <- q.waitTurn(ctx, true) }()
		for waits := 0; waits == 0; {
			q.mu.Lock()
			waits = len(q.waitingLow)
			q.mu.Unlock()
		}
		// They go away, and before they can say so their turn comes.
		q.mu.Lock()
		cancel()
		time.Sleep(5 * time.Millisecond)
		q.releaseLocked(false)
		q.mu.Unlock()
		if err := <-came; err == nil {
			q.releaseTurn(true) // woken by the turn first, which is as good
		} else if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if q.running != 0 || q.runningLow != 0 || len(q.waitingLow) != 0 {
			t.Fatalf("running %d, low %d, waiting %d", q.running, q.runningLow, len(q.waitingLow))
		}
	}
}

func expectTurns(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("turns %v, want %v", got, want)
	}
}
