package onboarding_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/importbatch"
	"usher/ent/importrow"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/dryrun"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/invitation"
	"usher/internal/member"
	"usher/internal/provisioning"
	"usher/internal/ratelimit"
	"usher/internal/spreadsheet"
	"usher/internal/store"
)

// asGone checks that two refusals cannot be told apart: that of something hidden, and that of
// something that is not there.
func asGone(t *testing.T, what string, hidden, gone error) {
	t.Helper()
	h, _ := fault.Of(hidden)
	g, _ := fault.Of(gone)
	if h == nil || g == nil {
		t.Errorf("%s: not refused: hidden %v, gone %v", what, hidden, gone)
		return
	}
	if h.Code != fault.NotFound || h.Code != g.Code || h.Field != g.Field ||
		h.Message.In("en") != g.Message.In("en") {
		t.Errorf("%s: hidden %s at %q: %v; gone %s at %q: %v", what, h.Code, h.Field, h, g.Code,
			g.Field, g)
	}
}

func TestAHiddenPlaceIsAnsweredLikeNone(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class, hidden := p.Group("Class", "PRIVATE", nil),
			p.Group("Hidden merger team", "PRIVATE", nil)
		unit, site := p.Unit("Secret site", nil), p.Unit("Site", nil)
		users := p.Join("users@acme.test", &grants{Roles: []string{access.UserAdmin},
			GroupIDs: idList(class)})
		manager := p.Join("manager@acme.test", &grants{Roles: []string{access.Manager},
			OrgUnitID: &site.ID})
		keeper := p.Role("Keeper", access.JoinLinksManage, access.MembersInvite, access.MembersView,
			access.MembersUpdate)
		keeps := p.Join("keeper@acme.test", &grants{Roles: []string{keeper.ID.String()},
			GroupIDs: idList(class)})
		own, session := p.Join("own@acme.test", &grants{GroupIDs: idList(class)}),
			p.Session(p.Program("Course"), "Run", apptest.Always, apptest.Always)
		w, ctx := p.Workspace.ID, t.Context()
		verbs := map[string]func(by *ent.Member, g *grants) error{
			"inviteUsers": func(by *ent.Member, g *grants) error {
				_, err := inviteAs(p, by, input{Emails: []string{"x@acme.test"}, Grant: g})
				return err
			},
			"plan": func(by *ent.Member, g *grants) error {
				_, err := p.DryRuns.Run(ctx, p.Caller(by),
					dryrun.Input{Invite: &input{WorkspaceID: w,
						Emails: []string{"x@acme.test"}, Grant: g}})
				return err
			},
			"createUser": func(by *ent.Member, g *grants) error {
				_, err := p.Provisioning.CreateUser(ctx, p.Caller(by),
					provisioning.CreateInput{WorkspaceID: w, FirstName: "A", LastName: "B",
						Email: new("x@acme.test"), Password: new(apptest.Password),
						Grant: g})
				return err
			},
			"createImport": func(by *ent.Member, g *grants) error {
				if by != users {
					by = users
				}
				_, err := p.Imports.CreateImport(ctx, p.Caller(by), imports.ImportInput{
					WorkspaceID: w, Source: importbatch.SourceText, Content: strings.NewReader(
						"email\nx@acme.test"), Size: 17, Action: importbatch.ActionInvite,
					Existing: importbatch.ExistingSkip, Grant: g})
				return err
			},
			"createJoinLink": func(_ *ent.Member, g *grants) error {
				_, err := p.JoinLinks.CreateLink(ctx, p.Caller(keeps),
					link{WorkspaceID: w, Grant: g})
				return err
			},
			"updateMember": func(_ *ent.Member, g *grants) error {
				_, err := p.Members.UpdateMember(ctx, p.Caller(users),
					member.UpdateMemberInput{ID: own.ID, Grant: replaceGrant(g)})
				return err
			},
		}
		for name, ask := range verbs {
			for _, by := range []*ent.Member{users, manager} {
				asGone(t, name+" group", ask(by, &grants{GroupIDs: []ident.ID{hidden.ID}}),
					ask(by, &grants{GroupIDs: []ident.ID{ident.New(ident.Group)}}))
				nowhere := ident.New(ident.OrgUnit)
				asGone(t, name+" unit", ask(by, &grants{OrgUnitID: &unit.ID}),
					ask(by, &grants{OrgUnitID: &nowhere}))
			}
		}
		register := func(in invitation.RegisterInput) error {
			in.SessionID = session.ID
			_, err := p.Invitations.Register(ctx, p.Caller(manager), in)
			return err
		}
		gone := ident.New(ident.Group)
		asGone(t, "registerForSession.groupIds",
			register(invitation.RegisterInput{GroupIDs: []ident.ID{hidden.ID}}),
			register(invitation.RegisterInput{GroupIDs: []ident.ID{gone}}))
		asGone(t, "registerForSession.groupId",
			register(invitation.RegisterInput{GroupID: &hidden.ID,
				Emails: []string{"x@acme.test"}}),
			register(invitation.RegisterInput{GroupID: &gone, Emails: []string{"x@acme.test"}}))
		// What is seen and not one's own is named.
		_, err := inviteAs(p, p.Join("coach@acme.test", &grants{Roles: []string{access.Coach},
			GroupIDs: idList(class)}), input{Emails: []string{"x@acme.test"}})
		refused(t, err, fault.Forbidden, "")
	})
}

