// Package actionlink makes the links of emails that ask an administrator for a decision (INV-12).
// Package emailaction, which is above the packages that send these emails, opens them.
package actionlink

import (
	"time"

	"usher/ent"
	"usher/internal/admission"
	"usher/internal/inputs"
	"usher/internal/secret"
)

// lifetime is how long the link of an email works, from when the email was queued. A retry of the
// delivery makes the same link.
const lifetime = 14 * 24 * time.Hour

// Make returns the link by which the recipient of an email decides what the email asks: to renew or
// to move an invitation, or to approve or reject a join request. It is not stored.
func Make(d admission.Deps, m *ent.Mail) string {
	token := d.Keys.SignLink(secret.Claim{Purpose: secret.EmailAction, ID: m.ID, Version: 1,
		ExpiresAt: m.CreatedAt.Add(lifetime).Truncate(time.Second), Binding: Binding(m)})
	return d.PublicURL.JoinPath("actions", token.Reveal()).String()
}

// Binding returns what a link is signed for: the workspace of its email, the account that the email
// went to, what the email asks, and about which invitation or join request.
func Binding(m *ent.Mail) []string {
	return []string{inputs.IDOrZero(m.WorkspaceID).String(), inputs.IDOrZero(m.UserID).String(),
		m.Kind, inputs.IDOrZero(m.InvitationID).String(), inputs.IDOrZero(m.JoinRequestID).String()}
}
