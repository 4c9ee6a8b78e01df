package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/ent/workspace"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/store"
)

const (
	retryPeriod = 3 * 24 * time.Hour // how long temporary failures are tried again
	// sendTimeout leaves the rest of jobs.Timeout for storing the outcome.
	sendTimeout   = 13 * time.Second
	recordTimeout = 4 * time.Second
)

// deliverFirstTry is the job handler of a first attempt.
func (c *Outbox) deliverFirstTry(ctx context.Context, job deliveryJob) (err error) {
	defer fault.Annotate(&err, "deliver first try")

	m, err := c.loadDueMail(ctx, job.Mail, job.Due)
	if m == nil || err != nil {
		return err
	}
	if m.Attempts > 0 {
		// An earlier attempt failed. The retry normally has its job already; it may lack one when
		// the process died in between.
		return c.store.WithTx(ctx, func(tx *store.Tx) error {
			return c.insertRetryJob(ctx, tx, m, m.Attempts, false, c.currentTime())
		})
	}
	wait, err := c.timeToFirstEmail(ctx, m)
	if err != nil {
		return err
	}
	if wait > 0 {
		return jobs.Snooze(wait)
	}
	ctx, leave, err := c.firstTries.acquireSlot(ctx)
	if err != nil {
		return jobs.Snooze(time.Second) // the process is stopping or has no free slot
	}
	defer leave()
	return c.attemptDelivery(ctx, m, jobs.Interrupted(ctx))
}

// deliverRetry is the job handler of every later attempt.
func (c *Outbox) deliverRetry(ctx context.Context, job retryJob) (err error) {
	defer fault.Annotate(&err, "deliver retry")

	m, err := c.loadDueMail(ctx, job.Mail, job.Due)
	if m == nil || err != nil || m.Attempts != job.Attempts {
		return err
	}
	return c.attemptDelivery(ctx, m, job.Unclear || jobs.Interrupted(ctx))
}

// loadDueMail returns the email of a job, or nil when the job is obsolete.
func (c *Outbox) loadDueMail(ctx context.Context, id ident.ID, due int64) (*ent.Mail, error) {
	m, err := c.store.Mail.Get(asSystem(ctx), id)
	if ent.IsNotFound(err) {
		return nil, nil // deleted with its subject
	}
	if err != nil {
		return nil, fmt.Errorf("outbox: read email %s: %w", id, err)
	}
	if m.Status != entmail.StatusQueued || m.DueAt.UnixMicro() != due {
		return nil, nil // completed, or replaced by another job
	}
	return m, nil
}

// attemptDelivery sends one email and stores the outcome. handedOver means that an earlier attempt
// may have delivered it.
func (c *Outbox) attemptDelivery(ctx context.Context, m *ent.Mail, handedOver bool) error {
	// Composed again at each attempt, from the data of that moment.
	err := c.composeAndSend(ctx, m)
	// The outcome is stored even when the process is stopping, or the email would be sent again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	var failed *mail.DeliveryError
	switch {
	case err == nil:
		c.countOutcome(m, outcomeSent, "")
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusSent})
	case errors.Is(err, ErrGone) && handedOver:
		// The previous attempt ended without a reply, so the email may have arrived. DROPPED would
		// be wrong then.
		c.countOutcome(m, outcomeSent, "")
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusSent})
	case errors.Is(err, ErrGone):
		c.countOutcome(m, outcomeDropped, "")
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusDropped})
	case !errors.As(err, &failed):
		c.log.ErrorContext(ctx, "compose email failed", "email", m.ID.String(), "kind", m.Kind,
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

// countOutcome counts an attempt in the metrics and logs its failure.
func (c *Outbox) countOutcome(m *ent.Mail, outcome, reason string) {
	deliveryTries.WithLabelValues(m.Kind, outcome).Inc()
	if reason != "" {
		c.failures.addFailure(m.Kind, outcome, reason)
	}
}

// composeAndSend composes, renders and sends an email.
func (c *Outbox) composeAndSend(ctx context.Context, m *ent.Mail) error {
	// The email was posted while a mail server was configured. A temporary failure keeps it for
	// when there is one again.
	if c.sender == nil {
		return &mail.DeliveryError{Reason: i18n.T(i18n.English, "outbox.no_server", nil)}
	}
	compose := c.composers[mail.Kind(m.Kind)]
	if compose == nil {
		return fmt.Errorf("outbox: no composer for %s", m.Kind)
	}
	// Asked at delivery, because the workspace may have been archived since the email was queued.
	if archived, err := c.isArchived(ctx, m); archived || err != nil {
		return cmp.Or(err, ErrGone)
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
	// Only the conversation is limited: composing reads the database, which has limits of its own.
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return c.sender.Send(ctx, mail.Envelope{
		ReplyTo: extra.ReplyTo, To: m.To, ToName: extra.ToName, MessageID: c.messageID(m.ID),
		Rendered: rendered,
		Again:    m.Attempts > 0, ListUnsubscribe: extra.ListUnsubscribe,
	})
}

// isArchived reports whether the workspace of an email is archived, so that the email is dropped
// (WSP-1). The notice of a deletion is the exception.
func (c *Outbox) isArchived(ctx context.Context, m *ent.Mail) (bool, error) {
	if m.WorkspaceID == nil || mail.Kind(m.Kind) == mail.WorkspaceDeletion {
		return false, nil
	}
	return c.store.Workspace.Query().
		Where(workspace.ID(*m.WorkspaceID), workspace.ArchivedAtNotNil()).Exist(asSystem(ctx))
}

// senderWait is the delay before an email is tried again when our mail server was unavailable.
// mail.SMTP itself waits for the server, so this delay only spreads the emails.
const senderWait = 5 * time.Second

// waitForSender retries an email soon without counting an attempt, because the cause is our server
// and not the email. It becomes FAILED after retryPeriod like any other.
func (c *Outbox) waitForSender(ctx context.Context, m *ent.Mail, reason string) error {
	if c.currentTime().After(m.DueAt.Add(retryPeriod)) {
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusFailed, reason: reason})
	}
	// An unavailable server retries each email every few seconds. The row changes only with the
	// reason, to spare the database.
	if m.Error == nil || *m.Error != reason {
		if err := c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusQueued, reason: reason,
			uncounted: true}); err != nil {
			return err
		}
	}
	// A snooze does not count as a failed attempt of the job.
	return jobs.Snooze(jobs.Jittered(senderWait))
}

