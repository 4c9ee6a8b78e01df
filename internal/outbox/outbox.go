// Package outbox implements a transactional outbox for emails. An email is a row that is inserted
// in the caller's transaction. Any process sends it after the commit and stores the outcome in the
// row.
//
// A row holds ids and no text. At delivery the composer of its kind loads the subject again and
// returns the text, or ErrGone when the reason for the email no longer exists. So links and
// passwords are created at delivery and stored nowhere, and an email never contains outdated facts.
//
// The states of a row:
//
//	QUEUED ──sent──▶ SENT ──bounced──▶ BOUNCED
//	  │ ▲ └──gone──▶ DROPPED
//	  │ ├─ temporary failure: retry after 30 s, 2 min, … 4 h, for three days, in a queue of its own
//	  │ └─ our mail server is unavailable: retry when it answers; no attempt is counted
//	  └─refused──▶ FAILED ──Retry──▶ QUEUED
//
// Delivery is at least once. When a process dies between the server's reply and the commit of SENT,
// another one sends the email again under the same Message-ID, by which mailboxes recognize a
// duplicate. If the next attempt finds the reason gone, the email counts as SENT, because it may
// have arrived.
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

// ErrGone is what a composer returns when the reason for the email no longer exists. The email
// becomes DROPPED, which is no failure.
var ErrGone error = goneError{}

// goneError is the type of ErrGone.
type goneError struct{}

func (goneError) Error() string { return "outbox: the reason for this email no longer exists" }

// Headers are the optional headers of an email.
type Headers struct {
	ReplyTo         string // "Name <address>"
	ToName          string
	ListUnsubscribe string // page to stop emails, absolute
}

// Composer loads the subject of an email and returns its content, or ErrGone. Any other error is
// retried like a temporary failure of the mail server. It may be called several times for one
// email. Its context carries no scope.
type Composer func(ctx context.Context, m *ent.Mail) (mail.Content, Headers, error)

// Listener is called with each outcome, in the transaction that stores it: m has the new status,
// attempts and error. After a temporary failure the email is QUEUED with an error. The context
// carries no scope.
type Listener func(ctx context.Context, tx *store.Tx, m *ent.Mail) error

// Options are what an outbox needs.
type Options struct {
	Store     *store.Store
	Queue     *jobs.Queue
	Sender    mail.Sender // nil: Usher sends no emails
	PublicURL *url.URL    // its host ends every Message-ID
	Logger    *slog.Logger
	Clock     func() time.Time
	// waits after the first, second, … temporary failure; the last one repeats
	Backoff []time.Duration
}

// Outbox stores and sends emails. Composers and listeners must be registered before the queue
// starts.
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

// defaultBackoff fits the usual delays: greylisting ends after minutes, a full mailbox or a broken
// server after hours.
var defaultBackoff = []time.Duration{
	30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour,
	4 * time.Hour,
}

// New returns an outbox and registers its job handlers with the queue.
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

// Close logs the failures that no line has counted yet. The queue must have stopped.
func (c *Outbox) Close() { c.failures.close() }

// Sends reports whether a mail server is configured. Without one, invitations are shared by copied
// links, and callers should not post an email that a person waits for.
func (c *Outbox) Sends() bool { return c.sender != nil }

// Compose registers the composer of a kind.
func (c *Outbox) Compose(kind mail.Kind, composer Composer) { c.composers[kind] = composer }

// Listen adds a listener for emails of all kinds.
func (c *Outbox) Listen(l Listener) { c.listeners = append(c.listeners, l) }

// currentTime returns the clock's time in UTC, truncated to PostgreSQL's precision.
func (c *Outbox) currentTime() time.Time { return c.clock().UTC().Truncate(time.Microsecond) }

// messageID returns the Message-ID of an email, the same at each attempt.
func (c *Outbox) messageID(id ident.ID) string { return "<" + id.String() + "@" + c.host + ">" }

// messageIDHost returns the right side of Message-IDs. It must be a plain name, so an IPv6 address
// becomes localhost.
func messageIDHost(u *url.URL) string {
	if u == nil || u.Hostname() == "" || strings.Contains(u.Hostname(), ":") {
		return "localhost"
	}
	return u.Hostname()
}

// asSystem disables the tenant filter: an email may belong to a workspace or to an account, and no
// caller sends it.
func asSystem(ctx context.Context) context.Context {
	return store.AsSystem(ctx, "emails are stored and sent for all workspaces")
}
