package onboarding_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/importbatch"
	"usher/ent/seatevent"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/store"
	"usher/internal/testkit/probe"
)

type identID = ident.ID

// ghostMember is a member whose trace runs through everything: a file, an invitation, a link,
// groups, edits, mails.
func ghostMember(p *apptest.Place, proven bool) *ent.Member {
	p.T.Helper()
	t := p.T
	g := p.Group("g", "PRIVATE", nil)
	p.Session(p.Program("Safety", g), "Monday", day, 2*day)
	inv := invite(p, input{
		People:  []*invitation.Invitee{{Email: "ghost@example.org", FirstName: new("Ghost")}},
		Message: new("Dear Ghost"),
		Grant:   &grants{GroupIDs: idList(g), AdditionalInfo: new("a ghost")},
	})[0].Invitation
	in := p.Accepting(inv)
	if proven {
		in = p.Mailed(inv)
	}
	m := mustAccept(p, nil, in).Member
	must(t, edited(p, p.Admin, memberEdit{ID: m.ID, Grant: &grants{GroupIDs: idList(g),
		AdditionalInfo: new("a pale ghost"), Labels: []string{"ghost"}}}))
	return m
}

func TestAWorkspaceForgetsAMemberAndTheAccountThatItManages(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := ghostMember(p, false)
		token := p.SignIn("ghost@example.org", apptest.Password)
		must(t, p.Members.EraseMember(t.Context(), p.Caller(p.Admin), m.ID))
		same(t, "who is remembered", remembered(p, "ghost"), []string{})
		same(t, "seats", p.SeatsTaken(), 1)
		same(t, "signed in", p.Ask(token, `{ viewer { user { id } } }`, nil).Code(),
			"UNAUTHENTICATED")
		u, err := p.Store.User.Get(store.AsSystem(t.Context(), "a test looks"), m.UserID)
		must(t, err)
		if u.ErasedAt == nil || u.CredentialVersion == 0 || u.PasswordHash != nil {
			t.Errorf("the account: %v", u)
		}
		n, err := p.Store.SeatEvent.Query().Where(seatevent.UserID(u.ID)).
			Count(store.AsSystem(t.Context(), "a test looks"))
		must(t, err)
		same(t, "lines of the ledger", n, 2)
		events, err := p.Store.AuditEvent.Query().Where(auditevent.Action("person.erased")).
			All(p.In())
		must(t, err)
		if len(events) != 1 || events[0].SubjectID != p.Workspace.ID || events[0].MemberID != nil ||
			len(events[0].Details) > 0 || events[0].ActorID == nil {
			t.Errorf("what is told of it: %v", events)
		}
		same(t, "what happened stays", countOf(p.Happened(m.ID), "member.edited"), 1)
		refused(t, p.Members.EraseMember(t.Context(), p.Caller(p.Admin), m.ID), fault.NotFound, "")
		same(t, "again", told(invite(p, input{Emails: []string{"ghost@example.org"}})),
			[]string{"ghost@example.org INVITED"})
		stranger := mustAccept(p, nil, p.Accepting(sentTo(p, "ghost@example.org"))).Member
		if stranger.UserID == u.ID {
			t.Error("the erased account came back")
		}
	})
}

func TestAnAccountThatIsThePersonsOwnOutlivesTheWorkspacesMemory(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := ghostMember(p, true)
		must(t, p.Members.EraseMember(t.Context(), p.Caller(p.Admin), m.ID))
		same(t, "who is remembered", remembered(p, "ghost"), []string{"users"})
		same(t, "theirs", *p.User("ghost@example.org").Email, "ghost@example.org")
	})
}

func TestAnAccountWithAnotherPlaceStays(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := ghostMember(p, false)
		other := p.Kit.Found("Acme", "second")
		other.Join("ghost@example.org", nil)
		must(t, p.Members.EraseMember(t.Context(), p.Caller(p.Admin), m.ID))
		if other.Member("ghost@example.org") == nil || p.User("ghost@example.org").ErasedAt != nil {
			t.Error("the other place lost them")
		}
		same(t, "invitations there", sentTo(other, "ghost@example.org").Email, "ghost@example.org")
	})
}

