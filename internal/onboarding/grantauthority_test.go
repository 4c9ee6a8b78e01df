package onboarding_test

import (
	"testing"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/joinlink"
	"usher/internal/store"
)

// invitationVerbs are the verbs on one invitation, each as a request of an administrator.
func invitationVerbs(p *apptest.Place, by *ent.Member, i ident.ID) map[string]func() error {
	c, o, t := p.Caller(by), p.Services, p.T.Context()
	inG := func(g *grants) *admission.GrantInput { return g }
	bulk := func(b *invitation.Bulk, err error) error {
		if err != nil || len(b.Errors) == 0 {
			return err
		}
		return b.Errors[0].Fault
	}
	return map[string]func() error{
		"resend": func() error {
			_, err := o.Invitations.Resend(t, c, i, invitation.ResendInput{Message: new("hi")})
			return err
		},
		"resendMany": func() error {
			return bulk(o.Invitations.ResendMany(t, c, []ident.ID{i}, invitation.ResendInput{}))
		},
		"resendPending": func() error {
			return bulk(o.Invitations.ResendPending(t, c, p.Workspace.ID, entinvitation.ID(i), nil))
		},
		"cancel": func() error { _, err := o.Invitations.Cancel(t, c, i); return err },
		"cancelMany": func() error {
			return bulk(o.Invitations.CancelMany(t, c, []ident.ID{i}))
		},
		"correct": func() error {
			_, err := o.Invitations.CorrectEmail(t, c, i, "other@example.org")
			return err
		},
		"update names": func() error {
			_, err := o.Invitations.Update(t, c,
				edit{ID: i, FirstName: newText{Set: true, Value: new("Jo")}})
			return err
		},
		"update expiry": func() error {
			_, err := o.Invitations.Update(t, c,
				edit{ID: i, ExpiresAt: newTime{Set: true, Value: after(p, day)}})
			return err
		},
		"update grant": func() error {
			inv := p.Invitation(i)
			_, err := o.Invitations.Update(t, c,
				edit{ID: i, Grant: replaceGrant(inG(&grants{GroupIDs: inv.Grant.GroupIDs}))})
			return err
		},
	}
}

