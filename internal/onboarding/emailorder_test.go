package onboarding_test

import (
	"fmt"
	"testing"

	"usher/ent"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/mail"
)

// MAI-3: the email about a session never goes out before the invitation that explains it, though
// both are due at once and several workers deliver.
func TestASessionEmailComesAfterTheInvitation(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "Run", -day, day)
		var asked input
		for n := range 12 {
			asked.Emails = append(asked.Emails, fmt.Sprintf("new%d@example.org", n))
		}
		asked.Grant = &grants{SessionIDs: []ident.ID{run.ID}}
		invite(p, asked)
		for _, email := range asked.Emails {
			p.Received(email, 2)
			var first, second *ent.Mail
			for _, m := range p.Mails(email) {
				if mail.Kind(m.Kind) == mail.Invitation {
					first = m
				} else {
					second = m
				}
			}
			p.Eventually("both emails are recorded as sent", func() bool {
				sent := 0
				for _, m := range p.Mails(email) {
					if m.SentAt != nil {
						sent++
						if m.ID == first.ID {
							first = m
						} else {
							second = m
						}
					}
				}
				return sent == 2
			})
			if second.SentAt.Before(*first.SentAt) {
				t.Errorf("%s was told of the session at %v, before the invitation at %v", email,
					second.SentAt, first.SentAt)
			}
		}
	})
}
