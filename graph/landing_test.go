package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
)

const updateLanding = `mutation($in: UpdateWorkspaceInput!) { updateWorkspace(input: $in) {
	workspace { homeUrl settings { allowedRedirectUrls } } } }`

type landingSettings struct {
	UpdateWorkspace struct {
		Workspace struct {
			HomeURL  *string `json:"homeUrl"`
			Settings struct {
				AllowedRedirectURLs []string `json:"allowedRedirectUrls"`
			}
		}
	}
}

// configureLanding sets the home URL and the allowed redirect URLs of a workspace.
func configureLanding(p *apptest.Place, token, home string, allowed ...string) {
	p.T.Helper()
	p.Must(token, updateLanding, map[string]any{"in": map[string]any{
		"workspaceId": p.Workspace.ID.String(), "homeUrl": home,
		"allowedRedirectUrls": allowed}}, nil)
}

// INV-21: administrators set where members land; the history tells the previous and the new value.
func TestAnAdministratorSetsTheHomeURLAndTheAllowedRedirectURLs(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		id := p.Workspace.ID.String()
		update := func(fields map[string]any) landingSettings {
			t.Helper()
			fields["workspaceId"] = id
			var out landingSettings
			k.Must(admin, updateLanding, map[string]any{"in": fields}, &out)
			return out
		}

		set := update(map[string]any{"homeUrl": "https://Learn.Example.org:443/start?from=usher",
			"allowedRedirectUrls": []string{"https://learn.example.org/courses/",
				"https://learn.example.org/courses", "http://localhost:5173"}}).UpdateWorkspace.Workspace
		if set.HomeURL == nil || *set.HomeURL != "https://learn.example.org/start?from=usher" {
			t.Errorf("home URL %v", set.HomeURL)
		}
		want := []string{"https://learn.example.org/courses", "http://localhost:5173"}
		if got := set.Settings.AllowedRedirectURLs; !slices.Equal(got, want) {
			t.Errorf("allowed %v instead of %v", got, want)
		}
		kept := update(map[string]any{"name": "Acme"}).UpdateWorkspace.Workspace
		if kept.HomeURL == nil || len(kept.Settings.AllowedRedirectURLs) != 2 {
			t.Errorf("a change of the name changed the landing: %+v", kept)
		}
		cleared := update(map[string]any{"homeUrl": nil,
			"allowedRedirectUrls": []string{}}).UpdateWorkspace.Workspace
		if cleared.HomeURL != nil || cleared.Settings.AllowedRedirectURLs == nil ||
			len(cleared.Settings.AllowedRedirectURLs) != 0 {
			t.Errorf("not cleared: %+v", cleared)
		}
		sameChanges(t, "landing", changes(k, admin, p, id, "WORKSPACE_EDITED"), []string{
			"Acme homeUrl: https://learn.example.org/start?from=usher > ",
			"Acme allowedRedirectUrls: https://learn.example.org/courses, http://localhost:5173 > ",
			"Acme name: Workspace acme > Acme",
			"Acme homeUrl:  > https://learn.example.org/start?from=usher",
			"Acme allowedRedirectUrls:  > https://learn.example.org/courses, http://localhost:5173",
		})

		for field, value := range map[string]any{
			"homeUrl":               "http://learn.example.org",
			"allowedRedirectUrls.1": []string{"https://learn.example.org", "https://a.example?b"},
			"allowedRedirectUrls":   slices.Repeat([]string{"https://learn.example.org"}, 51),
		} {
			name, _, _ := strings.Cut(field, ".")
			answer := k.Ask(admin, updateLanding, map[string]any{"in": map[string]any{
				"workspaceId": id, name: value}})
			refusedAt(t, answer, "BAD_USER_INPUT", field)
		}
		p.Join("users@example.org", &admission.GrantInput{Roles: []string{access.UserAdmin}})
		users := k.SignIn("users@example.org", apptest.Password)
		answer := k.Ask(users, updateLanding, map[string]any{"in": map[string]any{
			"workspaceId": id, "homeUrl": "https://evil.example"}})
		if answer.Code() != "FORBIDDEN" {
			t.Errorf("a user administrator: %s", answer.Body)
		}
	}, apptest.WithoutWorker)
}

