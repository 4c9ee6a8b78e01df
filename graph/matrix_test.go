package graph_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
)

var rewrite = flag.Bool("update-matrix", false, "write testdata/matrix.txt again")

// asked is one good request for each operation on a workspace; words in capitals are ids of rows
// made for this one request. A word behind the name tells two requests of one operation apart. An
// operation that is new has to be added here, or to personal, and its line in testdata/matrix.txt
// read by somebody.
var asked = map[string]string{
	"inviteUsers to a group":          `input: {workspaceId: "WORKSPACE", emails: ["EMAIL"], grant: {groupIds: ["GROUP"]}}`,
	"inviteUsers to a unit":           `input: {workspaceId: "WORKSPACE", emails: ["EMAIL"], grant: {orgUnitId: "UNIT"}}`,
	"inviteUsers to nowhere":          `input: {workspaceId: "WORKSPACE", emails: ["EMAIL"]}`,
	"inviteUsers as an admin":         `input: {workspaceId: "WORKSPACE", emails: ["EMAIL"], grant: {roles: ["admin"]}}`,
	"inviteUsers as a coach":          `input: {workspaceId: "WORKSPACE", emails: ["EMAIL"], grant: {roles: ["coach"], groupIds: ["GROUP"]}}`,
	"resendInvitation":                `input: {invitationId: "INVITATION"}`,
	"resendInvitations":               `input: {invitationIds: ["INVITATION"]}`,
	"resendPendingInvitations":        `input: {workspaceId: "WORKSPACE", filter: {search: "nobody at all"}}`,
	"cancelInvitation":                `input: {invitationId: "INVITATION"}`,
	"cancelInvitations":               `input: {invitationIds: ["INVITATION"]}`,
	"updateInvitation":                `input: {invitationId: "INVITATION", firstName: "Jo"}`,
	"updateInvitation to less":        `input: {invitationId: "INVITATION", grant: {groupIds: ["GROUP"]}}`,
	"addToGroup a member":             `input: {groupId: "GROUP", memberIds: ["MEMBER"]}`,
	"correctInvitationEmail":          `input: {invitationId: "INVITATION", email: "EMAIL"}`,
	"createUser in a group":           `input: {workspaceId: "WORKSPACE", firstName: "Jo", lastName: "Do", email: "EMAIL", password: "a rather long pass phrase", grant: {groupIds: ["GROUP"]}}`,
	"createUser in a unit":            `input: {workspaceId: "WORKSPACE", firstName: "Jo", lastName: "Do", email: "EMAIL", password: "a rather long pass phrase", grant: {orgUnitId: "UNIT"}}`,
	"issueCard":                       `input: {memberId: "MANAGED"}`,
	"inspectImport":                   `input: {workspaceId: "WORKSPACE", content: {text: "a@b.test"}}`,
	"createImport":                    `input: {workspaceId: "WORKSPACE", content: {text: "email\nEMAIL"}, action: INVITE, grant: {groupIds: ["GROUP"]}}`,
	"batchUsers":                      `input: {workspaceId: "WORKSPACE", rows: [{email: "EMAIL"}], action: INVITE, grant: {groupIds: ["GROUP"]}}`,
	"syncMembers":                     `input: {workspaceId: "WORKSPACE", rows: [{email: "EMAIL"}], action: INVITE, grant: {groupIds: ["GROUP"]}, sync: {source: "hr"}}`,
	"startImport":                     `input: {importId: "IMPORT"}`,
	"pauseImport":                     `input: {importId: "RUNNING"}`,
	"resumeImport":                    `input: {importId: "PAUSED"}`,
	"cancelImport":                    `input: {importId: "IMPORT"}`,
	"undoImport":                      `input: {importId: "DONE"}`,
	"createJoinLink":                  `input: {workspaceId: "WORKSPACE", grant: {groupIds: ["GROUP"]}}`,
	"updateJoinLink":                  `input: {joinLinkId: "LINK", enabled: false}`,
	"explainJoin":                     `joinLinkId: "LINK", email: "EMAIL"`,
	"approveJoinRequest":              `input: {joinRequestId: "REQUEST"}`,
	"rejectJoinRequest":               `input: {joinRequestId: "REQUEST"}`,
	"addToGroup":                      `input: {groupId: "GROUP", emails: ["EMAIL"]}`,
	"removeFromGroup":                 `input: {groupId: "GROUP", memberIds: ["MEMBER"]}`,
	"registerForSession a member":     `input: {sessionId: "SESSION", memberIds: ["MEMBER"]}`,
	"registerForSession a group":      `input: {sessionId: "SESSION", groupIds: ["GROUP"]}`,
	"registerForSession a guest":      `input: {sessionId: "SESSION", emails: ["EMAIL"], groupId: "GROUP"}`,
	"updateMember in a unit":          `input: {memberId: "MEMBER", grant: {orgUnitId: "UNIT", labels: ["x"]}}`,
	"updateMember in words":           `input: {memberId: "MEMBER", grant: {groupIds: ["GROUP"], labels: ["x"], additionalInfo: "x"}}`,
	"updateMember to end":             `input: {memberId: "MEMBER", deleteOnExpiry: true}`,
	"updateMember into a group":       `input: {memberId: "MEMBER", grant: {groupIds: ["GROUP"]}}`,
	"updateMember to admin":           `input: {memberId: "MEMBER", grant: {roles: ["admin"]}}`,
	"deactivateMember":                `input: {memberId: "MEMBER"}`,
	"addRoleToMember":                 `input: {memberId: "MEMBER", role: "coach", place: {groupId: "GROUP"}}`,
	"addRoleToMember as an admin":     `input: {memberId: "MEMBER", role: "admin"}`,
	"addRoleToMembers":                `input: {members: {memberIds: ["MEMBER"]}, role: "learner", place: {groupId: "GROUP"}}`,
	"removeRoleFromMember":            `input: {memberId: "MEMBER", role: "learner", place: {groupId: "GROUP"}}`,
	"removeRoleFromMembers":           `input: {members: {memberIds: ["MEMBER"]}, role: "learner", place: {groupId: "GROUP"}}`,
	"updateMembers to end":            `input: {members: {memberIds: ["MEMBER"]}, deleteOnExpiry: true}`,
	"updateMembers in a unit":         `input: {members: {memberIds: ["MEMBER"]}, orgUnitId: "UNIT"}`,
	"deactivateMembers":               `input: {members: {memberIds: ["MEMBER"]}}`,
	"deactivateMembers by a filter":   `input: {members: {matching: {workspaceId: "WORKSPACE", filter: {search: "nobody at all"}}}}`,
	"reactivateMembers":               `input: {members: {memberIds: ["MEMBER"]}}`,
	"removeMembers":                   `input: {members: {memberIds: ["MEMBER"]}}`,
	"issueCards":                      `input: {memberIds: ["MANAGED"]}`,
	"reactivateMember":                `input: {memberId: "MEMBER"}`,
	"removeMember":                    `input: {memberId: "MEMBER"}`,
	"createGroup":                     `input: {workspaceId: "WORKSPACE", name: "new", visibility: PRIVATE, parentId: "GROUP"}`,
	"createGroup at the top":          `input: {workspaceId: "WORKSPACE", name: "new", visibility: PRIVATE}`,
	"updateGroup":                     `input: {groupId: "GROUP", name: "renamed"}`,
	"updateGroup to public":           `input: {groupId: "GROUP", visibility: PUBLIC}`,
	"deleteGroup":                     `input: {groupId: "GROUP"}`,
	"createOrgUnit":                   `input: {workspaceId: "WORKSPACE", name: "new", parentId: "UNIT"}`,
	"updateOrgUnit":                   `input: {orgUnitId: "UNIT", name: "renamed"}`,
	"deleteOrgUnit":                   `input: {orgUnitId: "UNIT"}`,
	"createRole":                      `input: {workspaceId: "WORKSPACE", name: "NAME", permissions: [MEMBERS_VIEW]}`,
	"updateRole":                      `input: {roleId: "ROLE", name: "NAME"}`,
	"deleteRole":                      `input: {roleId: "ROLE"}`,
	"createApiKey":                    `input: {workspaceId: "WORKSPACE", name: "NAME", permissions: [MEMBERS_VIEW]}`,
	"updateApiKey":                    `input: {apiKeyId: "KEY", name: "NAME"}`,
	"rotateApiKey":                    `input: {apiKeyId: "KEY"}`,
	"revokeApiKey":                    `input: {apiKeyId: "KEY"}`,
	"createWebhook":                   `input: {workspaceId: "WORKSPACE", url: "https://partner.example.org/EMAIL"}`,
	"updateWebhook":                   `input: {webhookId: "WEBHOOK", types: [MEMBER_JOINED]}`,
	"rotateWebhookSecret":             `input: {webhookId: "WEBHOOK"}`,
	"testWebhook":                     `input: {webhookId: "WEBHOOK"}`,
	"replayWebhookDeliveries":         `input: {webhookId: "WEBHOOK", allFailed: true}`,
	"deleteWebhook":                   `input: {webhookId: "WEBHOOK"}`,
	"createCustomField":               `input: {workspaceId: "WORKSPACE", name: "NAME", type: TEXT}`,
	"updateCustomField":               `input: {customFieldId: "FIELD", name: "NAME"}`,
	"deleteCustomField":               `input: {customFieldId: "FIELD"}`,
	"createApplication":               `input: {workspaceId: "WORKSPACE", name: "NAME", confidential: true, redirectUris: ["https://app.example.org/callback"]}`,
	"updateApplication":               `input: {applicationId: "APPLICATION", name: "NAME"}`,
	"rotateApplicationSecret":         `input: {applicationId: "APPLICATION"}`,
	"deleteApplication":               `input: {applicationId: "APPLICATION"}`,
	"createProgram":                   `input: {workspaceId: "WORKSPACE", name: "new"}`,
	"updateProgram":                   `input: {programId: "PROGRAM", name: "renamed"}`,
	"deleteProgram":                   `input: {programId: "PROGRAM"}`,
	"createSession":                   `input: {programId: "PROGRAM"}`,
	"updateSession":                   `input: {sessionId: "SESSION", name: "renamed"}`,
	"deleteSession":                   `input: {sessionId: "SESSION"}`,
	"assignProgram":                   `input: {groupId: "GROUP", programId: "PROGRAM"}`,
	"unassignProgram":                 `input: {groupId: "GROUP", programId: "PROGRAM"}`,
	"setEnrollments":                  `input: {enrollments: [{sessionId: "SESSION", memberId: "MEMBER", status: ENROLLED}]}`,
	"setEnrollment":                   `input: {sessionId: "SESSION", memberId: "MEMBER", status: ENROLLED}`,
	"updateWorkspace":                 `input: {workspaceId: "WORKSPACE", name: "renamed"}`,
	"createWorkspace":                 `input: {organizationId: "ORGANIZATION", name: "new", slug: "SLUG"}`,
	"updateOrganization":              `input: {organizationId: "ORGANIZATION", name: "NAME"}`,
	"addOrganizationAdministrator":    `input: {organizationId: "ORGANIZATION", userId: "USER"}`,
	"removeOrganizationAdministrator": `input: {organizationId: "ORGANIZATION", userId: "USER"}`,
	"archiveWorkspace":                `input: {workspaceId: "SPARE"}`,
	"unarchiveWorkspace":              `input: {workspaceId: "ARCHIVED"}`,
	"exportWorkspace":                 `input: {workspaceId: "SPARE"}`,
	"deleteWorkspace":                 `input: {workspaceId: "SPARE", name: "spare", withoutExport: true}`,
	"restoreWorkspace":                `input: {workspaceId: "DELETED"}`,
	"liftSuppression":                 `input: {workspaceId: "WORKSPACE", suppressionId: "SUPPRESSION"}`,
	"eraseMember":                     `input: {memberId: "MEMBER"}`,
	"personalData":                    `memberId: "MEMBER"`,
	"plan":                            `input: {invite: {workspaceId: "WORKSPACE", emails: ["EMAIL"], grant: {groupIds: ["GROUP"]}}}`,
}

