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
	waiting bool // a line is due at the end of the interval
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
	if t.waiting {
		return
	}
	t.writeLine()
	t.waiting = true
	time.AfterFunc(t.interval, t.flushCounts)
}

func (t *failureLog) flushCounts() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = false
	if len(t.counts) == 0 {
		return
	}
	t.writeLine()
	t.waiting = true
	time.AfterFunc(t.interval, t.flushCounts)
}

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
