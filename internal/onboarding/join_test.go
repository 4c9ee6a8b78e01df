package onboarding_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/importbatch"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/joinlink"
	"usher/internal/secret"
	"usher/internal/store"
)

type link = joinlink.CreateLinkInput

// makeLink makes a join link as the administrator.
func makeLink(p *apptest.Place, in link) *ent.JoinLink {
	p.T.Helper()
	in.WorkspaceID = p.Workspace.ID
	l, err := p.JoinLinks.CreateLink(p.T.Context(), p.Caller(p.Admin), in)
	if err != nil {
		p.T.Fatal(err)
	}
	return l
}

// editLink changes one as the administrator.
func editLink(p *apptest.Place, in joinlink.UpdateLinkInput) *ent.JoinLink {
	p.T.Helper()
	l, err := p.JoinLinks.UpdateLink(p.T.Context(), p.Caller(p.Admin), in)
	if err != nil {
		p.T.Fatal(err)
	}
	return l
}

// ask is the first step of a stranger.
func ask(p *apptest.Place, l *ent.JoinLink, email string) error {
	p.T.Helper()
	j, err := p.JoinLinks.Join(p.T.Context(), nil, joinlink.JoinInput{Slug: l.Slug, Email: email,
		FirstName: new("Ann"), LastName: new("Lee")}, account.Origin{})
	if err == nil && (j.Status != joinlink.CheckYourEmail || j.Member != nil) {
		p.T.Errorf("a stranger is answered %+v", j)
	}
	return err
}

// requests lists the requests of an address, the newest first.
func requests(p *apptest.Place, email string) []*ent.JoinRequest {
	p.T.Helper()
	all, err := p.Store.JoinRequest.Query().Where(joinrequest.EmailKey(email)).
		Order(ent.Desc(joinrequest.FieldID)).All(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	return all
}

// token is what the mailbox of a request got.
func token(p *apptest.Place, r *ent.JoinRequest) string {
	return p.Settings.Keyring.SignLink(secret.Claim{
		Purpose: secret.JoinConfirmation, ID: r.ID, Version: 1, ExpiresAt: p.Clock.Now().
				Add(24 * time.Hour).Truncate(time.Second),
		Binding: []string{r.WorkspaceID.String(), r.EmailKey},
	}).Reveal()
}

// confirm is the second step, as a new person.
func confirm(p *apptest.Place, email string, by ...*access.Caller) (*joinlink.Joined, error) {
	p.T.Helper()
	r := requests(p, email)
	if len(r) == 0 {
		p.T.Fatalf("%s has not asked to join", email)
	}
	var who *access.Caller
	if len(by) > 0 {
		who = by[0]
	}
	return p.JoinLinks.Confirm(p.T.Context(), who, acceptance.AcceptInput{Token: token(p, r[0]),
		Password: new(apptest.Password)}, account.Origin{})
}

// comesIn joins by a link as a new person.
func comesIn(p *apptest.Place, l *ent.JoinLink, email string) *joinlink.Joined {
	p.T.Helper()
	if err := ask(p, l, email); err != nil {
		p.T.Fatal(err)
	}
	j, err := confirm(p, email)
	if err != nil {
		p.T.Fatal(err)
	}
	return j
}

// JOI-3: an email confirms the address before the person is admitted.
func TestJoiningConfirmsTheAddressAndGivesTheGrant(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("School", "PRIVATE", nil)
		class := p.Group("Class", "PUBLIC", top)
		l := makeLink(p, link{Slug: new("Class-2026 "), Title: new("Welcome"),
			Whitelist: []string{"*.acme.test", "acme.test"},
			Grant:     &grants{GroupIDs: idList(class)}})
		same(t, "slug", l.Slug, "class-2026")
		j := comesIn(p, l, "ann@mail.acme.test")
		same(t, "status", j.Status, joinlink.JoinedStatus)
		if j.SignIn == nil {
			t.Error("nobody is signed in")
		}
		if r := p.Store.JoinRequest.Query().OnlyX(p.In()); r.ConfirmedAt == nil {
			t.Error("the request does not say when its address was confirmed")
		}
		same(t, "holds", p.Holds(j.Member.ID), []string{"learner@Class", "learner@School^"})
		same(t, "via", j.Member.JoinedVia, member.JoinedViaJoined)
		u := p.User("ann@mail.acme.test")
		same(t, "proven", u.EmailProven, true)
		same(t, "name", *u.FirstName+" "+*u.LastName, "Ann Lee")
		same(t, "mails", p.Kinds("ann@mail.acme.test"), []string{"join_confirmation", "welcome"})
		same(t, "seats", p.SeatsTaken(), 2)
		same(t, "count", p.Store.JoinLink.GetX(p.In(), l.ID).JoinCount, 1)

		_, err := confirm(p, "ann@mail.acme.test")
		refused(t, err, fault.LinkUsed, "")
		again, err := confirm(p, "ann@mail.acme.test", p.As(u))
		if err != nil || again.Member.ID != j.Member.ID || again.SignIn != nil {
			t.Errorf("the same person again: %+v, %v", again, err)
		}
	})
}

