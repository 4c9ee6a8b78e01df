package onboarding_test

import (
	"testing"

	"usher/ent/importbatch"
	"usher/internal/apptest"
	"usher/internal/inputs"
	"usher/internal/invitation"
)

// INV-1, BAT-1: the name beside an address is kept, with or without a remark behind it.
func TestANameBesideAnAddressIsKept(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		run(p, fileAs(p, p.Admin, importbatch.ActionInvite, importbatch.ExistingSkip,
			"e-mail;first name", "Jane Doe (DE) <jane@example.org>;",
			`"""Doe, Jo"" <jo@example.org>";`, "Max Roe <max@example.org>;Maximilian"))
		invite(p, input{Text: new(`Doe, Ann (Paris, FR) <ann@example.org>`),
			Emails: []string{`"Bob Roe" (DE) <bob@example.org>`},
			People: []*invitation.Invitee{{Email: "Eve Roe [extern] <eve@example.org>"}}})
		for email, want := range map[string][2]string{
			"jane@example.org": {"Jane", "Doe"}, "jo@example.org": {"Jo", "Doe"},
			"max@example.org": {"Maximilian", ""}, "ann@example.org": {"Ann", "Doe"},
			"bob@example.org": {"Bob", "Roe"}, "eve@example.org": {"Eve", "Roe"},
		} {
			inv := sentTo(p, email)
			same(t, email, [2]string{inputs.ValueOrEmpty(inv.FirstName),
				inputs.ValueOrEmpty(inv.LastName)}, want)
		}
	})
}
