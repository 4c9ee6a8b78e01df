package invitation

import (
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/predicate"
	"usher/ent/schema"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/inputs"
)

// This file tells what the row of an invitation says: when it is reminded of, its status at a time,
// which grantor gave which part, and what its links are signed for.

// nextReminder returns the first reminder date of the workspace's settings after the given time
// (INV-14), or nil.
func nextReminder(w *ent.Workspace, sent time.Time, end *time.Time, after time.Time) *time.Time {
	var next *time.Time
	consider := func(at time.Time) {
		// A reminder at or behind the end would ask for an answer that is no longer accepted.
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

// setReminder stores when the next reminder is due, or that none is.
func setReminder(m *ent.InvitationMutation, at *time.Time) {
	if at == nil {
		m.ClearRemindAt()
		return
	}
	m.SetRemindAt(*at)
}

// IsExpired tells whether an invitation is expired at a time. The row may still say PENDING
// (INV-4).
func IsExpired(inv *ent.Invitation, now time.Time) bool {
	return inv.Status == invitation.StatusPending && inputs.HasPassed(inv.ExpiresAt, now)
}

// Status returns the status of an invitation at a time.
func Status(inv *ent.Invitation, now time.Time) invitation.Status {
	if IsExpired(inv, now) {
		return invitation.StatusExpired
	}
	return inv.Status
}

// IsOpen selects the invitations that are pending and not expired. As a condition of an UPDATE it
// decides between concurrent requests.
func IsOpen(now time.Time) predicate.Invitation {
	return invitation.And(invitation.StatusEQ(invitation.StatusPending), isAlive(now))
}

// isAlive selects the invitations whose time is not over, whatever their status.
func isAlive(now time.Time) predicate.Invitation {
	return invitation.Or(invitation.ExpiresAtIsNil(), invitation.ExpiresAtGT(now))
}

// HasStatusAt selects the invitations with one of the statuses at a time.
func HasStatusAt(now time.Time, states ...invitation.Status) predicate.Invitation {
	var any []predicate.Invitation
	for _, state := range states {
		switch state {
		case invitation.StatusPending:
			// A list must not show as pending what its own page calls expired.
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
		// Without a status nothing is selected. An empty OR would select all rows.
		return func(s *sql.Selector) { s.Where(sql.False()) }
	}
	return invitation.Or(any...)
}

// newNotOpenFault returns CONFLICT for an operation that the status of an invitation does not
// allow.
func newNotOpenFault(state invitation.Status) error {
	return fault.New(fault.Conflict, "invite.not_open_"+strings.ToLower(string(state)))
}

// GrantPart is the part of an invitation's grant that one grantor gave.
type GrantPart struct {
	Grantor admission.Grantor
	Grant   schema.Grant
}

// GrantParts lists the parts of an invitation's grant by grantor, the first grantor first. Most
// invitations have one part, which is the whole grant.
func GrantParts(inv *ent.Invitation) []GrantPart {
	if len(inv.Grant.Parts) == 0 {
		// An invitation of one grantor stores no parts.
		return []GrantPart{{admission.GrantorOf(inv), inv.Grant}}
	}
	parts := make([]GrantPart, len(inv.Grant.Parts))
	for i, p := range inv.Grant.Parts {
		parts[i] = GrantPart{admission.Grantor{Member: inputs.NilIfZero(p.GrantorID),
			Key: inputs.NilIfZero(p.GrantorKeyID)}, p.Grant}
	}
	return parts
}

// LinkBinding returns the values that a link is signed for: the workspace and the address.
func LinkBinding(inv *ent.Invitation) []string {
	return []string{inv.WorkspaceID.String(), inv.EmailKey}
}
