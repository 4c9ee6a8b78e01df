package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/store"
)

const (
	retryPeriod = 3 * 24 * time.Hour // how long temporary failures are tried again
	// sendTimeout leaves the rest of jobs.Timeout to write down what came of it.
	sendTimeout   = 13 * time.Second
	recordTimeout = 4 * time.Second
)

// deliverFirstTry is the job of a first try.
func (c *Outbox) deliverFirstTry(ctx context.Context, d deliveryJob) (err error) {
	defer fault.Annotate(&err, "deliver first try")

	m, err := c.loadDueMail(ctx, d.Mail, d.Due)
	if m == nil || err != nil {
		return err
	}
	if m.Attempts > 0 {
		// It failed before. Its next try has a job already, unless the process died between the
		// two, or the mail is older than the slow lane.
		return c.store.WithTx(ctx, func(tx *store.Tx) error {
			return c.insertRetryJob(ctx, tx, m, m.Attempts, false, c.currentTime())
		})
	}
	ctx, leave, err := c.firstTries.acquireSlot(ctx)
	if err != nil {
		return jobs.Snooze(time.Second) // the process stops, or is very busy
	}
	defer leave()
	return c.attemptDelivery(ctx, m, jobs.Interrupted(ctx))
}

// deliverRetry is the job of every other try.
func (c *Outbox) deliverRetry(ctx context.Context, d retryJob) (err error) {
	defer fault.Annotate(&err, "deliver retry")

	m, err := c.loadDueMail(ctx, d.Mail, d.Due)
	if m == nil || err != nil || m.Attempts != d.Attempts {
		return err
	}
	return c.attemptDelivery(ctx, m, d.Unclear || jobs.Interrupted(ctx))
}

// loadDueMail returns the mail of a job, nil when there is nothing to do for that job any more.
func (c *Outbox) loadDueMail(ctx context.Context, id ident.ID, due int64) (*ent.Mail, error) {
	m, err := c.store.Mail.Get(asSystem(ctx), id)
	if ent.IsNotFound(err) {
		return nil, nil // deleted with what it was about
	}
	if err != nil {
		return nil, fmt.Errorf("outbox: read mail %s: %w", id, err)
	}
	if m.Status != entmail.StatusQueued || m.DueAt.UnixMicro() != due {
		return nil, nil // settled, or overtaken by another job
	}
	return m, nil
}

// attemptDelivery sends one mail and writes down how it fared. handedOver tells that an earlier try
// may have delivered it.
func (c *Outbox) attemptDelivery(ctx context.Context, m *ent.Mail, handedOver bool) error {
	err := c.composeAndSend(ctx, m)
	// What the mail server said must be kept even when we are told to stop just now.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	var failed *mail.DeliveryError
	switch {
	case err == nil:
		c.countOutcome(m, outcomeSent, "")
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusSent})
	case errors.Is(err, ErrGone) && handedOver:
		// The mail was on its way when the process died, or when the server fell silent. Whether it
		// arrived nobody knows; a mail that did must not be said to have been dropped.
		c.countOutcome(m, outcomeSent, "")
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusSent})
	case errors.Is(err, ErrGone):
		c.countOutcome(m, outcomeDropped, "")
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusDropped})
	case !errors.As(err, &failed):
		c.log.ErrorContext(ctx, "compose mail failed", "mail", m.ID.String(), "kind", m.Kind,
			"error", err)
		reason := i18n.T(i18n.English, "outbox.unwritten", nil)
		c.countOutcome(m, outcomeError, reason)
		return c.scheduleRetry(ctx, m, reason, handedOver)
	case failed.Permanent:
		c.countOutcome(m, outcomeFailed, failed.Reason)
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusFailed,
			reason: failed.Reason})
	case failed.Sender:
		c.countOutcome(m, outcomeSender, failed.Reason)
		return c.waitForSender(ctx, m, failed.Reason)
	}
	c.countOutcome(m, outcomeDelayed, failed.Reason)
	return c.scheduleRetry(ctx, m, failed.Reason, handedOver || failed.Unclear)
}

// countOutcome counts a try, and logs what went wrong.
func (c *Outbox) countOutcome(m *ent.Mail, outcome, reason string) {
	deliveryTries.WithLabelValues(m.Kind, outcome).Inc()
	if reason != "" {
		c.failures.addFailure(m.Kind, outcome, reason)
	}
}

