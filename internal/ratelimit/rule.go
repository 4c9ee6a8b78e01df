package ratelimit

import (
	"net/netip"
	"strings"
	"time"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/i18n"
)

// Rule limits how often something may happen to one subject. A window starts with the first event;
// the first event after its end starts a new one.
type Rule struct {
	Name   string        // part of the row key; a stored word, never changed
	Limit  int           // events in one Window
	Window time.Duration // at most maxWindow, with Keep MaxKeptWindow: older counts are deleted
	Gap    time.Duration // minimum time between two events

	// With Delay, each event beyond Limit waits instead of being refused for the rest of the
	// window. The wait since the previous event starts at Delay and doubles up to Most. The count
	// is reset after a Window without events.
	Delay, Most time.Duration

	Keep bool // counts are kept for MaxKeptWindow instead of a day
}

// The rules that several packages share.
var (
	// SignIn limits attempts at one account. It slows guessing to four an hour and never locks the
	// account.
	SignIn = Rule{Name: "sign-in", Limit: 5, Window: maxWindow, Delay: time.Second,
		Most: 15 * time.Minute}
	// Network limits failed attempts from one network, at any account.
	Network = Rule{Name: "network", Limit: 30, Window: 5 * time.Minute}
	// WrongKey limits API keys that do not exist, from one network.
	WrongKey = Rule{Name: "wrong-key", Limit: 30, Window: 5 * time.Minute}
	// StrangerMail limits emails to one mailbox that anyone can cause: password resets, join
	// confirmations. The response does not tell that the limit applied.
	StrangerMail = Rule{Name: "stranger-mail", Limit: 3, Window: maxWindow, Gap: time.Minute}
	// MemberMail limits emails to one mailbox that a member causes manually. The member gets
	// RATE_LIMITED.
	MemberMail = Rule{Name: "member-mail", Limit: 10, Window: maxWindow, Gap: time.Minute}
	// JoinAddress limits requests for one address at join forms. The response does not tell that
	// the limit applied.
	JoinAddress = Rule{Name: "join-address", Limit: 5, Window: time.Hour}
	// JoinNetwork limits requests from one network at one join link. It is high because a whole
	// class may share one router.
	JoinNetwork = Rule{Name: "join-network", Limit: 300, Window: time.Hour}
	// AccountLookup limits responses that tell one caller that an address has an account in another
	// organization.
	AccountLookup = Rule{Name: "account-look", Limit: 100, Window: maxWindow}
	// AccountLookupByLink makes many answers of one copied link one look.
	AccountLookupByLink = Rule{Name: "account-look-link", Limit: 1, Window: maxWindow}
	// AccountLookupNote limits audit entries about a caller that exceeds AccountLookup.
	AccountLookupNote = Rule{Name: "account-look-note", Limit: 1, Window: maxWindow}
	// Move limits requests of one person to move one invitation to their account.
	Move = Rule{Name: "move", Limit: 1, Window: maxWindow}
)

// maxWindow is the maximum window of rules without Keep, MaxKeptWindow of rules with it.
const (
	maxWindow     = 24 * time.Hour
	MaxKeptWindow = 30 * 24 * time.Hour
)

// clampToNow returns the row with times after now set to now, and whether it changed any.
// Overlapping transactions read their clocks before they get the row's lock, and clocks of
// processes differ, so a row may hold a time in the future. Without this, a request could be
// refused because another process's clock is ahead.
func clampToNow(row *ent.Throttle, now time.Time) (at *ent.Throttle, moved bool) {
	if !row.LastAt.After(now) && !row.WindowStart.After(now) {
		return row, false
	}
	copied := *row
	if copied.LastAt.After(now) {
		copied.LastAt = now
	}
	if copied.WindowStart.After(now) {
		copied.WindowStart = now
	}
	return &copied, true
}

// isWindowOver reports whether the row's window has ended, so that its count no longer applies.
func (r Rule) isWindowOver(row *ent.Throttle, now time.Time) bool {
	since := row.WindowStart
	if r.Delay > 0 {
		since = row.LastAt
	}
	return !now.Before(since.Add(r.Window))
}

// waitTime returns the time until the next event is allowed, 0 when it is allowed now.
func (r Rule) waitTime(row *ent.Throttle, now time.Time) time.Duration {
	row, _ = clampToNow(row, now)
	if row.Count == 0 || r.isWindowOver(row, now) {
		return 0
	}
	// Gap and limit hold together: the later of the two times counts.
	until := now
	if r.Gap > 0 {
		until = row.LastAt.Add(r.Gap)
	}
	if past := row.Count - r.Limit; past >= 0 {
		full := row.WindowStart.Add(r.Window)
		if r.Delay > 0 {
			full = row.LastAt.Add(r.delayAfter(past))
		}
		if full.After(until) {
			until = full
		}
	}
	return max(until.Sub(now), 0)
}

// delayAfter returns Delay, doubled once for each event beyond the limit, at most Most.
func (r Rule) delayAfter(past int) time.Duration {
	d := r.Delay
	for range past {
		if d *= 2; d >= r.Most {
			return r.Most
		}
	}
	return min(d, r.Most)
}

// Mailbox returns the subject of email limits for an address key: the address without its plus tag.
// A tagged address is another account but almost always the same mailbox, so separate counts would
// allow flooding it.
func Mailbox(addressKey string) string {
	local, domain, _ := strings.Cut(addressKey, "@")
	if base, _, tagged := strings.Cut(local, "+"); tagged && base != "" {
		local = base
	}
	return local + "@" + domain
}

// Unsent returns the subject of emails that are reported as sent and are not. They have the same
// limits, so that the limit does not reveal them, and do not count against the mailbox.
func Unsent(mailbox string) string { return "unsent " + mailbox }

// Origin returns the subject of network limits: an IPv4 address, or the /64 of an IPv6 address,
// because one customer usually has a whole /64.
func Origin(client netip.Addr) string {
	client = client.Unmap().WithZone("")
	if client.Is6() {
		if p, err := client.Prefix(64); err == nil {
			return p.String()
		}
	}
	return client.String() // "invalid IP" when unknown: all such clients share one count
}

// TooManyAttempts returns the RATE_LIMITED fault of a sign-in attempt, with the wait.
func TooManyAttempts(wait time.Duration) *fault.Error {
	return newWaitFault("throttle.tries", wait)
}

// TooManyEmails returns the RATE_LIMITED fault of an email to a mailbox, with the wait.
func TooManyEmails(wait time.Duration) *fault.Error { return newWaitFault("throttle.mails", wait) }

// TooManyRequests returns the RATE_LIMITED fault of any other request, with the wait.
func TooManyRequests(wait time.Duration) *fault.Error { return newWaitFault("throttle.asks", wait) }

// newWaitFault returns a RATE_LIMITED fault whose message gives the wait in seconds, minutes or
// hours.
func newWaitFault(topic string, wait time.Duration) *fault.Error {
	unit, key := time.Second, topic+"_seconds"
	switch {
	case wait > 2*time.Hour:
		unit, key = time.Hour, topic+"_hours"
	case wait > 2*time.Minute:
		unit, key = time.Minute, topic+"_minutes"
	}
	e := fault.Limited(wait, key)
	e.Message.Args = i18n.Args{"Count": int((wait + unit - 1) / unit)}
	return e
}
