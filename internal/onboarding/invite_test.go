package onboarding_test

import (
	"testing"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/customfield"
	"usher/ent/schema"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/mail"
)

// INV-1, INV-2: a list, pasted text and names; one outcome for each distinct address.
func TestEachDistinctAddressGetsOneOutcomeInTheOrderGiven(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Join("zoe@example.org", nil)
		gone := deactivated(p, "dan@example.org")
		sent(p, "pat@example.org")
		suppressed(p, "no@example.org", ident.ID{})
		out := invite(p, input{
			Emails: []string{"  jane@example.org ", "nonsense@", "JANE@EXAMPLE.ORG"},
			Text: new(
				"Bob Doe <bob@example.org>; zoe@example.org, dan@example.org\npat@example.org no@example.org"),
			People: []*invitation.Invitee{{Email: "eve@example.org", FirstName: new("Eve"),
				LastName: new("Ex")}, {Email: "bob@example.org"}},
		})
		same(t, "outcomes", told(out), []string{
			"jane@example.org INVITED", "nonsense@ INVALID_ADDRESS",
			"Bob Doe <bob@example.org> INVITED", "zoe@example.org ALREADY_MEMBER",
			"dan@example.org DEACTIVATED", "pat@example.org UPDATED", "no@example.org SUPPRESSED",
			"eve@example.org INVITED",
		})
		for i, o := range out {
			invited := o.Status == invitation.Invited || o.Status == invitation.Updated
			if invited != (o.Invitation != nil) {
				t.Errorf("outcome %d, %s, has the invitation %v", i, o.Status, o.Invitation)
			}
			if o.Sentence.In("en") == o.Sentence.Key || o.Sentence.In("fr") == o.Sentence.In("en") {
				t.Errorf("outcome %d says %q and %q", i, o.Sentence.In("en"), o.Sentence.In("fr"))
			}
		}
		if out[3].Member == nil || out[4].Member == nil || out[4].Member.ID != gone.ID {
			t.Error("who is a member is not named")
		}
		bob, eve := out[2].Invitation, out[7].Invitation
		same(t, "Bob's names", [2]string{*bob.FirstName, *bob.LastName}, [2]string{"Bob", "Doe"})
		same(t, "Eve's names", [2]string{*eve.FirstName, *eve.LastName}, [2]string{"Eve", "Ex"})
		same(t, "mails to the suppressed", p.Kinds("no@example.org"), []string{})
		same(t, "mails to the deactivated", p.Kinds("dan@example.org"),
			[]string{string(mail.Welcome)})
		same(t, "mails to the pending", p.Kinds("pat@example.org"),
			[]string{string(mail.Invitation)})
	})
}

func TestAnInvitationKeepsAllThatWasGivenWithIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		sales := p.Group("Sales", "PUBLIC", nil)
		north := p.Unit("North", nil)
		course := p.Program("Safety")
		monday := p.Session(course, "Monday", day, 2*day)
		p.Field("badge", customfield.TypeNumber, false)
		end := after(p, 30*day)
		out := invite(p, input{
			People: []*invitation.Invitee{{Email: "Jane.Doe@Example.org", FirstName: new(" Jane "),
				LastName: new("Doe")}},
			Message: new("  See you on Monday.\nAda "), ExpiresAt: after(p, 5*day),
			Grant: &grants{
				Roles: []string{"learner", "group_admin"}, GroupIDs: []ident.ID{sales.ID, sales.ID},
				OrgUnitID:  &north.ID,
				SessionIDs: []ident.ID{monday.ID}, ProgramIDs: []ident.ID{course.ID},
				Labels:         []string{" vip ", "vip", "new"},
				AdditionalInfo: new("desk 4"), Locale: new("fr-CA"), AccessExpiresAt: end,
				DeleteOnExpiry: new(true),
				CustomFields:   map[string]any{"badge": " 12 "},
			},
		})
		inv, err := p.Store.Invitation.Query().WithGroups().WithRoles().WithSessions().
			WithOrgUnit().WithInvitedBy().Only(p.In())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the answer", out[0].Invitation.ID, inv.ID)
		same(t, "address", []string{inv.Email, inv.EmailKey},
			[]string{"Jane.Doe@Example.org", "jane.doe@example.org"})
		same(t, "names", []string{*inv.FirstName, *inv.LastName}, []string{"Jane", "Doe"})
		same(t, "message", *inv.Message, "See you on Monday.\nAda")
		same(t, "locale", *inv.Locale, "fr")
		same(t, "state", []string{string(inv.Status), string(inv.DeliveryStatus)},
			[]string{"PENDING", "QUEUED"})
		same(t, "sent before it has left", inv.SentCount, 0)
		if inv.LastSentAt != nil || inv.ExpiresAt == nil ||
			inv.ExpiresAt.Sub(inv.CreatedAt) < 4*day {
			t.Errorf("sent %v, expires %v", inv.LastSentAt, inv.ExpiresAt)
		}
		same(t, "inviter and grantor", []ident.ID{*inv.InvitedByID, *inv.GrantorID},
			[]ident.ID{p.Admin.ID, p.Admin.ID})
		same(t, "places", []int{len(inv.Edges.Groups), len(inv.Edges.Roles),
			len(inv.Edges.Sessions)}, []int{1, 2, 1})
		same(t, "unit", inv.Edges.OrgUnit.ID, north.ID)
		same(t, "grant", inv.Grant, schema.Grant{
			Roles: inv.Grant.Roles, GroupIDs: []ident.ID{sales.ID}, OrgUnitID: north.ID,
			SessionIDs: []ident.ID{monday.ID},
			ProgramIDs: []ident.ID{course.ID}, Labels: []string{"vip", "new"},
			AdditionalInfo: "desk 4", Locale: "fr",
			AccessExpiresAt: end, DeleteOnExpiry: true,
			CustomFields: map[string]string{"badge": "12"},
		})
		same(t, "roles at places", len(inv.Grant.Roles), 2)
		same(t, "history", p.Happened(inv.ID), []string{"invitation.made"})
	})
}

