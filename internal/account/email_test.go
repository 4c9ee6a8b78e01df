package account

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

func (w *world) askChange(t *testing.T, s SignInSession, email string) string {
	t.Helper()
	if err := w.RequestEmailChange(t.Context(), w.caller(t, s), email, right, home); err != nil {
		t.Fatal(err)
	}
	return w.opened(t, w.ComposeEmailChange, w.box.last(t))
}

// AUT-2: addresses are changed with verification.
func TestANewAddressIsTheAccountsOnceConfirmed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		m := w.member(t, u)
		asking, other := w.signIn(t, "jane@example.org"), w.signIn(t, "jane@example.org")
		token := w.askChange(t, asking, "Jane <Jane@New.example>")
		if m := w.box.last(t); m.To != "Jane@New.example" {
			t.Errorf("the link goes to %s", m.To)
		}
		if now := w.read(t, u); inputs.ValueOrEmpty(now.Email) != "jane@example.org" {
			t.Errorf("changed before it is confirmed: %s", inputs.ValueOrEmpty(now.Email))
		}
		peek, err := w.PreviewEmailChange(t.Context(), token)
		if err != nil || peek.Email != "J•••@N•••.example" ||
			!peek.ExpiresAt.Equal(w.time().Add(24*time.Hour)) {
			t.Errorf("%+v, %v", peek, err)
		}
		var won atomic.Int32
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				session, err := w.ConfirmEmailChange(t.Context(), w.caller(t, asking),
					ConfirmEmailChangeInput{Token: token}, home)
				if err == nil {
					won.Add(1)
				} else {
					wants(t, err, fault.LinkUsed, "the losers")
				}
				if session != nil {
					t.Error("a new session, though nothing ended")
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d confirmations", won.Load())
		}
		_, err = w.PreviewEmailChange(t.Context(), token)
		wants(t, err, fault.LinkUsed, "the second use")
		now := w.read(t, u)
		if inputs.ValueOrEmpty(now.Email) != "Jane@New.example" ||
			inputs.ValueOrEmpty(now.EmailKey) != "jane@new.example" ||
			!now.EmailProven || now.PendingEmail != nil {
			t.Errorf("%+v", now)
		}
		row, err := w.db.Member.Get(store.AsSystem(t.Context(), "test"), m.ID)
		if err != nil || row.EmailKey != "jane@new.example" {
			t.Errorf("the list searches %s, %v", row.EmailKey, err)
		}
		w.caller(t, asking)
		w.over(t, other, "the other session")
		w.signIn(t, "jane@new.example")

		queuedEmail := w.box.last(t)
		content, _, err := w.ComposeNotice(t.Context(), queuedEmail)
		if queuedEmail.To != "jane@example.org" || content.What != mail.EmailChanged ||
			content.NewAddress != "J•••@N•••.example" || err != nil {
			t.Errorf("the old address gets %+v, %+v, %v", queuedEmail, content, err)
		}
		if _, err := mail.Render(content); err != nil {
			t.Error(err)
		}
	})
}

// AUT-2: one press on the link, by a stranger or by the scanner of a mailbox, moves no account.
func TestAChangeOfAddressIsConfirmedByTheAccountsOwnPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		w.user(t, "john@example.org")
		john := w.signIn(t, "john@example.org")
		token := w.askChange(t, w.signIn(t, "jane@example.org"), "new@example.org")
		for what, c := range map[string]*access.Caller{"nobody": nil, "john": w.caller(t, john)} {
			_, err := w.ConfirmEmailChange(t.Context(), c, ConfirmEmailChangeInput{Token: token},
				home)
			wants(t, err, fault.BadUserInput, what+" presses")
			_, err = w.ConfirmEmailChange(t.Context(), c,
				ConfirmEmailChangeInput{Token: token, Password: "not the password"}, home)
			wants(t, err, fault.Unauthenticated, what+" guesses")
		}
		if now := w.read(t, u); inputs.ValueOrEmpty(now.EmailKey) != "jane@example.org" {
			t.Fatalf("moved to %s", inputs.ValueOrEmpty(now.EmailKey))
		}
		if _, err := w.ConfirmEmailChange(t.Context(), nil,
			ConfirmEmailChangeInput{Token: token, Password: right}, home); err != nil {
			t.Fatal(err)
		}
		if now := w.read(t, u); inputs.ValueOrEmpty(now.EmailKey) != "new@example.org" {
			t.Errorf("still at %s", inputs.ValueOrEmpty(now.EmailKey))
		}
	})
}

