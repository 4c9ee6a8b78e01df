package onboarding_test

import (
	"fmt"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/schema"
	"usher/internal/acceptance"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

type (
	edit    = invitation.UpdateInput
	newText = inputs.Change[string]
	newTime = inputs.Change[time.Time]
)

func update(p *apptest.Place, in edit) (*ent.Invitation, error) {
	p.T.Helper()
	return p.Invitations.Update(p.T.Context(), p.Caller(p.Admin), in)
}

// INV-13: an edit keeps the link valid and is in the history.
func TestAPendingInvitationIsEditedWithItsMailedLinkStillGood(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a, b := p.Group("a", "PRIVATE", nil), p.Group("b", "PRIVATE", nil)
		inv := invite(p, input{
			People: []*invitation.Invitee{{Email: "jane@example.org", FirstName: new("Jane"),
				LastName: new("Doe")}},
			Grant: &grants{GroupIDs: []ident.ID{a.ID}, Locale: new("fr"), Labels: []string{"old"}},
		})[0].Invitation
		in := p.Mailed(inv)
		end := after(p, 3*day)
		now, err := update(p, edit{
			ID: inv.ID, FirstName: newText{Set: true, Value: new(" June ")},
			LastName: newText{Set: true}, ExpiresAt: newTime{Set: true, Value: end},
			Grant: replaceGrant(&grants{GroupIDs: []ident.ID{b.ID}}),
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "first name", *now.FirstName, "June")
		same(t, "last name", now.LastName, nil)
		same(t, "end", now.ExpiresAt.UTC(), *end)
		same(t, "the language of a grant without one", now.Locale, nil)
		same(t, "the grant, whole", []any{now.Grant.GroupIDs, len(now.Grant.Labels),
			now.Grant.Locale}, []any{[]ident.ID{b.ID}, 0, ""})
		groups, err := now.QueryGroups().All(p.In())
		if err != nil || len(groups) != 1 || groups[0].ID != b.ID {
			t.Errorf("in lists it stands at %v (%v)", groups, err)
		}
		same(t, "mails", p.Kinds("jane@example.org"), []string{"invitation"})
		events, err := p.Store.AuditEvent.Query().
			Where(auditevent.SubjectID(inv.ID), auditevent.Action("invitation.edited")).All(p.In())
		if err != nil || len(events) != 1 || events[0].ActorID == nil ||
			*events[0].ActorID != p.Admin.ID {
			t.Fatalf("the history has %v (%v)", events, err)
		}
		same(t, "what changed", events[0].Details, []schema.Detail{
			{Name: "firstName", Before: "Jane", After: "June"}, {Name: "lastName", Before: "Doe"},
			{Name: "expiresAt", Before: inv.ExpiresAt.UTC().Format(time.RFC3339),
				After: end.Format(time.RFC3339)},
			{Name: "roles", Before: "Learner (a)", After: "Learner (b)"},
			{Name: "groups", Before: "a", After: "b"}, {Name: "labels", Before: "old"},
			{Name: "locale", Before: "fr"},
		})
		m := mustAccept(p, nil, in).Member
		same(t, "holds", p.Holds(m.ID), []string{"learner@b"})
	})
}

func TestWhatAnEditDoesNotNameStays(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		inv := invite(p, input{
			People: []*invitation.Invitee{{Email: "jane@example.org", FirstName: new("Jane"),
				LastName: new("Doe")}},
			Grant:     &grants{GroupIDs: []ident.ID{g.ID}, Locale: new("fr")},
			ExpiresAt: after(p, 3*day),
		})[0].Invitation
		inv = p.Invitation(inv.ID)
		now, err := update(p, edit{ID: inv.ID, FirstName: newText{Set: true, Value: new("June")}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the rest", []any{*now.LastName, *now.Locale, now.ExpiresAt.UTC(), now.Grant},
			[]any{"Doe", "fr", inv.ExpiresAt.UTC(), inv.Grant})
		now, err = update(p, edit{ID: inv.ID, NeverExpires: true})
		if err != nil || now.ExpiresAt != nil {
			t.Errorf("for ever: %v %v", now, err)
		}
	})
}

