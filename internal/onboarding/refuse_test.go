package onboarding_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/ent/auditevent"
	"usher/ent/customfield"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/store"
)

func TestABadInvitationIsRefusedAtTheFieldThatIsBad(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Field("size", customfield.TypeChoice, false, "S", "M")
		p.Field("born", customfield.TypeDate, false)
		p.Field("badge", customfield.TypeNumber, false)
		jane := []string{"jane@example.org"}
		long := func(n int) *string { return new(strings.Repeat("é", n)) }
		many := make([]ident.ID, 101)
		for i := range many {
			many[i] = ident.New(ident.Group)
		}
		given := func(g grants) input { return input{Emails: jane, Grant: &g} }
		answer := func(key string, v any) input {
			return given(grants{CustomFields: map[string]any{key: v}})
		}
		for _, c := range []struct {
			what, field string
			in          input
		}{
			{"nobody", "emails", input{}},
			{"an empty text", "emails", input{Text: new(" ;, \n")}},
			{"501 addresses", "emails", input{Emails: addresses(501)}},
			{"a long message", "message", input{Emails: jane, Message: long(2001)}},
			{"a message that turns around", "message",
				input{Emails: jane, Message: new("a\u202eb")}},
			{"a message with a bell", "message", input{Emails: jane, Message: new("a\ab")}},
			{"a long name", "people.1.lastName",
				input{People: []*invitation.Invitee{{Email: jane[0]},
					{Email: "b@example.org", LastName: long(201)}}}},
			{"a name of two lines", "people.0.firstName",
				input{People: []*invitation.Invitee{{Email: jane[0], FirstName: new("a\nb")}}}},
			{"a date in the past", "expiresAt", input{Emails: jane, ExpiresAt: after(p, -day)}},
			{"a date and never", "neverExpires", input{Emails: jane, ExpiresAt: after(p, day),
				NeverExpires: new(true)}},
			{"access in the past", "grant.accessExpiresAt",
				given(grants{AccessExpiresAt: after(p, -day)})},
			{"a blank label", "grant.labels.1", given(grants{Labels: []string{"ok", "  "}})},
			{"a long label", "grant.labels.0", given(grants{Labels: []string{*long(101)}})},
			{"51 labels", "grant.labels", given(grants{Labels: addresses(51)})},
			{"101 groups", "grant.groupIds", given(grants{GroupIDs: many})},
			{"101 sessions", "grant.sessionIds", given(grants{SessionIDs: many})},
			{"101 programs", "grant.programIds", given(grants{ProgramIDs: many})},
			{"21 roles", "grant.roles",
				given(grants{Roles: strings.Fields(strings.Repeat("learner ", 21))})},
			{"a language nobody speaks here", "grant.locale", given(grants{Locale: new("de")})},
			{"a long info", "grant.additionalInfo", given(grants{AdditionalInfo: long(5001)})},
			{"no such question", "grant.customFields.nope", answer("nope", "x")},
			{"no such choice", "grant.customFields.size", answer("size", "XL")},
			{"no date", "grant.customFields.born", answer("born", "12/03/1990")},
			{"no number", "grant.customFields.badge", answer("badge", "twelve")},
			{"no answer at all", "grant.customFields.badge", answer("badge", []any{1})},
			{"a coach of nothing", "grant.roles.0", given(grants{Roles: []string{"coach"}})},
			{"a group administrator of nothing", "grant.roles.1",
				given(grants{Roles: []string{"learner", "group_admin"}})},
			{"a manager of nothing", "grant.roles.0", given(grants{Roles: []string{"manager"}})},
			{"an instructor of nothing", "grant.roles.0",
				given(grants{Roles: []string{"instructor"}})},
		} {
			_, err := inviteAs(p, p.Admin, c.in)
			if f, ok := fault.Of(err); !ok || f.Code != fault.BadUserInput || f.Field != c.field {
				t.Errorf("%s: got %v, want BAD_USER_INPUT at %s", c.what, err, c.field)
			} else if en, fr := f.Message.In("en"), f.Message.In("fr"); en == fr ||
				strings.Contains(en+fr, "no value") || en == f.Message.Key {
				t.Errorf("%s says %q and %q", c.what, en, fr)
			}
		}
		same(t, "invitations", p.CountInvitations(), 0)
	}, apptest.WithoutMail)
}