func TestLinksToAnAddressDieWithTheNextRequestAndAfterADay(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		s := w.signIn(t, "jane@example.org")
		first := w.askChange(t, s, "one@example.org")
		queuedEmail := w.box.last(t)
		second := w.askChange(t, s, "two@example.org")
		_, err := w.ConfirmEmailChange(t.Context(), nil,
			ConfirmEmailChangeInput{Token: first}, home)
		wants(t, err, fault.LinkInvalid, "the address asked for before")
		if _, _, err := w.ComposeEmailChange(t.Context(), queuedEmail); !errors.Is(err,
			outbox.ErrGone) {
			t.Errorf("its mail: %v", err)
		}
		w.pass(24 * time.Hour)
		_, err = w.ConfirmEmailChange(t.Context(), nil,
			ConfirmEmailChangeInput{Token: second}, home)
		wants(t, err, fault.LinkExpired, "a day later")
		_, err = w.ConfirmEmailChange(t.Context(), nil,
			ConfirmEmailChangeInput{Token: w.askReset(t, "jane@example.org")}, home)
		wants(t, err, fault.LinkInvalid, "a link of another kind")
	})
}

func TestAnAddressOfAnotherAccountIsAnsweredAlikeAndNotMailed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		w.user(t, "john@example.org")
		c := w.caller(t, w.signIn(t, "jane@example.org"))
		if err := w.RequestEmailChange(t.Context(), c, "John@example.org", right,
			home); err != nil {
			t.Errorf("%v", err)
		}
		if w.box.count() != 0 || w.read(t, u).PendingEmail != nil {
			t.Error("something happened")
		}
		// The limit is the same for both.
		wants(t, w.RequestEmailChange(t.Context(), c, "john+x@example.org", right, home),
			fault.RateLimited, "at once again")
		if err := w.RequestEmailChange(t.Context(), c, "free@example.org", right,
			home); err != nil {
			t.Fatal(err)
		}
		wants(t, w.RequestEmailChange(t.Context(), c, "free@example.org", right, home),
			fault.RateLimited, "a free one at once again")
		wants(t, w.RequestEmailChange(t.Context(), c, "nonsense", right, home), fault.BadUserInput,
			"no address")
		wants(t, w.RequestEmailChange(t.Context(), c, "jane@example.org", right, home),
			fault.BadUserInput, "one's own")
		wants(t, w.RequestEmailChange(t.Context(), nil, "x@example.org", right, home),
			fault.Unauthenticated, "nobody")
	})
}

func TestAnAddressThatAnotherAccountTookMeanwhileIsAConflict(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		s := w.signIn(t, "jane@example.org")
		token := w.askChange(t, s, "new@example.org")
		w.user(t, "new@example.org")
		_, err := w.ConfirmEmailChange(t.Context(), w.caller(t, s),
			ConfirmEmailChangeInput{Token: token}, home)
		wants(t, err, fault.Conflict, "taken")
		if now := w.read(t, u); inputs.ValueOrEmpty(now.EmailKey) != "jane@example.org" {
			t.Errorf("%+v", now)
		}
	})
}

func TestAFirstAddressAsksForANewPasswordBeforeThePreviousOneEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "", func(c *ent.UserCreate) {
			c.SetUsername("jane").SetUsernameKey("jane").
				SetUsernameOrganizationID(w.organization.ID).SetEmailProven(false)
		})
		s, err := w.SignIn(t.Context(), SignInInput{Login: "jane", Password: right,
			Workspace: "acme", Origin: home})
		if err != nil {
			t.Fatal(err)
		}
		token := w.askChange(t, s, "jane@example.org")
		queued := w.box.count()
		if peek, err := w.PreviewEmailChange(t.Context(), token); err != nil || !peek.NewPassword {
			t.Errorf("the page is told %+v, %v", peek, err)
		}
		for _, refusal := range []struct {
			chosen string
			code   fault.Code
		}{{"", fault.BadUserInput}, {"12345678", fault.PasswordTooWeak},
			{right, fault.PasswordTooWeak}} {
			_, err = w.ConfirmEmailChange(t.Context(), w.caller(t, s),
				ConfirmEmailChangeInput{Token: token, NewPassword: refusal.chosen}, home)
			if f, _ := fault.Of(err); f == nil || f.Code != refusal.code ||
				f.Field != "newPassword" {
				t.Errorf("with %q: %v", refusal.chosen, err)
			}
		}
		if now := w.read(t, u); now.PasswordHash == nil || now.EmailKey != nil {
			t.Errorf("a refusal changed %+v", now)
		}
		w.caller(t, s)

		after, err := w.ConfirmEmailChange(t.Context(), w.caller(t, s),
			ConfirmEmailChangeInput{Token: token, NewPassword: fresh}, home)
		if err != nil || after == nil {
			t.Fatalf("%v, %v", after, err)
		}
		if w.box.count() != queued+1 { // the notice that the password was changed
			t.Error("an old address that never was got an email")
		}
		w.over(t, s, "the session from before the verification")
		w.caller(t, *after)
		if now := w.read(t, u); !now.EmailProven {
			t.Errorf("%+v", now)
		}
		if _, err := w.SignIn(t.Context(), SignInInput{Login: "jane@example.org", Password: fresh,
			Origin: home}); err != nil {
			t.Errorf("the new password: %v", err)
		}
	})
}

