package onboarding_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/importbatch"
	entinvitation "usher/ent/invitation"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/member"
	"usher/internal/provisioning"
	"usher/internal/store"
)

// invitePeople invites people with external ids, each written as "address id".
func invitePeople(p *apptest.Place, by *ent.Member, people ...string) []*invitation.Outcome {
	p.T.Helper()
	in := input{Grant: &grants{Labels: []string{"staff"}}}
	for _, person := range people {
		email, external, _ := strings.Cut(person, " ")
		in.People = append(in.People, &invitation.Invitee{Email: email, ExternalID: &external})
	}
	out, err := inviteAs(p, by, in)
	must(p.T, err)
	return out
}

// kindsTo lists the kinds of emails that an address gets, oldest first.
func kindsTo(p *apptest.Place, email string) []string {
	p.T.Helper()
	kinds := []string{}
	for _, m := range p.Mails(email) {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

// PAR-4: a pending invitation is found by its external id, and moves to the new address.
func TestAPendingInvitationFollowsItsExternalID(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		first := invitePeople(p, p.Admin, "zoe@acme.test 0042", "max@acme.test 0043")
		zoe := first[0].Invitation
		same(t, "external id", *p.Invitation(zoe.ID).ExternalID, "0042")
		former := p.Mailed(zoe)

		out := invitePeople(p, p.Admin, "zoe.lee@acme.test 0042", "max@acme.test 0043")
		same(t, "again", told(out), []string{"zoe.lee@acme.test UPDATED", "max@acme.test UPDATED"})
		same(t, "changed", out[0].Changes, []string{"email"})
		same(t, "the same invitation", out[0].Invitation.ID, zoe.ID)
		same(t, "invitations", p.CountInvitations(), 2)
		same(t, "emails", kindsTo(p, "zoe.lee@acme.test"), []string{"invitation"})
		same(t, "history", p.Happened(zoe.ID), []string{"invitation.made", "invitation.readdressed"})
		_, err := p.Acceptances.Accept(t.Context(), nil, former, noOrigin)
		refused(t, err, fault.LinkInvalid, "")

		// Two people are named, and nobody is changed.
		out = invitePeople(p, p.Admin, "max@acme.test 0042", "max2@acme.test 0043")
		same(t, "of two", told(out), []string{"max@acme.test CONFLICT", "max2@acme.test UPDATED"})
		same(t, "where", out[0].Fault.Field, "people.0.externalId")
		said := out[0].Sentence.In("en")
		if !strings.Contains(said, "0042") || !strings.Contains(said, "max@acme.test") {
			t.Errorf("the conflict says %s", said)
		}
		out = invitePeople(p, p.Admin, "zoe.lee@acme.test 0099")
		same(t, "another id", told(out), []string{"zoe.lee@acme.test CONFLICT"})
		_, err = inviteAs(p, p.Admin, input{People: []*invitation.Invitee{
			{Email: "a@acme.test", ExternalID: new("7")}, {Email: "b@acme.test", ExternalID: new("7")}}})
		refused(t, err, fault.BadUserInput, "people.1.externalId")

		// A member keeps their address, and nobody is invited instead.
		mustAccept(p, nil, p.Mailed(p.Invitation(zoe.ID)))
		out = invitePeople(p, p.Admin, "zoe@home.test 0042")
		same(t, "a member", told(out), []string{"zoe@home.test ALREADY_MEMBER ADDRESS_KEPT"})
		same(t, "invitations", p.CountInvitations(), 2)
	})
}

// PAR-4, INV-13: a caller who could not give the whole invitation does not send it elsewhere.
func TestAnInvitationBeyondTheCallerStaysAtItsAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		group := p.Group("Class", "PRIVATE", nil)
		clerk := p.Join("clerk@acme.test", &grants{Roles: []string{"user_admin"}, GroupIDs: idList(group)})
		invitePeople(p, p.Admin, "zoe@acme.test 0042")
		in := input{Grant: &grants{GroupIDs: idList(group)}, People: []*invitation.Invitee{
			{Email: "clerk.friend@acme.test", ExternalID: new("0042")}}}
		out, err := inviteAs(p, clerk, in)
		must(t, err)
		same(t, "by a clerk", told(out), []string{"clerk.friend@acme.test NOT_ALLOWED"})
		_, err = createAs(p, clerk, provisioning.CreateInput{Email: new("clerk.friend@acme.test"),
			ExternalID: new("0042"), Grant: in.Grant})
		refused(t, err, fault.Forbidden, "externalId")
		same(t, "emails", len(p.Mails("clerk.friend@acme.test")), 0)
	})
}

// PAR-4: an account that is created for the external id of an invitation settles it, wherever it
// went.
func TestACreatedAccountSettlesTheInvitationOfItsExternalID(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		zoe := invitePeople(p, p.Admin, "zoe@acme.test 0042", "max@acme.test 0043")[0].Invitation
		former := p.Mailed(zoe)
		_, err := create(p, provisioning.CreateInput{Email: new("max@acme.test"),
			ExternalID: new("0042")})
		refused(t, err, fault.Conflict, "externalId")
		made, err := create(p, provisioning.CreateInput{Email: new("zoe.lee@acme.test"),
			ExternalID: new("0042")})
		must(t, err)
		settled := p.Invitation(zoe.ID)
		same(t, "settled", []any{string(settled.Status), settled.Email, *settled.MemberID},
			[]any{"ACTIVE", "zoe.lee@acme.test", made.Member.ID})
		same(t, "history", p.Happened(zoe.ID),
			[]string{"invitation.made", "invitation.readdressed", "invitation.settled"})
		_, err = p.Acceptances.Accept(t.Context(), nil, former, noOrigin)
		if err == nil {
			t.Error("the former link works")
		}
	})
}

