package server_test

import (
	"encoding/json"
	"slices"
	"testing"

	"usher/internal/apptest"
	"usher/internal/ident"
)

// violationsOf lists the faults of the first error: each field with its code.
func violationsOf(t *testing.T, a *apptest.Answer) []string {
	t.Helper()
	if len(a.Errors) == 0 {
		t.Fatalf("no error: %s", a.Body)
	}
	text, err := json.Marshal(a.Errors[0].Extensions["violations"])
	if err != nil {
		t.Fatal(err)
	}
	var all []struct{ Field, Code, Message string }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	list := []string{}
	for _, v := range all {
		if v.Message == "" {
			t.Errorf("%s says nothing", v.Field)
		}
		list = append(list, v.Field+" "+v.Code)
	}
	return list
}

func TestEveryFaultOfAnInputIsReportedAtItsField(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker, apptest.WithoutMail)
	p := k.Found("Acme", "acme")
	token := k.SignIn("admin@acme.test", apptest.Password)
	w := p.Workspace.ID.String()
	for name, c := range map[string]struct {
		query     string
		variables map[string]any
		want      []string
	}{
		"an account": {
			`mutation($i: CreateUserInput!) { createUser(input: $i) { status } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "firstName": "", "lastName": "\n",
				"email": "nobody", "password": "short",
				"grant": map[string]any{"roles": []string{"king"}, "labels": []string{"a", ""},
					"groupIds": []string{ident.New(ident.Group).String()}}}},
			[]string{"firstName BAD_USER_INPUT", "lastName BAD_USER_INPUT",
				"email BAD_USER_INPUT", "password PASSWORD_TOO_WEAK",
				"grant.labels.1 BAD_USER_INPUT", "grant.roles.0 NOT_FOUND",
				"grant.groupIds.0 NOT_FOUND"},
		},
		"a grant": {
			`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) { invitedCount } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "emails": []string{"a@b.test"},
				"grant": map[string]any{"roles": []string{"king"}, "additionalInfo": "a\u202eb",
					"customFields": map[string]any{"none": "x"}}}},
			[]string{"grant.additionalInfo BAD_USER_INPUT", "grant.roles.0 NOT_FOUND",
				"grant.customFields.none BAD_USER_INPUT"},
		},
		"a workspace": {
			`mutation($i: UpdateWorkspaceInput!) { updateWorkspace(input: $i) { workspace { id } } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "name": " ", "color": "red",
				"timeZone": "Moon/Sea", "invitationDays": -1}},
			[]string{"name BAD_USER_INPUT", "color BAD_USER_INPUT", "timeZone BAD_USER_INPUT",
				"invitationDays BAD_USER_INPUT"},
		},
		"a join link": {
			`mutation($i: CreateJoinLinkInput!) { createJoinLink(input: $i) { joinLink { id } } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "maxJoins": 0, "title": "a\nb",
				"grant": map[string]any{"roles": []string{"king"}}}},
			[]string{"title BAD_USER_INPUT", "maxJoins BAD_USER_INPUT", "grant.roles.0 NOT_FOUND"},
		},
		"a literal of another type": {
			`mutation { requestPasswordReset(input: {email: 42}) { email } }`, nil,
			[]string{"email BAD_USER_INPUT"}},
	} {
		a := k.Ask(token, c.query, c.variables)
		if got := violationsOf(t, a); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