func TestOnlyWhoMayRemoveAnybodyErases(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("mine", "PRIVATE", nil)
		boss := p.Join("boss@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		users := p.Join("users@example.org", &grants{Roles: []string{access.UserAdmin}})
		m := p.Join("jane@example.org", &grants{GroupIDs: idList(g)})
		refused(t, p.Members.EraseMember(t.Context(), nil, m.ID), fault.Unauthenticated, "")
		refused(t, p.Members.EraseMember(t.Context(), p.Caller(m), boss.ID), fault.NotFound, "")
		refused(t, p.Members.EraseMember(t.Context(), p.Caller(boss), m.ID), fault.Forbidden, "")
		refused(t, p.Members.EraseMember(t.Context(), p.Caller(users), p.Admin.ID),
			fault.Forbidden, "")
		refused(t, p.Members.EraseMember(t.Context(), p.Caller(p.Admin), p.Admin.ID),
			fault.Conflict, "")
		elsewhere := p.Kit.Found("Other", "other")
		refused(t, p.Members.EraseMember(t.Context(), p.Caller(elsewhere.Admin), m.ID),
			fault.NotFound, "")
		must(t, p.Members.EraseMember(t.Context(), p.Caller(users), m.ID))
		must(t, p.Members.EraseMember(t.Context(), p.Caller(users), users.ID)) // themself
	})
}

// AHD-5: one person's data can be erased.
func TestAPersonIsForgottenEverywhereWhenTheyWantToBe(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := ghostMember(p, true)
		other, left, never := p.Kit.Found("Other", "other"), p.Kit.Found("Third", "third"),
			p.Kit.Found("Fourth", "fourth")
		// the first proof ended the password
		p.Kit.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(m.UserID).SetPasswordHash(*p.User("admin@acme.test").
				PasswordHash).Exec(ctx)
		})
		other.Join("ghost@example.org", nil)
		gone := left.Join("ghost@example.org", nil)
		must(t, edited(left, left.Admin,
			memberEdit{ID: gone.ID, Grant: &grants{AdditionalInfo: new("was a ghost")}}))
		must(t, left.Members.Remove(t.Context(), left.Caller(left.Admin), gone.ID))
		pending := sent(never, "ghost@example.org")
		token := p.SignIn("ghost@example.org", apptest.Password)

		const mutation = `mutation($p: String!) { eraseMyAccount(input: {password: $p}) { deletedId } }`
		same(t, "wrong password", p.Ask(token, mutation, map[string]any{"p": "not my password"}).
			Code(), "UNAUTHENTICATED")
		p.Must(token, mutation, map[string]any{"p": apptest.Password}, nil)
		same(t, "who is remembered", remembered(p, "ghost"), []string{})
		same(t, "seats", []int{p.SeatsTaken(), other.SeatsTaken(), left.SeatsTaken()},
			[]int{1, 1, 1})
		same(t, "an open invitation", string(never.Invitation(pending.ID).Status), "CANCELLED")
		same(t, "signed in", p.Ask(token, `{ viewer { user { id } } }`, nil).Code(),
			"UNAUTHENTICATED")
		events, err := p.Store.AuditEvent.Query().Where(auditevent.Action("person.erased")).
			All(p.In())
		must(t, err)
		if len(events) != 1 || events[0].ActorID != nil || events[0].MemberID != nil {
			t.Errorf("what is told of it: %v", events)
		}
		same(t, "again", told(invite(p, input{Emails: []string{"ghost@example.org"}})),
			[]string{"ghost@example.org INVITED"})
	})
}

func TestTheLastAdministratorIsNotForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other := p.Kit.Found("Other", "other")
		other.Join("admin@acme.test", nil)
		before := p.Snapshot()
		err := p.Members.EraseAccount(t.Context(), p.Caller(p.Admin), apptest.Password, noOrigin)
		refused(t, err, fault.Conflict, "")
		if tables := changed(before, p.Snapshot()); len(tables) > 0 &&
			!slices.Equal(tables, []string{"throttles"}) {
			t.Errorf("a refusal changed %v", tables)
		}
		p.Join("second@example.org", &grants{Roles: []string{access.Admin}})
		same(t, "organizations that name them", administered(p, p.Admin.UserID), 1)
		must(t, p.Members.EraseAccount(t.Context(), p.Caller(p.Admin), apptest.Password, noOrigin))
		same(t, "elsewhere", other.SeatsTaken(), 1)
		same(t, "organizations that still name them", administered(p, p.Admin.UserID), 0)
	})
}