// Rows of an import name org units and sessions by the ids of another system too (PAR-4).
func TestAnImportNamesPlacesByExternalID(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		unit, course := p.Unit("North", nil), p.Program("Course")
		spring := p.Session(course, "Spring", apptest.Always, apptest.Always)
		p.Write(func(ctx ctx, tx *store.Tx) error {
			if err := tx.OrgUnit.UpdateOne(unit).SetExternalID("0042").Exec(ctx); err != nil {
				return err
			}
			return tx.Session.UpdateOne(spring).SetExternalID("LMS-7").Exec(ctx)
		})
		run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingSkip,
			"email,org unit,sessions\nx@acme.test,0042,lms-7\n"))
		given := p.Store.Invitation.Query().OnlyX(p.In()).Grant
		if given.OrgUnitID != unit.ID ||
			!slices.Equal(given.SessionIDs, []ident.ID{spring.ID}) {
			t.Errorf("the row grants %+v", given)
		}
	})
}

// Rows of an import name places by id, external id, path and name.
func TestNoNameOfAHiddenPlaceHelpsAnImport(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PRIVATE", nil)
		hidden := p.Group("Hidden merger team", "PRIVATE", nil)
		p.Group("Class A", "PRIVATE", hidden)
		p.Group("Class A", "PRIVATE", class)
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.Group.UpdateOne(hidden).SetExternalID("HID-1").Exec(ctx)
		})
		users := p.Join("users@acme.test", &grants{Roles: []string{access.UserAdmin},
			GroupIDs: idList(class)})
		rows := []string{"Hidden merger team", "Hidden merger teem", "HID-1", "HID-2",
			hidden.ID.String(), "Hidden merger team / Class A", "Class A"}
		text := "email,groups\n"
		for i, row := range rows {
			text += fmt.Sprintf("x%d@acme.test,%s\n", i, row)
		}
		b, err := p.Imports.CreateImport(t.Context(), p.Caller(users), imports.ImportInput{
			WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
			Content: strings.NewReader(text), Size: int64(len(text)),
			Action:   importbatch.ActionInvite,
			Existing: importbatch.ExistingSkip})
		must(t, err)
		all, err := p.Store.ImportRow.Query().Where(importrow.ImportID(b.ID)).
			Order(ent.Asc(importrow.FieldNumber)).All(p.In())
		must(t, err)
		for i, row := range all {
			switch {
			case i == len(all)-1: // one of two, of which one is seen
				same(t, rows[i], row.Outcome, importrow.OutcomeInvite)
			case len(row.Errors) != 1 || row.Errors[0].Message != "import.unknown":
				t.Errorf("%s: %+v", rows[i], row.Errors)
			}
		}
	})
}