// INV-21: a grant names a page that the workspace allows, at every entry point that makes
// invitations, and the page can be read where it can be written.
func TestAGrantNamesAnAllowedRedirectURL(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		group := p.Group("Paris", "PRIVATE", nil)
		session := p.Session(p.Program("Safety"), "Monday", apptest.Always, apptest.Always)
		configureLanding(p, admin, "https://learn.example.org", "https://learn.example.org/courses")
		const good, bad = "https://learn.example.org/courses/1?a=b",
			"https://learn.example.org/coursesX"
		at := map[string]any{"workspaceId": p.Workspace.ID.String()}
		row := []any{map[string]any{"email": "row@example.org"}}
		for name, c := range map[string]struct {
			mutation, kind string
			in             map[string]any
			flat           bool
		}{
			"inviteUsers": {"inviteUsers", "InviteUsersInput",
				map[string]any{"emails": []string{"invited@example.org"}, "sendEmail": false}, false},
			"createUser": {"createUser", "CreateUserInput", map[string]any{"firstName": "Ann",
				"lastName": "Lee", "email": "created@example.org",
				"password": apptest.Password}, false},
			"batchUsers": {"batchUsers", "BatchUsersInput", map[string]any{"rows": row,
				"action": "INVITE"}, false},
			"createImport": {"createImport", "CreateImportInput", map[string]any{
				"content": map[string]any{"text": "email\nfile@example.org"},
				"action":  "INVITE"}, false},
			"createJoinLink": {"createJoinLink", "CreateJoinLinkInput", map[string]any{}, false},
			"addToGroup": {"addToGroup", "AddToGroupInput", map[string]any{
				"groupId": group.ID.String(), "emails": []string{"group@example.org"}}, true},
			"registerForSession": {"registerForSession", "RegisterForSessionInput", map[string]any{
				"sessionId": session.ID.String(), "emails": []string{"session@example.org"}}, true},
		} {
			ask := func(url string) *apptest.Answer {
				in := maps.Clone(c.in)
				if c.flat {
					in["redirectUrl"] = url
				} else {
					maps.Copy(in, at)
					in["grant"] = map[string]any{"redirectUrl": url}
				}
				return k.Ask(admin, fmt.Sprintf(`mutation($in: %s!) { %s(input: $in) {
					__typename } }`, c.kind, c.mutation), map[string]any{"in": in})
			}
			field := "grant.redirectUrl"
			if c.flat {
				field = "redirectUrl"
			}
			for _, url := range []string{bad, "http://learn.example.org/courses", "courses"} {
				refusedAt(t, ask(url), "BAD_USER_INPUT", field)
			}
			if a := ask(good); len(a.Errors) > 0 {
				t.Errorf("%s: %s", name, a.Body)
			}
		}

		var read struct {
			Workspace struct {
				Invitations struct{ Edges []struct{ Node landingNode } }
				JoinLinks   struct{ Edges []struct{ Node landingNode } }
				Imports     struct{ Edges []struct{ Node landingNode } }
			}
		}
		k.Must(admin, `query($w: ID!) { workspace(id: $w) {
			invitations { edges { node { id grant { redirectUrl } } } }
			joinLinks { edges { node { id grant { redirectUrl } } } }
			imports { edges { node { id grant { redirectUrl } } } } } }`,
			map[string]any{"w": p.Workspace.ID.String()}, &read)
		nodes := slices.Concat(read.Workspace.Invitations.Edges, read.Workspace.JoinLinks.Edges,
			read.Workspace.Imports.Edges)
		if len(nodes) < 6 {
			t.Errorf("%d objects", len(nodes))
		}
		for _, n := range nodes {
			if url := n.Node.Grant.RedirectURL; url == nil || *url != good {
				t.Errorf("%s has %v", n.Node.ID, url)
			}
		}
	}, apptest.WithoutWorker)
}

type landingNode struct {
	ID    string
	Grant struct {
		RedirectURL *string `json:"redirectUrl"`
	}
}