// JOI-3: without a mail server no address can be confirmed, and no email is promised.
func TestWithoutAMailServerNobodyIsToldToWaitForAnEmail(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{})
		refused(t, ask(p, l, "ann@example.org"), fault.JoinClosed, "")
		same(t, "requests", len(requests(p, "ann@example.org")), 0)
		b := fileAs(p, p.Admin, importbatch.ActionInvite, importbatch.ExistingSkip, "e-mail",
			"ann@example.org")
		same(t, "invitations", b.InviteCount, 1)
		same(t, "emails", b.EmailsToSend, 0)
	}, apptest.WithoutMail)
}

func TestWhoeverMayNotJoinIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{Whitelist: []string{"acme.test", "boss@other.test"}})
		err := ask(p, l, "ann@evil-acme.test")
		refused(t, err, fault.EmailNotAllowed, "")
		f, _ := fault.Of(err)
		same(t, "domains", f.AllowedDomains, []string{"acme.test", "other.test"})
		refused(t, ask(p, l, "no address"), fault.BadUserInput, "email")
		_, err = p.JoinLinks.Join(t.Context(), nil,
			joinlink.JoinInput{Slug: "nowhere", Email: "ann@acme.test"}, account.Origin{})
		refused(t, err, fault.NotFound, "")

		// The unlisted at the domain of a listed address get the same answer, and no mail.
		if err := ask(p, l, "clerk@other.test"); err != nil {
			t.Error(err)
		}
		same(t, "mails", p.Kinds("clerk@other.test"), []string{})
		same(t, "requests", len(requests(p, "clerk@other.test")), 0)
		comesIn(p, l, "boss@other.test")

		editLink(p, joinlink.UpdateLinkInput{ID: l.ID, Enabled: new(false)})
		refused(t, ask(p, l, "ben@acme.test"), fault.JoinClosed, "")
		editLink(p, joinlink.UpdateLinkInput{ID: l.ID, Enabled: new(true),
			MaxJoins: inputs.Change[int]{Set: true, Value: new(1)}})
		refused(t, ask(p, l, "ben@acme.test"), fault.JoinClosed, "")
		end := p.Clock.Now().Add(time.Hour)
		editLink(p, joinlink.UpdateLinkInput{ID: l.ID, MaxJoins: inputs.Change[int]{Set: true},
			ExpiresAt: inputs.Change[time.Time]{Set: true, Value: &end}})
		if err := ask(p, l, "ben@acme.test"); err != nil {
			t.Error(err)
		}
		p.Clock.Add(time.Hour)
		refused(t, ask(p, l, "eve@acme.test"), fault.JoinClosed, "")
		_, err = confirm(p, "ben@acme.test")
		refused(t, err, fault.JoinClosed, "") // judged again at confirmation
		same(t, "members", p.SeatsTaken(), 2)
	})
}

// JOI-9: the whitelist is checked again at confirmation.
func TestTheWhitelistIsJudgedAgainAtConfirmation(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{})
		if err := ask(p, l, "ann@acme.test"); err != nil {
			t.Fatal(err)
		}
		editLink(p, joinlink.UpdateLinkInput{ID: l.ID,
			Whitelist: joinlink.OptionalList{Set: true, Value: []string{"other.test"}}})
		_, err := confirm(p, "ann@acme.test")
		refused(t, err, fault.EmailNotAllowed, "")
		editLink(p, joinlink.UpdateLinkInput{ID: l.ID, Whitelist: joinlink.OptionalList{Set: true}})
		if _, err := confirm(p, "ann@acme.test"); err != nil {
			t.Error(err)
		}
	})
}

