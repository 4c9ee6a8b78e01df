package onboarding_test

import (
	"testing"

	"usher/ent/customfield"
	"usher/ent/schema"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
)

func TestAPendingAddressIsUpdatedWithTheUnionOfBothGrants(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a, b := p.Group("a", "PRIVATE", nil), p.Group("b", "PRIVATE", nil)
		north, south := p.Unit("North", nil), p.Unit("South", nil)
		one, two := p.Program("One"), p.Program("Two")
		s1, s2 := p.Session(one, "S1", day, 2*day), p.Session(two, "S2", day, 2*day)
		p.Field("x", customfield.TypeText, false)
		p.Field("y", customfield.TypeText, false)
		end := after(p, 30*day)
		old := invite(p, input{Emails: []string{"jane@example.org"}, Grant: &grants{
			GroupIDs: []ident.ID{a.ID}, OrgUnitID: &north.ID, SessionIDs: []ident.ID{s1.ID},
			ProgramIDs: []ident.ID{one.ID},
			Labels:     []string{"l1"}, AdditionalInfo: new("old"), AccessExpiresAt: end,
			DeleteOnExpiry: new(true),
			CustomFields:   map[string]any{"x": "1", "y": "1"},
		}})[0].Invitation
		out := invite(p, input{Emails: []string{"JANE@example.org"}, Grant: &grants{
			Roles: []string{"coach"}, GroupIDs: []ident.ID{a.ID, b.ID}, OrgUnitID: &south.ID,
			SessionIDs: []ident.ID{s2.ID}, ProgramIDs: []ident.ID{two.ID},
			Labels: []string{"l2"}, Locale: new("fr"), CustomFields: map[string]any{"y": "2"},
		}})
		same(t, "outcome", told(out), []string{"JANE@example.org UPDATED ORG_UNIT_REPLACED"})
		same(t, "the invitation", out[0].Invitation.ID, old.ID)
		g := p.Invitation(old.ID).Grant
		same(t, "groups", g.GroupIDs, []ident.ID{a.ID, b.ID})
		same(t, "sessions", g.SessionIDs, []ident.ID{s1.ID, s2.ID})
		same(t, "programs", g.ProgramIDs, []ident.ID{one.ID, two.ID})
		same(t, "unit", g.OrgUnitID, south.ID)
		same(t, "labels", sortedOf(g.Labels), []string{"l1", "l2"})
		same(t, "info and language", []string{g.AdditionalInfo, g.Locale}, []string{"old", "fr"})
		same(t, "end", []any{*g.AccessExpiresAt, g.DeleteOnExpiry}, []any{*end, true})
		same(t, "answers", g.CustomFields, map[string]string{"x": "1", "y": "2"})
		same(t, "the language of its mails", *p.Invitation(old.ID).Locale, "fr")
		inv, err := p.Store.Invitation.Query().WithGroups().WithRoles().WithSessions().
			WithOrgUnit().Only(p.In())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "places in lists", []int{len(inv.Edges.Groups), len(inv.Edges.Roles),
			len(inv.Edges.Sessions)}, []int{2, 2, 2})
		same(t, "unit in lists", inv.Edges.OrgUnit.ID, south.ID)
		same(t, "mails", p.Kinds("jane@example.org"), []string{"invitation", "session_invitation",
			"session_invitation"})
		same(t, "history", p.Happened(old.ID), []string{"invitation.made", "invitation.merged"})

		m := mustAccept(p, nil, p.Accepting(p.Invitation(old.ID))).Member
		same(t, "holds", p.Holds(m.ID), []string{"coach@S2", "coach@a", "coach@b", "learner@a"})
	})
}

func TestAPendingAddressIsMailedAgainWhenAsked(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		old := invite(p, input{Emails: []string{"jane@example.org"},
			Message: new("first")})[0].Invitation
		p.Clock.Add(day)
		again := input{Emails: []string{"jane@example.org"}, Message: new("second")}
		invite(p, again)
		same(t, "mails without asking", p.Kinds("jane@example.org"), []string{"invitation"})
		again.RemindPending = new(true)
		out := invite(p, again)
		same(t, "mails", p.Kinds("jane@example.org"), []string{"invitation", "invitation"})
		same(t, "sentence", out[0].Sentence.Key, "invite.updated_sent")
		now := p.Invitation(old.ID)
		same(t, "message", *now.Message, "second")
	})
}