// INV-21: an edit of another part keeps the redirect URL, a merge takes the newer one, and a list
// that has shrunk leads to the home URL.
func TestTheRedirectURLIsKeptAndJudgedAgain(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		configureLanding(p, admin, "https://home.example.org", "https://learn.example.org")
		inv := p.Invite("ann@example.org",
			&admission.GrantInput{RedirectURL: new("https://learn.example.org/1")})
		edit := func(grant map[string]any) *apptest.Answer {
			return k.Ask(admin, `mutation($i: ID!, $g: UpdateGrantInput!) { updateInvitation(
				input: {invitationId: $i, grant: $g}) { invitation { id } } }`,
				map[string]any{"i": inv.ID.String(), "g": grant})
		}
		stored := func(want string) {
			t.Helper()
			if got := p.Invitation(inv.ID).Grant.RedirectURL; got != want {
				t.Errorf("stored %q instead of %q", got, want)
			}
		}
		edit(map[string]any{"labels": []string{"Red"}})
		stored("https://learn.example.org/1")
		k.Must(admin, `mutation($i: ID!) { resendInvitation(input: {invitationId: $i,
			sendEmail: false}) { invitation { id } } }`, map[string]any{"i": inv.ID.String()}, nil)
		stored("https://learn.example.org/1")
		refusedAt(t, edit(map[string]any{"redirectUrl": "https://evil.example"}),
			"BAD_USER_INPUT", "grant.redirectUrl")
		edit(map[string]any{"redirectUrl": "https://learn.example.org/2"})
		stored("https://learn.example.org/2")
		sameChanges(t, "edited", changes(k, admin, p, inv.ID.String(), "INVITATION_EDITED")[:1],
			[]string{"ann@example.org redirectUrl: https://learn.example.org/1 > " +
				"https://learn.example.org/2"})
		edit(map[string]any{"redirectUrl": nil})
		stored("")
		var merged struct {
			InviteUsers struct{ Outcomes []struct{ Changes []string } }
		}
		k.Must(admin, `mutation($w: ID!) { inviteUsers(input: {workspaceId: $w, sendEmail: false,
			emails: ["ann@example.org"], grant: {redirectUrl: "https://learn.example.org/3"}}) {
			outcomes { changes } } }`, map[string]any{"w": p.Workspace.ID.String()}, &merged)
		stored("https://learn.example.org/3")
		if got := merged.InviteUsers.Outcomes[0].Changes; !slices.Equal(got,
			[]string{"redirectUrl"}) {
			t.Errorf("changes %v", got)
		}
		refusedAt(t, k.Ask(admin, `mutation($m: ID!) { updateMember(input: {memberId: $m,
			grant: {redirectUrl: "https://learn.example.org/3"}}) { member { id } } }`,
			map[string]any{"m": p.Admin.ID.String()}), "BAD_USER_INPUT", "grant.redirectUrl")

		accept := func(want string) {
			t.Helper()
			var out struct {
				AcceptInvitation struct {
					Auth        *struct{ AccessToken string }
					RedirectURL *string `json:"redirectUrl"`
				}
			}
			k.Must("", `mutation($in: AcceptInvitationInput!) { acceptInvitation(input: $in) {
				auth { accessToken } redirectUrl } }`, map[string]any{"in": map[string]any{
				"token": p.MailToken(inv), "firstName": "Ann", "lastName": "Lee",
				"password": "staple battery horse", "tokenDelivery": "BODY"}}, &out)
			if got := out.AcceptInvitation.RedirectURL; got == nil || *got != want {
				t.Errorf("accepting leads to %v instead of %s", got, want)
			}
		}
		configureLanding(p, admin, "https://home.example.org", "https://other.example.org")
		accept("https://home.example.org")
		inv = p.Invite("bob@example.org", nil)
		configureLanding(p, admin, "https://home.example.org/2")
		accept("https://home.example.org/2")
		configureLanding(p, admin, "https://home.example.org", "https://learn.example.org")
		inv = p.Invite("cid@example.org",
			&admission.GrantInput{RedirectURL: new("https://learn.example.org/4")})
		accept("https://learn.example.org/4")
	}, apptest.WithoutWorker)
}

// refusedAt checks the code of an answer's error and the field at which it stands.
func refusedAt(t *testing.T, a *apptest.Answer, code, field string) {
	t.Helper()
	if a.Code() != code || a.Errors[0].Extensions["field"] != field {
		t.Errorf("instead of %s at %s: %s", code, field, a.Body)
	}
}