// Security: every verb on an invitation takes what giving it takes (no. 13). To invite to its
// groups is not enough.
func TestALesserAdministratorChangesNothingOfAnInvitationThatGivesMore(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		s := newStaff(p)
		monday := p.Session(s.course, "monday", day, 2*day)
		ga := p.Join("ga@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(s.g)})
		user := p.Join("ua@example.org", &grants{Roles: []string{access.UserAdmin}})
		manager := p.Join("ma@example.org", &grants{Roles: []string{access.Manager},
			OrgUnitID: &s.u.ID})
		for _, c := range []struct {
			what  string
			grant *grants
			by    *ent.Member
			may   bool
		}{
			{"an administrator, in the group",
				&grants{Roles: []string{access.Admin}, GroupIDs: idList(s.g)}, ga, false},
			{"a user administrator of the group", &grants{Roles: []string{access.UserAdmin},
				GroupIDs: idList(s.g)}, ga, false},
			{"another group besides", &grants{GroupIDs: idList(s.g, s.other)}, ga, false},
			{"a unit besides", &grants{GroupIDs: idList(s.g), OrgUnitID: &s.u.ID}, ga, false},
			{"a session besides", &grants{GroupIDs: idList(s.g), SessionIDs: []ident.ID{monday.ID}},
				ga, false},
			{"a course besides",
				&grants{GroupIDs: idList(s.g), ProgramIDs: []ident.ID{s.course.ID}}, ga, false},
			{"a coach of the group", &grants{Roles: []string{access.Coach}, GroupIDs: idList(s.g)},
				ga, true},
			{"an administrator", &grants{Roles: []string{access.Admin}}, user, false},
			{"a group administrator", &grants{Roles: []string{access.GroupAdmin},
				GroupIDs: idList(s.g)}, user, false},
			{"a user administrator", &grants{Roles: []string{access.UserAdmin}}, user, true},
			{"a manager of their unit", &grants{Roles: []string{access.Manager},
				OrgUnitID: &s.u.ID}, manager, false},
			{"somebody of their unit", &grants{OrgUnitID: &s.u.ID}, manager, true},
		} {
			inv := p.Invite("jane@example.org", c.grant)
			p.Clock.Add(2 * day / 100) // beyond the cool-down of an address
			before := dump(p)
			for verb, do := range invitationVerbs(p, c.by, inv.ID) {
				if !c.may {
					if err := do(); !fault.Has(err, fault.Forbidden) {
						t.Errorf("%s of an invitation to %s: %v", verb, c.what, err)
					}
					if now := dump(p); len(changed(before, now)) > 0 {
						t.Errorf("%s of an invitation to %s wrote %v", verb, c.what,
							changed(before, now))
					}
				}
			}
			link, err := p.Invitations.CopyLink(t.Context(), p.Caller(c.by), p.Invitation(inv.ID))
			if err != nil || (link != "") != c.may {
				t.Errorf("the link of an invitation to %s: %q, %v", c.what, link, err)
			}
			if c.may {
				if err := invitationVerbs(p, c.by, inv.ID)["update names"](); err != nil {
					t.Errorf("an invitation to %s: %v", c.what, err)
				}
			}
			if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), inv.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// What an invitation gives by now counts, not what it gave when it was read: a role may have got
// more permissions since.
func TestARoleThatGotMorePermissionsRaisesTheInvitationsThatGiveIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, role := p.Group("g", "PRIVATE", nil), p.Role("Guide", access.MembersView)
		ga := p.Join("ga@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		out, err := inviteAs(p, ga, input{Emails: []string{"jane@example.org"},
			Grant: &grants{Roles: []string{role.ID.String()}, GroupIDs: idList(g)}})
		must(t, err)
		p.Write(func(c ctx, tx *store.Tx) error {
			return tx.Role.UpdateOne(role).
				SetPermissions([]string{string(access.AuditView)}).Exec(c)
		})
		for verb, do := range invitationVerbs(p, ga, out[0].Invitation.ID) {
			if err := do(); !fault.Has(err, fault.Forbidden) {
				t.Errorf("%s: %v", verb, err)
			}
		}
	})
}

// A role of the whole workspace is beyond a group's administrator, also beside their group.
func TestAGroupBesideAWorkspaceDoesNotMakeItTheGroupAdministrators(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		ga := p.Join("ga@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		inv := p.Invite("jane@example.org", nil) // a learner of the workspace
		invite(p, input{Emails: []string{"jane@example.org"}, Grant: &grants{GroupIDs: idList(g)}})
		for verb, do := range invitationVerbs(p, ga, inv.ID) {
			if err := do(); !fault.Has(err, fault.Forbidden) {
				t.Errorf("%s: %v", verb, err)
			}
		}
	})
}

