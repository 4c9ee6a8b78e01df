package onboarding_test

import (
	"context"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/apikey"
	entcard "usher/ent/card"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/card"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/provisioning"
	"usher/internal/store"
)

func TestWhoCouldCreateThePersonIssuesTheCard(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class, other, unit := p.Group("Class", "PRIVATE", nil), p.Group("Other", "PRIVATE", nil),
			p.Unit("Ward", nil)
		issuers := map[string]*ent.Member{
			"admin": p.Admin,
			"here": p.Join("here@acme.test", &grants{Roles: []string{access.GroupAdmin},
				GroupIDs: idList(class)}),
			"there": p.Join("there@acme.test", &grants{Roles: []string{access.GroupAdmin},
				GroupIDs: idList(other)}),
			"manager": p.Join("manager@acme.test", &grants{Roles: []string{access.Manager},
				OrgUnitID: &unit.ID}),
			"coach": p.Join("coach@acme.test",
				&grants{Roles: []string{access.Coach}, GroupIDs: idList(class)}),
			"learner": p.Join("learner@acme.test", &grants{GroupIDs: idList(class)}),
		}
		people := map[string]*ent.Member{
			"pupil": mailless(p, "pupil", &grants{GroupIDs: idList(class)}),
			"nurse": mailless(p, "nurse", &grants{OrgUnitID: &unit.ID}),
			"equal": mailless(p, "equal", &grants{Roles: []string{access.GroupAdmin},
				GroupIDs: idList(class)}),
			"better": mailless(p, "better", &grants{Roles: []string{access.UserAdmin},
				GroupIDs: idList(class)}),
			"chief": mailless(p, "chief",
				&grants{Roles: []string{access.Admin}, GroupIDs: idList(class)}),
		}
		for who, want := range map[string]string{
			"admin/pupil": "", "admin/nurse": "", "admin/equal": "", "admin/better": "",
			"admin/chief": "",
			"here/pupil":  "", "here/equal": "", "here/better": "FORBIDDEN",
			"here/chief": "FORBIDDEN", "here/nurse": "NOT_FOUND",
			"there/pupil": "NOT_FOUND", "manager/nurse": "", "manager/pupil": "NOT_FOUND",
			"coach/pupil": "FORBIDDEN", "learner/pupil": "NOT_FOUND",
		} {
			by, whom, _ := strings.Cut(who, "/")
			_, err := p.Cards.IssueCard(t.Context(), p.Caller(issuers[by]), people[whom].ID)
			f, _ := fault.Of(err)
			if got := codeOf(f); got != want || err != nil && f == nil {
				t.Errorf("%s: %q, want %q (%v)", who, got, want, err)
			}
		}
		_, err := p.Cards.IssueCard(t.Context(), p.Caller(people["chief"]), people["chief"].ID)
		refused(t, err, fault.Forbidden, "") // one's own: would be a way around the password
		_, err = p.Cards.IssueCard(t.Context(), nil, people["pupil"].ID)
		refused(t, err, fault.Unauthenticated, "")
	})
}

func codeOf(f *fault.Error) string {
	if f == nil {
		return ""
	}
	return string(f.Code)
}

func TestAnAPIKeyIssuesCardsThatLiveAsLongAsItDoes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		may := []string{string(access.MembersView), string(access.MembersCreate),
			string(access.RolesAssign)}
		var key ident.ID
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			row, err := tx.APIKey.Create().SetWorkspaceID(p.Workspace.ID).SetName("LMS").
				SetPermissions(may).SetSecretHash([]byte("x")).Save(ctx)
			if err == nil {
				key = row.ID
			}
			return err
		})
		by := &access.Caller{KeyID: key, Memberships: []access.Membership{{
			WorkspaceID: p.Workspace.ID, OrganizationID: p.Workspace.OrganizationID,
			Holdings: []access.Holding{{Permissions: access.NewSet(may),
				Place: access.Workspace(p.Workspace.ID)}},
		}}}
		custom := p.Role("Viewer", access.MembersView)
		learner, viewer := mailless(p, "lea", nil),
			mailless(p, "vic", &grants{Roles: []string{custom.ID.String()}})
		_, err := p.Cards.IssueCard(t.Context(), by,
			mailless(p, "ada", &grants{Roles: []string{access.Admin}}).ID)
		refused(t, err, fault.Forbidden, "")
		var cards []*card.IssuedCard
		for _, m := range []*ent.Member{learner, viewer, viewer} {
			c, err := p.Cards.IssueCard(t.Context(), by, m.ID)
			if err != nil {
				t.Fatal(err)
			}
			cards = append(cards, c)
		}
		if err := redeem(p, using(cards[2])); err != nil {
			t.Error(err)
		}
		c, err := p.Cards.IssueCard(t.Context(), by, viewer.ID)
		if err != nil {
			t.Fatal(err)
		}
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.APIKey.Update().Where(apikey.ID(key)).SetRevokedAt(p.Clock.Now()).Exec(ctx)
		})
		refused(t, redeem(p, using(c)), fault.LinkCancelled, "")
		// what the issuer may no longer do, their cards do no more
		refused(t, redeem(p, using(cards[0])), fault.LinkCancelled, "")
	})
}