// PAR-4: rows of an import move invitations, and ask members, once.
func TestARowWithAnotherAddressMovesOrAsks(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		const header = "external id,email,labels\n"
		run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingUpdate,
			header+"0042,zoe@acme.test,a\n0043,max@acme.test,a\n"))
		max := mustAccept(p, nil, p.Mailed(pendingAt(p, "max@acme.test")))
		zoe := pendingAt(p, "zoe@acme.test")
		p.Clock.Add(day)

		changed := header + "0042,zoe.lee@acme.test,b\n0043,max.lee@acme.test,a\n"
		skipping := upload(p, importbatch.ActionInvite, importbatch.ExistingSkip, changed)
		same(t, "skipping", rowsOf(p, skipping), []string{
			"2 UNCHANGED email:import.address_kept_invited", "3 UNCHANGED email:import.address_kept"})
		b := run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingUpdate, changed))
		same(t, "rows", rowsOf(p, b), []string{"2 UPDATE", "3 UPDATE email:import.address_asked"})
		moved := p.Invitation(zoe.ID)
		same(t, "moved", []any{moved.Email, moved.Grant.Labels},
			[]any{"zoe.lee@acme.test", []string{"b", "a"}})
		same(t, "invitations", p.CountInvitations(), 2)
		same(t, "asked", kindsTo(p, "max.lee@acme.test"), []string{"email_change"})
		same(t, "warned", kindsTo(p, "max@acme.test"), []string{"invitation", "welcome", "security_notice"})
		u := p.User("max@acme.test")
		same(t, "pending", *u.PendingEmail, "max.lee@acme.test")

		// The next night asks nobody again.
		p.Clock.Add(day)
		again := run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingUpdate, changed))
		same(t, "again", rowsOf(p, again),
			[]string{"2 UNCHANGED", "3 UNCHANGED email:import.address_waits"})
		same(t, "asked once", len(p.Mails("max.lee@acme.test")), 1)
		same(t, "accounts", p.Store.User.Query().CountX(store.AsSystem(t.Context(), "a test")), 2)
		same(t, "max", p.Store.Member.GetX(p.In(), max.Member.ID).EmailKey, "max@acme.test")

		// Undo does not take a sent invitation back to a revoked link.
		if _, err := p.Imports.UndoImport(t.Context(), p.Caller(p.Admin), b.ID); err != nil {
			t.Fatal(err)
		}
		moved = p.Invitation(zoe.ID)
		same(t, "undone", []any{moved.Email, moved.Grant.Labels},
			[]any{"zoe.lee@acme.test", []string{"a"}})
		left, err := p.Imports.Leftovers(t.Context(), imported(p, b.ID), 10)
		must(t, err)
		same(t, "left", left[0].Reason.Key, "import.left_moved")
	})
}

// pendingAt returns the pending invitation of an address.
func pendingAt(p *apptest.Place, email string) *ent.Invitation {
	p.T.Helper()
	return p.Store.Invitation.Query().Where(entinvitation.EmailKey(email)).OnlyX(p.In())
}

// updateExternalID is an edit of a member's external id.
func updateExternalID(id ident.ID, external string) member.UpdateMemberInput {
	return member.UpdateMemberInput{ID: id,
		ExternalID: inputs.Change[string]{Set: true, Value: &external}}
}

// PAR-4: of two requests at the same moment one gets the external id, and the other one is told.
func TestOneOfTwoRequestsGetsAnExternalID(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		bob := p.Join("bob@acme.test", nil)
		acts := map[string]func(email, external string) error{
			"createUser": func(email, external string) error {
				_, err := create(p, provisioning.CreateInput{Email: &email, ExternalID: &external})
				return err
			},
			"updateMember": func(_, external string) error {
				_, err := p.Members.UpdateMember(t.Context(), p.Caller(p.Admin),
					updateExternalID(bob.ID, external))
				return err
			},
			"inviteUsers": func(email, external string) error {
				out := invitePeople(p, p.Admin, email+" "+external)
				if out[0].Fault != nil {
					return out[0].Fault
				}
				return nil
			},
		}
		n := 0
		for _, pair := range [][2]string{{"createUser", "createUser"},
			{"createUser", "updateMember"}, {"inviteUsers", "inviteUsers"}} {
			for range 5 {
				n++
				external := fmt.Sprint("x", n)
				errs := race(
					func() error { return acts[pair[0]](fmt.Sprintf("a%d@acme.test", n), external) },
					func() error { return acts[pair[1]](fmt.Sprintf("b%d@acme.test", n), external) })
				lost := 0
				for _, err := range errs {
					if err != nil {
						refused(t, err, fault.Conflict, "externalId")
						lost++
					}
				}
				if want := 1; pair[0] != "inviteUsers" && lost != want {
					t.Errorf("%v: %d lost: %v", pair, lost, errs)
				}
				if pair[0] == "inviteUsers" {
					same(t, "invitations of one id", p.Store.Invitation.Query().
						Where(entinvitation.ExternalID(external)).CountX(p.In()), 1)
				}
			}
		}
	})
}