func TestAnInvitationLivesAsLongAsItsInviterOrItsWorkspaceSays(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		life := func(in input) *time.Duration {
			inv := invite(p, in)[0].Invitation
			if inv.ExpiresAt == nil {
				return nil
			}
			return new(inv.ExpiresAt.Sub(inv.CreatedAt).Round(time.Hour))
		}
		same(t, "by default", life(input{Emails: []string{"a@example.org"}}), new(14*day))
		same(t, "until a date",
			life(input{Emails: []string{"b@example.org"}, ExpiresAt: after(p, 3*day)}), new(3*day))
		same(t, "for ever",
			life(input{Emails: []string{"c@example.org"}, NeverExpires: new(true)}), nil)
		p.Configure(func(s *schema.WorkspaceSettings) { s.InvitationDays = 0 })
		same(t, "for ever by default", life(input{Emails: []string{"d@example.org"}}), nil)
	})
}

// INV-4: inviting an expired address again closes the old row.
func TestAnExpiredAddressIsInvitedAgainAndTheOldRowStays(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		old := sent(p, "jane@example.org")
		late := p.Accepting(old)
		p.Clock.Add(15 * day)
		out := invite(p, input{Emails: []string{"jane@example.org"}})
		same(t, "outcome", told(out), []string{"jane@example.org INVITED"})
		same(t, "the old row", string(p.Invitation(old.ID).Status), "EXPIRED")
		same(t, "its history", p.Happened(old.ID),
			[]string{"invitation.made", "invitation.expired"})
		if out[0].Invitation.ID == old.ID {
			t.Error("the old invitation was taken for the new one")
		}
		_, err := p.Acceptances.Accept(t.Context(), nil, late, noOrigin)
		refused(t, err, "LINK_EXPIRED", "")
		if _, err := accept(p, out[0].Invitation); err != nil {
			t.Errorf("the new link: %v", err)
		}
		same(t, "mails", p.Kinds("jane@example.org"),
			[]string{"invitation", "invitation", "welcome"})
	})
}

// INV-19: an invitation without an email has delivery NOT_SENT.
func TestAnInvitationWithoutAMailIsALinkOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := invite(p, input{Emails: []string{"jane@example.org"},
			SendEmail: new(false)})[0].Invitation
		same(t, "delivery", string(inv.DeliveryStatus), "NOT_SENT")
		same(t, "count", inv.SentCount, 0)
		same(t, "mails", p.Kinds("jane@example.org"), []string{})
		if _, err := accept(p, inv); err != nil {
			t.Error(err)
		}
	})
}

// INV-19: without SMTP every invitation is a link only.
func TestWithoutAMailServerEveryInvitationIsALinkOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		out := invite(p, input{Emails: []string{"jane@example.org"}})
		same(t, "delivery", string(out[0].Invitation.DeliveryStatus), "NOT_SENT")
		same(t, "what the inviter reads", out[0].Sentence.Key, "invite.invited_unsent")
		_, err := p.Invitations.Resend(t.Context(), p.Caller(p.Admin), out[0].Invitation.ID, invitation.ResendInput{})
		refused(t, err, "CONFLICT", "")
		_, err = p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), out[0].Invitation.ID,
			"june@example.org")
		if err != nil {
			t.Error(err)
		}
		same(t, "delivery after a correction",
			string(p.Invitation(out[0].Invitation.ID).DeliveryStatus), "NOT_SENT")
		if _, err := accept(p, p.Invitation(out[0].Invitation.ID)); err != nil {
			t.Error(err)
		}
	}, apptest.WithoutMail)
}

