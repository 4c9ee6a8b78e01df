package onboarding_test

import (
	"strings"
	"testing"
	"time"

	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/joinlink"
	"usher/internal/training"
)

// Every fault of an input is reported at once, each at its field.
func TestAnEditReportsAllFaultsOfItsInput(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		by, long := p.Caller(p.Admin), strings.Repeat("x", 6_000)
		inv := sent(p, "jane@example.org")
		l := makeLink(p, link{})
		s := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		past := newTime{Set: true, Value: after(p, -time.Hour)}
		grant := &admission.GrantChange{Locale: inputs.Change[string]{Set: true, Value: new("xx")}}
		for what, c := range map[string]struct {
			do   func() error
			want []string
		}{
			"updateInvitation": {func() error {
				_, err := update(p, edit{ID: inv.ID, FirstName: change(long),
					LastName: change(long), ExpiresAt: past, Grant: grant})
				return err
			}, []string{"firstName", "lastName", "expiresAt", "grant.locale"}},
			"updateJoinLink": {func() error {
				_, err := p.JoinLinks.UpdateLink(t.Context(), by, joinlink.UpdateLinkInput{ID: l.ID,
					Slug: new("Not a slug!"), Title: change(long), WelcomeText: change(long),
					ExpiresAt: past, MaxJoins: inputs.Change[int]{Set: true, Value: new(0)}})
				return err
			}, []string{"slug", "title", "welcomeText", "expiresAt", "maxJoins"}},
			"createJoinLink": {func() error {
				_, err := p.JoinLinks.CreateLink(t.Context(), by, link{WorkspaceID: p.Workspace.ID,
					Slug: new("Not a slug!"), Title: &long, WelcomeText: &long, MaxJoins: new(0)})
				return err
			}, []string{"slug", "title", "welcomeText", "maxJoins"}},
			"updateSession": {func() error {
				_, err := p.Training.UpdateSession(t.Context(), by, training.UpdateSessionInput{
					ID: s.ID, Name: new(""), InstructorIDs: &[]ident.ID{ident.New(ident.Member)}})
				return err
			}, []string{"name", "instructorIds.0"}},
			"createWorkspace": {func() error {
				_, err := p.Admission.CreateWorkspace(t.Context(), by, admission.CreateWorkspaceInput{
					OrganizationID: p.Workspace.OrganizationID, Slug: "Not a slug!",
					Locale: new("xx"), TimeZone: new("Mars")})
				return err
			}, []string{"name", "slug", "locale", "timeZone"}},
			"updateProfile": {func() error {
				_, err := p.Accounts.UpdateProfile(t.Context(), by, account.ProfileInput{
					FirstName: account.Field{Set: true, Value: &long},
					LastName:  account.Field{Set: true, Value: &long},
					Locale:    account.Field{Set: true, Value: new("xx")}})
				return err
			}, []string{"firstName", "lastName", "locale"}},
		} {
			err := c.do()
			f, ok := fault.Of(err)
			if !ok {
				t.Errorf("%s: %v", what, err)
				continue
			}
			var fields []string
			for _, v := range f.Violations() {
				fields = append(fields, v.Field)
			}
			same(t, what, fields, c.want)
		}
	})
}

// change is a text of an update.
func change(text string) inputs.Change[string] {
	return inputs.Change[string]{Set: true, Value: &text}
}