// personal are the operations that are about nobody but the caller, or that a token opens: roles do
// not matter to them.
var personal = []string{
	"signIn", "refreshSession", "signOut", "signOutEverywhere", "revokeSignIn", "requestPasswordReset",
	"resetPassword", "changePassword",
	"updateProfile", "requestEmailChange", "confirmEmailChange", "redeemCard", "acceptInvitation",
	"declineInvitation", "requestNewInvitation",
	"requestInvitationMove", "joinByLink", "confirmJoin", "eraseMyAccount",
	"node", "nodes", "viewer", "viewerApiKey", "workspace", "publicInvitation", "publicJoinPage",
	"publicJoinConfirmation", "publicPasswordReset", "publicCard",
}

// callers are the columns, each with what they hold. A teacher is an instructor who is also a
// coach.
var callers = []string{"admin", "users", "users@g", "group@g", "manager@u", "coach@g",
	"instructor@s", "teacher@s", "learner", "nobody"}

// matrix is a workspace with one of each caller, who look after the group g, the unit u and the
// sessions of fresh rows below them; beside them lie a group and a unit that are nobody's.
type matrix struct {
	*apptest.Place
	schema  *ast.Schema
	tokens  map[string]string
	signed  time.Time // when the callers signed in
	members map[string]*ent.Member
	abroad  *apptest.Place
	annex   *apptest.Place // another workspace of the organization
	group   map[string]*ent.Group
	unit    map[string]*ent.OrgUnit
	n       int
}

