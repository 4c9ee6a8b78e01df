package onboarding_test

import (
	"testing"
	"time"

	entinvitation "usher/ent/invitation"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/invitation"
)

// INV-5, INV-19: an expired invitation whose link was handed over is renewed without an email.
func TestAnExpiredLinkIsRenewedWithoutAnEmail(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		no := false
		inv := invite(p, input{Emails: []string{"jane@example.org"}, SendEmail: &no})[0].Invitation
		link := p.Accepting(inv)
		p.Clock.Add(100 * day)
		_, err := p.Acceptances.Accept(t.Context(), nil, link, account.Origin{})
		refused(t, err, fault.LinkExpired, "")
		for range 2 { // no cool-down: the mailbox gets nothing
			inv, err = p.Invitations.Resend(t.Context(), p.Caller(p.Admin), inv.ID,
				invitation.ResendInput{SendEmail: &no})
			must(t, err)
			p.Clock.Add(time.Second)
		}
		same(t, "status", inv.Status, entinvitation.StatusPending)
		same(t, "delivery", inv.DeliveryStatus, entinvitation.DeliveryStatusNotSent)
		same(t, "reminder", inv.RemindAt, nil)
		if !inv.ExpiresAt.After(p.Clock.Now()) {
			t.Errorf("it ends %v", inv.ExpiresAt)
		}
		same(t, "emails", p.Kinds("jane@example.org"), []string{})
		same(t, "history", p.Happened(inv.ID), []string{"invitation.made", "invitation.renewed",
			"invitation.renewed"})
		mustAccept(p, nil, link)
	})
}
