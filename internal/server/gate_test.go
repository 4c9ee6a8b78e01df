package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/store"
)

// generated makes the administrator's password one that was mailed, and so has to be changed.
func generated(p *apptest.Place) {
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID(p.Admin.UserID).SetMustChangePassword(true).
			SetPasswordExpiresAt(p.Clock.Now().Add(time.Hour).UTC()).
			Exec(store.AsSystem(ctx, "a test prepares"))
	})
}

func TestAPasswordThatMustBeChangedOpensNothingElseInTheSameRequestEither(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		const tokens = `accessToken refreshToken mustChangePassword`
		const auth = `auth { ` + tokens + ` }`
		signIn := `signIn(input: {login: "admin@acme.test", password: "` + apptest.Password +
			`", tokenDelivery: BODY})`
		p := k.Found("Acme", "acme")
		workspace := map[string]any{"w": p.Workspace.ID.String()}
		make := `createUser(input: {workspaceId: $w, firstName: "A", lastName: "B", email: "x@acme.test", password: "a password of ours"}) { status }`
		invite := `inviteUsers(input: {workspaceId: $w, emails: ["x@acme.test"]}) { outcomes { status } }`
		read := `{ user { id firstName } memberships { id workspace { name members { edges { node { id } } } } } permissions(workspaceId: $w) signIns { id } }`

		// signIn, and others after it or below it. A mailed password is good for one sign-in: each
		// round has a fresh one.
		for name, query := range map[string]string{
			"below": `mutation($w: ID!) { a: ` + signIn + ` { auth { ` + tokens +
				` viewer ` + read + ` } } }`,
			"after": `mutation($w: ID!) { a: ` + signIn + ` { ` + auth + ` } b: ` + make + ` }`,
			"fragment": `mutation($w: ID!) { a: ` + signIn + ` { ` + auth +
				` } ... on Mutation { b: ` + invite + ` } }`,
			"directive": `mutation($w: ID!) { a: ` + signIn + ` { ` + auth +
				` } ... @include(if: true) { b: ` + invite + ` } c: ` + make + ` }`,
			"profile": `mutation($w: ID!) { a: ` + signIn + ` { ` + auth +
				` } b: updateProfile(input: {firstName: "Eve"}) { user { id } }
					c: signOutEverywhere { deletedIds } }`,
		} {
			generated(p)
			use := workspace
			if strings.Count(query, "$w") == 1 { // a variable that nothing uses is refused
				query, use = strings.Replace(query, "($w: ID!)", "", 1), nil
			}
			before := k.Snapshot()
			answer := k.Ask("", query, use)
			if answer.Code() != string(fault.PasswordChangeRequired) {
				t.Errorf("%s: %v %s", name, answer.Errors, answer.Data)
			}
			for _, leak := range []string{"Workspace acme", "CREATED", "INVITED", "MEMBERS_VIEW",
				"Ada", p.Admin.ID.String()} {
				if strings.Contains(string(answer.Data), leak) {
					t.Errorf("%s shows %s: %s", name, leak, answer.Data)
				}
			}
			after := k.Snapshot()
			for _, table := range []string{"members", "invitations", "mails"} {
				if strings.Join(before[table], "\n") != strings.Join(after[table], "\n") {
					t.Errorf("%s: %s changed", name, table)
				}
			}
			if name == "below" &&
				!strings.Contains(string(answer.Data), `"mustChangePassword":true`) {
				t.Errorf("the sign-in itself got lost: %s", answer.Data)
			}
		}

		// The session, for all of its life: refreshed, with a token, at downloads.
		generated(p)
		var in struct {
			SignIn struct {
				Auth struct{ AccessToken, RefreshToken string }
			}
		}
		k.Must("", `mutation { `+signIn+` { auth { accessToken refreshToken } } }`, nil, &in)
		refresh := func(token, rest string) {
			answer := k.Ask(
				"", `mutation($t: String!, $w: ID!) { r: refreshSession(input: {refreshToken: $t}) {
					auth { accessToken refreshToken viewer `+read+` } } `+rest+` }`,
				map[string]any{"t": token, "w": p.Workspace.ID.String()})
			if answer.Code() != string(fault.PasswordChangeRequired) ||
				strings.Contains(string(answer.Data), "Workspace acme") {
				t.Errorf("refreshed: %v %s", answer.Errors, answer.Data)
			}
		}
		refresh(in.SignIn.Auth.RefreshToken, make)
		for _, query := range []string{
			`query { viewer { user { id } } }`, `query($w: ID!) { workspace(id: $w) { name } }`,
			`query($w: ID!) { node(id: $w) { id } }`,
			`mutation($w: ID!) { ` + invite + ` }`,
			`mutation { requestEmailChange(input: {email: "new@acme.test", password: "` +
				apptest.Password + `"}) { email } }`,
			`mutation($w: ID!) { a: ` + invite +
				` b: changePassword(input: {currentPassword: "x", newPassword: "y"}) {
					auth { accessToken } } }`,
			`query { publicJoinPage(slug: "x") { title } }`,
		} {
			use := workspace
			if !strings.Contains(query, "$w") {
				use = nil
			}
			if answer := k.Ask(in.SignIn.Auth.AccessToken, query, use); answer.Code() != string(
				fault.PasswordChangeRequired) {
				t.Errorf("%s: %v %s", query, answer.Errors, answer.Data)
			}
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			k.URL+"/members.csv?workspace=acme", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+in.SignIn.Auth.AccessToken)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("a download: %d", resp.StatusCode)
		}

		// Changing the password, and signing out, are what is left.
		var changed struct {
			ChangePassword struct {
				Auth struct {
					AccessToken string
					Viewer      struct{ User struct{ FirstName string } }
					Ended       struct {
						Password bool
						Sessions int
					}
				}
			}
		}
		k.Must(in.SignIn.Auth.AccessToken, `mutation { changePassword(input: {currentPassword: "`+
			apptest.Password+`", newPassword: "a password of my own"}) { auth {
			accessToken viewer { user { firstName } } ended { password sessions } } } }`, nil,
			&changed)
		if c := changed.ChangePassword.Auth; c.Viewer.User.FirstName == "" || !c.Ended.Password ||
			c.Ended.Sessions == 0 {
			t.Errorf("%+v", c)
		}
		if answer := k.Ask(changed.ChangePassword.Auth.AccessToken,
			`query($w: ID!) { workspace(id: $w) { name } }`, workspace); answer.Code() != "" {
			t.Errorf("afterwards: %v", answer.Errors)
		}
	}, apptest.WithoutWorker)
}
