// Package outbox keeps the promise of a mail: one row in the transaction that owes it, sent after
// the commit by whichever process comes first, with its outcome beside it for people to see.
//
// A row holds ids, not words. When its time comes, the composer of its kind reads what it is about
// again and either writes it or says Gone, because it no longer holds. So links and passwords are
// made at the last moment and stored nowhere, and a mail never tells what was true last week.
//
// The life of a row:
//
//	QUEUED ──sent──▶ SENT ──bounced──▶ BOUNCED
//	  │ ▲ └──gone──▶ DROPPED
//	  │ ├─ temporary failure: again after 30 s, 2 min, … 4 h, for three days, in a lane of its own (firsttry.go)
//	  │ └─ our mail server cannot be used: again as soon as it can, and no try is counted
//	  └─refused──▶ FAILED ──Retry──▶ QUEUED
//
// A mail is sent at least once. When a process dies between the mail server's yes and the commit of
// SENT, another one sends it again, under the same Message-ID, by which mailboxes recognise a copy.
// Where the next try finds its reason gone, the mail counts as SENT: it may have arrived.
package outbox

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"usher/ent"
	"usher/internal/ident"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/store"
)

// ErrGone is what a composer returns when there is nothing to say any more. It is a verdict, not a
// failure.
var ErrGone error = goneError{}

type goneError struct{}

func (goneError) Error() string { return "outbox: the reason for this mail is gone" }

// Headers is what an envelope may carry besides the address of the row.
type Headers struct {
	ReplyTo         string // "Name <address>"
	ToName          string
	ListUnsubscribe string // the 'do not mail me again' page, absolute
}

// Composer reads what a mail is about and says what it says, or Gone. Any other error is tried
// again like a temporary failure of the mail server. It may be called several times for one mail.
// Its context carries no scope.
type Composer func(ctx context.Context, m *ent.Mail) (mail.Content, Headers, error)

// Listener learns how a mail fared, in the transaction that writes it down: m has its new status,
// attempts and error. A temporary failure leaves it QUEUED, with an error. The context carries no
// scope.
type Listener func(ctx context.Context, tx *store.Tx, m *ent.Mail) error

// Options are what an outbox needs.
type Options struct {
	Store     *store.Store
	Queue     *jobs.Queue
	Sender    mail.Sender // nil: Usher sends no mail
	PublicURL *url.URL    // its host ends every Message-ID
	Logger    *slog.Logger
	Clock     func() time.Time
	// waits after the first, second, … temporary failure; the last one repeats
	Backoff []time.Duration
}

// Outbox sends mails. Kinds and listeners are registered before the queue starts.
type Outbox struct {
	store      *store.Store
	queue      *jobs.Queue
	sender     mail.Sender
	host       string
	log        *slog.Logger
	clock      func() time.Time
	backoff    []time.Duration
	composers  map[mail.Kind]Composer
	listeners  []Listener
	firstTries *firstTryLimiter
	failures   *failureLog
}

// defaultBackoff suits what delays mail: grey-listing lets through after minutes, a full mailbox or
// a broken server after hours.
var defaultBackoff = []time.Duration{
	30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour,
	4 * time.Hour,
}

// New makes an outbox and has the queue work its jobs.
func New(o Options) *Outbox {
	c := &Outbox{
		store: o.Store, queue: o.Queue, sender: o.Sender, host: messageIDHost(o.PublicURL),
		log: o.Logger, clock: o.Clock,
		backoff: o.Backoff, composers: map[mail.Kind]Composer{}, firstTries: newFirstTryLimiter(),
	}
	if c.log == nil {
		c.log = slog.Default()
	}
	if c.clock == nil {
		c.clock = time.Now
	}
	if len(c.backoff) == 0 {
		c.backoff = defaultBackoff
	}
	c.failures = &failureLog{log: c.log, interval: failureLogInterval}
	jobs.Handle(c.queue, c.deliverFirstTry)
	jobs.Handle(c.queue, c.deliverRetry)
	jobs.Handle(c.queue, c.enqueueBatch)
	return c
}

// Sends tells whether there is a mail server. Without one, invitations are made to be copied as
// links, and no mail should be posted that a person would wait for.
func (c *Outbox) Sends() bool { return c.sender != nil }

// Compose says who writes the mails of a kind.
func (c *Outbox) Compose(kind mail.Kind, composer Composer) { c.composers[kind] = composer }

// Listen adds a listener. It is told of all kinds.
func (c *Outbox) Listen(l Listener) { c.listeners = append(c.listeners, l) }

// currentTime is truncated to what PostgreSQL can store.
func (c *Outbox) currentTime() time.Time { return c.clock().UTC().Truncate(time.Microsecond) }

// messageID names a mail, the same at each try.
func (c *Outbox) messageID(i ident.ID) string { return "<" + i.String() + "@" + c.host + ">" }

// messageIDHost is the right side of our Message-IDs, which must be a plain name: an IPv6 address
// is none.
func messageIDHost(u *url.URL) string {
	if u == nil || u.Hostname() == "" || strings.Contains(u.Hostname(), ":") {
		return "localhost"
	}
	return u.Hostname()
}

// asSystem lifts the fence: a mail may belong to a workspace or to an account, and is sent on
// nobody's behalf.
func asSystem(ctx context.Context) context.Context {
	return store.AsSystem(ctx, "mails are kept and sent for all workspaces")
}