func TestAConfirmationWorksForADay(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{})
		if err := ask(p, l, "ann@acme.test"); err != nil {
			t.Fatal(err)
		}
		sent := token(p, requests(p, "ann@acme.test")[0])
		p.Clock.Add(24 * time.Hour)
		_, err := p.JoinLinks.Confirm(t.Context(), nil,
			acceptance.AcceptInput{Token: sent, Password: new(apptest.Password)}, account.Origin{})
		refused(t, err, fault.LinkExpired, "")
		_, err = p.JoinLinks.Confirm(t.Context(), nil,
			acceptance.AcceptInput{Token: sent[:len(sent)-1] + "A",
				Password: new(apptest.Password)}, account.Origin{})
		refused(t, err, fault.LinkInvalid, "")
	})
}

func TestAnExistingAccountProvesItselfToJoin(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{})
		u := p.Account("ann@acme.test")
		if err := ask(p, l, "ann@acme.test"); err != nil {
			t.Fatal(err)
		}
		r := requests(p, "ann@acme.test")[0]
		_, err := p.JoinLinks.Confirm(t.Context(), nil, acceptance.AcceptInput{Token: token(p, r),
			Password: new("another long password")}, account.Origin{})
		refused(t, err, fault.Unauthenticated, "")
		_, err = p.JoinLinks.Confirm(t.Context(), p.As(u),
			acceptance.AcceptInput{Token: token(p, r)}, account.Origin{})
		refused(t, err, fault.BadUserInput, "newPassword")
		j, err := p.JoinLinks.Confirm(t.Context(), p.As(u),
			acceptance.AcceptInput{Token: token(p, r), NewPassword: new(ownPassword)},
			account.Origin{})
		if err != nil || j.Member.UserID != u.ID || j.SignIn == nil || !j.Ended.Password {
			t.Errorf("with their own session: %v", err)
		}
	})
}

// JOI-3: a signed-in person with a verified, allowed address joins in one step.
func TestWhoIsSignedInWithAProvenAddressJoinsInOneStep(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Field("size", customfield.TypeText, true)
		l := makeLink(p, link{Whitelist: []string{"acme.test"}})
		u := p.Account("ann@acme.test")
		in := joinlink.JoinInput{Slug: l.Slug, Email: "ann@acme.test",
			CustomFields: map[string]any{"size": "M"}}
		j, err := p.JoinLinks.Join(t.Context(), p.As(u), in, account.Origin{})
		if err != nil || j.Status != joinlink.CheckYourEmail {
			t.Fatalf("an unproven address is asked for its proof: %+v, %v", j, err)
		}
		prove(p, u)
		in.CustomFields = nil
		_, err = p.JoinLinks.Join(t.Context(), p.As(u), in, account.Origin{})
		refused(t, err, fault.BadUserInput, "customFields.size")
		in.CustomFields = map[string]any{"size": "M"}
		if j, err = p.JoinLinks.Join(t.Context(), p.As(u), in, account.Origin{}); err != nil ||
			j.Status != joinlink.JoinedStatus {
			t.Fatalf("%+v, %v", j, err)
		}
		same(t, "answers", j.Member.CustomFields, map[string]string{"size": "M"})
		in.Email = "other@acme.test"
		if j, err = p.JoinLinks.Join(t.Context(), p.As(u), in, account.Origin{}); err != nil ||
			j.Status != joinlink.CheckYourEmail {
			t.Errorf("for another address: %+v, %v", j, err)
		}
		other := p.Account("eve@other.test")
		prove(p, other)
		_, err = p.JoinLinks.Join(t.Context(), p.As(other),
			joinlink.JoinInput{Slug: l.Slug, Email: "eve@other.test"}, account.Origin{})
		refused(t, err, fault.EmailNotAllowed, "")
	})
}

// prove makes an account's address proven.
func prove(p *apptest.Place, u *ent.User) {
	p.T.Helper()
	p.AsSystem(func(ctx ctx, tx *store.Tx) error {
		return tx.User.UpdateOne(u).SetEmailProven(true).Exec(ctx)
	})
}

