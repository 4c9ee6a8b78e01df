package graph_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"usher/ent/customfield"
	"usher/ent/schema"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

const publicInvitation = `query($t: String!) { publicInvitation(token: $t) {
	status email locale firstName lastName expiresAt accountStep accessEndedAt
	brand { workspaceName logoUrl color supportContact privacyUrl termsUrl }
	questions { key name type choices }
	grant { groups programs sessions { program name startsAt } accessExpiresAt } } }`

type publicInvitationAnswer struct {
	PublicInvitation struct {
		Status, Email, Locale            string
		FirstName, LastName, AccountStep *string
		ExpiresAt, AccessEndedAt         *time.Time
		Brand                            struct {
			WorkspaceName                  string
			LogoURL, Color, SupportContact *string
			PrivacyURL, TermsURL           *string
		}
		Questions []struct {
			Key, Name, Type string
			Choices         []string
		}
		Grant *struct {
			Groups, Programs []string
			Sessions         []struct{ Program, Name string }
		}
	}
}

// A front end of its own can draw the page of an invitation in every state.
func TestAnInvitationIsShownByItsLinkWithAllThatItsPageShows(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Workspace.UpdateOneID(p.Workspace.ID).SetColor("#123456").
				SetSupportContact("help@acme.test").Exec(ctx)
		})
		p.Configure(func(set *schema.WorkspaceSettings) {
			set.PrivacyURL = new("https://acme.test/privacy")
		})
		p.Field("team", customfield.TypeChoice, true, "Red", "Blue")
		spring := p.Session(p.Program("Coaching"), "Spring", time.Hour, 2*time.Hour)
		inv := p.Invite("grace@new.test", &admission.GrantInput{
			GroupIDs:   []ident.ID{p.Group("Readers", "PUBLIC", nil).ID},
			SessionIDs: []ident.ID{spring.ID}})
		known := p.Invite("admin@lake.test", nil)
		k.Found("Lake", "lake").Verify("admin@lake.test")
		show := func(token string) (out publicInvitationAnswer) {
			t.Helper()
			k.Must("", publicInvitation, map[string]any{"t": token}, &out)
			return out
		}
		copied, mailed := p.Accepting(inv).Token, p.MailToken(inv)
		for _, token := range []string{copied, mailed} {
			shown := show(token).PublicInvitation
			if shown.Status != "PENDING" || shown.Brand.WorkspaceName != p.Workspace.Name ||
				shown.Brand.Color == nil || *shown.Brand.SupportContact != "help@acme.test" ||
				shown.Brand.PrivacyURL == nil || shown.Brand.TermsURL != nil ||
				*shown.Brand.PrivacyURL != "https://acme.test/privacy" ||
				len(shown.Questions) != 1 || shown.Questions[0].Key != "team" ||
				len(shown.Questions[0].Choices) != 2 || shown.Grant == nil ||
				strings.Join(shown.Grant.Groups, ",") != "Readers" ||
				len(shown.Grant.Sessions) != 1 || shown.Grant.Sessions[0].Program != "Coaching" ||
				shown.Locale != "en" || shown.ExpiresAt == nil {
				t.Errorf("%+v", shown)
			}
		}
		step := func(token string) string {
			if s := show(token).PublicInvitation.AccountStep; s != nil {
				return *s
			}
			return ""
		}
		// Security: a copied link does not tell whether the address has an account.
		for token, want := range map[string]string{mailed: "REGISTER", copied: "",
			p.MailToken(known): "SIGN_IN", p.Accepting(known).Token: ""} {
			if got := step(token); got != want {
				t.Errorf("the step is %q, want %q", got, want)
			}
		}

		expired := *show(mailed).PublicInvitation.ExpiresAt
		k.Clock.Add(30 * 24 * time.Hour)
		shown := show(mailed).PublicInvitation
		if shown.Status != "EXPIRED" || shown.ExpiresAt == nil ||
			!shown.ExpiresAt.Equal(expired) || shown.Grant != nil || len(shown.Questions) != 0 ||
			shown.AccountStep != nil || strings.Contains(shown.Email, "grace") {
			t.Errorf("an expired one: %+v", shown)
		}
	})
}

// An invitation whose access has ended cannot be accepted; its invitee can ask for another.
func TestAnInvitationWithoutAccessLeftCanBeAskedForAgain(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		end := k.Clock.Now().Add(time.Hour)
		inv := p.Invite("grace@new.test", &admission.GrantInput{AccessExpiresAt: &end})
		ask := func() {
			k.Must("", `mutation($t: String!) { requestNewInvitation(input: {token: $t}) { invitation { status accessEndedAt } } }`,
				map[string]any{"t": p.MailToken(inv)}, nil)
		}
		if ask(); p.Invitation(inv.ID).RenewalAskedAt != nil {
			t.Error("a good invitation was asked for again")
		}
		k.Clock.Add(2 * time.Hour)
		if ask(); p.Invitation(inv.ID).RenewalAskedAt == nil {
			t.Error("nobody was asked")
		}
	})
}

