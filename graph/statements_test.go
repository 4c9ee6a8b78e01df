package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"

	"usher/internal/onboarding"
	"usher/internal/store"
	"usher/internal/testkit/usherkit"

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

func TestTheStatementsOfAListDoNotGrowWithItsRows(t *testing.T) {
	usherkit.OnBoth(t, func(t *testing.T, k *usherkit.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", usherkit.Password)
		top := p.Group("Everyone", "PRIVATE", nil)
		group := p.Group("Readers", "PUBLIC", top)
		unit := p.Unit("Sales", nil)
		fill := func(from, to int) {
			for n := from; n < to; n++ {
				grant := &onboarding.GrantInput{GroupIDs: []ident.ID{group.ID}, OrgUnitID: &unit.ID}
				p.Invite(fmt.Sprintf("pending%d@example.org", n), grant)
				if n%5 == 0 { // a password costs 40 ms
					p.Join(fmt.Sprintf("member%d@example.org", n), grant)
				}
			}
		}
		count := func(query string) int64 {
			body, _ := json.Marshal(map[string]string{"query": query})
			r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			ctx, n := store.CountStatements(r.Context())
			w := httptest.NewRecorder()
			k.Handler.ServeHTTP(w, r.WithContext(ctx))
			if w.Code != 200 || bytes.Contains(w.Body.Bytes(), []byte(`"errors"`)) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			return n.Load()
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
		}
	}, usherkit.WithoutWorker)
}
