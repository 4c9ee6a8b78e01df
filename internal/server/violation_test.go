package server_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"usher/ent/customfield"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/joinlink"
	"usher/internal/provisioning"
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
	apptest.OnBoth(t, checkViolations, apptest.WithoutWorker, apptest.WithoutMail)
}

// checkViolations asks for each mutation with every kind of fault that its input can have.
func checkViolations(t *testing.T, k *apptest.Kit) {
	p := k.Found("Acme", "acme")
	token := k.SignIn("admin@acme.test", apptest.Password)
	w := p.Workspace.ID.String()
	group := p.Group("Readers", "PRIVATE", nil).ID.String()
	safety := p.Program("Safety")
	program := safety.ID.String()
	session := p.Session(safety, "Monday", apptest.Always, apptest.Always).ID.String()
	field := p.Field("team", customfield.TypeChoice, false, "red").ID.String()
	l, err := k.JoinLinks.CreateLink(t.Context(), k.Caller(p.Admin),
		joinlink.CreateLinkInput{WorkspaceID: p.Workspace.ID})
	if err != nil {
		t.Fatal(err)
	}
	slug, long := l.Slug, strings.Repeat("x", 2_001)
	invited := p.Mailed(p.Invite("new@example.org", nil)).Token
	nobody, nowhere := ident.New(ident.Member).String(), ident.New(ident.Workspace).String()
	someone := p.Admin.ID.String()
	managed, err := k.Provisioning.CreateUser(t.Context(), k.Caller(p.Admin),
		provisioning.CreateInput{
			WorkspaceID: p.Workspace.ID, FirstName: "Ann", LastName: "Lee", Username: new("ann.lee"),
			Password: new(apptest.Password)})
	if err != nil {
		t.Fatal(err)
	}
	created := managed.Member.ID.String()
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
		"an invitation": {
			`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) { invitedCount } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "expiresAt": "2001-01-01",
				"message": long,
				"people": []any{map[string]any{"email": "a@b.test", "firstName": long,
					"lastName": long}},
				"grant": map[string]any{"roles": []string{"king"}, "locale": "xx"}}},
			[]string{"people.0.firstName BAD_USER_INPUT", "people.0.lastName BAD_USER_INPUT",
				"message BAD_USER_INPUT", "expiresAt BAD_USER_INPUT",
				"grant.locale BAD_USER_INPUT", "grant.roles.0 NOT_FOUND"},
		},
		"people of a group": {
			`mutation($i: AddToGroupInput!) { addToGroup(input: $i) { invitedCount } }`,
			map[string]any{"i": map[string]any{"groupId": group, "roles": []string{"king"},
				"memberIds": []string{ident.New(ident.Member).String()}, "locale": "xx",
				"message": long}},
			[]string{"message BAD_USER_INPUT", "memberIds.0 NOT_FOUND", "locale BAD_USER_INPUT",
				"roles.0 NOT_FOUND"},
		},
		"people of a session": {
			`mutation($i: RegisterForSessionInput!) { registerForSession(input: $i) {
				invitedCount } }`,
			map[string]any{"i": map[string]any{"sessionId": session, "locale": "xx",
				"groupIds": []string{ident.New(ident.Group).String()},
				"groupId":  ident.New(ident.Group).String(),
				"message":  long}},
			[]string{"message BAD_USER_INPUT", "groupIds.0 NOT_FOUND", "locale BAD_USER_INPUT",
				"groupId NOT_FOUND"},
		},
		"a member": {
			`mutation($i: UpdateMemberInput!) { updateMember(input: $i) { member { id } } }`,
			map[string]any{"i": map[string]any{"memberId": p.Admin.ID.String(),
				"grant": map[string]any{"locale": "xx", "roles": []string{"king"},
					"labels": []string{"ok"}, "addLabels": []string{"ok", ""},
					"addGroupIds":    []string{ident.New(ident.Group).String()},
					"removeGroupIds": []string{ident.New(ident.Group).String()},
					"customFields":   map[string]any{"none": "x"}}}},
			[]string{"grant.addLabels.1 BAD_USER_INPUT", "grant.locale BAD_USER_INPUT",
				"grant.roles.0 NOT_FOUND", "grant.addGroupIds.0 NOT_FOUND",
				"grant.removeGroupIds.0 NOT_FOUND", "grant.customFields.none BAD_USER_INPUT"},
		},
		"an import": {
			`mutation($i: CreateImportInput!) { createImport(input: $i) { import { id } } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "action": "INVITE",
				"content": map[string]any{"text": "email"}, "grant": map[string]any{"roles": []string{"king"},
					"locale": "xx", "customFields": map[string]any{"none": "x"}}}},
			[]string{"grant.locale BAD_USER_INPUT", "grant.roles.0 NOT_FOUND",
				"grant.customFields.none BAD_USER_INPUT"},
		},
		"a group": {
			`mutation($i: CreateGroupInput!) { createGroup(input: $i) { group { id } } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "name": "", "externalId": "\n",
				"visibility": "PRIVATE", "parentId": ident.New(ident.Group).String()}},
			[]string{"parentId NOT_FOUND", "name BAD_USER_INPUT", "externalId BAD_USER_INPUT"},
		},
		"a moved group": {
			`mutation($i: UpdateGroupInput!) { updateGroup(input: $i) { group { id } } }`,
			map[string]any{"i": map[string]any{"groupId": group, "name": "",
				"parentId": ident.New(ident.Group).String()}},
			[]string{"parentId NOT_FOUND", "name BAD_USER_INPUT"},
		},
		"an org unit": {
			`mutation($i: CreateOrgUnitInput!) { createOrgUnit(input: $i) { orgUnit { id } } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "name": "",
				"parentId": ident.New(ident.OrgUnit).String()}},
			[]string{"parentId NOT_FOUND", "name BAD_USER_INPUT"},
		},
		"a custom field": {
			`mutation($i: UpdateCustomFieldInput!) { updateCustomField(input: $i) {
				customField { id } } }`,
			map[string]any{"i": map[string]any{"customFieldId": field, "name": "",
				"choices": []string{""}, "position": -1}},
			[]string{"name BAD_USER_INPUT", "choices.0 BAD_USER_INPUT", "position BAD_USER_INPUT"},
		},
		"joining": {
			`mutation($i: JoinByLinkInput!) { joinByLink(input: $i) { status } }`,
			map[string]any{"i": map[string]any{"slug": slug, "email": "nobody",
				"firstName": long, "locale": "xx"}},
			[]string{"email BAD_USER_INPUT", "firstName BAD_USER_INPUT", "locale BAD_USER_INPUT"},
		},
		"accepting": {
			`mutation($i: AcceptInvitationInput!) { acceptInvitation(input: $i) {
				member { id } } }`,
			map[string]any{"i": map[string]any{"token": invited, "firstName": "\n",
				"password": "short", "locale": "xx", "customFields": map[string]any{"none": "x"}}},
			[]string{"customFields.none BAD_USER_INPUT", "firstName BAD_USER_INPUT",
				"lastName BAD_USER_INPUT", "locale BAD_USER_INPUT", "password PASSWORD_TOO_WEAK"},
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
		"a rejection": {
			`mutation($i: RejectJoinRequestInput!) { rejectJoinRequest(input: $i) {
				joinRequest { id } } }`,
			map[string]any{"i": map[string]any{
				"joinRequestId": ident.New(ident.JoinRequest).String(), "message": long}},
			[]string{"joinRequestId NOT_FOUND", "message BAD_USER_INPUT"},
		},
		"an enrollment": {
			`mutation($i: SetEnrollmentInput!) { setEnrollment(input: $i) { enrollment { id } } }`,
			map[string]any{"i": map[string]any{"sessionId": ident.New(ident.Session).String(),
				"memberId": nobody, "status": "ENROLLED", "progress": 101}},
			[]string{"sessionId NOT_FOUND", "memberId NOT_FOUND", "progress BAD_USER_INPUT"},
		},
		"an assigned program": {
			`mutation($i: AssignProgramInput!) { assignProgram(input: $i) { group { id } } }`,
			map[string]any{"i": map[string]any{"groupId": ident.New(ident.Group).String(),
				"programId": ident.New(ident.Program).String()}},
			[]string{"groupId NOT_FOUND", "programId NOT_FOUND"},
		},
		"an unassigned program": {
			`mutation($i: UnassignProgramInput!) { unassignProgram(input: $i) { group { id } } }`,
			map[string]any{"i": map[string]any{"groupId": group,
				"programId": ident.New(ident.Program).String()}},
			[]string{"programId NOT_FOUND"},
		},
		"a program": {
			`mutation($i: UpdateProgramInput!) { updateProgram(input: $i) { program { id } } }`,
			map[string]any{"i": map[string]any{"name": "",
				"programId": ident.New(ident.Program).String()}},
			[]string{"programId NOT_FOUND", "name BAD_USER_INPUT"},
		},
		"a new session": {
			`mutation($i: CreateSessionInput!) { createSession(input: $i) { session { id } } }`,
			map[string]any{"i": map[string]any{"programId": program, "name": "",
				"startsAt": "2031-01-02T00:00:00Z", "endsAt": "2031-01-01T00:00:00Z",
				"instructorIds": []string{someone, nobody},
				"groupIds":      []string{group, ident.New(ident.Group).String()}}},
			[]string{"name BAD_USER_INPUT", "endsAt BAD_USER_INPUT", "instructorIds.1 NOT_FOUND",
				"groupIds.1 NOT_FOUND"},
		},
		"a session": {
			`mutation($i: UpdateSessionInput!) { updateSession(input: $i) { session { id } } }`,
			map[string]any{"i": map[string]any{"sessionId": session, "name": "",
				"startsAt": "2031-01-02T00:00:00Z", "endsAt": "2031-01-01T00:00:00Z",
				"instructorIds": []string{nobody, someone}}},
			[]string{"name BAD_USER_INPUT", "endsAt BAD_USER_INPUT", "instructorIds.0 NOT_FOUND"},
		},
		"a session of another program": {
			`mutation($i: CreateSessionInput!) { createSession(input: $i) { session { id } } }`,
			map[string]any{"i": map[string]any{"programId": ident.New(ident.Program).String(),
				"name": ""}},
			[]string{"programId NOT_FOUND", "name BAD_USER_INPUT"},
		},
		"a session that is not there": {
			`mutation($i: UpdateSessionInput!) { updateSession(input: $i) { session { id } } }`,
			map[string]any{"i": map[string]any{"sessionId": ident.New(ident.Session).String(),
				"name": "", "instructorIds": []string{nobody}}},
			[]string{"sessionId NOT_FOUND", "name BAD_USER_INPUT"},
		},
		"a suppression of another workspace": {
			`mutation($i: LiftSuppressionInput!) { liftSuppression(input: $i) { deletedId } }`,
			map[string]any{"i": map[string]any{"workspaceId": nowhere,
				"suppressionId": ident.New(ident.Suppression).String()}},
			[]string{"workspaceId NOT_FOUND"},
		},
		"a suppression": {
			`mutation($i: LiftSuppressionInput!) { liftSuppression(input: $i) { deletedId } }`,
			map[string]any{"i": map[string]any{"workspaceId": w,
				"suppressionId": ident.New(ident.Suppression).String()}},
			[]string{"suppressionId NOT_FOUND"},
		},
		"a new administrator": {
			`mutation($i: AddOrganizationAdministratorInput!) {
				addOrganizationAdministrator(input: $i) { organization { id } } }`,
			map[string]any{"i": map[string]any{
				"organizationId": ident.New(ident.Organization).String(),
				"userId":         ident.New(ident.User).String()}},
			[]string{"organizationId NOT_FOUND", "userId NOT_FOUND"},
		},
		"a former administrator": {
			`mutation($i: RemoveOrganizationAdministratorInput!) {
				removeOrganizationAdministrator(input: $i) { organization { id } } }`,
			map[string]any{"i": map[string]any{
				"organizationId": p.Workspace.OrganizationID.String(),
				"userId":         ident.New(ident.User).String()}},
			[]string{"userId NOT_FOUND"},
		},
		"people to remove from a group": {
			`mutation($i: RemoveFromGroupInput!) { removeFromGroup(input: $i) { group { id } } }`,
			map[string]any{"i": map[string]any{"groupId": ident.New(ident.Group).String(),
				"memberIds": []string{someone, nobody}}},
			[]string{"groupId NOT_FOUND", "memberIds.1 NOT_FOUND"},
		},
		"rows": {
			`mutation($i: BatchUsersInput!) { batchUsers(input: $i) { import { id } } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "action": "INVITE",
				"rows": []any{}, "grant": map[string]any{"roles": []string{"king"},
					"locale": "xx"}}},
			[]string{"rows BAD_USER_INPUT", "grant.locale BAD_USER_INPUT",
				"grant.roles.0 NOT_FOUND"},
		},
		"neither a file nor a text": {
			`mutation($i: CreateImportInput!) { createImport(input: $i) { import { id } } }`,
			map[string]any{"i": map[string]any{"workspaceId": w, "action": "INVITE",
				"grant": map[string]any{"locale": "xx"}}},
			[]string{"content BAD_USER_INPUT"},
		},
		"names and grant of a member": {
			`mutation($i: UpdateMemberInput!) { updateMember(input: $i) { member { id } } }`,
			map[string]any{"i": map[string]any{"memberId": created, "firstName": "a\nb",
				"accessExpiresAt": "2001-01-01T00:00:00Z",
				"grant":           map[string]any{"locale": "fr", "roles": []string{"king"}}}},
			[]string{"accessExpiresAt BAD_USER_INPUT", "firstName BAD_USER_INPUT",
				"grant.roles.0 NOT_FOUND", "grant.locale BAD_USER_INPUT"},
		},
		"a member who is not there": {
			`mutation($i: UpdateMemberInput!) { updateMember(input: $i) { member { id } } }`,
			map[string]any{"i": map[string]any{"memberId": nobody, "lastName": long}},
			[]string{"memberId NOT_FOUND", "lastName BAD_USER_INPUT"},
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
