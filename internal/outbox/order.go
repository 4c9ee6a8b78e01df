package outbox

import (
	"context"
	"fmt"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/mail"
)

// How long an email about a session waits before it looks again whether the email that explains it
// has left: a moment while that one is being sent, longer while it waits for a later time.
const (
	orderPause     = time.Second
	longOrderPause = time.Minute
)

// timeToFirstEmail returns how long an email about a session has to wait for the first email of its
// reader: the invitation, the credentials or the welcome (MAI-3). Both may be due at one moment,
// and workers deliver at the same time. Zero for any other email, and once a first one was sent or
// given up.
func (c *Outbox) timeToFirstEmail(ctx context.Context, m *ent.Mail) (time.Duration, error) {
	kind := mail.Kind(m.Kind)
	if m.WorkspaceID == nil || kind != mail.SessionInvitation && kind != mail.SessionReminder {
		return 0, nil
	}
	firsts, err := c.store.Mail.Query().
		Where(entmail.ToKey(m.ToKey), entmail.WorkspaceID(*m.WorkspaceID),
			// FAILED and DROPPED are left out: an email that never leaves must not hold this one.
			entmail.KindIn(string(mail.Invitation), string(mail.Credentials),
				string(mail.Welcome)), entmail.StatusIn(entmail.StatusQueued, entmail.StatusSent,
				entmail.StatusBounced)).
		Select(entmail.FieldStatus, entmail.FieldDueAt, entmail.FieldAttempts).
		All(asSystem(ctx))
	if err != nil {
		return 0, fmt.Errorf("outbox: read first emails: %w", err)
	}
	var wait time.Duration
	for _, first := range firsts {
		if first.Status != entmail.StatusQueued {
			return 0, nil
		}
		wait = orderPause
		if first.Attempts > 0 || first.DueAt.Sub(c.currentTime()) > longOrderPause {
			wait = longOrderPause
		}
	}
	return wait, nil
}