func TestTheMemberListNamesNoHiddenPlace(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class, hidden, unit := p.Group("Class", "PRIVATE", nil),
			p.Group("Works council", "PRIVATE", nil), p.Unit("Secret unit", nil)
		p.Join("jane@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(class, hidden), OrgUnitID: &unit.ID})
		coach := p.Join("coach@acme.test",
			&grants{Roles: []string{access.Coach}, GroupIDs: idList(class)})
		var out bytes.Buffer
		d, err := p.Imports.ExportMembers(t.Context(), p.Caller(coach), p.Workspace.ID,
			spreadsheet.CSV, i18n.English, imports.MemberSelection{})
		must(t, err)
		must(t, d.Write(&out))
		for _, secret := range []string{"Works council", "Secret unit", hidden.ID.String(),
			unit.ID.String()} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("the list names %q:\n%s", secret, out.String())
			}
		}
		if !strings.Contains(out.String(), "Class") ||
			!strings.Contains(out.String(), "jane@acme.test") {
			t.Errorf("the list lacks what is seen:\n%s", out.String())
		}
	})
}

func TestAPlanShowsWhatItsReaderSees(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Seats(10)
		above := p.Group("Above", "PRIVATE", nil)
		class, hidden := p.Group("Class", "PUBLIC", above),
			p.Group("Hidden merger team", "PRIVATE", nil)
		users := p.Join("users@acme.test", &grants{Roles: []string{access.UserAdmin},
			GroupIDs: idList(class)})
		p.Invite("pending@acme.test", &grants{GroupIDs: idList(hidden)})
		in := dryrun.Input{Invite: &input{WorkspaceID: p.Workspace.ID,
			Emails: []string{"pending@acme.test", "new@acme.test"},
			Grant:  &grants{GroupIDs: idList(class)}}}
		plan, err := p.DryRuns.Run(t.Context(), p.Caller(users), in)
		must(t, err)
		for _, one := range plan.People {
			if len(one.Groups) != 1 || one.Groups[0].ID != class.ID {
				t.Errorf("%s would be in %v", *one.Email, one.Groups)
			}
		}
		if plan.SeatsLeft != nil {
			t.Errorf("%d seats are left, says the plan", *plan.SeatsLeft)
		}
		plan, err = p.DryRuns.Run(t.Context(), p.Caller(p.Admin), in)
		must(t, err)
		same(t, "groups that the administrator is told", len(plan.People[0].Groups), 3)
		if plan.SeatsLeft == nil {
			t.Error("the administrator is not told how many seats are left")
		}
	})
}

// An invitation of somebody else that stays hidden is not in the answer.
func TestAnOutcomeHoldsNoHiddenInvitation(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class, hidden := p.Group("Class", "PRIVATE", nil), p.Group("Hidden", "PRIVATE", nil)
		role := p.Role("Inviter", access.MembersInvite)
		inviter := p.Join("inviter@acme.test", &grants{Roles: []string{role.ID.String()},
			GroupIDs: idList(class)})
		p.Invite("pending@acme.test", &grants{GroupIDs: idList(hidden)})
		out, err := inviteAs(p, inviter,
			input{Emails: []string{"pending@acme.test", "new@acme.test"},
				Grant: &grants{GroupIDs: idList(class)}})
		must(t, err)
		if out[0].Invitation != nil {
			t.Error("the invitation of somebody else is in the answer")
		}
		if out[1].Invitation == nil {
			t.Error("the new invitation is not in the answer")
		}
	})
}

// Nor is one into which a request for a member, or for an account of another organization, merges.
func TestAMergedInvitationStaysHidden(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PRIVATE", nil)
		role := p.Role("Inviter", access.MembersInvite, access.MembersCreate, access.RolesAssign)
		other := p.Role("Other", access.MembersInvite)
		inviter := p.Join("inviter@acme.test", &grants{Roles: []string{role.ID.String()},
			GroupIDs: idList(class)})
		ask := func(by *ent.Member, r *ent.Role) *invitation.Outcome {
			out, err := inviteAs(p, by, input{Emails: []string{"ceo@acme.test"},
				Grant: &grants{Roles: []string{r.ID.String()}, GroupIDs: idList(class)}})
			must(t, err)
			same(t, "outcome", out[0].Status, invitation.InvitedInstead)
			return out[0]
		}
		squatted(p)
		if ask(p.Admin, role).Invitation == nil {
			t.Error("the administrator does not see the invitation that they made")
		}
		if inv := ask(inviter, other).Invitation; inv != nil {
			t.Errorf("the inviter sees the invitation of %s", inv.Email)
		}
		if ask(p.Admin, other).Invitation == nil {
			t.Error("the administrator does not see a merged invitation")
		}

		p.Account("known@example.org")
		p.Invite("known@example.org", &grants{GroupIDs: idList(class)})
		c, err := createAs(p, inviter, provisioning.CreateInput{Email: new("known@example.org"),
			Grant: &grants{GroupIDs: idList(class)}})
		must(t, err)
		same(t, "creation", c.Status, provisioning.InvitedInstead)
		if c.Invitation != nil {
			t.Error("the creator sees the invitation of somebody else")
		}
	})
}

