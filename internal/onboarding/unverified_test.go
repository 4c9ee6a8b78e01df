package onboarding_test

import (
	"testing"

	"usher/ent"
	"usher/ent/importbatch"
	entinvitation "usher/ent/invitation"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/provisioning"
)

const attackers = "attackers-own-pass-77"

// squatted is a member whose account a group's administrator made, with a password that they know.
func squatted(p *apptest.Place) (m *ent.Member, ga *ent.Member) {
	p.T.Helper()
	g := p.Group("g", "PRIVATE", nil)
	ga = p.Join("ga@acme.test", &grants{Roles: []string{access.GroupAdmin}, GroupIDs: idList(g)})
	c, err := createAs(p, ga, provisioning.CreateInput{Email: new("ceo@acme.test"),
		Password: new(attackers), Grant: &grants{GroupIDs: idList(g)}})
	must(p.T, err)
	return c.Member, ga
}

// takesNothing holds that the attacker's password opens none of what was asked for, and that the
// mailed link gives it and ends that password.
func takesNothing(t *testing.T, p *apptest.Place, inv *ent.Invitation, role string) {
	t.Helper()
	ceo := p.User("ceo@acme.test")
	if p.As(ceo).In(p.Workspace.ID).Can(access.WorkspaceManage, access.Workspace(p.Workspace.ID)) {
		t.Fatal("the attacker administers the workspace")
	}
	copied := p.Accepting(inv)
	copied.Password = new(attackers)
	_, err := p.Acceptances.Accept(t.Context(), nil, copied, noOrigin)
	refused(t, err, fault.Forbidden, "")
	mailed := p.Mailed(inv)
	// the attackers' is not the mailbox's to know (AUT-4)
	mailed.Password, mailed.NewPassword = nil, new(ownPassword)
	a := mustAccept(p, nil, mailed)
	if held := p.Holds(a.Member.ID); !contains(held, role) {
		t.Errorf("the mailed link gave %v", held)
	}
	_, err = p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ceo@acme.test",
		Password: attackers})
	refused(t, err, fault.Unauthenticated, "")
}

func contains(list []string, one string) bool { return countOf(list, one) > 0 }

// Security: an account that somebody made first is not taken into another workspace of the
// organization.
func TestAnUnverifiedAccountIsNotTakenIntoAnotherWorkspace(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		academy, hq := k.Found("Acme", "academy"), k.Found("Acme", "hq")
		squatted(academy)
		c, err := create(hq, provisioning.CreateInput{Email: new("ceo@acme.test"),
			SendCredentials: new(true), Grant: &grants{Roles: []string{access.Admin}}})
		must(t, err)
		same(t, "status", c.Status, provisioning.InvitedInstead)
		if k.As(k.User("ceo@acme.test")).In(hq.Workspace.ID) != nil {
			t.Error("the account is in")
		}
		takesNothing(t, hq, c.Invitation, "admin@*")
	}, apptest.WithoutWorker)
}

func TestAnImportDoesNotTakeInAnUnverifiedAccountEither(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		academy, hq := k.Found("Acme", "academy"), k.Found("Acme", "hq")
		squatted(academy)
		b := upload(hq, importbatch.ActionCreate, importbatch.ExistingSkip,
			"firstName,lastName,email,roles\nCeo,Boss,ceo@acme.test,admin")
		same(t, "preview", counts(b), counts(run(hq, b)))
		if k.As(k.User("ceo@acme.test")).In(hq.Workspace.ID) != nil {
			t.Error("the account is in")
		}
		takesNothing(t, hq, sentTo(hq, "ceo@acme.test"), "admin@*")
	})
}