func newMatrix(t *testing.T, k *apptest.Kit) *matrix {
	t.Helper()
	p := k.Found("Hill", "hill")
	m := &matrix{Place: p, schema: served(), tokens: map[string]string{},
		members: map[string]*ent.Member{}, abroad: k.Found("Lake", "lake"),
		annex: k.Found("Hill", "annex")}
	m.group = map[string]*ent.Group{"own": p.Group("g", "PRIVATE", nil),
		"beyond": p.Group("f", "PRIVATE", nil), "abroad": m.abroad.Group("x", "PRIVATE", nil)}
	m.unit = map[string]*ent.OrgUnit{"own": p.Unit("u", nil), "beyond": p.Unit("v", nil),
		"abroad": m.abroad.Unit("x", nil)}
	g, u := []ident.ID{m.group["own"].ID}, m.unit["own"].ID
	held := map[string]*admission.GrantInput{
		"admin": {Roles: []string{access.Admin}}, "users": {Roles: []string{access.UserAdmin}},
		"users@g":      {Roles: []string{access.UserAdmin}, GroupIDs: g},
		"group@g":      {Roles: []string{access.GroupAdmin}, GroupIDs: g},
		"manager@u":    {Roles: []string{access.Manager}, OrgUnitID: &u},
		"coach@g":      {Roles: []string{access.Coach}, GroupIDs: g},
		"instructor@s": nil, "teacher@s": {Roles: []string{access.Coach}, GroupIDs: g},
		"learner": nil,
	}
	// In the order of their names, so that lists in the order of ids are the same in every run.
	for _, name := range slices.Sorted(maps.Keys(held)) {
		email := strings.ReplaceAll(name, "@", "-") + "@staff.test"
		m.members[name] = p.Join(email, held[name])
	}
	k.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		return tx.Organization.UpdateOneID(p.Workspace.OrganizationID).
			SetAdministratorIds([]string{p.Admin.UserID.UUID(), m.members["admin"].UserID.UUID()}).
			Exec(ctx)
	})
	return m
}