func TestJoiningAcceptsAPendingInvitation(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		invited, linked := p.Group("Invited", "PRIVATE", nil), p.Group("Linked", "PRIVATE", nil)
		inv := p.Invite("ann@acme.test", &grants{GroupIDs: idList(invited)})
		l := makeLink(p, link{Grant: &grants{GroupIDs: idList(linked)}})
		j := comesIn(p, l, "ann@acme.test")
		same(t, "holds", p.Holds(j.Member.ID), []string{"learner@Invited", "learner@Linked"})
		same(t, "invitation", p.Invitation(inv.ID).Status, entinvitation.StatusActive)
		same(t, "mails", p.Kinds("ann@acme.test"), []string{"join_confirmation", "welcome"})

		// The invitation is a yes, but not to what the link gives beyond it.
		p.Invite("ben@acme.test", &grants{GroupIDs: idList(invited)})
		editLink(p, joinlink.UpdateLinkInput{ID: l.ID, RequiresApproval: new(true)})
		same(t, "holds", p.Holds(comesIn(p, l, "ben@acme.test").Member.ID),
			[]string{"learner@Invited"})
	})
}

// JOI-5: with approval on, a request waits for someone who may invite.
func TestRequestsWaitForApproval(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PRIVATE", nil)
		l := makeLink(p, link{RequiresApproval: new(true), Grant: &grants{GroupIDs: idList(class)}})
		j := comesIn(p, l, "ann@acme.test")
		same(t, "status", j.Status, joinlink.WaitingForApproval)
		if j.SignIn != nil || j.Member != nil {
			t.Error("who waits is in")
		}
		r := requests(p, "ann@acme.test")[0]
		same(t, "state", r.Status, joinrequest.StatusWaiting)
		same(t, "told", p.Kinds("admin@acme.test")[len(p.Kinds("admin@acme.test"))-1],
			"join_requested")
		again, err := confirm(p, "ann@acme.test")
		if err != nil || again.Status != joinlink.WaitingForApproval {
			t.Errorf("again: %+v, %v", again, err)
		}

		outsider := p.Join("helper@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(p.Group("Other", "PRIVATE", nil))})
		_, err = p.JoinLinks.Approve(t.Context(), p.Caller(outsider), r.ID)
		refused(t, err, fault.NotFound, "")
		insider := p.Join("teacher@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(class)})
		done, err := p.JoinLinks.Approve(t.Context(), p.Caller(insider), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "state", done.Status, joinrequest.StatusApproved)
		same(t, "decided by", *done.DecidedByID, insider.ID)
		if done.PasswordHash != nil {
			t.Error("the hash outlives the decision")
		}
		m := p.Member("ann@acme.test")
		same(t, "holds", p.Holds(m.ID), []string{"learner@Class"})
		same(t, "mails", p.Kinds("ann@acme.test"), []string{"join_confirmation", "join_approved"})
		if _, err := p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ann@acme.test",
			Password: apptest.Password}); err != nil {
			t.Errorf("with the password of the confirmation: %v", err)
		}
		_, err = p.JoinLinks.Approve(t.Context(), p.Caller(p.Admin), r.ID)
		refused(t, err, fault.Conflict, "")
	})
}

// JOI-9: the switch is checked again at approval.
func TestApprovalJudgesTheLinkAndItsGrantorAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PRIVATE", nil)
		maker := p.Join("maker@acme.test", &grants{Roles: []string{access.Admin}})
		l, err := p.JoinLinks.CreateLink(t.Context(), p.Caller(maker),
			link{WorkspaceID: p.Workspace.ID, RequiresApproval: new(true),
				Grant: &grants{Roles: []string{access.GroupAdmin}, GroupIDs: idList(class)}})
		if err != nil {
			t.Fatal(err)
		}
		comesIn(p, l, "ann@acme.test")
		r := requests(p, "ann@acme.test")[0]
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.JoinLink.UpdateOneID(l.ID).SetEnabled(false).Exec(ctx)
		})
		_, err = p.JoinLinks.Approve(t.Context(), p.Caller(p.Admin), r.ID)
		refused(t, err, fault.JoinClosed, "")
		p.Write(func(ctx ctx, tx *store.Tx) error {
			if err := tx.Member.UpdateOneID(maker.ID).SetStatus(member.StatusDeactivated).
				Exec(ctx); err != nil {
				return err
			}
			return tx.JoinLink.UpdateOneID(l.ID).SetEnabled(true).Exec(ctx)
		})
		if _, err = p.JoinLinks.Approve(t.Context(), p.Caller(p.Admin), r.ID); err != nil {
			t.Fatal(err)
		}
		same(t, "holds", p.Holds(p.Member("ann@acme.test").ID), []string{"learner@Class"}) // ADM-6
	})
}

