package ratelimit

import (
	"sync"
	"time"
)

// Meter counts events of subjects in windows of fixed length, in the memory of this process. It costs
// no statement, so that it can count every request; with several processes a subject gets the limit
// from each of them. It is safe for concurrent use.
type Meter struct {
	limit  int
	window time.Duration

	mu    sync.Mutex
	began map[string]meterWindow
	swept time.Time // when windows that are over were last forgotten
}

// meterWindow is the running window of one subject.
type meterWindow struct {
	start time.Time
	count int
}

// Allowance is what a Meter says of one event.
type Allowance struct {
	Allowed   bool
	Remaining int           // events that are left in the window
	Reset     time.Duration // until the window ends
}

// NewMeter returns a meter of limit events in a window.
func NewMeter(limit int, window time.Duration) *Meter {
	return &Meter{limit: limit, window: window, began: map[string]meterWindow{}}
}

// Take counts one event of a subject. An event beyond the limit is not counted.
func (m *Meter) Take(subject string, now time.Time) Allowance {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forgetEnded(now)
	w := m.began[subject]
	// A clock that was set back must not make a subject wait for longer than a window.
	if age := now.Sub(w.start); age >= m.window || age < 0 {
		w = meterWindow{start: now}
	}
	// Refused events are not counted, so that a client which hammers is let in with the next window.
	allowed := w.count < m.limit
	if allowed {
		w.count++
	}
	m.began[subject] = w
	return Allowance{Allowed: allowed, Remaining: m.limit - w.count,
		Reset: m.window - now.Sub(w.start)}
}

// forgetEnded forgets the windows that are over, once in a window, so that the memory follows the
// subjects that are active.
func (m *Meter) forgetEnded(now time.Time) {
	if age := now.Sub(m.swept); age >= 0 && age < m.window {
		return
	}
	// Subjects that come again later begin a window of their own.
	m.swept = now
	for subject, w := range m.began {
		if now.Sub(w.start) >= m.window {
			delete(m.began, subject)
		}
	}
}
