package ratelimit

import (
	"fmt"
	"testing"
	"time"
)

func TestAMeterCountsEachSubjectInItsWindow(t *testing.T) {
	t.Parallel()
	m := NewMeter(2, time.Minute)
	for _, c := range []struct {
		subject   string
		after     time.Duration
		allowed   bool
		remaining int
		reset     time.Duration
	}{
		{"a", 0, true, 1, time.Minute},
		{"a", 10 * time.Second, true, 0, 50 * time.Second},
		{"a", 20 * time.Second, false, 0, 40 * time.Second},
		{"b", 20 * time.Second, true, 1, time.Minute},
		{"a", time.Minute, true, 1, time.Minute},
		{"a", -time.Hour, true, 1, time.Minute}, // the clock was set back
	} {
		got := m.Take(c.subject, noon.Add(c.after))
		if want := (Allowance{c.allowed, c.remaining, c.reset}); got != want {
			t.Errorf("%s after %v: %+v, want %+v", c.subject, c.after, got, want)
		}
	}
}

func TestAMeterForgetsWindowsThatAreOver(t *testing.T) {
	t.Parallel()
	m := NewMeter(1, time.Minute)
	for i := range 1_000 {
		m.Take(fmt.Sprint(i), noon)
	}
	m.Take("new", noon.Add(time.Minute))
	if len(m.began) != 1 {
		t.Errorf("%d windows are kept", len(m.began))
	}
}