// Inside one workspace too: a role with permissions waits for the mailed link, whichever entry
// point gives it.
func TestAnUnverifiedMemberIsInvitedToARoleWithPermissions(t *testing.T) {
	for name, raise := range map[string]func(t *testing.T, p *apptest.Place, m *ent.Member) string{
		"updateMember": func(t *testing.T, p *apptest.Place, m *ent.Member) string {
			must(t, edited(p, p.Admin,
				memberEdit{ID: m.ID, Grant: &grants{Roles: []string{access.Admin}}}))
			return "admin@*"
		},
		"a custom role": func(t *testing.T, p *apptest.Place, m *ent.Member) string {
			custom := p.Role("Viewer", access.MembersView)
			must(t, edited(p, p.Admin,
				memberEdit{ID: m.ID, Grant: &grants{Roles: []string{custom.ID.String()}}}))
			return custom.Key + "@*"
		},
		"addToGroup": func(t *testing.T, p *apptest.Place, m *ent.Member) string {
			other := p.Group("other", "PRIVATE", nil)
			out, err := p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin),
				invitation.AddInput{GroupID: other.ID, Emails: []string{"ceo@acme.test"},
					Roles: []string{access.GroupAdmin}})
			must(t, err)
			same(t, "outcome", told(out), []string{"ceo@acme.test INVITED_INSTEAD"})
			return "group_admin@other"
		},
		"addToGroup by id": func(t *testing.T, p *apptest.Place, m *ent.Member) string {
			other := p.Group("other", "PRIVATE", nil)
			_, err := p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin),
				invitation.AddInput{GroupID: other.ID, MemberIDs: idsOfMembers(m),
					Roles: []string{access.GroupAdmin}})
			must(t, err)
			return "group_admin@other"
		},
		"inviteUsers": func(t *testing.T, p *apptest.Place, m *ent.Member) string {
			other := p.Group("other", "PRIVATE", nil)
			invite(p, input{Emails: []string{"ceo@acme.test"},
				Grant: &grants{Roles: []string{access.Coach}, GroupIDs: idList(other)}})
			return "coach@other"
		},
		"import": func(t *testing.T, p *apptest.Place, m *ent.Member) string {
			b := upload(p, importbatch.ActionInvite, importbatch.ExistingUpdate,
				"email,roles\nceo@acme.test,admin")
			same(t, "preview", counts(b), counts(run(p, b)))
			return "admin@*"
		},
	} {
		t.Run(name, func(t *testing.T) {
			apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
				p := k.Found("Acme", "acme")
				m, _ := squatted(p)
				held := p.Holds(m.ID)
				role := raise(t, p, m)
				same(t, "holds still", p.Holds(m.ID), held)
				inv, err := p.Store.Invitation.Query().
					Where(entinvitation.EmailKey("ceo@acme.test"),
						entinvitation.StatusEQ(entinvitation.StatusPending)).Only(p.In())
				must(t, err)
				takesNothing(t, p, inv, role)
			})
		})
	}
}

// What is no more than they have needs no mail: another group as a learner, and all of it for
// accounts without an address and for the owner whom the operator named.
func TestWhatIsNoMoreThanTheyHaveIsGivenAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m, _ := squatted(p)
		other := p.Group("other", "PRIVATE", nil)
		out, err := p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin),
			invitation.AddInput{GroupID: other.ID, MemberIDs: idsOfMembers(m, p.Admin)})
		must(t, err)
		same(t, "outcomes", told(out), []string{"ceo@acme.test ADDED", "admin@acme.test ADDED"})
		lea := mailless(p, "lea", nil)
		out, err = p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin),
			invitation.AddInput{GroupID: other.ID, MemberIDs: idsOfMembers(lea, p.Admin),
				Roles: []string{access.GroupAdmin}})
		must(t, err)
		same(t, "with a role", told(out), []string{"lea ADDED", "admin@acme.test ADDED"})
	})
}

func idsOfMembers(list ...*ent.Member) (ids []ident.ID) {
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	return ids
}

// Security: a card takes what creating the person as they are takes, everywhere they are.
func TestWhoPutsSomebodyIntoTheirGroupIssuesNoCardForThem(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, other, unit := p.Group("g", "PRIVATE", nil), p.Group("other", "PRIVATE", nil),
			p.Unit("u", nil)
		ga := p.Join("ga@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		for name, grant := range map[string]*grants{"workspace": nil,
			"group": {GroupIDs: idList(other)}, "unit": {OrgUnitID: &unit.ID}} {
			c, err := create(p, provisioning.CreateInput{Email: new(name + "@acme.test"),
				Password: new(apptest.Password), Grant: grant})
			must(t, err)
			_, err = p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin),
				invitation.AddInput{GroupID: g.ID, MemberIDs: idsOfMembers(c.Member)})
			must(t, err)
			_, err = p.Cards.IssueCard(t.Context(), p.Caller(ga), c.Member.ID)
			if !fault.Has(err, fault.Forbidden) {
				t.Errorf("somebody of the %s: %v", name, err)
			}
		}
		own, err := createAs(p, ga, provisioning.CreateInput{Username: new("pupil"),
			Grant: &grants{GroupIDs: idList(g)}})
		must(t, err)
		card, err := p.Cards.IssueCard(t.Context(), p.Caller(ga), own.Member.ID)
		must(t, err)
		gives(p, own.Member.ID, access.Learner, other.ID) // is elsewhere too by now
		refused(t, redeem(p, using(card)), fault.LinkCancelled, "")
	}, apptest.WithoutMail)
}