func TestAnIDOfAnotherWorkspaceIsAnsweredLikeAnUnknownOne(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		far := p.Found("Globex", "globex")
		course := far.Program("Safety")
		theirs := map[string]ident.ID{
			"groupIds": far.Group("G", "PUBLIC", nil).ID, "orgUnitId": far.Unit("U", nil).ID,
			"programIds": course.ID,
			"sessionIds": far.Session(course, "S", day, 2*day).ID, "roles.0": far.Role("R").ID,
		}
		unknown := map[string]ident.ID{
			"groupIds": ident.New(ident.Group), "orgUnitId": ident.New(ident.OrgUnit),
			"programIds": ident.New(ident.Program),
			"sessionIds": ident.New(ident.Session), "roles.0": ident.New(ident.Role),
		}
		naming := func(field string, i ident.ID) *grants {
			switch field {
			case "groupIds":
				return &grants{GroupIDs: []ident.ID{i}}
			case "orgUnitId":
				return &grants{OrgUnitID: &i}
			case "programIds":
				return &grants{ProgramIDs: []ident.ID{i}}
			case "sessionIds":
				return &grants{SessionIDs: []ident.ID{i}}
			}
			return &grants{Roles: []string{i.String()}}
		}
		inv := sent(p, "pat@example.org")
		for field := range theirs {
			at := "grant." + field
			if strings.HasSuffix(field, "Ids") {
				at += ".0"
			}
			_, foreign := inviteAs(p, p.Admin, input{Emails: []string{"jane@example.org"},
				Grant: naming(field, theirs[field])})
			refused(t, foreign, "NOT_FOUND", at)
			_, none := inviteAs(p, p.Admin, input{Emails: []string{"jane@example.org"},
				Grant: naming(field, unknown[field])})
			refused(t, none, "NOT_FOUND", at)
			if field != "roles.0" { // its sentence repeats what was typed
				same(t, field, fmt.Sprint(foreign), fmt.Sprint(none))
			}
			_, err := p.Invitations.Update(t.Context(), p.Caller(p.Admin),
				invitation.UpdateInput{ID: inv.ID,
					Grant: replaceGrant(naming(field, theirs[field]))})
			refused(t, err, "NOT_FOUND", at)
		}
	})
}

func TestTheOtherTenantFindsNoInvitationToActOn(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		far := p.Found("Globex", "globex")
		inv := sent(p, "jane@example.org")
		before := p.Snapshot()
		ctx := t.Context()
		verbs := map[string]func(by *access.Caller, i ident.ID) error{
			"resend": func(by *access.Caller, i ident.ID) error {
				_, err := p.Invitations.Resend(ctx, by, i, invitation.ResendInput{})
				return err
			},
			"cancel": func(by *access.Caller, i ident.ID) error {
				_, err := p.Invitations.Cancel(ctx, by, i)
				return err
			},
			"correct": func(by *access.Caller, i ident.ID) error {
				_, err := p.Invitations.CorrectEmail(ctx, by, i, "b@example.org")
				return err
			},
			"update": func(by *access.Caller, i ident.ID) error {
				_, err := p.Invitations.Update(ctx, by,
					invitation.UpdateInput{ID: i, NeverExpires: true})
				return err
			},
		}
		for name, verb := range verbs {
			foreign, unknown := verb(far.Caller(far.Admin), inv.ID),
				verb(far.Caller(far.Admin), ident.New(ident.Invitation))
			refused(t, foreign, "NOT_FOUND", "")
			same(t, name, fmt.Sprint(foreign), fmt.Sprint(unknown))
			refused(t, verb(nil, inv.ID), "UNAUTHENTICATED", "")
			refused(t, verb(p.As(p.Account("nobody@example.org")), inv.ID), "NOT_FOUND", "")
		}
		for _, workspace := range []ident.ID{p.Workspace.ID, ident.New(ident.Workspace)} {
			_, err := inviteAs(p, far.Admin,
				input{WorkspaceID: workspace, Emails: []string{"b@example.org"}})
			refused(t, err, "NOT_FOUND", "")
			_, err = p.Invitations.ResendPending(ctx, p.Caller(far.Admin), workspace, all, nil)
			refused(t, err, "NOT_FOUND", "")
		}
		_, err := p.Invitations.Invite(ctx, nil,
			input{WorkspaceID: p.Workspace.ID, Emails: []string{"b@example.org"}})
		refused(t, err, "UNAUTHENTICATED", "")
		link, err := p.Invitations.CopyLink(ctx, far.Caller(far.Admin), inv)
		same(t, "the link they copy", link, "")
		history, err2 := p.Store.AuditEvent.Query().Where(auditevent.SubjectID(inv.ID)).
			All(store.AsCaller(ctx, far.Caller(far.Admin)))
		if len(history) > 0 || err != nil || err2 != nil {
			t.Errorf("they read %d events (%v, %v)", len(history), err, err2)
		}
		bulk, err := p.Invitations.CancelMany(ctx, far.Caller(far.Admin), []ident.ID{inv.ID})
		if err != nil || len(bulk.Invitations) > 0 || len(bulk.Errors) != 1 ||
			bulk.Errors[0].Fault.Code != fault.NotFound {
			t.Errorf("they cancelled: %+v %v", bulk, err)
		}
		delete(before, "users")
		now := p.Snapshot()
		delete(now, "users")
		same(t, "the database", now, before)
	})
}