// scheduleRetry schedules the next attempt, or marks the email FAILED after retryPeriod.
func (c *Outbox) scheduleRetry(ctx context.Context, m *ent.Mail, reason string,
	unclear bool) error {
	wait := jobs.Jittered(c.backoff[min(m.Attempts, len(c.backoff)-1)])
	if c.currentTime().Add(wait).After(m.DueAt.Add(retryPeriod)) {
		return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusFailed, reason: reason})
	}
	return c.recordOutcome(ctx, m, tryOutcome{status: entmail.StatusQueued, reason: reason,
		retryAt: c.currentTime().Add(wait), unclear: unclear})
}

// tryOutcome is the result of an attempt.
type tryOutcome struct {
	status    entmail.Status
	reason    string
	uncounted bool      // the attempt does not count
	retryAt   time.Time // time of the next attempt; zero for none
	unclear   bool      // the email may have been delivered
}

// recordOutcome stores the result of an attempt and calls the listeners, in one transaction. A
// failing listener must not cause a second delivery: after two failures the outcome is stored
// without the listeners and an error is logged.
func (c *Outbox) recordOutcome(ctx context.Context, m *ent.Mail, o tryOutcome) error {
	err := c.writeOutcome(ctx, m, o, c.listeners)
	if err == nil {
		return nil
	}
	if err = c.writeOutcome(ctx, m, o, c.listeners); err == nil {
		return nil
	}
	c.log.ErrorContext(ctx, "record email outcome failed", "email", m.ID.String(), "status",
		o.status,
		"error", err)
	return c.writeOutcome(ctx, m, o, nil)
}

// writeOutcome changes the status only if it is still the one that m has. Otherwise another process
// was first, and its outcome stays.
func (c *Outbox) writeOutcome(ctx context.Context, m *ent.Mail, o tryOutcome,
	listeners []Listener) error {
	return c.store.WithTx(ctx, func(tx *store.Tx) error {
		// The status is part of the condition: a second worker of the same email changes nothing.
		update := tx.Mail.Update().Where(entmail.ID(m.ID), entmail.StatusEQ(m.Status)).
			SetStatus(o.status)
		// A bounce comes after the attempt that was counted, and a dropped email was never tried.
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
		// In the same transaction, so that no email is QUEUED without a job.
		if !o.retryAt.IsZero() {
			if err := c.insertRetryJob(ctx, tx, m, m.Attempts+1, o.unclear, o.retryAt); err != nil {
				return err
			}
		}
		return notifyListeners(ctx, tx, m.ID, listeners)
	})
}

// notifyListeners calls the listeners with the stored state of an email.
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
