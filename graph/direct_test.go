package graph_test

import (
	"encoding/json"
	"strings"
	"testing"

	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fastgql"
	"usher/internal/ident"
)

// directMember are all fields of a member that direct reads know.
const directMember = `__typename id createdAt updatedAt status labels additionalInfo accessExpiresAt deleteOnExpiry
	joinedAt joinedVia deactivatedAt orgUnit { id name createdAt }
	user { id createdAt email emailProven username firstName lastName locale __typename }
	groups { id name visibility externalId } more: groups { name }
	roleAssignments { __typename id inherited role { id key name description permissions builtIn scopes }
		group { id name } orgUnit { name } }`

// directInvitation are all fields of an invitation that direct reads know.
const directInvitation = `__typename id email firstName lastName status message locale expiresAt lastSentAt sentCount
	deliveryStatus createdAt updatedAt notifyInviter orgUnit { name } roles { key name } groups { id name }
	invitedBy { id status user { email } }`

// directQueries are operations that one statement answers.
var directQueries = map[string]string{
	"page": `query($w: ID!) { workspace(id: $w) { members(first: 5) {
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { ` + directMember + ` } } } } }`,
	"page of a status": `query($w: ID!) { w: workspace(id: $w) { m: members(first: 3, filter: {status: [ACTIVE]}) {
		totalCount edges { node { ...F } } pageInfo { endCursor } } } } fragment F on Member { id user { email } groups { name } }`,
	"empty page": `query($w: ID!) { workspace(id: $w) { members(first: 3, filter: {status: [DEACTIVATED]}) {
		totalCount edges { node { id } } pageInfo { endCursor } } } }`,
	"next page": `query($w: ID!, $a: String) { workspace(id: $w) { members(first: 2, after: $a) {
		totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { node { ` + directMember + ` } } } } }`,
	"search": `query($w: ID!) { workspace(id: $w) { members(first: 2, filter: {search: "member", status: [ACTIVE]}) {
		pageInfo { hasNextPage endCursor } edges { node { id user { email } roleAssignments { role { name } } } } } } }`,
	"search of nobody": `query($w: ID!) { workspace(id: $w) { members(first: 2, filter: {search: "nobody"}) {
		pageInfo { hasNextPage endCursor } edges { node { id } } } } }`,
	"one member": `query($m: ID!) { it: node(id: $m) { __typename ... on Member { ` + directMember + ` } } }`,
	"invitations": `query($w: ID!) { workspace(id: $w) { invitations(first: 3, filter: {status: [PENDING]}) {
		pageInfo { hasNextPage endCursor } edges { cursor node { ` + directInvitation + ` } } } } }`,
	"invitations elsewhere": `query($w: ID!) { workspace(id: $w) { invitations(first: 3, filter: {status: [CANCELLED]}) {
		edges { node { id status } } } } }`,
}

// directWorkspace fills a workspace and returns it with the variables of directQueries.
func directWorkspace(t *testing.T, k *apptest.Kit) (*crowd, map[string]any) {
	t.Helper()
	c, _ := furnished(t, k)
	unit := c.Unit("Sales", nil)
	twin := c.Group("Twins", "PRIVATE", nil)
	other := c.Group("Twins", "PUBLIC", nil)
	grant := &admission.GrantInput{GroupIDs: []ident.ID{twin.ID, other.ID}, OrgUnitID: &unit.ID,
		Labels: []string{"new", `"quoted"`}}
	m := c.Join("zoe@example.org", grant)
	c.Invite("pending-with-unit@example.org", grant)
	return c, map[string]any{"w": c.Workspace.ID, "m": m.ID,
		"a": nextCursor(t, k, c.Workspace.ID)}
}

// nextCursor returns the end of the first page of two members.
func nextCursor(t *testing.T, k *apptest.Kit, workspace ident.ID) string {
	t.Helper()
	var out struct {
		Data struct {
			Workspace struct {
				Members struct{ PageInfo struct{ EndCursor string } }
			}
		}
	}
	answer := posted(t, t.Context(), k, k.SignIn("admin@acme.test", apptest.Password),
		`query($w: ID!) { workspace(id: $w) { members(first: 2) { pageInfo { endCursor } } } }`,
		map[string]any{"w": workspace})
	if err := json.Unmarshal([]byte(answer), &out); err != nil {
		t.Fatal(err)
	}
	return out.Data.Workspace.Members.PageInfo.EndCursor
}

func TestADirectReadHasTheBytesOfTheOrdinaryWay(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		_, variables := directWorkspace(t, k)
		token := k.SignIn("admin@acme.test", apptest.Password)
		k.Clock.Stop()
		for name, query := range directQueries {
			used := map[string]any{}
			for v, value := range variables {
				if strings.Contains(query, "$"+v) {
					used[v] = value
				}
			}
			want := posted(t, fastgql.Without(t.Context()), k, token, query, used)
			for round := range 3 {
				n, answer := statements(t, k, token, query, used)
				if answer != want {
					t.Errorf("%s, round %d:\nordinary: %s\ndirect:   %s", name, round, want, answer)
				}
				if k.Store.KeepsEpochs() && round > 0 && n != 1 {
					t.Errorf("%s: %d statements, want one", name, n)
				}
			}
			if strings.Contains(want, `"edges":[]`) != (strings.Contains(name, "empty") ||
				strings.Contains(name, "nobody") || strings.Contains(name, "elsewhere")) {
				t.Errorf("%s: %s", name, want)
			}
		}
	}, apptest.WithoutWorker)
}
