package onboarding_test

import (
	"testing"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/dryrun"
	"usher/internal/fault"
	"usher/internal/invitation"
	"usher/internal/provisioning"
	"usher/internal/store"
)

// Security: merging neither fills what an administrator's invitation leaves open, nor reads it, nor
// makes it one's own.
func TestMergingIntoAnInvitationBeyondOnesOwnOnlyAddsToIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		p.Field("badge", "TEXT", false)
		ga := p.Join("ga@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		inv := invite(p, input{Emails: []string{"jane@example.org"},
			Grant: &grants{Roles: []string{access.Admin}}, Message: new("for you")})[0].Invitation
		out, err := inviteAs(p, ga, input{Emails: []string{"jane@example.org"},
			RemindPending: new(true), Message: new("mine"), Grant: &grants{
				Roles: []string{access.Coach}, GroupIDs: idList(g), AccessExpiresAt: after(p, day),
				DeleteOnExpiry: new(true), AdditionalInfo: new("mine"),
				Locale: new("fr"), CustomFields: map[string]any{"badge": "7"},
				Labels: []string{"new"},
			}})
		must(t, err)
		same(t, "outcome", told(out), []string{"jane@example.org UPDATED PARTS_IGNORED"})
		if out[0].Invitation != nil {
			t.Errorf("it shows %v", out[0].Invitation)
		}
		now := p.Invitation(inv.ID)
		if g := now.Grant; g.AccessExpiresAt != nil || g.DeleteOnExpiry || g.AdditionalInfo != "" ||
			g.Locale != "" || len(g.CustomFields) > 0 || !g.OrgUnitID.IsZero() {
			t.Errorf("filled: %+v", g)
		}
		same(t, "message, grantor", []any{*now.Message, *now.GrantorID},
			[]any{"for you", p.Admin.ID})
		same(t, "mails", countOf(p.Kinds("jane@example.org"), "invitation"), 1)

		// It stands in their group now, and is not theirs to see or to act on.
		if _, err := p.Store.Invitation.Get(store.AsCaller(t.Context(), p.Caller(ga)),
			inv.ID); !ent.IsNotFound(err) {
			t.Errorf("they see it: %v", err)
		}
		for verb, do := range invitationVerbs(p, ga, inv.ID) {
			if err := do(); verb != "resendPending" && !fault.Has(err, fault.NotFound) {
				t.Errorf("%s: %v", verb, err)
			}
		}
		plan, err := p.DryRuns.Run(t.Context(), p.Caller(ga),
			dryrun.Input{Invite: &invitation.InviteInput{
				WorkspaceID: p.Workspace.ID, Emails: []string{"jane@example.org"},
				Grant: &grants{GroupIDs: idList(g)},
			}})
		must(t, err)
		same(t, "planned groups", namesOf(plan.People[0].Groups), []string{"g"})

		// Again by the same administrator is the same part; and each part is given by its own
		// grantor's right.
		_, err = inviteAs(p, ga, input{Emails: []string{"jane@example.org"},
			Grant: &grants{GroupIDs: idList(g)}})
		must(t, err)
		same(t, "parts", len(p.Invitation(inv.ID).Grant.Parts), 2)
		strip(p, ga.ID)
		m := mustAccept(p, nil, p.Mailed(p.Invitation(inv.ID))).Member
		same(t, "holds", p.Holds(m.ID), []string{"admin@*", "learner@g"})
		same(t, "skipped", skipped(p, inv.ID), []string{"role Coach"})
	})
}

// The right of the first grantor is asked for the first part alone: what they may no longer give,
// nobody else's right gives.
func TestEachPartOfAnInvitationIsGivenByItsOwnGrantor(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, other := p.Group("g", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		first := p.Join("first@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(other)})
		second := p.Join("second@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		out, err := inviteAs(p, first, input{Emails: []string{"jane@example.org"},
			Grant: &grants{Roles: []string{access.Coach}, GroupIDs: idList(other)}})
		must(t, err)
		_, err = inviteAs(p, second, input{Emails: []string{"jane@example.org"},
			Grant: &grants{Roles: []string{access.Coach}, GroupIDs: idList(g)}})
		must(t, err)
		strip(p, first.ID)
		m := mustAccept(p, nil, p.Mailed(p.Invitation(out[0].Invitation.ID))).Member
		same(t, "holds", p.Holds(m.ID), []string{"coach@g", "learner@other"})
	})
}

// Who could give all of it answers for the whole again.
func TestAnAdministratorTakesOverAnInvitationOfSeveral(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		ga := p.Join("ga@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		inv := p.Invite("jane@example.org", nil)
		_, err := inviteAs(p, ga, input{Emails: []string{"jane@example.org"},
			Grant: &grants{GroupIDs: idList(g)}})
		must(t, err)
		same(t, "several", p.Invitation(inv.ID).SeveralGrantors, true)
		invite(p, input{Emails: []string{"jane@example.org"}})
		now := p.Invitation(inv.ID)
		same(t, "several, parts, groups", []int{len(now.Grant.Parts), len(now.Grant.GroupIDs)},
			[]int{0, 1})
		same(t, "several afterwards", now.SeveralGrantors, false)
	})
}

// createUser is no way around it: it would close the administrator's invitation with an account
// that its maker knows.
func TestAnAccountIsNotMadeForWhoIsInvitedToMore(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		ga := p.Join("ga@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		inv := p.Invite("jane@example.org", &grants{Roles: []string{access.Admin}})
		c, err := createAs(p, ga, provisioning.CreateInput{Email: new("jane@example.org"),
			Password: new("attackers own 77"), Grant: &grants{GroupIDs: idList(g)}})
		must(t, err)
		same(t, "status", c.Status, provisioning.InvitedInstead)
		if c.Member != nil || c.Invitation != nil {
			t.Errorf("it shows %v, %v", c.Member, c.Invitation)
		}
		same(t, "still", p.Invitation(inv.ID).Status.String(), "PENDING")
		c, err = create(p, provisioning.CreateInput{Email: new("jane@example.org")})
		must(t, err)
		same(t, "by an administrator", c.Status, provisioning.Created)
		same(t, "settled", p.Invitation(inv.ID).Status.String(), "ACTIVE")
	})
}
