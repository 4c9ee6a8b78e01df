package courier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/store"
)

const (
	patience = 3 * 24 * time.Hour // how long temporary failures are tried again
	// sendTimeout leaves the rest of jobs.Timeout to write down what came of it.
	sendTimeout   = 13 * time.Second
	settleTimeout = 4 * time.Second
)

// deliver is the job: send one mail and write down how it fared.
func (c *Courier) deliver(ctx context.Context, d delivery) error {
	m, err := c.store.Mail.Get(system(ctx), d.Mail)
	if ent.IsNotFound(err) {
		return nil // deleted with what it was about
	}
	if err != nil {
		return fmt.Errorf("courier: read mail %s: %w", d.Mail, err)
	}
	if m.Status != entmail.StatusQueued || m.DueAt.UnixMicro() != d.Due {
		return nil // settled, or overtaken by another job
	}

	err = c.send(ctx, m)
	// What the mail server said must be kept even when we are told to stop just now.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	var failed *mail.DeliveryError
	switch {
	case err == nil:
		return c.settle(ctx, m, entmail.StatusSent, "")
	case errors.Is(err, Gone):
		return c.settle(ctx, m, entmail.StatusDropped, "")
	case !errors.As(err, &failed):
		c.log.ErrorContext(ctx, "a mail could not be written", "mail", m.ID.String(), "kind", m.Kind, "error", err)
		return c.later(ctx, m, i18n.T(i18n.English, "courier.unwritten", nil))
	case failed.Permanent:
		return c.settle(ctx, m, entmail.StatusFailed, failed.Reason)
	}
	return c.later(ctx, m, failed.Reason)
}

// send writes a mail and hands it over.
func (c *Courier) send(ctx context.Context, m *ent.Mail) error {
	if c.sender == nil { // it was posted when there was a mail server; there may be one again
		return &mail.DeliveryError{Reason: i18n.T(i18n.English, "courier.no_server", nil)}
	}
	compose := c.composers[mail.Kind(m.Kind)]
	if compose == nil {
		return fmt.Errorf("courier: nobody composes %s", m.Kind)
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
		ReplyTo: extra.ReplyTo, To: m.To, ToName: extra.ToName, MessageID: c.messageID(m.ID), Rendered: rendered,
		ListUnsubscribe: extra.ListUnsubscribe,
	})
}

// later has a mail tried again, or gives it up when that has gone on for too long.
func (c *Courier) later(ctx context.Context, m *ent.Mail, reason string) error {
	wait := jobs.Jittered(c.backoff[min(m.Attempts, len(c.backoff)-1)])
	if c.now().Add(wait).After(m.DueAt.Add(patience)) {
		return c.settle(ctx, m, entmail.StatusFailed, reason)
	}
	if err := c.settle(ctx, m, entmail.StatusQueued, reason); err != nil {
		return err
	}
	return jobs.Snooze(wait)
}

// settle writes down how a try ended and tells the listeners, in one transaction. A listener that fails must not make
// us send the same mail again: after a second try the outcome is kept without it, and the log tells.
func (c *Courier) settle(ctx context.Context, m *ent.Mail, status entmail.Status, reason string) error {
	err := c.record(ctx, m, status, reason, c.listeners)
	if err == nil {
		return nil
	}
	if err = c.record(ctx, m, status, reason, c.listeners); err == nil {
		return nil
	}
	c.log.ErrorContext(ctx, "the outcome of a mail was not told", "mail", m.ID.String(), "status", status, "error", err)
	return c.record(ctx, m, status, reason, nil)
}

// record moves a mail out of the status that it was read with. When somebody else did so first, theirs holds.
func (c *Courier) record(ctx context.Context, m *ent.Mail, status entmail.Status, reason string, listeners []Listener) error {
	return c.store.WithTx(ctx, func(tx *store.Tx) error {
		update := tx.Mail.Update().Where(entmail.ID(m.ID), entmail.StatusEQ(m.Status)).SetStatus(status)
		if m.Status == entmail.StatusQueued && status != entmail.StatusDropped {
			update.AddAttempts(1)
		}
		if status == entmail.StatusSent {
			update.SetSentAt(c.now())
		}
		if reason == "" {
			update.ClearError()
		} else {
			update.SetError(reason)
		}
		n, err := update.Save(system(ctx))
		if err != nil || n == 0 {
			return err
		}
		return tell(ctx, tx, m.ID, listeners)
	})
}

// tell has the listeners see a mail as it is now.
func tell(ctx context.Context, tx *store.Tx, id ident.ID, listeners []Listener) error {
	m, err := tx.Mail.Get(system(ctx), id)
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