func TestWhoCannotGiveTheWholeDoesNotBecomeItsGrantor(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, other := p.Group("g", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		boss := p.Join("boss@example.org",
			&grants{Roles: []string{"group_admin"}, GroupIDs: []ident.ID{g.ID}})
		inv := p.Invite("jane@example.org",
			&grants{Roles: []string{"coach"}, GroupIDs: []ident.ID{other.ID}})
		out, err := inviteAs(p, boss, input{Emails: []string{"jane@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{g.ID}}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "outcome", told(out), []string{"jane@example.org UPDATED"})
		same(t, "grantor", *p.Invitation(inv.ID).GrantorID, p.Admin.ID)

		mine, err := inviteAs(p, boss, input{Emails: []string{"june@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{g.ID}}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "grantor of one's own", *mine[0].Invitation.GrantorID, boss.ID)
		invite(p, input{Emails: []string{"june@example.org"},
			Grant: &grants{Roles: []string{"admin"}}})
		same(t, "grantor once the administrator adds",
			*p.Invitation(mine[0].Invitation.ID).GrantorID, p.Admin.ID)
		same(t, "inviter", *p.Invitation(mine[0].Invitation.ID).InvitedByID, boss.ID)
	})
}

func TestAPendingAddressIsUpdatedThoughSomeOfItsPlacesAreGone(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a, b := p.Group("a", "PRIVATE", nil), p.Group("b", "PRIVATE", nil)
		unit, role := p.Unit("North", nil), p.Role("Guest")
		monday := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		inv := p.Invite("jane@example.org", &grants{
			Roles: []string{"learner", role.ID.String()}, GroupIDs: []ident.ID{a.ID},
			OrgUnitID: &unit.ID, SessionIDs: []ident.ID{monday.ID},
		})
		p.Write(func(ctx ctx, tx *store.Tx) error {
			for _, err := range []error{
				tx.Group.DeleteOne(a).Exec(ctx), tx.OrgUnit.DeleteOne(unit).Exec(ctx),
				tx.Role.DeleteOne(role).Exec(ctx), tx.Session.DeleteOne(monday).Exec(ctx),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		if link, err := p.Invitations.CopyLink(t.Context(), p.Caller(p.Admin),
			p.Invitation(inv.ID)); link == "" || err != nil {
			t.Errorf("an administrator cannot copy the link any more (%v)", err)
		}
		out := invite(p, input{Emails: []string{"jane@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{b.ID}}})
		same(t, "outcome", told(out), []string{"jane@example.org UPDATED"})
		m := mustAccept(p, nil, p.Accepting(p.Invitation(inv.ID))).Member
		same(t, "holds", p.Holds(m.ID), []string{"learner@b"})
	})
}

func TestAnInvitationWithoutAGroupIsMergedEvenWhereGroupsAreAskedFor(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("jane@example.org", nil)
		p.Configure(func(s *schema.WorkspaceSettings) { s.RequireGroup = true })
		_, err := inviteAs(p, p.Admin, input{Emails: []string{"jane@example.org"}})
		refused(t, err, "BAD_USER_INPUT", "grant.groupIds")
		same(t, "history", p.Happened(inv.ID), []string{"invitation.made"})
	})
}

func TestWhoCannotGiveTheWholeAddsToItAndChangesNothingOfIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, aside, own := p.Group("g", "PRIVATE", nil), p.Unit("aside", nil), p.Unit("own", nil)
		boss := p.Join("boss@example.org", &grants{Roles: []string{"manager"}, OrgUnitID: &own.ID})
		inv := p.Invite("jane@example.org", &grants{
			Roles: []string{"coach"}, GroupIDs: idList(g), OrgUnitID: &aside.ID,
			AdditionalInfo: new("desk 4"), Locale: new("fr"), AccessExpiresAt: after(p, day),
		})
		_, err := inviteAs(p, boss, input{Emails: []string{"jane@example.org"}, Grant: &grants{
			OrgUnitID: &own.ID, AdditionalInfo: new("mine"), Locale: new("en"),
			AccessExpiresAt: after(p, 99*day), Labels: []string{"new"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		now := p.Invitation(inv.ID)
		same(t, "grant", []any{now.Grant.OrgUnitID, now.Grant.AdditionalInfo, now.Grant.Locale,
			now.Grant.AccessExpiresAt.UTC(), now.Grant.Labels},
			[]any{aside.ID, "desk 4", "fr", inv.Grant.AccessExpiresAt.UTC(), []string{"new"}})
		if now.OrgUnitID == nil || *now.OrgUnitID != aside.ID {
			t.Errorf("in lists it stands at the unit %v", now.OrgUnitID)
		}
	})
}