func TestACardIsNotForWhomAMailReachesNorForAPersonsOwnAccount(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, sister, far := k.Found("Acme", "acme"), k.Found("Acme", "sister"), k.Found("Far", "far")
		issued := func(by *apptest.Place, m *ent.Member) error {
			_, err := by.Cards.IssueCard(t.Context(), by.Caller(by.Admin), m.ID)
			return err
		}
		at := func(w *apptest.Place, u ident.ID) (m *ent.Member) {
			w.Write(func(ctx context.Context, tx *store.Tx) (err error) {
				m, err = tx.Member.Create().SetWorkspaceID(w.Workspace.ID).SetUserID(u).
					SetJoinedAt(k.Clock.Now()).
					SetStatus(member.StatusActive).SetJoinedVia(member.JoinedViaInvited).Save(ctx)
				return err
			})
			return m
		}
		mailed := p.Join("ann@acme.test", nil)
		refused(t, issued(p, mailed), fault.Conflict, "")
		proven := mailless(p, "proven", nil)
		changeUser(p, proven.UserID, func(u *ent.UserUpdateOne) {
			u.SetEmail("x@acme.test").SetEmailKey("x@acme.test").SetEmailProven(true)
		})
		refused(t, issued(p, proven), fault.Conflict, "")
		if err := issued(p, proven); err == nil || !strings.Contains(err.Error(), "is proven") {
			t.Errorf("a proven address is told: %v", err) // they have a way of their own
		}
		gone := mailless(p, "gone", nil)
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.UpdateOneID(gone.ID).SetStatus(member.StatusDeactivated).Exec(ctx)
		})
		refused(t, issued(p, gone), fault.Conflict, "")

		elsewhere := mailless(p, "elsewhere", nil)
		at(far, elsewhere.UserID)
		// the issuer does not look after them there
		refused(t, issued(p, elsewhere), fault.Forbidden, "")

		// A password opens every workspace that the account is in: it takes an issuer who looks
		// after the person in all of them.
		both := mailless(p, "both", nil)
		there := at(sister, both.UserID)
		refused(t, issued(p, both), fault.Forbidden, "")
		gives(sister, at(sister, p.Admin.UserID).ID, access.Admin, sister.Workspace.ID)
		if err := issued(p, both); err != nil {
			t.Error(err)
		}
		// takes the other card's place
		if _, err := p.Cards.IssueCard(t.Context(), p.Caller(p.Admin), there.ID); err != nil {
			t.Error(err)
		}
		n, err := k.Store.Card.Query().Where(entcard.UserID(both.UserID)).
			Count(store.AsSystem(t.Context(), "a test looks"))
		if err != nil || n != 1 {
			t.Errorf("%d cards, %v", n, err)
		}
	}, apptest.WithoutWorker)
}

func TestWhereNoMailIsSentAnUnprovenAddressIsNoObstacle(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		c, err := create(p, provisioning.CreateInput{Email: new("ann@acme.test")})
		if err != nil {
			t.Fatal(err)
		}
		issued := issue(p, c.Member)
		if err := redeem(p, using(issued)); err != nil {
			t.Fatal(err)
		}
		// AUT-4: a card proves no mailbox
		same(t, "proven", p.User("ann@acme.test").EmailProven, false)
		if _, err := p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ann@acme.test",
			Password: chosen}); err != nil {
			t.Error(err)
		}
	}, apptest.WithoutMail)
}