// composeAndSend writes a mail and hands it over.
func (c *Outbox) composeAndSend(ctx context.Context, m *ent.Mail) error {
	if c.sender == nil { // it was posted when there was a mail server; there may be one again
		return &mail.DeliveryError{Reason: i18n.T(i18n.English, "outbox.no_server", nil)}
	}
	compose := c.composers[mail.Kind(m.Kind)]
	if compose == nil {
		return fmt.Errorf("outbox: nobody composes %s", m.Kind)
	}
	content, extra, err := compose(ctx, m)
	if err != nil {
		return err
	}
	content.Kind = mail.Kind(m.Kind)
	rendered, err := mail.Render(content)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return c.sender.Send(ctx, mail.Envelope{
		ReplyTo: extra.ReplyTo, To: m.To, ToName: extra.ToName, MessageID: c.messageID(m.ID),
		Rendered: rendered,
		Again:    m.Attempts > 0, ListUnsubscribe: extra.ListUnsubscribe,
	})
}

// senderWait is how long a mail waits that our own mail server could not be given. The sender
// itself waits for a server that is away (mail.SMTP), so this only spreads the waiting mails.
const senderWait = 5 * time.Second

// waitForSender has a mail tried again soon, without counting a try: nothing was wrong with it. It
// is given up after the same time as any other.
func (c *Outbox) waitForSender(ctx context.Context, m *ent.Mail, reason string) error {
	if c.currentTime().After(m.DueAt.Add(retryPeriod)) {
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusFailed, reason: reason})
	}
	if m.Error == nil || *m.Error != reason {
		if err := c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusQueued, reason: reason,
			uncounted: true}); err != nil {
			return err
		}
	}
	return jobs.Snooze(jobs.Jittered(senderWait))
}

// scheduleRetry has a mail tried again, or gives it up when that has gone on for too long.
func (c *Outbox) scheduleRetry(ctx context.Context, m *ent.Mail, reason string,
	unclear bool) error {
	wait := jobs.Jittered(c.backoff[min(m.Attempts, len(c.backoff)-1)])
	if c.currentTime().Add(wait).After(m.DueAt.Add(retryPeriod)) {
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusFailed, reason: reason})
	}
	return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusQueued, reason: reason,
		retryAt: c.currentTime().Add(wait), unclear: unclear})
}

// tryOutcome is how a try ended.
type tryOutcome struct {
	status    entmail.Status
	reason    string
	uncounted bool      // the try does not count
	retryAt   time.Time // when it is tried again in the slow lane; zero for never
	unclear   bool      // it may have been delivered
}

// recordOutcome writes down how a try ended and tells the listeners, in one transaction. A listener
// that fails must not make us send the same mail again: after a second try the outcome is kept
// without it, and the log tells.
func (c *Outbox) recordOutcome(ctx context.Context, m *ent.Mail, o tryOutcome) error {
	err := c.writeOutcome(ctx, m, o, c.listeners)
	if err == nil {
		return nil
	}
	if err = c.writeOutcome(ctx, m, o, c.listeners); err == nil {
		return nil
	}
	c.log.ErrorContext(ctx, "record mail outcome failed", "mail", m.ID.String(), "status", o.status,
		"error", err)
	return c.writeOutcome(ctx, m, o, nil)
}

// writeOutcome moves a mail out of the status that it was read with. When somebody else did so
// first, theirs holds.
func (c *Outbox) writeOutcome(ctx context.Context, m *ent.Mail, o tryOutcome,
	listeners []Listener) error {
	return c.store.WithTx(ctx, func(tx *store.Tx) error {
		update := tx.Mail.Update().Where(entmail.ID(m.ID), entmail.StatusEQ(m.Status)).
			SetStatus(o.status)
		if m.Status == entmail.StatusQueued && o.status != entmail.StatusDropped && !o.uncounted {
			update.AddAttempts(1)
		}
		if o.status == entmail.StatusSent {
			update.SetSentAt(c.currentTime())
		}
		if o.reason == "" {
			update.ClearError()
		} else {
			update.SetError(o.reason)
		}
		n, err := update.Save(asSystem(ctx))
		if err != nil || n == 0 {
			return err
		}
		if !o.retryAt.IsZero() {
			if err := c.insertRetryJob(ctx, tx, m, m.Attempts+1, o.unclear, o.retryAt); err != nil {
				return err
			}
		}
		return notifyListeners(ctx, tx, m.ID, listeners)
	})
}

// notifyListeners has the listeners see a mail as it is now.
func notifyListeners(ctx context.Context, tx *store.Tx, id ident.ID, listeners []Listener) error {
	m, err := tx.Mail.Get(asSystem(ctx), id)
	if err != nil {
		return err
	}
	for _, listen := range listeners {
		if err := listen(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}