// Join links are held to the same: what the link gives now, and that the caller manages join links
// there. A link that gives more is hidden from them.
func TestALesserAdministratorChangesNothingOfAJoinLinkThatGivesMore(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class, other := p.Group("class", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		role := p.Role("Keeper", access.JoinLinksManage, access.MembersInvite, access.MembersView)
		keeper := p.Join("keeper@acme.test", &grants{Roles: []string{role.ID.String()},
			GroupIDs: idList(class)})
		edits := map[string]joinlink.UpdateLinkInput{
			"nothing": {}, "off": {Enabled: new(false)}, "rotate": {RotateSlug: true},
			"slug":      {Slug: new("my-own-slug")},
			"whitelist": {Whitelist: joinlink.OptionalList{Set: true}},
			"grant": {Grant: inputs.Change[admission.GrantChange]{Set: true,
				Value: replaceGrant(&grants{GroupIDs: idList(class)})}},
			"approval": {RequiresApproval: new(false)},
			"cap":      {MaxJoins: inputs.Change[int]{Set: true}},
		}
		for what, g := range map[string]*grants{
			"an administrator": {Roles: []string{access.Admin}, GroupIDs: idList(class)},
			"a coach":          {Roles: []string{access.Coach}, GroupIDs: idList(class)},
			"another group":    {GroupIDs: idList(class, other)}, "the workspace": nil,
		} {
			l := makeLink(p, link{Grant: g, RequiresApproval: new(true)})
			before := dump(p)
			for name, in := range edits {
				in.ID = l.ID
				if _, err := p.JoinLinks.UpdateLink(t.Context(), p.Caller(keeper), in); !fault.Has(
					err, fault.NotFound) {
					t.Errorf("%s of a link for %s: %v", name, what, err)
				}
			}
			if _, err := p.JoinLinks.Explain(t.Context(), p.Caller(keeper), l.ID,
				"x@acme.test", joinlink.SettingsInput{}); !fault.Has(err, fault.NotFound) {
				t.Errorf("explain a link for %s: %v", what, err)
			}
			if now := dump(p); len(changed(before, now)) > 0 {
				t.Errorf("a link for %s: written %v", what, changed(before, now))
			}
		}
		own := makeLink(p, link{Grant: &grants{GroupIDs: idList(class)}})
		_, err := p.JoinLinks.UpdateLink(t.Context(), p.Caller(keeper),
			joinlink.UpdateLinkInput{ID: own.ID, RotateSlug: true})
		must(t, err)
	})
}

// JOIN_LINKS_MANAGE counts where the link leads: held in one group it makes no link into another,
// where one may only invite.
func TestJoinLinksAreMadeWhereOneManagesThem(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class, other := p.Group("class", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		links, inviter := p.Role("Links", access.JoinLinksManage, access.MembersView),
			p.Role("Inviter", access.MembersInvite, access.MembersView)
		keeper := p.Join("keeper@acme.test", &grants{Roles: []string{links.ID.String()},
			GroupIDs: idList(class)})
		gives(p, keeper.ID, inviter.Key, other.ID)
		before := dump(p)
		_, err := p.JoinLinks.CreateLink(t.Context(), p.Caller(keeper),
			link{WorkspaceID: p.Workspace.ID, Grant: &grants{GroupIDs: idList(other)}})
		refused(t, err, fault.Forbidden, "")
		l := makeLink(p, link{Grant: &grants{GroupIDs: idList(other)}})
		_, err = p.JoinLinks.UpdateLink(t.Context(), p.Caller(keeper),
			joinlink.UpdateLinkInput{ID: l.ID, Enabled: new(false)})
		refused(t, err, fault.Forbidden, "")
		_ = before
	})
}

// Who decides about a person could give what the link gives: approval admits them to it, and a
// rejection takes it away.
func TestWhoDecidesAJoinRequestCouldGiveWhatTheLinkGives(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		ga := p.Join("ga@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		for what, c := range map[string]struct {
			grant *grants
			may   bool
		}{
			"user administrators": {&grants{Roles: []string{access.UserAdmin},
				GroupIDs: idList(g)}, false},
			"coaches": {&grants{Roles: []string{access.Coach},
				GroupIDs: idList(g)}, true},
		} {
			l := makeLink(p, link{Grant: c.grant, RequiresApproval: new(true)})
			email := "ann-" + what[:4] + "@acme.test"
			must(t, ask(p, l, email))
			if _, err := confirm(p, email); err != nil {
				t.Fatal(err)
			}
			r := requests(p, email)[0]
			same(t, "status", r.Status, joinrequest.StatusWaiting)
			for verb, do := range map[string]func() error{
				"reject": func() error {
					_, err := p.JoinLinks.Reject(t.Context(), p.Caller(ga), r.ID, nil)
					return err
				},
				"approve": func() error {
					_, err := p.JoinLinks.Approve(t.Context(), p.Caller(ga), r.ID)
					return err
				},
			} {
				if c.may && verb == "reject" {
					continue
				}
				if err := do(); c.may && err != nil || !c.may && !fault.Has(err, fault.NotFound) {
					t.Errorf("%s of a link for %s: %v", verb, what, err)
				}
			}
		}
	})
}