// CRE-3: the request itself decides, and leaves a trace; a plan and a preview tell nothing.
func TestNoPlanAndNoPreviewTellsOfAccountsElsewhere(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		other.Join("known@example.org", nil)
		other.Join("refuses@example.org", nil)
		p.Account("nowhere@example.org")
		emails := []string{"known@example.org", "nowhere@example.org", "refuses@example.org",
			"new@example.org"}
		told := map[string]string{}
		text := "lastName,firstName,email,password\n"
		for _, email := range emails {
			plan, err := p.DryRuns.Run(t.Context(), p.Caller(p.Admin),
				dryrun.Input{Create: &provisioning.CreateInput{
					WorkspaceID: p.Workspace.ID, FirstName: "A", LastName: "B", Email: &email,
					Password: new(apptest.Password)}})
			must(t, err)
			one := plan.People[0]
			told[email] = fmt.Sprint(one.Status, one.Sentence.In("en"), one.Warnings,
				one.Member != nil, len(one.Groups), len(one.Emails), plan.EmailCount, plan.SeatsTaken)
			text += "B,A," + email + ",correct horse battery\n"
		}
		for _, email := range emails {
			same(t, "what the plan tells of "+email, told[email], told["new@example.org"])
		}
		same(t, "accounts untouched by plans", p.User("known@example.org") != nil &&
			p.User("nowhere@example.org") != nil, true)

		b, err := p.Imports.CreateImport(t.Context(), p.Caller(p.Admin), imports.ImportInput{
			WorkspaceID: p.Workspace.ID, Source: importbatch.SourceText,
			Content: strings.NewReader(text), Size: int64(len(text)),
			Action:   importbatch.ActionCreate,
			Existing: importbatch.ExistingSkip})
		must(t, err)
		same(t, "rows that create", b.CreateCount, len(emails))
		same(t, "rows that invite", b.InviteCount, 0)

		// The request decides, and is limited.
		create := func(email string) (*provisioning.Creation, error) {
			return p.Provisioning.CreateUser(t.Context(), p.Caller(p.Admin),
				provisioning.CreateInput{WorkspaceID: p.Workspace.ID, FirstName: "A", LastName: "B",
					Email: &email, Password: new(apptest.Password)})
		}
		c, err := create("known@example.org")
		must(t, err)
		same(t, "the request", c.Status, provisioning.InvitedInstead)
		by := p.Caller(p.Admin).UserID.String()
		p.AsSystem(func(ctx ctx, tx *store.Tx) error {
			for range ratelimit.AccountLookup.Limit {
				if _, err := p.Admission.Limits.Allow(ctx, tx, ratelimit.AccountLookup, by,
					p.Clock.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		for _, email := range []string{"refuses@example.org", "new2@example.org"} {
			_, err = create(email)
			refused(t, err, fault.RateLimited, "")
		}
		p.Clock.Add(day)
		if _, err = create("new2@example.org"); err != nil {
			t.Error(err)
		}
	}, apptest.WithoutWorker)
}

// INV-10: the holder of a copied link may be the person who copied it.
func TestACopiedLinkDoesNotTellOfAnAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Account("known@example.org")
		known, fresh := p.Invite("known@example.org", nil), p.Invite("fresh@example.org", nil)
		answer := func(inv *ent.Invitation, in acceptance.AcceptInput) string {
			in.Token = p.Accepting(inv).Token
			_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
			f, _ := fault.Of(err)
			if f == nil {
				return fmt.Sprintf("not refused: %v", err)
			}
			return fmt.Sprint(f.Code, " at ", f.Field, ": ", f.Message.In("en"))
		}
		for name, in := range map[string]acceptance.AcceptInput{
			"nothing":           {},
			"an empty password": {Password: new("")},
			"a password":        {Password: new("not the password")},
			"names":             {FirstName: new("A"), LastName: new("B")},
			"a first name":      {FirstName: new("A")},
			"a name and a password": {FirstName: new(strings.Repeat("x", 201)), LastName: new("B"),
				Password: new("not the password")},
			"a weak password": {FirstName: new("A"), LastName: new("B"),
				Password: new("12345678")},
			"a bad language": {FirstName: new("A"), LastName: new("B"),
				Password: new("not the password"), Locale: new("xx")},
		} {
			a, b := answer(known, in), answer(fresh, in)
			if a != b || !strings.Contains(a, " at ") {
				t.Errorf("%s: with an account %q, without %q", name, a, b)
			}
		}
		for n := 0; n < 6; n++ { // guesses are slowed down alike
			a, b := answer(known, acceptance.AcceptInput{Password: new("guess")}),
				answer(fresh, acceptance.AcceptInput{Password: new("guess")})
			same(t, "guess", a, b)
		}
		p.Clock.Add(day)
		for _, inv := range []*ent.Invitation{known, fresh} {
			l, err := p.Acceptances.LoadAcceptPage(t.Context(), nil, p.Accepting(inv).Token)
			must(t, err)
			same(t, "what the page knows", l.HasAccount, false)
		}
		// Both get in by what is theirs.
		mustAccept(p, nil, acceptance.AcceptInput{Token: p.Accepting(known).Token,
			Password: new(apptest.Password)})
		mustAccept(p, nil, p.Accepting(fresh))
	})
}

