package outbox

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The first failure is logged at once, the others by one line a minute, and the last ones when the
// outbox closes. After that nothing is written, whatever the clock says.
func TestFailuresAreCountedInOneLineAMinuteUntilTheOutboxCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		written := make(lineWriter, 10)
		failures := &failureLog{
			log: slog.New(slog.NewTextHandler(written, nil)), interval: failureLogInterval,
		}
		expectLines := func(when string, want ...string) {
			t.Helper()
			synctest.Wait()
			if len(written) != len(want) {
				t.Fatalf("%s: %d lines, want %d", when, len(written), len(want))
			}
			for _, part := range want {
				if line := <-written; !strings.Contains(line, part) {
					t.Errorf("%s: %q, want %q in it", when, line, part)
				}
			}
		}
		failures.addFailure("JOIN_REJECTED", outcomeDelayed, "greylisted")
		expectLines("the first failure", "count=1 failed=0 delayed=1")
		failures.addFailure("JOIN_REJECTED", outcomeDelayed, "greylisted")
		failures.addFailure("JOIN_REJECTED", outcomeFailed, "no such mailbox")
		expectLines("further failures")
		time.Sleep(failureLogInterval)
		expectLines("a minute later", "count=2 failed=1 delayed=1")
		failures.addFailure("JOIN_REJECTED", outcomeSender, "refused")
		failures.close()
		expectLines("closed", "count=1 failed=0 delayed=0 sender=1")
		time.Sleep(2 * failureLogInterval)
		expectLines("long after")
	})
}

// lineWriter passes on what is written.
type lineWriter chan string

func (w lineWriter) Write(line []byte) (int, error) {
	w <- string(line)
	return len(line), nil
}
