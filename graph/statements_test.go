package graph_test

import (
	"fmt"
	"testing"

	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
)

// lists are the two lists that the console lives on, with all that it shows of a row.
var lists = map[string]string{
	"members": `{ workspace(slug: "acme") { members(first: 50) { pageInfo { hasNextPage endCursor } edges { node {
		id status user { email firstName lastName } groups { name } orgUnit { name }
		roleAssignments { inherited role { key name } group { name } } } } } } }`,
	"invitations": `{ workspace(slug: "acme") { invitations(first: 50) { edges { node {
		id email status link groups { name } roles { key } sessions { name } orgUnit { name }
		invitedBy { user { email } } member { user { email } } history { summary actor { user { email } } } } } } } }`,
}

// most are the statements that each may cost: one for the caller, the workspace, the page with what
// its rows point to, and one for each kind of what points to them, a page of assignments with their
// roles and groups, say. Three tell which sessions are ahead of invitees: the tree of groups, the role
// that is inherited in it, and the programs of the groups.
var most = map[string]int64{"members": 4, "invitations": 10}

func TestTheStatementsOfAListDoNotGrowWithItsRows(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		top := p.Group("Everyone", "PRIVATE", nil)
		group := p.Group("Readers", "PUBLIC", top)
		unit := p.Unit("Sales", nil)
		fill := func(from, to int) {
			for n := from; n < to; n++ {
				grant := &admission.GrantInput{GroupIDs: []ident.ID{group.ID}, OrgUnitID: &unit.ID}
				p.Invite(fmt.Sprintf("pending%d@example.org", n), grant)
				if n%5 == 0 { // a password costs 40 ms
					p.Join(fmt.Sprintf("member%d@example.org", n), grant)
				}
			}
		}
		count := func(query string) int64 {
			n, _ := statements(t, k, token, query, nil)
			return n
		}
		fill(0, 6)
		few := map[string]int64{}
		for name, query := range lists {
			few[name] = count(query)
		}
		fill(6, 40)
		for name, query := range lists {
			many := count(query)
			t.Logf("%s: %d statements", name, many)
			if many != few[name] {
				t.Errorf("%s: %d statements for a few rows, %d for many", name, few[name], many)
			}
			if many > most[name] {
				t.Errorf("%s: %d statements, and %d are enough", name, many, most[name])
			}
		}
	}, apptest.WithoutWorker)
}
