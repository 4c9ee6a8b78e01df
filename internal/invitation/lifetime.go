package invitation

import (
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/predicate"
	"usher/internal/fault"
	"usher/internal/i18n"
)

// Lifetime is how long an invitation is good for: until when, and how many days a resend gives it
// anew.
type Lifetime struct {
	end  *time.Time
	days int
}

// chooseLifetime is what the inviter chose, else the workspace's default.
func chooseLifetime(w *ent.Workspace, at *time.Time, never *bool, now time.Time) (Lifetime, error) {
	switch {
	case never != nil && *never && at != nil:
		return Lifetime{}, fault.Input("neverExpires", "invite.expiry_twice")
	case never != nil && *never:
		return Lifetime{}, nil
	case at != nil:
		end := at.UTC().Truncate(time.Microsecond)
		if !end.After(now) {
			return Lifetime{}, fault.Input("expiresAt", "invite.expiry_past",
				i18n.Args{"Date": end.Format(time.DateOnly)})
		}
		const day = 24 * time.Hour
		// days begun count: 'in three days' is never quite three
		return Lifetime{end: &end, days: int((end.Sub(now) + day - 1) / day)}, nil
	}
	return LifetimeOfDays(w.Settings.InvitationDays, now), nil
}

// LifetimeOfDays is a life of whole days; 0 is for ever.
func LifetimeOfDays(days int, now time.Time) Lifetime {
	if days == 0 {
		return Lifetime{}
	}
	end := now.AddDate(0, 0, days)
	return Lifetime{end: &end, days: days}
}

// nextReminder is the first moment after one at which the workspace wants an invitee reminded
// (INV-14), or nil.
func nextReminder(w *ent.Workspace, sent time.Time, end *time.Time, after time.Time) *time.Time {
	var next *time.Time
	consider := func(at time.Time) {
		if at.After(after) && (end == nil || at.Before(*end)) && (next == nil || at.Before(*next)) {
			next = &at
		}
	}
	for _, days := range w.Settings.RemindDaysAfterSending {
		consider(sent.AddDate(0, 0, days))
	}
	if end != nil {
		for _, days := range w.Settings.RemindDaysBeforeExpiry {
			consider(end.AddDate(0, 0, -days))
		}
	}
	return next
}

// IsExpired judges INV-4 at a moment: the row may still say PENDING.
func IsExpired(inv *ent.Invitation, now time.Time) bool {
	return inv.Status == invitation.StatusPending && inv.ExpiresAt != nil &&
		!inv.ExpiresAt.After(now)
}

// Status is where an invitation stands at a moment.
func Status(inv *ent.Invitation, now time.Time) invitation.Status {
	if IsExpired(inv, now) {
		return invitation.StatusExpired
	}
	return inv.Status
}

// IsOpen is the half of an UPDATE that decides races: still pending, and not past its time.
func IsOpen(now time.Time) predicate.Invitation {
	return invitation.And(invitation.StatusEQ(invitation.StatusPending), isAlive(now))
}

func isAlive(now time.Time) predicate.Invitation {
	return invitation.Or(invitation.ExpiresAtIsNil(), invitation.ExpiresAtGT(now))
}

// HasStatusAt selects invitations by where they stand at a moment.
func HasStatusAt(now time.Time, states ...invitation.Status) predicate.Invitation {
	var any []predicate.Invitation
	for _, state := range states {
		switch state {
		case invitation.StatusPending:
			any = append(any, IsOpen(now))
		case invitation.StatusExpired:
			any = append(any, invitation.StatusEQ(state),
				invitation.And(invitation.StatusEQ(invitation.StatusPending),
					invitation.ExpiresAtLTE(now)))
		default:
			any = append(any, invitation.StatusEQ(state))
		}
	}
	if len(any) == 0 {
		return func(s *sql.Selector) { s.Where(sql.False()) }
	}
	return invitation.Or(any...)
}

// newNotOpenFault refuses what the state of an invitation no longer allows.
func newNotOpenFault(state invitation.Status) error {
	return fault.New(fault.Conflict, "invite.not_open_"+strings.ToLower(string(state)))
}