func TestAnAccessTokenAloneDoesNotChangeTheAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		c := w.caller(t, w.signIn(t, "jane@example.org"))
		for typed, code := range map[string]fault.Code{"": fault.BadUserInput,
			"wrong wrong wrong": fault.Unauthenticated} {
			err := w.RequestEmailChange(t.Context(), c, "thief@example.org", typed, home)
			if f, _ := fault.Of(err); f == nil || f.Code != code || f.Field != "password" {
				t.Errorf("with %q: %v", typed, err)
			}
		}
		if w.box.count() != 0 || w.read(t, u).PendingEmail != nil {
			t.Error("something happened")
		}

		// With the password the present address is told first, and a reset from there stops the
		// change.
		if err := w.RequestEmailChange(t.Context(), c, "thief@example.org", right,
			home); err != nil {
			t.Fatal(err)
		}
		link := w.opened(t, w.ComposeEmailChange, w.box.last(t))
		var told *ent.Mail
		for _, m := range w.box.all(t) {
			if m.ToKey == "jane@example.org" {
				told = m
			}
		}
		if told == nil {
			t.Fatal("the present address is not told")
		}
		content, _, err := w.ComposeNotice(t.Context(), told)
		if err != nil || content.What != mail.EmailChangeRequested || content.Link == "" ||
			content.NewAddress == "" || content.UserAgent != home.UserAgent || content.At == nil {
			t.Errorf("%+v, %v", content, err)
		}
		// A notice that an earlier version has queued names no device.
		old := *told
		old.Note = new(string(mail.PasswordChanged))
		if former, _, err := w.ComposeNotice(t.Context(), &old); err != nil ||
			former.What != mail.PasswordChanged || former.UserAgent != "" {
			t.Errorf("an earlier notice: %+v, %v", former, err)
		}
		for _, l := range []i18n.Locale{i18n.English, i18n.French} {
			if content.Locale = l; true {
				if _, err := mail.Render(content); err != nil {
					t.Errorf("%s: %v", l, err)
				}
			}
		}
		if _, err := w.ResetPassword(t.Context(), w.askReset(t, "jane@example.org"), fresh,
			home); err != nil {
			t.Fatal(err)
		}
		_, err = w.ConfirmEmailChange(t.Context(), nil,
			ConfirmEmailChangeInput{Token: link}, home)
		if err == nil {
			t.Error("the change went on after the owner's reset")
		}

		// An account without a password sets one first, by a link to its verified address.
		w.write(t, func(ctx context.Context, tx *store.Tx) {
			must(tx.User.UpdateOneID(u.ID).ClearPasswordHash().Save(ctx))
		})
		s, err := w.SignIn(t.Context(), SignInInput{Login: "jane@example.org", Password: fresh,
			Origin: home})
		wants(t, err, fault.Unauthenticated, "a password that is gone")
		_ = s
		err = w.RequestEmailChange(t.Context(), &access.Caller{UserID: u.ID}, "other@example.org",
			fresh, home)
		if f, _ := fault.Of(err); f == nil || f.Code != fault.BadUserInput ||
			f.Field != "password" {
			t.Errorf("without a password: %v", err)
		}
	})
}

