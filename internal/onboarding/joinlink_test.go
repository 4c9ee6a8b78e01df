package onboarding_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/joinlink"
	"usher/internal/store"
)

// JOI-1: the address of a join link can be changed.
func TestASlugIsNeverGivenAway(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		l := makeLink(p, link{Slug: new("spring")})
		take := func(at *apptest.Place, slug string) error {
			_, err := at.JoinLinks.CreateLink(t.Context(), at.Caller(at.Admin),
				link{WorkspaceID: at.Workspace.ID, Slug: &slug})
			return err
		}
		refused(t, take(other, "spring"), fault.Conflict, "slug")
		refused(t, take(p, "spring"), fault.Conflict, "slug")
		for _, bad := range []string{"", "ab", "Confirm", "a--b", "-ab", "a_b", "ünï", "a b",
			strings.Repeat("a", 65)} {
			refused(t, take(p, bad), fault.BadUserInput, "slug")
		}

		l = editLink(p, joinlink.UpdateLinkInput{ID: l.ID, Slug: new("summer")})
		page, err := p.JoinLinks.JoinPage(t.Context(), nil, "SPRING")
		if err != nil || page.Slug != "summer" {
			t.Errorf("the old slug leads to %+v, %v", page, err)
		}
		refused(t, take(other, "spring"), fault.Conflict, "slug")
		k.Clock.Add(90 * 24 * time.Hour)
		_, err = p.JoinLinks.JoinPage(t.Context(), nil, "spring")
		refused(t, err, fault.NotFound, "")
		refused(t, take(other, "spring"), fault.Conflict, "slug")
		if err := take(p, "spring"); err != nil {
			t.Errorf("its own workspace may take it again: %v", err)
		}

		l = editLink(p, joinlink.UpdateLinkInput{ID: l.ID, RotateSlug: true,
			RedirectOldSlug: new(false)})
		if l.Slug == "summer" {
			t.Error("the slug did not rotate")
		}
		_, err = p.JoinLinks.JoinPage(t.Context(), nil, "summer")
		refused(t, err, fault.NotFound, "")
		editLink(p, joinlink.UpdateLinkInput{ID: l.ID, Slug: new("summer")}) // and back
		if page, err := p.JoinLinks.JoinPage(t.Context(), nil, "summer"); err != nil ||
			page.Slug != "summer" {
			t.Errorf("back at its old slug: %v", err)
		}
	}, apptest.WithoutWorker)
}

func TestOnlyWhoHoldsTheWholeGrantOpensALink(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class, other := p.Group("Class", "PRIVATE", nil), p.Group("Other", "PRIVATE", nil)
		role := p.Role("Door keeper", access.JoinLinksManage, access.MembersInvite,
			access.MembersView)
		keeper := p.Join("keeper@acme.test", &grants{Roles: []string{role.ID.String()},
			GroupIDs: idList(class)})
		make := func(g *grants) error {
			_, err := p.JoinLinks.CreateLink(t.Context(), p.Caller(keeper),
				link{WorkspaceID: p.Workspace.ID, Grant: g})
			return err
		}
		if err := make(&grants{GroupIDs: idList(class)}); err != nil {
			t.Error(err)
		}
		refused(t, make(nil), fault.Forbidden, "")
		// which they do not see
		refused(t, make(&grants{GroupIDs: idList(other)}), fault.NotFound, "grant.groupIds.0")
		refused(t, make(&grants{Roles: []string{access.GroupAdmin}, GroupIDs: idList(class)}),
			fault.Forbidden, "")

		// What is beyond them is not there for them.
		admins := makeLink(p, link{Enabled: new(false),
			Grant: &grants{Roles: []string{access.GroupAdmin}, GroupIDs: idList(class)}})
		_, err := p.JoinLinks.UpdateLink(t.Context(), p.Caller(keeper),
			joinlink.UpdateLinkInput{ID: admins.ID, Enabled: new(true)})
		refused(t, err, fault.NotFound, "")
		learner := p.Join("learner@acme.test", nil)
		_, err = p.JoinLinks.UpdateLink(t.Context(), p.Caller(learner),
			joinlink.UpdateLinkInput{ID: admins.ID})
		refused(t, err, fault.NotFound, "")
		_, err = p.JoinLinks.CreateLink(t.Context(), p.Caller(learner),
			link{WorkspaceID: p.Workspace.ID})
		refused(t, err, fault.Forbidden, "")
	})
}

// PLA-1: without the entitlement the operation answers PLAN_REQUIRED.
func TestAPlanWithoutJoinLinksSaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{})
		p.AsSystem(func(ctx ctx, tx *store.Tx) error {
			o := tx.Organization.GetX(ctx, p.Workspace.OrganizationID)
			o.Entitlements.JoinLinks = false
			return tx.Organization.UpdateOne(o).SetEntitlements(o.Entitlements).Exec(ctx)
		})
		_, err := p.JoinLinks.CreateLink(t.Context(), p.Caller(p.Admin),
			link{WorkspaceID: p.Workspace.ID})
		refused(t, err, fault.PlanRequired, "")
		refused(t, ask(p, l, "ann@acme.test"), fault.JoinClosed, "")
	})
}

func TestBadJoinLinksAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		past := p.Clock.Now()
		for field, in := range map[string]link{
			"title":       {Title: new(strings.Repeat("x", 201))},
			"welcomeText": {WelcomeText: new(strings.Repeat("x", 2001))},
			"whitelist":   {Whitelist: []string{"not a domain"}},
			"expiresAt":   {ExpiresAt: &past},
			"maxJoins":    {MaxJoins: new(0)},
		} {
			in.WorkspaceID = p.Workspace.ID
			_, err := p.JoinLinks.CreateLink(t.Context(), p.Caller(p.Admin), in)
			refused(t, err, fault.BadUserInput, field)
		}
	})
}

// JOI-6: requests are limited by address.
func TestStrangersAreMailedSparingly(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{})
		mails := func() int { return len(p.Kinds("ann@acme.test")) }
		for _, step := range []struct {
			wait time.Duration
			want int
		}{{0, 1}, {30 * time.Second, 1}, {time.Minute, 2}, {time.Minute, 3}, {time.Minute, 3},
			{time.Hour, 3}} {
			p.Clock.Add(step.wait)
			if err := ask(p, l, "ann@acme.test"); err != nil {
				t.Fatal(err)
			}
			same(t, "mails", mails(), step.want)
		}
		same(t, "requests", len(requests(p, "ann@acme.test")), 1)
		var err error
		for n := 0; n < 301 && err == nil; n++ {
			_, err = p.JoinLinks.Join(t.Context(), nil,
				joinlink.JoinInput{Slug: l.Slug, Email: "ann@acme.test"}, account.Origin{})
		}
		refused(t, err, fault.RateLimited, "")
	})
}

// JOI-7: whether an address would get in, and why.
func TestTheLinkExplainsItself(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{Whitelist: []string{"*.acme.test", "boss@other.test"},
			RequiresApproval: new(true)})
		p.Invite("guest@mail.acme.test", nil)
		for email, want := range map[string]string{
			"ann@mail.acme.test":   "join.why_waits_approval",
			"ann@acme.test":        "join.why_not_listed",
			"guest@mail.acme.test": "join.why_invited",
		} {
			v, err := p.JoinLinks.Explain(t.Context(), p.Caller(p.Admin), l.ID,
				email, joinlink.SettingsInput{})
			if err != nil {
				t.Fatal(err)
			}
			same(t, email, v.Reason.Key, want)
			same(t, email, v.Allowed, want != "join.why_not_listed")
		}
		editLink(p, joinlink.UpdateLinkInput{ID: l.ID, RequiresApproval: new(false)})
		v, err := p.JoinLinks.Explain(t.Context(), p.Caller(p.Admin), l.ID,
			"boss@other.test", joinlink.SettingsInput{})
		if err != nil || v.Reason.Args["Entry"] != "boss@other.test" {
			t.Errorf("%+v, %v", v, err)
		}
		editLink(p, joinlink.UpdateLinkInput{ID: l.ID, Whitelist: joinlink.OptionalList{Set: true,
			Value: []string{"*.münchen.test", "boss@other.test"}}})
		same(t, "read by people", p.Store.JoinLink.GetX(p.In(), l.ID).Whitelist,
			[]string{"*.münchen.test", "boss@other.test"})
		v, err = p.JoinLinks.Explain(t.Context(), p.Caller(p.Admin), l.ID,
			"a@mail.münchen.test", joinlink.SettingsInput{})
		if err != nil || v.Reason.Args["Entry"] != "*.münchen.test" {
			t.Errorf("%+v, %v", v, err)
		}
		// Settings that are not saved yet are tried, and the link stays as it is.
		tried := func(email string, in joinlink.SettingsInput) string {
			v, err := p.JoinLinks.Explain(t.Context(), p.Caller(p.Admin), l.ID, email, in)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(v.Reason.Key, " ", v.Allowed)
		}
		list := func(entries ...string) joinlink.SettingsInput {
			return joinlink.SettingsInput{Whitelist: joinlink.OptionalList{Set: true,
				Value: entries}}
		}
		past := inputs.Change[time.Time]{Set: true, Value: new(p.Clock.Now().Add(-time.Hour))}
		for what, c := range map[string]struct {
			got, want string
		}{
			"listed":  {tried("a@new.test", list("new.test")), "join.why_listed true"},
			"struck":  {tried("boss@other.test", list("new.test")), "join.why_not_listed false"},
			"anyone":  {tried("a@new.test", list()), "join.why_anyone true"},
			"approve": {tried("boss@other.test", joinlink.SettingsInput{RequiresApproval: new(true)}), "join.why_waits_approval true"},
			"off":     {tried("boss@other.test", joinlink.SettingsInput{Enabled: new(false)}), "join.why_off false"},
			"closed":  {tried("boss@other.test", joinlink.SettingsInput{ExpiresAt: past}), "join.why_expired false"},
			"stored":  {tried("a@new.test", joinlink.SettingsInput{}), "join.why_not_listed false"},
		} {
			same(t, what, c.got, c.want)
		}
		_, err = p.JoinLinks.Explain(t.Context(), p.Caller(p.Admin), l.ID, "x@acme.test",
			list("not a domain"))
		refused(t, err, fault.BadUserInput, "settings.whitelist")
		_, err = p.JoinLinks.Explain(t.Context(), p.Caller(p.Admin), l.ID, "x@acme.test",
			joinlink.SettingsInput{MaxJoins: inputs.Change[int]{Set: true, Value: new(0)}})
		refused(t, err, fault.BadUserInput, "settings.maxJoins")

		learner := p.Join("learner@acme.test", nil)
		_, err = p.JoinLinks.Explain(t.Context(), p.Caller(learner), l.ID,
			"x@acme.test", joinlink.SettingsInput{})
		refused(t, err, fault.NotFound, "")
	})
}