func TestAnUnprovenAddressMakesNobodyElseForget(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		// by a copied link: whose the mailbox is, nobody knows
		m := p.Join("ghost@example.org", nil)
		other := p.Kit.Found("Other", "other")
		theirs := sent(other, "ghost@example.org")
		must(t, p.Members.EraseAccount(t.Context(), p.Caller(m), apptest.Password, noOrigin))
		same(t, "theirs", other.Invitation(theirs.ID).Email, "ghost@example.org")
		same(t, "and its mail", len(p.Mails("ghost@example.org")), 1)
	})
}

// AHD-5: one person's data can be exported.
func TestPersonalDataIsWholeAndHoldsNoSecret(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := ghostMember(p, true)
		other := p.Kit.Found("Other", "other")
		other.Join("ghost@example.org", nil)
		read := func(by *access.Caller, of *ident.ID) string {
			d, err := p.Members.PersonalData(t.Context(), by, of)
			must(t, err)
			b, err := json.Marshal(d)
			must(t, err)
			return string(b)
		}
		own := read(p.Caller(m), nil)
		for _, what := range []string{`"email":"ghost@example.org"`, `"Dear Ghost"`,
			`"a pale ghost"`, `"a ghost"`, `"Monday"`, `"Safety"`, `"group":"g"`,
			`"kind":"invitation"`, `"action":"member.edited"`, `"slug":"other"`, `"signIns":[{`,
			`"entryPoint":"invite"`} {
			if !strings.Contains(own, what) {
				t.Errorf("%s is missing: %s", what, own)
			}
		}
		for _, what := range []string{"argon2", "hash", "ersion\"", "oken\""} {
			if strings.Contains(own, what) {
				t.Errorf("%s is told: %s", what, own)
			}
		}
		seen := read(p.Caller(p.Admin), &m.ID)
		for _, what := range []string{"signIns", `"slug":"other"`} {
			if strings.Contains(seen, what) {
				t.Errorf("an administrator is told %s: %s", what, seen)
			}
		}
		same(t, "their own place alone", strings.Contains(read(p.Caller(m), &m.ID), "other"), false)

		users := p.Join("users@example.org", &grants{Roles: []string{access.UserAdmin}})
		_, err := p.Members.PersonalData(t.Context(), p.Caller(users), &m.ID)
		refused(t, err, fault.Forbidden, "")
		_, err = p.Members.PersonalData(t.Context(), p.Caller(other.Admin), &m.ID)
		refused(t, err, fault.NotFound, "")
		_, err = p.Members.PersonalData(t.Context(), nil, nil)
		refused(t, err, fault.Unauthenticated, "")
		_, err = p.Members.PersonalData(t.Context(),
			&access.Caller{KeyID: ident.New(ident.APIKey)}, nil)
		refused(t, err, fault.BadUserInput, "memberId")
	})
}

func TestPersonalDataCostsAsManyStatementsHoweverMuchThereIs(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := ghostMember(p, true)
		cost := func() int64 {
			by := p.Caller(m)
			ctx, n := probe.CountStatements(t.Context())
			_, err := p.Members.PersonalData(ctx, by, nil)
			must(t, err)
			return n.Load()
		}
		few := cost()
		for _, slug := range []string{"one", "two", "three"} {
			q := p.Kit.Found(slug, slug)
			g := q.Group(slug, "PRIVATE", nil)
			q.Session(q.Program("P", g), slug, day, 2*day)
			q.Join("ghost@example.org", &grants{GroupIDs: idList(g)})
		}
		same(t, "statements", cost(), few)
	})
}

func TestWhatFilesSaidAboutAPersonIsForgottenToo(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		m := ghostMember(p, false)
		const file = "email,last name,additional info\nghost@example.org,Ghost,seen in a file of ghosts\njane@example.org,Real,\n"
		b := run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingUpdate, file))
		same(t, "the file was read", *p.Member("ghost@example.org").AdditionalInfo,
			"seen in a file of ghosts")
		must(t, p.Members.EraseMember(t.Context(), p.Caller(p.Admin), m.ID))
		same(t, "who is remembered", remembered(p, "ghost"), []string{})
		same(t, "counts", counts(imported(p, b.ID)), counts(b))
		undo(p, imported(p, b.ID)) // what it changed of them is nobody's any more
	})
}

// administered counts the organizations whose administrators an account is one of (PLA-2), also
// when the account is erased.
func administered(p *apptest.Place, userID ident.ID) (n int) {
	p.T.Helper()
	p.Kit.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Organization.Query().All(ctx)
		for _, org := range all {
			if slices.Contains(org.AdministratorIds, userID.UUID()) {
				n++
			}
		}
		return err
	})
	return n
}