// INV-18: a workspace can require a group.
func TestAWorkspaceMayAskForAGroupAtEveryEntryPoint(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *schema.WorkspaceSettings) { s.RequireGroup = true })
		_, err := inviteAs(p, p.Admin, input{Emails: []string{"jane@example.org"}})
		refused(t, err, "BAD_USER_INPUT", "grant.groupIds")
		g := p.Group("Sales", "PUBLIC", nil)
		inv := invite(p, input{Emails: []string{"jane@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{g.ID}}})[0].Invitation
		_, err = p.Invitations.Update(t.Context(), p.Caller(p.Admin),
			invitation.UpdateInput{ID: inv.ID, Grant: replaceGrant(&grants{})})
		refused(t, err, "BAD_USER_INPUT", "grant.groupIds")
	})
}

func TestAnInviterIsWarnedOfAnAccountElsewhereInTheOrganizationOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		sister := p.Found("Acme", "acme-north")
		stranger := p.Found("Globex", "globex")
		sister.Join("sis@example.org", nil)
		stranger.Join("far@example.org", nil)
		p.Account("nowhere@example.org")
		deactivated(sister, "left@example.org")
		emails := []string{"sis@example.org", "far@example.org", "nowhere@example.org",
			"left@example.org", "new@example.org"}
		want := []string{
			"sis@example.org INVITED ACCOUNT_EXISTS_ELSEWHERE", "far@example.org INVITED",
			"nowhere@example.org INVITED",
			"left@example.org INVITED", "new@example.org INVITED",
		}
		out := invite(p, input{Emails: emails})
		same(t, "outcomes", told(out), want)
		// INV-10: but for the warning, an address with an account is answered like one without.
		for i, o := range out {
			if i > 0 && (o.Sentence.Key != out[4].Sentence.Key || o.Member != nil ||
				o.Invitation.FirstName != nil) {
				t.Errorf("the outcome of %s tells of an account", o.Input)
			}
		}
		same(t, "the second time", told(invite(p, input{Emails: emails[:2]})),
			[]string{"sis@example.org UPDATED ACCOUNT_EXISTS_ELSEWHERE", "far@example.org UPDATED"})
	})
}

func TestWhoHasAnAccountKeepsTheirOwnNamesWhateverWasTyped(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		u := p.Account("jane@example.org")
		inv := invite(
			p, input{People: []*invitation.Invitee{{Email: "jane@example.org",
				FirstName: new("Wrong"), LastName: new("Name")}}})[0].Invitation
		in := p.Accepting(inv)
		in.FirstName, in.LastName = new("Other"), new("Name")
		mustAccept(p, p.As(u), in)
		now := p.User("jane@example.org")
		same(t, "names", []string{*now.FirstName, *now.LastName}, []string{"jane", "jane"})
		same(t, "password", *now.PasswordHash, *u.PasswordHash)
		same(t, "what the inviter typed", *p.Invitation(inv.ID).FirstName, "Wrong")
	})
}

func TestNothingIsWrittenWhenTheWholeRequestIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		before := p.Snapshot()
		_, err := inviteAs(p, p.Admin, input{Emails: []string{"jane@example.org"},
			Grant: &grants{Roles: []string{"nobody"}}})
		refused(t, err, "NOT_FOUND", "grant.roles.0")
		same(t, "the database", p.Snapshot(), before)
	})
}

func TestAnOldGrantIsOfItsGrantorAndNotOfWhoLooks(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		second := p.Join("second@example.org", &grants{Roles: []string{"admin"}})
		out, err := inviteAs(p, second, input{Emails: []string{"jane@example.org"}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "grantor", out[0].Invitation.GrantorID, new(second.ID))
		var actor *ent.Member
		event, err := p.Store.AuditEvent.Query().Where(auditevent.SubjectID(out[0].Invitation.ID)).
			Only(p.In())
		if err == nil {
			actor, err = p.Store.Member.Get(p.In(), *event.ActorID)
		}
		if err != nil || actor == nil || actor.ID != second.ID {
			t.Errorf("the history names %v (%v)", actor, err)
		}
	})
}