func TestNoticesToAnAddressThatNobodyVerifiedAreLimited(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "victim@example.org", func(c *ent.UserCreate) { c.SetEmailProven(false) })
		s, passwords := w.signIn(t, "victim@example.org"), []string{right, fresh}
		for i := range 6 {
			var err error
			if s, err = w.ChangePassword(t.Context(), w.caller(t, s), passwords[i%2],
				passwords[(i+1)%2], home); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.box.count(); n != 1 {
			t.Errorf("%d notices to an unverified address", n)
		}
		w.write(t, func(ctx context.Context, tx *store.Tx) {
			must(tx.User.UpdateOneID(u.ID).SetEmailProven(true).Save(ctx))
		})
		if _, err := w.ChangePassword(t.Context(), w.caller(t, s), right, fresh, home); err != nil {
			t.Fatal(err)
		}
		if n := w.box.count(); n != 2 {
			t.Errorf("%d notices, and the owner's own is missing", n)
		}
	})
}

// AUT-2: name and language are edited.
func TestAProfileKeepsWhatIsNotSetAndClearsWhatIsNull(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org", func(c *ent.UserCreate) {
			c.SetFirstName("Jane").SetLastName("Doe").SetLocale("fr")
		})
		m := w.member(t, u)
		c := w.caller(t, w.signIn(t, "jane@example.org"))
		str := func(s string) Field { return Field{true, &s} }
		for _, step := range []struct {
			in                        ProfileInput
			first, last, locale, sort string
		}{
			{ProfileInput{FirstName: str(" Éva \n Marie\u202e ")}, "Éva Marie", "Doe", "fr",
				"doe éva marie"},
			{ProfileInput{LastName: Field{Set: true}, Locale: str("en")}, "Éva Marie", "", "en",
				"éva marie"},
			{ProfileInput{Locale: Field{Set: true}}, "Éva Marie", "", "", "éva marie"},
			{ProfileInput{}, "Éva Marie", "", "", "éva marie"},
		} {
			now, err := w.UpdateProfile(t.Context(), c, step.in)
			if err != nil {
				t.Fatal(err)
			}
			row, err := w.db.Member.Get(store.AsSystem(t.Context(), "test"), m.ID)
			if err != nil {
				t.Fatal(err)
			}
			if inputs.ValueOrEmpty(now.FirstName) != step.first ||
				inputs.ValueOrEmpty(now.LastName) != step.last ||
				inputs.ValueOrEmpty(now.Locale) != step.locale || row.SortName != step.sort {
				t.Errorf("%+v gives %q %q %q, sorted by %q", step.in, inputs.ValueOrEmpty(now.FirstName),
					inputs.ValueOrEmpty(now.LastName), inputs.ValueOrEmpty(now.Locale), row.SortName)
			}
		}
		for field, in := range map[string]ProfileInput{
			"firstName": {FirstName: str(strings.Repeat("x", 201))},
			"lastName":  {LastName: str(strings.Repeat("é", 201))},
			"locale":    {Locale: str("de")},
		} {
			_, err := w.UpdateProfile(t.Context(), c, in)
			if f, _ := fault.Of(err); f == nil || f.Code != fault.BadUserInput || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := w.UpdateProfile(t.Context(), c,
			ProfileInput{FirstName: str(strings.Repeat("é", 200))}); err != nil {
			t.Errorf("200 characters: %v", err)
		}
		_, err := w.UpdateProfile(t.Context(), nil, ProfileInput{})
		wants(t, err, fault.Unauthenticated, "nobody")
	})
}

func TestMailsSpeakTheLanguageOfThePersonElseOfTheirFirstWorkspace(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		language := func(u *ent.User) string {
			content, _, err := w.ComposeNotice(t.Context(),
				&ent.Mail{Kind: string(mail.SecurityNotice), UserID: &u.ID,
					Note: &[]string{"password"}[0]})
			if err != nil {
				t.Fatal(err)
			}
			return string(content.Locale)
		}
		plain := w.user(t, "a@example.org")
		if l := language(plain); l != "en" {
			t.Errorf("nowhere: %s", l)
		}
		w.write(t, func(ctx context.Context, tx *store.Tx) {
			must(tx.Workspace.UpdateOneID(w.workspace.ID).SetDefaultLocale("fr").Save(ctx))
		})
		w.member(t, plain)
		if l := language(plain); l != "fr" {
			t.Errorf("in a French workspace: %s", l)
		}
		own := w.user(t, "b@example.org", func(c *ent.UserCreate) { c.SetLocale("en") })
		w.member(t, own)
		if l := language(own); l != "en" {
			t.Errorf("who chose English: %s", l)
		}
	})
}