// token returns a caller's access token. Tokens are good for five minutes, which the test may take
// on a busy machine.
func (m *matrix) token(caller string) string {
	if caller == "nobody" {
		return ""
	}
	if time.Since(m.signed) > 2*time.Minute {
		m.signed = time.Now()
		clear(m.tokens)
	}
	if m.tokens[caller] == "" {
		m.tokens[caller] = m.SignIn(strings.ReplaceAll(caller, "@", "-")+"@staff.test",
			apptest.Password)
	}
	return m.tokens[caller]
}

// send puts one request and returns the code of its error; empty if it was done.
func (m *matrix) send(name, caller, request string) (code string) {
	m.T.Helper()
	operation, _, _ := strings.Cut(name, " ")
	kind, field := "mutation", m.schema.Mutation.Fields.ForName(operation)
	if field == nil {
		kind, field = "query", m.schema.Query.Fields.ForName(operation)
	}
	if field == nil {
		return "-" // served by no schema yet
	}
	answer := ""
	if m.schema.Types[field.Type.Name()].IsCompositeType() {
		answer = "{ __typename }"
	}
	if m.schema.Types[field.Type.Name()].Fields.ForName("results") != nil {
		answer = "{ results { error { code } } }"
	}
	a := m.Ask(m.token(caller), kind+" { "+operation+"("+request+") "+answer+" }", nil)
	code = a.Code()
	if _, after, bulk := strings.Cut(a.Body, `"code":"`); code == "" && bulk {
		code, _, _ = strings.Cut(after, `"`)
	}
	if code == "INTERNAL" {
		m.T.Errorf("%s by %s: %s", name, caller, a.Body)
	}
	return code
}

