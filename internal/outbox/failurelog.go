package outbox

import (
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// The outcomes of attempts, as values of the metric.
const (
	outcomeSent    = "sent"
	outcomeFailed  = "failed"  // refused permanently, or given up
	outcomeDropped = "dropped" // the reason for the email no longer exists
	outcomeDelayed = "delayed" // temporary failure; the email is tried again
	outcomeSender  = "sender"  // our mail server is unavailable; the email waits
	outcomeError   = "error"   // composing the email failed
	outcomeBounced = "bounced" // a bounce was reported after delivery
)

var deliveryTries = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "usher_mails_total",
	Help: "Attempts to send an email by this process, by kind and outcome: sent, failed, dropped, delayed, sender, error, bounced.",
}, []string{"kind", "outcome"})

// failureLogInterval is the interval of log lines about failures: a mail server that is down for a
// night causes one line a minute.
const failureLogInterval = time.Minute

// failureLog combines failed attempts into one log line for each interval.
type failureLog struct {
	log      *slog.Logger
	interval time.Duration

	mu      sync.Mutex
	counts  map[string]int
	kind    string
	reason  string
	waiting *time.Timer // set while a line is due at the end of the interval
}

// addFailure counts a failed attempt. The first one is logged immediately, further ones with the
// next line.
func (t *failureLog) addFailure(kind, outcome, reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	t.counts[outcome]++
	t.kind, t.reason = kind, reason
	// A line was written less than the interval ago. The next one tells the sum.
	if t.waiting != nil {
		return
	}
	t.writeLine()
	t.waiting = time.AfterFunc(t.interval, t.flushCounts)
}

// flushCounts writes the failures since the last line, and waits again. After an interval without
// failures it stops, and the next failure is logged immediately.
func (t *failureLog) flushCounts() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting == nil { // closed while this call waited for the mutex
		return
	}
	t.waiting = nil
	if len(t.counts) == 0 {
		return
	}
	t.writeLine()
	t.waiting = time.AfterFunc(t.interval, t.flushCounts)
}

// close writes the line that is due, if any failure waits for one.
func (t *failureLog) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting == nil {
		return
	}
	t.waiting.Stop()
	t.waiting = nil
	if len(t.counts) > 0 {
		t.writeLine()
	}
}

// writeLine logs the counts and clears them. Kind and reason are those of the latest failure; a
// line for each would fill the log while a mail server is down. The caller holds the mutex.
func (t *failureLog) writeLine() {
	total := 0
	for _, n := range t.counts {
		total += n
	}
	t.log.Warn("email delivery failing", "count", total, "failed", t.counts[outcomeFailed],
		"delayed", t.counts[outcomeDelayed],
		"sender", t.counts[outcomeSender], "kind", t.kind, "reason", t.reason)
	t.counts = nil
}
