package outbox

import (
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// The outcomes of tries, as the metric names them.
const (
	outcomeSent    = "sent"
	outcomeFailed  = "failed"  // given up
	outcomeDropped = "dropped" // its reason was gone
	outcomeDelayed = "delayed" // the recipient's server asked to come again, or did not answer
	outcomeSender  = "sender"  // our mail server could not be used; the mail waits
	outcomeError   = "error"   // the mail could not be written
	outcomeBounced = "bounced" // it came back
)

var deliveryTries = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "usher_mails_total",
	Help: "Tries to send a mail by this process, by kind and outcome: sent, failed, dropped, delayed, sender, error, bounced.",
}, []string{"kind", "outcome"})

// failureLogInterval is how often trouble with mail is logged: a mail server that is away for a
// night is one line a minute.
const failureLogInterval = time.Minute

// failureLog gathers failed tries into a line of the log now and then.
type failureLog struct {
	log      *slog.Logger
	interval time.Duration

	mu      sync.Mutex
	counts  map[string]int
	kind    string
	reason  string
	waiting bool // a line is due at the end of the pace
}

// addFailure counts a try that failed. The first one is logged immediately, what follows with the
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
	t.log.Warn("mail delivery failing", "count", total, "failed", t.counts[outcomeFailed],
		"delayed", t.counts[outcomeDelayed],
		"sender", t.counts[outcomeSender], "kind", t.kind, "reason", t.reason)
	t.counts = nil
}
