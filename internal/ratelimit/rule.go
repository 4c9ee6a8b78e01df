package ratelimit

import (
	"net/netip"
	"strings"
	"time"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/i18n"
)

// Rule says how often something may happen to one subject. Counting begins with the first and, once
// Window has passed since then, begins anew.
type Rule struct {
	Name   string        // keeps the counts of two rules apart
	Limit  int           // how many in one Window
	Window time.Duration // at most longest, with Keep at most Longest, or Sweep forgets too early
	Gap    time.Duration // the least time between two

	// Delay turns the limit from a wall into a slope: beyond it each one waits, from Delay doubling
	// up to Most after the one before, and counting begins anew only after a Window of quiet.
	Delay, Most time.Duration

	Keep bool // counts are kept for Longest rather than for a day
}

// The rules of the house.
var (
	// SignIn is for tries at one account: it slows guessing down to four an hour and never closes
	// the door.
	SignIn = Rule{Name: "sign-in", Limit: 5, Window: maxWindow, Delay: time.Second,
		Most: 15 * time.Minute}
	// Network is for wrong tries out of one network, whatever the account.
	Network = Rule{Name: "network", Limit: 30, Window: 5 * time.Minute}
	// StrangerMail is for mails to one mailbox that anyone can cause: password resets, join
	// confirmations. Who is limited by it is told the same as always.
	StrangerMail = Rule{Name: "stranger-mail", Limit: 3, Window: maxWindow, Gap: time.Minute}
	// MemberMail is for mails to one mailbox that a member causes by hand. Who is limited by it is
	// told so.
	MemberMail = Rule{Name: "member-mail", Limit: 10, Window: maxWindow, Gap: time.Minute}
	// JoinAddress is for one address at join forms; the answer stays the same.
	JoinAddress = Rule{Name: "join-address", Limit: 5, Window: time.Hour}
	// JoinNetwork is for one network at one join link: a class behind one router scans one poster.
	JoinNetwork = Rule{Name: "join-network", Limit: 300, Window: time.Hour}
	// AccountLook is for answers that tell one caller that an address has an account in another
	// organization.
	AccountLook = Rule{Name: "account-look", Limit: 100, Window: maxWindow}
	// AccountLookNote is for writing down that a caller is beyond AccountLook.
	AccountLookNote = Rule{Name: "account-look-note", Limit: 1, Window: maxWindow}
	// Move is for one person's wish to be the one that one invitation is for.
	Move = Rule{Name: "move", Limit: 1, Window: maxWindow}
)

// maxWindow is the longest window of all rules without Keep, Longest of those with it.
const (
	maxWindow     = 24 * time.Hour
	MaxKeptWindow = 30 * 24 * time.Hour
)

// clampToNow returns a row as of now. Transactions that overlap read their clocks before they get
// the row's lock, and processes have clocks of their own, so a row may say that something happened
// later than now. That counts as now: a rule cannot see the future, and a request is never refused
// because another one's clock is ahead.
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

// isWindowOver tells whether a row's window is past, so that it counts as if it were not there.
func (r Rule) isWindowOver(row *ent.Throttle, now time.Time) bool {
	since := row.WindowStart
	if r.Delay > 0 {
		since = row.LastAt
	}
	return !now.Before(since.Add(r.Window))
}

// waitTime is how long until one more may happen; 0 for now.
func (r Rule) waitTime(row *ent.Throttle, now time.Time) time.Duration {
	row, _ = clampToNow(row, now)
	if row.Count == 0 || r.isWindowOver(row, now) {
		return 0
	}
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

// delayAfter is what the doubling has come to after a number of tries beyond the free ones.
func (r Rule) delayAfter(past int) time.Duration {
	d := r.Delay
	for range past {
		if d *= 2; d >= r.Most {
			return r.Most
		}
	}
	return min(d, r.Most)
}

// Mailbox is the subject of rules about mails: where a mail to this identity key ends up. The part
// behind a plus is another account, but in nearly every place the same mailbox; counting it apart
// would let one person be flooded.
func Mailbox(addressKey string) string {
	local, domain, _ := strings.Cut(addressKey, "@")
	if base, _, tagged := strings.Cut(local, "+"); tagged && base != "" {
		local = base
	}
	return local + "@" + domain
}

// Unsent is the subject of emails that seem to go to a mailbox and do not. They are limited alike,
// so that the limit does not tell them apart, and use up nothing of the mailbox's own.
func Unsent(mailbox string) string { return "unsent " + mailbox }

// Origin is the subject of rules about networks: the address, for IPv6 its /64, of which one
// customer has them all.
func Origin(client netip.Addr) string {
	client = client.Unmap().WithZone("")
	if client.Is6() {
		if p, err := client.Prefix(64); err == nil {
			return p.String()
		}
	}
	return client.String() // 'invalid IP' where it is not known: strangers then share one count
}

// Tries refuses a try to sign in, and says for how long.
func Tries(wait time.Duration) *fault.Error { return newWaitFault("throttle.tries", wait) }

// Mails refuses to send one more mail to a mailbox, and says for how long.
func Mails(wait time.Duration) *fault.Error { return newWaitFault("throttle.mails", wait) }

// Asks refuses one more request of any other kind, and says for how long.
func Asks(wait time.Duration) *fault.Error { return newWaitFault("throttle.asks", wait) }

// newWaitFault names the time in the unit that a person would: nobody waits 840 seconds.
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