// A name and a password make an account where there is none, so the refusal tells that there is
// one.
func TestWhatCopiedLinksTellOfAccountsIsLimited(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		accept := func(email string) error {
			in := p.Accepting(p.Invite(email, nil))
			in.Password = new("not the password")
			_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
			return err
		}
		counted := func() int { // what is left, counted from the other side
			left := 0
			p.AsSystem(func(ctx ctx, tx *store.Tx) error {
				now := p.Clock.Now()
				n, err := p.Admission.Limits.Charge(ctx, tx, ratelimit.AccountLookup,
					p.Admin.UserID.String(), 0, now, now)
				left = n
				return err
			})
			return left
		}
		for n := range 3 {
			p.Account(fmt.Sprintf("known%d@example.org", n))
		}
		must(t, accept("fresh@example.org"))
		refused(t, accept("known0@example.org"), fault.Unauthenticated, "")
		refused(t, accept("known0@example.org"), fault.Unauthenticated, "")
		refused(t, accept("known1@example.org"), fault.Unauthenticated, "")
		same(t, "looks: one for each address that has an account", counted(), 2)

		p.AsSystem(func(ctx ctx, tx *store.Tx) error {
			now := p.Clock.Now()
			_, err := p.Admission.Limits.Charge(ctx, tx, ratelimit.AccountLookup,
				p.Admin.UserID.String(), ratelimit.AccountLookup.Limit-2, now, now)
			return err
		})
		for _, email := range []string{"known2@example.org", "fresh2@example.org"} {
			refused(t, accept(email), fault.RateLimited, "")
		}
		events, err := p.Store.AuditEvent.Query().Where(auditevent.Action("lookup.limited")).
			All(p.In())
		must(t, err)
		if len(events) != 1 || events[0].ActorID != nil ||
			events[0].Details[0].After != "acceptInvitation" {
			t.Errorf("events: %v", events)
		}
		p.Clock.Add(day + time.Hour)
		must(t, accept("fresh3@example.org"))
	})
}

func TestHistoriesOfHiddenPeopleAreHidden(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		role := p.Role("Editor", access.MembersUpdate)
		editor := p.Join("editor@acme.test", &grants{Roles: []string{role.ID.String()}})
		jane := p.Join("jane@acme.test", nil)
		n, err := p.Store.AuditEvent.Query().Where(auditevent.MemberID(jane.ID)).
			Count(store.AsCaller(t.Context(), p.Caller(editor)))
		must(t, err)
		same(t, "events of a hidden person", n, 0)
		n, err = p.Store.AuditEvent.Query().Where(auditevent.MemberID(editor.ID)).
			Count(store.AsCaller(t.Context(), p.Caller(editor)))
		must(t, err)
		if n == 0 {
			t.Error("the history of oneself is hidden")
		}
	})
}
