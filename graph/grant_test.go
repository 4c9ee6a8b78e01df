package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"usher/ent/customfield"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/joinlink"
)

const grantFields = `grant { roles { role { key name } group { name } orgUnit { name } session { name } }
	groups { name path memberCount } orgUnit { name } sessions { name phase enrollmentCount instructors { id } groups { name } }
	programs { name groups { name } } labels additionalInfo locale accessExpiresAt deleteOnExpiry customFields }`

// What is given to an invitation, a join link or an import can be read again, part by part, and no
// row of a list costs a statement of its own.
func TestEachPartOfAGrantCanBeRead(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		top := p.Group("Everyone", "PRIVATE", nil)
		group := p.Group("Readers", "PUBLIC", top)
		unit := p.Unit("Sales", nil)
		program := p.Program("Course", group)
		run := p.Session(program, "Run", apptest.Always, apptest.Always)
		p.Field("level", customfield.TypeNumber, false)
		grant := &admission.GrantInput{Roles: []string{access.Coach, access.Manager},
			GroupIDs: []ident.ID{group.ID}, OrgUnitID: &unit.ID, SessionIDs: []ident.ID{run.ID},
			ProgramIDs: []ident.ID{program.ID}, Labels: []string{"North"},
			AdditionalInfo: new("ID 5162"), Locale: new("fr"), DeleteOnExpiry: new(true),
			CustomFields: map[string]any{"level": json.Number("3")}}
		p.Invite("one@example.org", grant)
		p.Join("member@example.org", grant)
		_, err := k.JoinLinks.CreateLink(t.Context(), k.Caller(p.Admin),
			joinlink.CreateLinkInput{WorkspaceID: p.Workspace.ID, Grant: grant})
		if err != nil {
			t.Fatal(err)
		}
		query := `{ workspace(slug: "acme") { viewerPermissions
			invitations(first: 20, filter: {status: [PENDING]}) { edges { node { email viewerCan ` + grantFields + ` } } }
			joinLinks(first: 20) { edges { node { viewerCan ` + grantFields + ` } } }
			imports(first: 20) { edges { node { viewerCan ` + grantFields + ` } } }
			members(first: 20, filter: {search: "member@"}) { edges { node { viewerCan customFields } } }
			groups(first: 20) { edges { node { name path memberCount viewerCan } } }
			orgUnits(first: 20) { edges { node { viewerCan } } }
			roles(first: 20) { edges { node { key name description scopes } } } } }`
		a := k.Ask(token, query, nil)
		for want, times := range map[string]int{
			`{"role":{"key":"coach","name":"Coach"},"group":{"name":"Readers"},"orgUnit":null,"session":null}`:                                                                                                 2,
			`{"role":{"key":"coach","name":"Coach"},"group":null,"orgUnit":null,"session":{"name":"Run"}}`:                                                                                                     2,
			`{"role":{"key":"manager","name":"Manager"},"group":null,"orgUnit":{"name":"Sales"},"session":null}`:                                                                                               2,
			`"groups":[{"name":"Readers","path":["Everyone","Readers"],"memberCount":1}]`:                                                                                                                      2,
			`"orgUnit":{"name":"Sales"},"sessions":[{"name":"Run","phase":"ONGOING","enrollmentCount":1,"instructors":[],"groups":[{"name":"Readers"}]}]`:                                                      2,
			`"programs":[{"name":"Course","groups":[{"name":"Readers"}]}],"labels":["North"],"additionalInfo":"ID 5162","locale":"fr","accessExpiresAt":null,"deleteOnExpiry":true,"customFields":{"level":3}`: 2,
			`"customFields":{"level":3}`:                           3,
			`"viewerCan":["JOIN_LINKS_MANAGE"]`:                    1,
			`"viewerCan":["MEMBERS_VIEW","MEMBERS_INVITE"]`:        1,
			`"MEMBERS_UPDATE","MEMBERS_DEACTIVATE","ROLES_ASSIGN"`: 1,
			`"scopes":["WORKSPACE","GROUP"]`:                       2,
			`"description":"Sees the people of a session."`:        1,
		} {
			if n := strings.Count(a.Body, want); n < times {
				t.Errorf("%d times %s in %s", n, want, a.Body)
			}
		}

		few, _ := statements(t, k, token, query, nil)
		for i := range 12 {
			p.Invite(fmt.Sprintf("more%d@example.org", i), grant)
		}
		if many, _ := statements(t, k, token, query, nil); many != few {
			t.Errorf("%d statements for one invitation, %d for many", few, many)
		}
	}, apptest.WithoutWorker)
}

// A place that the caller does not see is left out, with the roles held there.
func TestAGrantLeavesOutWhatIsHidden(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		class, hidden := p.Group("Class", "PRIVATE", nil), p.Group("Council", "PRIVATE", nil)
		unit := p.Unit("Secret", nil)
		p.Join("coach@acme.test", &admission.GrantInput{Roles: []string{access.Coach},
			GroupIDs: []ident.ID{class.ID}})
		p.Invite("jane@acme.test", &admission.GrantInput{OrgUnitID: &unit.ID,
			GroupIDs: []ident.ID{class.ID, hidden.ID}})
		a := k.Ask(k.SignIn("coach@acme.test", apptest.Password), `{ workspace(slug: "acme") {
			invitations(first: 5, filter: {search: "jane"}) { edges { node { viewerCan grant { groups { name } orgUnit { name } roles { role { key } group { name } } } } } } } }`, nil)
		want := `"grant":{"groups":[{"name":"Class"}],"orgUnit":null,"roles":[{"role":{"key":"learner"},"group":{"name":"Class"}}]}`
		if !strings.Contains(a.Body, want) || !strings.Contains(a.Body, `"viewerCan":["MEMBERS_VIEW"]`) {
			t.Errorf("the coach reads %s", a.Body)
		}
	}, apptest.WithoutWorker)
}
