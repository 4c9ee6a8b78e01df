package server_test

import (
	"context"
	"strings"
	"testing"

	"usher/internal/apptest"
	"usher/internal/store"
)

// A date picker and a personnel system know days. Each end takes one, and means its last moment
// where the workspace is.
func TestAnEndTakesADate(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Workspace.UpdateOneID(p.Workspace.ID).SetTimeZone("Europe/Paris").Exec(ctx)
		})
		member := p.Join("learner@acme.test", nil)
		token := k.SignIn("admin@acme.test", apptest.Password)
		w := p.Workspace.ID.String()
		group := p.Group("Readers", "PRIVATE", nil).ID.String()
		session := p.Session(p.Program("Safety"), "Monday", apptest.Always,
			apptest.Always).ID.String()
		const day, end = "2099-01-31", "2099-01-31T22:59:59.999999Z"
		for name, c := range map[string]struct {
			query string
			input map[string]any
		}{
			"an invitation": {
				`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) {
					outcomes { invitation { expiresAt } } } }`,
				map[string]any{"workspaceId": w, "emails": []string{"a@b.test"}, "expiresAt": day},
			},
			"a join link": {
				`mutation($i: CreateJoinLinkInput!) { createJoinLink(input: $i) {
					joinLink { expiresAt } } }`,
				map[string]any{"workspaceId": w, "expiresAt": day},
			},
			"a member": {
				`mutation($i: UpdateMemberInput!) { updateMember(input: $i) {
					member { accessExpiresAt } } }`,
				map[string]any{"memberId": member.ID.String(), "accessExpiresAt": day},
			},
			"people of a group": {
				`mutation($i: AddToGroupInput!) { addToGroup(input: $i) {
					outcomes { invitation { grant { accessExpiresAt } } } } }`,
				map[string]any{"groupId": group, "emails": []string{"c@b.test"},
					"accessExpiresAt": day},
			},
			"people of a session": {
				`mutation($i: RegisterForSessionInput!) { registerForSession(input: $i) {
					outcomes { invitation { grant { accessExpiresAt } } } } }`,
				map[string]any{"sessionId": session, "emails": []string{"d@b.test"},
					"accessExpiresAt": day},
			},
			"a grant": {
				`mutation($i: CreateUserInput!) { createUser(input: $i) {
					member { accessExpiresAt } } }`,
				map[string]any{"workspaceId": w, "firstName": "A", "lastName": "B",
					"email": "new@acme.test", "sendCredentials": true,
					"grant": map[string]any{"accessExpiresAt": day}},
			},
		} {
			if a := k.Ask(token, c.query, map[string]any{"i": c.input}); len(a.Errors) > 0 ||
				!strings.Contains(a.Body, end) {
				t.Errorf("%s: %s", name, a.Body)
			}
		}
		a := k.Ask(token,
			`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) { invitedCount } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "emails": []string{"a@b.test"},
				"grant": map[string]any{"accessExpiresAt": "31.01.2099"}}})
		if got := refusalOf(a); got.field != "grant.accessExpiresAt" ||
			!strings.Contains(a.Body, "2027-01-31") {
			t.Errorf("another form: %s", a.Body)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
