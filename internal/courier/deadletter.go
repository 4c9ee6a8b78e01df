package courier

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// maxReason bounds what is kept of a mail provider's words, in code points.
const maxReason = 300

// Bounced notes that a mail which its server had taken came back. What is not the Message-ID of a mail of ours that
// was SENT changes nothing: reports are repeated, and speak of mails that were deleted since.
func (c *Courier) Bounced(ctx context.Context, messageID, reason string) error {
	local, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(messageID), "<>"), "@")
	id, err := ident.Parse(local)
	if err != nil || id.Kind() != ident.Mail {
		return nil
	}
	m, err := c.store.Mail.Get(system(ctx), id)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("courier: bounced: %w", err)
	}
	switch m.Status {
	case entmail.StatusQueued:
		// The mail server was quicker than our commit: who reports is asked to come again.
		return fmt.Errorf("courier: %s came back before it was noted as sent", m.ID)
	case entmail.StatusSent:
	default:
		return nil
	}
	if err := c.record(ctx, m, entmail.StatusBounced, clean(reason), c.listeners); err != nil {
		return fmt.Errorf("courier: bounced: %w", err)
	}
	return nil
}

// clean makes one short line of what somebody else's server wrote.
func clean(reason string) string {
	line := strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(reason, "\ufffd"))
	words := []rune(strings.Join(strings.Fields(line), " "))
	return string(words[:min(len(words), maxReason)])
}

// Failed lists the mails that were given up, the newest first.
func (c *Courier) Failed(ctx context.Context, limit int) ([]*ent.Mail, error) {
	all, err := c.store.Mail.Query().Where(entmail.StatusEQ(entmail.StatusFailed)).
		Order(entmail.ByID(sql.OrderDesc())).Limit(limit).All(system(ctx))
	if err != nil {
		return nil, fmt.Errorf("courier: failed mails: %w", err)
	}
	return all, nil
}

// Retry has a mail that was given up, or that came back, sent again at once, with three days of its own. It is missing
// when there is none, and CONFLICT when it is in no such state.
func (c *Courier) Retry(ctx context.Context, id ident.ID) error {
	return c.store.WithTx(ctx, func(tx *store.Tx) error {
		m, err := tx.Mail.Get(system(ctx), id)
		if ent.IsNotFound(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("courier: retry: %w", err)
		}
		n, err := tx.Mail.Update().
			Where(entmail.ID(m.ID), entmail.StatusIn(entmail.StatusFailed, entmail.StatusBounced)).
			SetStatus(entmail.StatusQueued).SetAttempts(0).ClearError().ClearSentAt().Save(system(ctx))
		if err != nil {
			return fmt.Errorf("courier: retry: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "courier.not_failed")
		}
		now := c.now()
		if err := c.requeue(ctx, tx, now, now, []ident.ID{m.ID}); err != nil {
			return err
		}
		return tell(ctx, tx, m.ID, c.listeners)
	})
}