func TestResetsAndCardsAndJoinRequestsAreShownByTheirLinks(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		var made struct {
			CreateUser struct{ Member struct{ ID string } }
			IssueCard  struct{ Card struct{ URL, Pin string } }
		}
		k.Must(admin,
			`mutation($w: ID!) { createUser(input: {workspaceId: $w, firstName: "Ann", lastName: "Lee", username: "ann"}) { member { id } } }`,
			map[string]any{"w": p.Workspace.ID}, &made)
		k.Must(admin,
			`mutation($id: ID!) { issueCard(input: {memberId: $id}) { card { url pin } } }`,
			map[string]any{"id": made.CreateUser.Member.ID}, &made)
		token := apptest.Token(made.IssueCard.Card.URL)
		card := func() string {
			return k.Ask("", `query($t: String!) { publicCard(token: $t) { state reason username email workspaceSlug locale expiresAt brand { workspaceName } } }`,
				map[string]any{"t": token}).Body
		}
		if got := card(); !strings.Contains(got, `"OPEN"`) || !strings.Contains(got, `"ann"`) ||
			strings.Contains(got, `"expiresAt":null`) {
			t.Errorf("a card: %s", got)
		}

		u := k.User("admin@acme.test")
		reset := k.Settings.Keyring.SignLink(secret.Claim{Purpose: secret.PasswordReset, ID: u.ID,
			Version:   uint32(u.CredentialVersion),
			ExpiresAt: k.Clock.Now().Add(time.Hour).Truncate(time.Second),
			Binding:   []string{*u.EmailKey}}).Reveal()
		for query, want := range map[string]string{
			"publicPasswordReset(token: \"" + reset + "\") { email expiresAt brand { workspaceName } locale }": "",
			`publicPasswordReset(token: "x") { email }`:                                                        "LINK_INVALID",
			`publicJoinConfirmation(token: "x") { state email }`:                                               "LINK_INVALID",
			`publicCard(token: "x") { state }`:                                                                 "LINK_INVALID",
		} {
			a := k.Ask("", "{ "+query+" }", nil)
			if a.Code() != want || strings.Contains(a.Body, "admin@acme.test") {
				t.Errorf("%s: %s", query, a.Body)
			}
		}

		// One workspace presents itself. An account of two belongs to neither.
		shown := func() string {
			return k.Ask("", `{ publicPasswordReset(token: "`+reset+
				`") { brand { workspaceName } locale } }`, nil).Body
		}
		if got := shown(); !strings.Contains(got, `{"brand":{"workspaceName":"Workspace acme"},"locale":"en"}`) {
			t.Errorf("a reset: %s", got)
		}
		other := k.Found("Other", "other")
		other.Join("admin@acme.test", nil)
		k.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(u.ID).SetLocale("fr").Exec(ctx)
		})
		if got := shown(); !strings.Contains(got, `{"brand":null,"locale":"fr"}`) {
			t.Errorf("a reset for two workspaces: %s", got)
		}
		k.Must(admin, `mutation($w: ID!) { createJoinLink(input: {workspaceId: $w, slug: "acme-join"}) { joinLink { id } } }`,
			map[string]any{"w": p.Workspace.ID}, nil)
		k.Must("", `mutation { joinByLink(input: {slug: "acme-join", email: "grace@new.test", firstName: "Grace"}) { status } }`,
			nil, nil)
		var id ident.ID
		k.AsSystem(func(ctx context.Context, tx *store.Tx) (err error) {
			id, err = tx.JoinRequest.Query().OnlyID(ctx)
			return err
		})
		link := k.Settings.Keyring.SignLink(secret.Claim{Purpose: secret.JoinConfirmation, ID: id,
			Version: 1, ExpiresAt: k.Clock.Now().Add(time.Hour).Truncate(time.Second),
			Binding: []string{p.Workspace.ID.String(), "grace@new.test"}}).Reveal()
		var out struct {
			PublicJoinConfirmation struct {
				State, Email, Slug, FirstName, AccountStep string
				Brand                                      struct{ WorkspaceName string }
			}
		}
		confirmation := `query($t: String!) { publicJoinConfirmation(token: $t) { state email slug firstName accountStep questions { key } brand { workspaceName } } }`
		k.Must("", confirmation, map[string]any{"t": link}, &out)
		if got := out.PublicJoinConfirmation; got.State != "OPEN" || got.Email != "grace@new.test" ||
			got.FirstName != "Grace" || got.AccountStep != "REGISTER" || got.Slug != "acme-join" {
			t.Errorf("%+v", got)
		}
		k.Clock.Add(2 * time.Hour)
		a := k.Ask("", confirmation, map[string]any{"t": link})
		var raw json.RawMessage = a.Data
		if !strings.Contains(string(raw), `"EXPIRED"`) || strings.Contains(string(raw), "race") {
			t.Errorf("an expired link: %s", a.Body)
		}

		// Last, since the sweep of unconfirmed requests compares this clock with their real age.
		k.Clock.Add(31 * 24 * time.Hour)
		if got := card(); !strings.Contains(got, `"EXPIRED"`) || strings.Contains(got, `"ann"`) {
			t.Errorf("an expired card: %s", got)
		}
	})
}
