package onboarding_test

import (
	"testing"

	"usher/ent/customfield"
	"usher/ent/signin"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/store"
)

// ownPassword is one that a person chooses in the place of another.
const ownPassword = "a password of my own"

// INV-9: a new person accepts with names, a password and a language.
func TestANewPersonComesInWithNamesPasswordAndLanguage(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for _, c := range []struct {
			email  string
			proven bool
			how    func(*apptest.Place, string) acceptance.AcceptInput
		}{
			{"copied@example.org", false, func(p *apptest.Place, e string) acceptance.AcceptInput {
				return p.Accepting(sent(p, e))
			}},
			{"mailed@example.org", true, func(p *apptest.Place, e string) acceptance.AcceptInput {
				return p.Mailed(sent(p, e))
			}},
		} {
			in := c.how(p, c.email)
			in.FirstName, in.LastName, in.Locale = new(" Jane "), new("Doe"), new("fr-FR")
			a := mustAccept(p, nil, in)
			u := p.User(c.email)
			same(t, "names", []string{*u.FirstName, *u.LastName, *u.Locale},
				[]string{"Jane", "Doe", "fr"})
			same(t, c.email+" is proven", u.EmailProven, c.proven)
			m := p.Member(c.email)
			same(t, "member", []any{a.Member.ID, m.Status.String(), m.JoinedVia.String(),
				m.SortName}, []any{m.ID, "ACTIVE", "INVITED", "doe jane"})
			same(t, "what they hold", p.Holds(m.ID), []string{"learner@*"})
			// The password just chosen is theirs, whatever the link proved.
			if _, err := p.Accounts.SignIn(t.Context(),
				account.SignInInput{Login: c.email, Password: apptest.Password}); err != nil {
				t.Errorf("%s signs in: %v", c.email, err)
			}
			caller, err := p.Accounts.CallerByAccessToken(t.Context(),
				a.SignIn.AccessToken.Reveal())
			if err != nil || caller.In(p.Workspace.ID) == nil {
				t.Errorf("%s's session: %v %v", c.email, caller, err)
			}
			same(t, "mails", p.Kinds(c.email), []string{"invitation", "welcome"})
		}
	})
}

func TestAnAcceptedInvitationIsActiveAndNamesItsMember(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := sent(p, "jane@example.org")
		a, err := accept(p, inv)
		if err != nil {
			t.Fatal(err)
		}
		now := p.Invitation(inv.ID)
		same(t, "status", now.Status.String(), "ACTIVE")
		same(t, "member", now.MemberID, new(a.Member.ID))
		if now.AcceptedAt == nil {
			t.Error("it does not say when")
		}
		same(t, "history", p.Happened(inv.ID), []string{"invitation.made", "member.joined",
			"invitation.accepted"})
		same(t, "seats", p.SeatsTaken(), 2)
	})
}

// INV-9: an existing account signs in and accepts with one click.
func TestAnAccountAcceptsByItsPasswordOrItsSessionAndNotOtherwise(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		ctx := t.Context()
		p.Account("jane@example.org")
		eve := p.Join("eve@example.org", nil)
		inv := sent(p, "jane@example.org")
		in := p.Accepting(inv)
		for what, password := range map[string]*string{"no password": nil, "an empty one": new(""),
			"a wrong one": new("wrong horse battery")} {
			in.Password = password
			_, err := p.Acceptances.Accept(ctx, nil, in, noOrigin)
			refused(t, err, "UNAUTHENTICATED", "")
			_, err = p.Acceptances.Accept(ctx, p.Caller(eve), in, noOrigin)
			refused(t, err, "UNAUTHENTICATED", "")
			if p.Member("jane@example.org") != nil {
				t.Fatalf("came in with %s", what)
			}
		}
		same(t, "status", p.Invitation(inv.ID).Status.String(), "PENDING")

		in.Password = new(apptest.Password)
		a := mustAccept(p, p.Caller(eve), in) // signed in as somebody else, but knows the password
		same(t, "who came in", a.Member.UserID, p.User("jane@example.org").ID)
		same(t, "whose session it is", a.SignIn.UserID, a.Member.UserID)

		u := p.Account("ted@example.org")
		b := mustAccept(p, p.As(u),
			acceptance.AcceptInput{Token: p.Accepting(sent(p, "ted@example.org")).Token})
		same(t, "who came in with one click", b.Member.UserID, u.ID)
	})
}

// INV-9: only the invited address can be bound.
func TestAStrangerWhoIsSignedInNeverBindsTheirOwnAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		eve := p.Join("eve@example.org", nil)
		a := mustAccept(p, p.Caller(eve), p.Accepting(sent(p, "jane@example.org")))
		same(t, "who came in", a.Member.UserID, p.User("jane@example.org").ID)
		if a.Member.UserID == eve.UserID {
			t.Error("the account of who was signed in was bound")
		}
	})
}