func TestABadEditIsRefusedAtTheFieldThatIsBad(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("jane@example.org", nil)
		before := p.Snapshot()
		for field, in := range map[string]edit{
			"firstName": {FirstName: newText{Set: true, Value: new("a\tb")}},
			"lastName": {LastName: newText{Set: true,
				Value: new(string(make([]rune, 201)))}},
			"expiresAt": {ExpiresAt: newTime{Set: true, Value: after(p, -day)}},
			"neverExpires": {ExpiresAt: newTime{Set: true, Value: after(p, day)},
				NeverExpires: true},
			"grant.accessExpiresAt": {Grant: replaceGrant(&grants{AccessExpiresAt: after(p, -day)})},
			"grant.roles.0":         {Grant: replaceGrant(&grants{Roles: []string{"coach"}})},
		} {
			in.ID = inv.ID
			_, err := update(p, in)
			refused(t, err, "BAD_USER_INPUT", field)
		}
		same(t, "the database", p.Snapshot(), before)
		mustAccept(p, nil, p.Accepting(inv))
		_, err := update(p, edit{ID: inv.ID, NeverExpires: true})
		refused(t, err, "CONFLICT", "")
		late := p.Invite("late@example.org", nil)
		p.Clock.Add(20 * day)
		_, err = update(p, edit{ID: late.ID, NeverExpires: true})
		refused(t, err, "CONFLICT", "")
	})
}

func TestAnEditGivesNoMoreThanItsEditorHolds(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, other := p.Group("g", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		boss := p.Join("boss@example.org",
			&grants{Roles: []string{"group_admin"}, GroupIDs: []ident.ID{g.ID}})
		inv := p.Invite("jane@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		elsewhere := p.Invite("june@example.org", &grants{GroupIDs: []ident.ID{other.ID}})
		for _, g := range []*grants{
			{}, {Roles: []string{"user_admin"}, GroupIDs: []ident.ID{g.ID}},
			{Roles: []string{"admin"}, GroupIDs: []ident.ID{g.ID}},
		} {
			_, err := p.Invitations.Update(t.Context(), p.Caller(boss), edit{ID: inv.ID, Grant: replaceGrant(g)})
			refused(t, err, "FORBIDDEN", "")
		}
		// one of which they do not see
		for _, g := range []*grants{{GroupIDs: []ident.ID{other.ID}},
			{GroupIDs: []ident.ID{g.ID, other.ID}}} {
			_, err := p.Invitations.Update(t.Context(), p.Caller(boss), edit{ID: inv.ID, Grant: replaceGrant(g)})
			refused(t, err, "NOT_FOUND", fmt.Sprintf("grant.groupIds.%d", len(g.GroupIDs)-1))
		}
		_, err := p.Invitations.Update(t.Context(), p.Caller(boss),
			edit{ID: elsewhere.ID, NeverExpires: true})
		refused(t, err, "NOT_FOUND", "")
		now, err := p.Invitations.Update(t.Context(), p.Caller(boss),
			edit{ID: inv.ID, Grant: replaceGrant(&grants{Roles: []string{"coach"},
				GroupIDs: []ident.ID{g.ID}})})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "grantor", *now.GrantorID, boss.ID)
	})
}

// INV-13: correcting the address revokes the old links and sends the email.
func TestACorrectedAddressIsMailedAndTheOldLinksDie(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := invite(p, input{Emails: []string{"jnae@example.org"},
			Message: new("Hello")})[0].Invitation
		old := []acceptance.AcceptInput{p.Accepting(inv), p.Mailed(inv)}
		now, err := p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), inv.ID,
			" Jane@Example.org ")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "address", []string{now.Email, now.EmailKey},
			[]string{"Jane@Example.org", "jane@example.org"})
		same(t, "delivery", now.DeliveryStatus.String(), "QUEUED")
		same(t, "mails", p.Kinds("jane@example.org"), []string{"invitation"})
		same(t, "history", p.Happened(inv.ID),
			[]string{"invitation.made", "invitation.readdressed"})
		for _, in := range old {
			_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
			refused(t, err, "LINK_INVALID", "")
			refused(t, p.Decline(t.Context(), in.Token, nil), "LINK_INVALID", "")
		}
		a := mustAccept(p, nil, p.Mailed(now))
		same(t, "who came in", p.User("jane@example.org").ID, a.Member.UserID)
	})
}

func TestAnAddressThatCannotBeInvitedIsNoCorrection(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("jane@example.org", nil)
		p.Join("zoe@example.org", nil)
		p.Invite("pat@example.org", nil)
		suppressed(p, "no@example.org", ident.ID{})
		before := p.Snapshot()
		for _, email := range []string{"zoe@example.org", "pat@example.org", "ZOE@example.org"} {
			_, err := p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), inv.ID, email)
			refused(t, err, "CONFLICT", "")
		}
		_, err := p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), inv.ID,
			"no@example.org")
		refused(t, err, "CONFLICT", "")
		_, err = p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), inv.ID, "nonsense@")
		refused(t, err, "BAD_USER_INPUT", "email")
		same(t, "the database", p.Snapshot(), before)
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.Invitation.UpdateOneID(inv.ID).SetStatus("CANCELLED").Exec(ctx)
		})
		_, err = p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), inv.ID,
			"june@example.org")
		refused(t, err, "CONFLICT", "")
	})
}
