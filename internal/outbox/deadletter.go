package outbox

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/ent/predicate"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// maxReason limits a stored reason, in code points.
const maxReason = 300

// Bounced marks a SENT email as BOUNCED. Any Message-ID that is not of a SENT email is ignored,
// because providers repeat reports and report deleted emails.
func (c *Outbox) Bounced(ctx context.Context, messageID, reason string) (err error) {
	defer fault.Annotate(&err, "bounced email")

	// The local part of the Message-ID is the id of the email (messageID).
	local, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(messageID), "<>"), "@")
	id, err := ident.Parse(local)
	if err != nil || id.Kind() != ident.Mail {
		return nil
	}
	m, err := c.store.Mail.Get(asSystem(ctx), id)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("outbox: bounced: %w", err)
	}
	switch m.Status {
	case entmail.StatusQueued:
		// The report came before the commit of SENT. The error makes the provider call again.
		return fmt.Errorf("outbox: %s bounced before it was stored as sent", m.ID)
	case entmail.StatusSent:
	default:
		return nil
	}
	if err := c.writeOutcome(ctx, m, tryOutcome{status: entmail.StatusBounced,
		reason: cleanReason(reason)}, c.listeners); err != nil {
		return fmt.Errorf("outbox: bounced: %w", err)
	}
	deliveryTries.WithLabelValues(m.Kind, outcomeBounced).Inc()
	return nil
}

// cleanReason returns a server's text as one line of at most maxReason code points, without control
// characters.
func cleanReason(reason string) string {
	line := strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(reason, "\ufffd"))
	words := []rune(strings.Join(strings.Fields(line), " "))
	return string(words[:min(len(words), maxReason)])
}

// stuckAfter is how long a due email may wait before it counts as undelivered; first attempts start
// within seconds.
const stuckAfter = time.Minute

// Selection filters emails for an operator. Empty fields do not filter.
type Selection struct {
	Kind   string    // of email
	Domain string    // of the recipient, in lower case
	Since  time.Time // created at that time or later
}

// undeliveredFilter selects undelivered emails: failed, waiting after a failed attempt, or due for
// longer than stuckAfter.
func (c *Outbox) undeliveredFilter(s Selection) []predicate.Mail {
	where := []predicate.Mail{entmail.Or(
		entmail.StatusEQ(entmail.StatusFailed),
		entmail.And(entmail.StatusEQ(entmail.StatusQueued), entmail.ErrorNotNil()),
		entmail.And(entmail.StatusEQ(entmail.StatusQueued),
			entmail.DueAtLT(c.currentTime().Add(-stuckAfter))),
	)}
	if s.Kind != "" {
		where = append(where, entmail.Kind(s.Kind))
	}
	if s.Domain != "" {
		where = append(where, entmail.ToKeyHasSuffix("@"+strings.ToLower(s.Domain)))
	}
	if !s.Since.IsZero() {
		where = append(where, entmail.CreatedAtGTE(s.Since.UTC()))
	}
	return where
}

// Undelivered returns the undelivered emails of a selection, newest first.
func (c *Outbox) Undelivered(ctx context.Context, s Selection,
	limit int) (_ []*ent.Mail, err error) {
	defer fault.Annotate(&err, "undelivered email")

	all, err := c.store.Mail.Query().Where(c.undeliveredFilter(s)...).
		Order(entmail.ByID(sql.OrderDesc())).Limit(limit).All(asSystem(ctx))
	if err != nil {
		return nil, fmt.Errorf("outbox: list undelivered emails: %w", err)
	}
	return all, nil
}

// RetryAll queues the undelivered emails of a selection again, including those that wait for their
// next attempt, and returns their number. It works in steps of their own transaction: after an
// error the emails of earlier steps stay queued.
func (c *Outbox) RetryAll(ctx context.Context, s Selection) (_ int, err error) {
	defer fault.Annotate(&err, "retry all")

	const step = 500
	total, begun := 0, c.currentTime()
	for {
		found, queued := 0, 0
		err := c.store.Retry(ctx, func(tx *store.Tx) error {
			// Emails that an earlier step has queued are due later than begun, so they are not
			// found again.
			where := append(c.undeliveredFilter(s), entmail.DueAtLT(begun))
			ids, err := tx.Mail.Query().Where(where...).Order(entmail.ByID()).Limit(step).
				IDs(asSystem(ctx))
			if err != nil {
				return fmt.Errorf("outbox: retry emails: %w", err)
			}
			found = len(ids)
			queued, err = c.requeueByStatus(ctx, tx, ids, entmail.StatusFailed,
				entmail.StatusQueued)
			return err
		})
		total += queued
		if err != nil || found < step {
			return total, err
		}
	}
}

// requeueByStatus queues the emails that have one of the statuses, with a new retryPeriod, and
// returns their number. The status is checked again because an email may be sent in the meantime.
func (c *Outbox) requeueByStatus(ctx context.Context, tx *store.Tx, ids []ident.ID,
	from ...entmail.Status) (int, error) {
	err := tx.Mail.Update().Where(entmail.IDIn(ids...), entmail.StatusIn(from...)).
		// The attempts start again, and with them the waits between them.
		SetStatus(entmail.StatusQueued).SetAttempts(0).ClearError().ClearSentAt().
		Exec(asSystem(ctx))
	if err != nil {
		return 0, fmt.Errorf("outbox: retry: %w", err)
	}
	// The UPDATE does not return its rows: read which of them were changed.
	ids, err = tx.Mail.Query().Where(entmail.IDIn(ids...), entmail.StatusEQ(entmail.StatusQueued)).
		IDs(asSystem(ctx))
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	now := c.currentTime()
	if err := c.rescheduleMails(ctx, tx, now, now, ids); err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := notifyListeners(ctx, tx, id, c.listeners); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// Retry queues a FAILED, BOUNCED or QUEUED email immediately, with a new retryPeriod. Errors:
// NOT_FOUND without such an email, CONFLICT in any other status.
func (c *Outbox) Retry(ctx context.Context, id ident.ID) (err error) {
	defer fault.Annotate(&err, "retry email")

	return c.store.WithTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Mail.Get(asSystem(ctx), id); ent.IsNotFound(err) {
			return fault.Missing()
		} else if err != nil {
			return fmt.Errorf("outbox: retry: %w", err)
		}
		n, err := c.requeueByStatus(ctx, tx, []ident.ID{id}, entmail.StatusFailed,
			entmail.StatusBounced, entmail.StatusQueued)
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "outbox.not_failed")
		}
		return err
	})
}