func TestAcceptingAgainLeadsTheSamePersonOnAndGivesNoSession(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := sent(p, "jane@example.org")
		copied, mailed := p.Accepting(inv), p.Mailed(inv)
		first := mustAccept(p, nil, copied)
		before := p.Snapshot()
		for _, in := range []acceptance.AcceptInput{copied, mailed} {
			again := mustAccept(p, p.Caller(first.Member), in)
			same(t, "member", again.Member.ID, first.Member.ID)
			if again.SignIn != nil {
				t.Error("a session was given on a replay")
			}
			_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
			refused(t, err, "LINK_USED", "")
			_, err = p.Acceptances.Accept(t.Context(), p.Caller(p.Admin), in, noOrigin)
			refused(t, err, "LINK_USED", "")
		}
		same(t, "the database", p.Snapshot(), before)
	})
}

func TestABadAcceptanceIsRefusedAtTheFieldThatIsBad(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Field("badge", customfield.TypeNumber, true)
		p.Field("nick", customfield.TypeText, false)
		inv := sent(p, "jane@example.org")
		good := p.Accepting(inv)
		good.CustomFields = map[string]any{"badge": "7", "nick": "JD"}
		for field, spoil := range map[string]func(in *acceptance.AcceptInput){
			"firstName": func(in *acceptance.AcceptInput) { in.FirstName = nil },
			"lastName":  func(in *acceptance.AcceptInput) { in.LastName = new("  ") },
			"locale":    func(in *acceptance.AcceptInput) { in.Locale = new("de") },
			"customFields.badge": func(in *acceptance.AcceptInput) {
				in.CustomFields = map[string]any{"badge": " "}
			},
			"customFields.nope": func(in *acceptance.AcceptInput) {
				in.CustomFields = map[string]any{"badge": "7", "nope": "x"}
			},
		} {
			in := good
			spoil(&in)
			_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
			refused(t, err, "BAD_USER_INPUT", field)
		}
		malformed := good
		malformed.CustomFields = map[string]any{"badge": true}
		_, err := p.Acceptances.Accept(t.Context(), nil, malformed, noOrigin)
		refused(t, err, "BAD_USER_INPUT", "customFields.badge")
		if f, _ := fault.Of(err); len(f.Violations()) > 1 {
			t.Errorf("a malformed answer has the faults %v", f.Violations())
		}
		without := good // by a copied link the answer is the one that somebody with an account gets
		without.Password = nil
		_, err = p.Acceptances.Accept(t.Context(), nil, without, noOrigin)
		refused(t, err, fault.Unauthenticated, "")
		weak := good
		weak.Password = new("password1")
		_, err = p.Acceptances.Accept(t.Context(), nil, weak, noOrigin)
		refused(t, err, "PASSWORD_TOO_WEAK", "password")
		same(t, "status", p.Invitation(inv.ID).Status.String(), "PENDING")

		a := mustAccept(p, nil, good)
		same(t, "answers", a.Member.CustomFields, map[string]string{"badge": "7", "nick": "JD"})
	})
}

func TestWhatTheInviterAnsweredNeedNotBeAskedAndCanBeAnsweredAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Field("badge", customfield.TypeNumber, true)
		given := &grants{CustomFields: map[string]any{"badge": "12"}}
		a := mustAccept(p, nil, p.Accepting(p.Invite("jane@example.org", given)))
		same(t, "the inviter's answer", a.Member.CustomFields, map[string]string{"badge": "12"})
		in := p.Accepting(p.Invite("june@example.org", given))
		in.CustomFields = map[string]any{"badge": "13"}
		same(t, "their own", mustAccept(p, nil, in).Member.CustomFields,
			map[string]string{"badge": "13"})
	})
}

func TestOnlyTheMailedLinkProvesTheMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := sent(p, "jane@example.org")
		if p.Mailed(inv).Token == p.Accepting(inv).Token {
			t.Fatal("both links are one")
		}
		// AUT-4: until the first proof somebody else may have set the password and sit in a
		// session.
		u := p.Account("jane@example.org")
		before, err := p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "jane@example.org",
			Password: apptest.Password})
		if err != nil {
			t.Fatal(err)
		}
		// The password that would end is replaced by the same mutation, and nothing ends before it
		// is (AUT-4).
		for chosen, code := range map[string]fault.Code{"": "BAD_USER_INPUT",
			"12345678": "PASSWORD_TOO_WEAK", apptest.Password: "PASSWORD_TOO_WEAK"} {
			in := p.Mailed(inv)
			in.NewPassword = &chosen
			_, err = p.Acceptances.Accept(t.Context(), p.As(u), in, noOrigin)
			refused(t, err, code, "newPassword")
		}
		if now := p.User("jane@example.org"); now.EmailProven ||
			now.CredentialVersion != u.CredentialVersion {
			t.Error("a refusal verified the address")
		}
		in := p.Mailed(inv)
		in.NewPassword = new(ownPassword)
		a := mustAccept(p, p.As(u), in)
		now := p.User("jane@example.org")
		if !now.EmailProven {
			t.Error("the address is not verified")
		}
		same(t, "what ended", *a.Ended, account.EndedAccess{Password: true, Sessions: 1})
		if _, err := p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "jane@example.org",
			Password: apptest.Password}); err == nil {
			t.Error("the previous password still works")
		}
		_, err = p.Accounts.CallerByAccessToken(t.Context(), before.AccessToken.Reveal())
		refused(t, err, "UNAUTHENTICATED", "")
		if _, err = p.Accounts.CallerByAccessToken(t.Context(),
			a.SignIn.AccessToken.Reveal()); err != nil {
			t.Errorf("the new session: %v", err)
		}
		if again, err := p.Accounts.SignIn(t.Context(),
			account.SignInInput{Login: "jane@example.org", Password: ownPassword}); err != nil {
			t.Errorf("the new password: %v", err)
		} else if err := p.Accounts.SignOut(t.Context(),
			&access.Caller{UserID: u.ID, SignInID: again.SignInID}); err != nil {
			t.Error(err)
		}
		n, err := p.Store.SignIn.Query().Where(signin.UserID(u.ID), signin.EndedAtIsNil()).
			Count(store.AsSystem(t.Context(), "a test looks"))
		if n != 1 || err != nil {
			t.Errorf("%d sessions are open (%v)", n, err)
		}

		other := p.Account("june@example.org")
		mustAccept(p, p.As(other), p.Accepting(sent(p, "june@example.org")))
		if now := p.User("june@example.org"); now.EmailProven || now.PasswordHash == nil {
			t.Error("a copied link proved a mailbox")
		}
	})
}

func TestAMailedLinkAndANewPasswordAreEnoughWhileNobodyHasVerifiedTheAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for _, typed := range []*string{nil, new(apptest.Password)} {
			email := map[bool]string{true: "jane@example.org",
				false: "june@example.org"}[typed == nil]
			p.Account(email)
			in := p.Mailed(sent(p, email))
			in.Password = typed
			_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
			refused(t, err, "BAD_USER_INPUT", "newPassword")
			in.NewPassword = new(ownPassword)
			if typed != nil { // a password that is typed has to be right
				in.Password = new("wrong wrong wrong")
				_, err = p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
				refused(t, err, "UNAUTHENTICATED", "")
				in.Password = typed
			}
			a := mustAccept(p, nil, in)
			if _, err := p.Accounts.CallerByAccessToken(t.Context(),
				a.SignIn.AccessToken.Reveal()); err != nil {
				t.Errorf("signed in: %v", err)
			}
			if _, err := p.Accounts.SignIn(t.Context(),
				account.SignInInput{Login: email, Password: ownPassword}); err != nil {
				t.Errorf("the new password: %v", err)
			}
		}
		// By a copied link it is no way in, and a verified account keeps its password, whatever is
		// typed (INV-3).
		p.Account("anna@example.org")
		in := p.Accepting(sent(p, "anna@example.org"))
		in.Password, in.NewPassword = nil, new(ownPassword)
		_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
		refused(t, err, "UNAUTHENTICATED", "")
		u := p.Account("emma@example.org")
		prove(p, u)
		in = p.Mailed(sent(p, "emma@example.org"))
		in.Password, in.NewPassword = nil, new(ownPassword)
		_, err = p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
		refused(t, err, "UNAUTHENTICATED", "")
		in.Password = new(apptest.Password)
		if a := mustAccept(p, nil, in); a.Ended != nil {
			t.Errorf("ended %+v", *a.Ended)
		}
		if _, err := p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "emma@example.org",
			Password: apptest.Password}); err != nil {
			t.Errorf("her own password: %v", err)
		}
	})
}

func TestSomeoneDeactivatedDoesNotComeBackByAnOldInvitation(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("dan@example.org", nil)
		// They came in by another entry point, were deactivated, and hold the link of an invitation still.
		m := mustAccept(p, nil, p.Accepting(inv)).Member
		p.Write(func(ctx ctx, tx *store.Tx) error {
			if err := tx.Member.UpdateOne(m).SetStatus("DEACTIVATED").Exec(ctx); err != nil {
				return err
			}
			return tx.Invitation.UpdateOneID(inv.ID).SetStatus("PENDING").ClearMember().Exec(ctx)
		})
		_, err := p.Acceptances.Accept(t.Context(), p.As(p.User("dan@example.org")),
			p.Accepting(p.Invitation(inv.ID)), noOrigin)
		refused(t, err, "LINK_CANCELLED", "")
		same(t, "status", p.Member("dan@example.org").Status.String(), "DEACTIVATED")
	})
}