// JOI-5: a request is rejected with a message.
func TestARejectionIsMailed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{RequiresApproval: new(true)})
		comesIn(p, l, "ann@acme.test")
		r := requests(p, "ann@acme.test")[0]
		_, err := p.JoinLinks.Reject(t.Context(), p.Caller(p.Admin), r.ID,
			new(strings.Repeat("x", 2001)))
		refused(t, err, fault.BadUserInput, "message")
		done, err := p.JoinLinks.Reject(t.Context(), p.Caller(p.Admin), r.ID,
			new("Next year, please."))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "state", done.Status, joinrequest.StatusRejected)
		same(t, "mails", p.Kinds("ann@acme.test"), []string{"join_confirmation", "join_rejected"})
		_, err = confirm(p, "ann@acme.test")
		refused(t, err, fault.LinkCancelled, "")
		p.Clock.Add(2 * time.Minute)
		if err := ask(p, l, "ann@acme.test"); err != nil { // and may ask again
			t.Error(err)
		}
		same(t, "requests", len(requests(p, "ann@acme.test")), 2)
	})
}

// JOI-9: a removed person, or one whose invitation was cancelled, waits for approval.
func TestWhoWasTakenOutOrCancelledWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{})
		soon := p.Clock.Now().Add(time.Hour)
		p.Join("removed@acme.test", &grants{AccessExpiresAt: &soon, DeleteOnExpiry: new(true)})
		p.Join("deactivated@acme.test", &grants{AccessExpiresAt: &soon})
		p.Verify("removed@acme.test", "deactivated@acme.test")
		inv := p.Invite("cancelled@acme.test", nil)
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), inv.ID); err != nil {
			t.Fatal(err)
		}
		p.Clock.Add(time.Hour)
		if err := p.Members.EndAccess(t.Context()); err != nil {
			t.Fatal(err)
		}
		for who, why := range map[string]joinrequest.WaitsFor{"removed": joinrequest.WaitsForRemoved, "deactivated": joinrequest.WaitsForDeactivated, "cancelled": joinrequest.WaitsForCancelled} {
			email := who + "@acme.test"
			same(t, who, comesIn(p, l, email).Status, joinlink.WaitingForApproval)
			r := requests(p, email)[0]
			same(t, who, *r.WaitsFor, why)
			if _, err := p.JoinLinks.Approve(t.Context(), p.Caller(p.Admin), r.ID); err != nil {
				t.Errorf("%s: %v", who, err)
			}
			same(t, who, p.Member(email).Status, member.StatusActive)
		}
		same(t, "seats", p.SeatsTaken(), 4)
	})
}

func TestFullMeansFull(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for round := range rounds / 2 {
			l := makeLink(p, link{MaxJoins: new(1)})
			emails := []string{fmt.Sprintf("a%d@acme.test", round),
				fmt.Sprintf("b%d@acme.test", round)}
			var acts []func() error
			for _, email := range emails {
				if err := ask(p, l, email); err != nil {
					t.Fatal(err)
				}
				acts = append(acts, func() error { _, err := confirm(p, email); return err })
			}
			same(t, "winners", winners(t, race(acts...), fault.JoinClosed), 1)
			same(t, "count", p.Store.JoinLink.GetX(p.In(), l.ID).JoinCount, 1)
		}
	})
}

func TestOneConfirmationWins(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		l := makeLink(p, link{})
		for round := range rounds / 2 {
			email := fmt.Sprintf("a%d@acme.test", round)
			if err := ask(p, l, email); err != nil {
				t.Fatal(err)
			}
			act := func() error { _, err := confirm(p, email); return err }
			same(t, "winners", winners(t, race(act, act), fault.LinkUsed, fault.Unauthenticated), 1)
		}
		same(t, "count", p.Store.JoinLink.GetX(p.In(), l.ID).JoinCount, rounds/2)
		same(t, "seats", p.SeatsTaken(), rounds/2+1)
	})
}