// ask puts one request and says in a word how it is answered: yes, no (FORBIDDEN), unseen
// (NOT_FOUND), input (BAD_USER_INPUT: they may, but not like this), or the code.
func (m *matrix) ask(name, caller, scope string) string {
	code := m.send(name, caller, m.fresh(scope, asked[name]))
	switch code {
	case "":
		return "yes"
	case "FORBIDDEN":
		return "no"
	case "NOT_FOUND":
		return "unseen"
	case "UNAUTHENTICATED":
		return "sign in"
	case "CONFLICT":
		return "conflict"
	case "BAD_USER_INPUT":
		return "input"
	}
	return code
}

// Every operation on a workspace, for every role: on what they look after (own), on what lies
// beside it (beyond), on another organization's workspace (abroad), and on what stands above them
// although it is among what they look after (higher, wider, other, child). The expected answers are
// in testdata/matrix.txt, to be read. SQLite alone: who may is decided before the database is.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, apptest.New(t, "sqlite", apptest.WithoutMail, apptest.WithoutWorker))
	named := slices.Clone(personal)
	for name := range asked {
		operation, _, _ := strings.Cut(name, " ")
		named = append(named, operation)
	}
	for _, root := range []*ast.Definition{m.schema.Mutation, m.schema.Query} {
		for _, f := range root.Fields {
			if !strings.HasPrefix(f.Name, "__") && !slices.Contains(named, f.Name) {
				t.Errorf("%s is new: say who may do it in asked, or that it is personal", f.Name)
			}
		}
	}
	var b strings.Builder
	b.WriteString(legend)
	line := func(name, scope string, cells []string) {
		fmt.Fprintf(&b, "%-29s %-7s", name, scope)
		for _, c := range cells {
			fmt.Fprintf(&b, " %-12s", c)
		}
		b.WriteString("\n")
	}
	line("", "", callers)
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		for _, scope := range scopesOf(asked[name]) {
			var cells []string
			for _, caller := range callers {
				if scope == "abroad" && caller != "admin" && caller != "learner" &&
					caller != "nobody" {
					cells = append(cells, ".")
					continue
				}
				cells = append(cells, m.ask(name, caller, scope))
			}
			line(name, scope, cells)
		}
	}
	golden := filepath.Join("testdata", "matrix.txt")
	got := trimmed(b.String())
	if *rewrite {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	old := strings.Split(string(want), "\n")
	for i, l := range strings.Split(got, "\n") {
		if i >= len(old) || old[i] != l {
			t.Errorf("line %d of %s says otherwise:\n%s", i+1, golden, l)
		}
	}
}

// trimmed takes the blanks off the ends of lines.
func trimmed(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
