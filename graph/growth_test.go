package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"usher/ent/customfield"
	"usher/ent/importbatch"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/joinlink"
	"usher/internal/testkit/probe"
)

// statements asks the API as a token's owner and counts what the answer cost the database.
func statements(t *testing.T, k *apptest.Kit, token, query string,
	variables map[string]any) (int64, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	ctx, n := probe.CountStatements(r.Context())
	w := httptest.NewRecorder()
	k.Handler.ServeHTTP(w, r.WithContext(ctx))
	if w.Code != 200 || bytes.Contains(w.Body.Bytes(), []byte(`"errors"`)) &&
		!bytes.Contains(w.Body.Bytes(), []byte(`"errors":[]`)) {
		t.Fatalf("%d %s\n%s", w.Code, w.Body, query)
	}
	return n.Load(), w.Body.String()
}

// crowd fills a workspace with rows that are all alike, so that more of them are nothing but more.
type crowd struct {
	*apptest.Place
	n int
}

func (c *crowd) grow(t *testing.T, by int) {
	t.Helper()
	for range by {
		c.n++
		// the first page, by name, holds both the upper and the lower
		name := fmt.Sprintf("row %02d", c.n)
		top := c.Group(name+" above", "PUBLIC", nil)
		group := c.Group(name, "PUBLIC", top)
		unit := c.Unit(name, c.Unit(name+" above", nil))
		program := c.Program(name, group)
		session := c.Session(program, name, time.Hour, 2*time.Hour)
		c.Role(name)
		c.Field(fmt.Sprintf("field_%d", c.n), customfield.TypeText, false)
		grant := &admission.GrantInput{
			Roles: []string{"learner", "manager"}, GroupIDs: []ident.ID{group.ID},
			OrgUnitID: &unit.ID, SessionIDs: []ident.ID{session.ID},
		}
		c.Join(fmt.Sprintf("member%d@example.org", c.n), grant)
		c.Invite(fmt.Sprintf("pending%d@example.org", c.n), grant)
		link, err := c.JoinLinks.CreateLink(t.Context(), c.Caller(c.Admin),
			joinlink.CreateLinkInput{WorkspaceID: c.Workspace.ID, Grant: grant})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Imports.CreateImport(t.Context(), c.Caller(c.Admin), imports.ImportInput{
			WorkspaceID: c.Workspace.ID, Source: importbatch.SourceText,
			Action: importbatch.ActionInvite, Existing: importbatch.ExistingSkip,
			Content: strings.NewReader(fmt.Sprintf("imported%d@example.org", c.n)),
			Size:    int64(len(fmt.Sprintf("imported%d@example.org", c.n))),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.JoinLinks.Join(t.Context(), nil, joinlink.JoinInput{Slug: link.Slug,
			Email: fmt.Sprintf("joins%d@example.org", c.n)}, account.Origin{})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Every list of a workspace, with all that its rows show two objects deep, costs as many statements
// for many rows as for a few. The fields come from the schema, so that one that is new is asked for
// too.
func TestNoListCostsAStatementARow(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		c := &crowd{Place: k.Found("Acme", "acme")}
		token := k.SignIn("admin@acme.test", apptest.Password)
		schema := served()
		count := func() map[string]int64 {
			cost := map[string]int64{}
			for _, f := range schema.Types["Workspace"].Fields {
				if strings.HasSuffix(f.Type.Name(), "Connection") {
					cost[f.Name], _ = statements(t, k, token, `{ workspace(slug: "acme") { `+f.Name+
						`(first: 5)`+selection(schema, f.Type, 2)+` } }`, nil)
				}
			}
			return cost
		}
		c.grow(t, 3)
		few := count()
		c.grow(t, 8)
		for name, many := range count() {
			t.Logf("%s: %d statements", name, many)
			if many != few[name] {
				t.Errorf("%s: %d statements for a few rows, %d for many", name, few[name], many)
			}
		}
	}, apptest.WithoutWorker)
}

// The same for mutations that answer with lists of what they did.
func TestNoAnswerOfManyCostsAStatementARow(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		group, unit := p.Group("Readers", "PUBLIC", nil), p.Unit("Sales", nil)
		const shown = `id status link groups { name } roles { key } orgUnit { name } invitedBy { user { email } } history { summary actor { id } }`
		p.Join("zoe@example.org", &admission.GrantInput{GroupIDs: []ident.ID{group.ID}})
		ids := map[int][]string{}
		cost := map[string]map[int]int64{}
		note := func(what string, of int, query string, variables map[string]any) string {
			n, body := statements(t, k, token, query, variables)
			if cost[what] == nil {
				cost[what] = map[int]int64{}
			}
			cost[what][of] = n
			return body
		}
		for _, of := range []int{3, 30} {
			var emails []string
			for n := range of {
				emails = append(emails, fmt.Sprintf("of%d.%d@example.org", of, n))
			}
			body := note("inviteUsers", of, `mutation($e: [String!], $w: ID!, $g: ID!, $u: ID!) {
				inviteUsers(input: {workspaceId: $w, emails: $e, grant: {groupIds: [$g], orgUnitId: $u}}) { outcomes { status invitation { `+shown+` } member { id user { email } groups { name } } } } }`,
				map[string]any{"e": append(emails, "zoe@example.org"), "w": p.Workspace.ID,
					"g": group.ID, "u": unit.ID})
			var out struct {
				Data struct {
					InviteUsers struct {
						Outcomes []struct {
							Invitation *struct{ ID string }
						}
					}
				}
			}
			if err := json.Unmarshal([]byte(body), &out); err != nil {
				t.Fatal(err)
			}
			for _, o := range out.Data.InviteUsers.Outcomes {
				if o.Invitation != nil {
					ids[of] = append(ids[of], o.Invitation.ID)
				}
			}
			if len(ids[of]) != of {
				t.Fatalf("%d of %d were invited: %s", len(ids[of]), of, body)
			}
		}
		// Each of several is cancelled in a transaction of its own. What is constant is the cost of
		// showing them.
		for of, list := range ids {
			cancel := func(some []string, asked string) int64 {
				n, _ := statements(t, k, token,
					`mutation($i: [ID!]!) { cancelInvitations(input: {invitationIds: $i}) { results { invitation { `+
						asked+` } error { code } } } }`, map[string]any{"i": some})
				return n
			}
			half := len(list) / 3
			if cost["showing them"] == nil {
				cost["showing them"] = map[int]int64{}
			}
			cost["showing them"][of] = cancel(list[:half], shown) - cancel(list[half:2*half], "id")
		}
		for what, n := range cost {
			t.Logf("%s: %d statements", what, n[30])
			// Fewer for many: their rows are written by COPY, which is not counted.
			if n[30] > n[3] {
				t.Errorf("%s: %d statements for 3, %d for 30", what, n[3], n[30])
			}
		}
	}, apptest.WithoutWorker)
}
