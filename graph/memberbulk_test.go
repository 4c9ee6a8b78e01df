package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
)

// A bulk operation answers one result for each member, in the order given, with counts; what is
// shown of the members does not cost a statement for each.
func TestABulkOperationAnswersForEachMember(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		class := p.Group("Class", "PRIVATE", nil)
		var ids []string
		for i := range 3 {
			ids = append(ids, p.Join(fmt.Sprintf("p%d@acme.test", i),
				&admission.GrantInput{GroupIDs: []ident.ID{class.ID}}).ID.String())
		}
		token := k.SignIn("admin@acme.test", apptest.Password)
		type payload struct {
			ChangedCount, FailedCount int
			NextAfterID               *string
			MemberCounts              *struct{ Active, Deactivated int }
			Results                   []struct {
				ID     string
				Member *struct {
					Status string
					Groups []struct{ Name string }
				}
				Error *struct{ Code string }
			}
		}
		const answer = ` { changedCount failedCount nextAfterId memberCounts { active deactivated }
			results { id member { status groups { name } } error { code } } }`
		var out struct{ DeactivateMembers, ReactivateMembers payload }
		k.Must(token, `mutation($i: DeactivateMembersInput!) { deactivateMembers(input: $i)`+answer+` }`,
			map[string]any{"i": map[string]any{"members": map[string]any{
				"memberIds": []string{ids[2], "nonsense", ids[0]}}}}, &out)
		d := out.DeactivateMembers
		if d.ChangedCount != 2 || d.FailedCount != 1 || d.NextAfterID != nil ||
			len(d.Results) != 3 || d.Results[0].ID != ids[2] ||
			d.Results[0].Member.Status != "DEACTIVATED" ||
			d.Results[0].Member.Groups[0].Name != "Class" || d.Results[1].ID != "nonsense" ||
			d.Results[1].Error.Code != "NOT_FOUND" || d.MemberCounts.Deactivated != 2 {
			t.Errorf("deactivateMembers: %+v", d)
		}
		k.Must(token, `mutation($w: ID!) { reactivateMembers(input: {members: {matching: {workspaceId: $w, filter: {status: [DEACTIVATED]}}}})`+answer+` }`,
			map[string]any{"w": p.Workspace.ID}, &out)
		if r := out.ReactivateMembers; r.ChangedCount != 2 || r.MemberCounts.Deactivated != 0 {
			t.Errorf("reactivateMembers: %+v", r)
		}
		for what, members := range map[string]any{"none": map[string]any{},
			"null": map[string]any{"memberIds": nil}} {
			a := k.Ask(token, `mutation($i: DeactivateMembersInput!) { deactivateMembers(input: $i) { changedCount } }`,
				map[string]any{"i": map[string]any{"members": members}})
			if a.Code() != "BAD_USER_INPUT" {
				t.Errorf("%s: %+v", what, a)
			}
		}
		var cards struct {
			IssueCards struct {
				IssuedCount, FailedCount int
				Results                  []struct {
					Card  *struct{ Pin string }
					Error *struct{ Code string }
				}
			}
		}
		k.Must(token, `mutation($i: IssueCardsInput!) { issueCards(input: $i) { issuedCount failedCount results { card { pin } error { code } } } }`,
			map[string]any{"i": map[string]any{"memberIds": []string{p.Admin.ID.String(), "x"}}}, &cards)
		if c := cards.IssueCards; c.FailedCount != 2 || c.Results[0].Error.Code != "FORBIDDEN" ||
			c.Results[1].Error.Code != "NOT_FOUND" {
			t.Errorf("issueCards: %+v", c)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestMembersAreRemovedTogether(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		ann, ben := p.Join("ann@acme.test", nil), p.Join("ben@acme.test", nil)
		p.Join("cy@acme.test", nil)
		type removed struct {
			RemoveMembers struct {
				RemovedCount, FailedCount int
				Results                   []struct {
					ID    string
					Error *struct{ Code string }
				}
				MemberCounts *struct{ Active int }
			}
		}
		const answer = ` { removedCount failedCount results { id error { code } } memberCounts { active } }`
		remove := func(declared string, variables map[string]any,
			selection string) (out removed) {
			k.Must(token, `mutation`+declared+` { removeMembers(input: {members: `+selection+`})`+
				answer+` }`, variables, &out)
			return out
		}
		// Each is judged alone; the last administrator stays.
		out := remove("($ids: [ID!]!)", map[string]any{"ids": []string{ann.ID.String(), "x",
			p.Admin.ID.String(), ann.ID.String()}}, `{memberIds: $ids}`).RemoveMembers
		if out.RemovedCount != 2 || out.FailedCount != 2 || out.Results[0].Error != nil ||
			out.Results[1].Error.Code != "NOT_FOUND" || out.Results[2].Error.Code != "CONFLICT" ||
			out.Results[1].ID != "x" || out.MemberCounts.Active != 3 {
			t.Errorf("%+v", out)
		}
		filtered := remove("($w: ID!)", map[string]any{"w": p.Workspace.ID},
			`{matching: {workspaceId: $w, filter: {email: "ben@acme.test"}}}`).RemoveMembers
		if filtered.RemovedCount != 1 || filtered.Results[0].ID != ben.ID.String() {
			t.Errorf("%+v", filtered)
		}
		if again := remove("($ids: [ID!]!)", map[string]any{"ids": []string{ben.ID.String()}},
			`{memberIds: $ids}`).RemoveMembers; again.FailedCount != 1 || again.MemberCounts != nil {
			t.Errorf("%+v", again)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func TestListsAreFilteredByTheWayIn(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		p.Join("ann@acme.test", nil)
		p.Invite("ben@acme.test", nil)
		var made struct {
			CreateImport struct{ Import struct{ ID string } }
		}
		k.Must(token, `mutation($w: ID!) { createImport(input: {workspaceId: $w, action: INVITE, content: {text: "cy@acme.test\n"}}) { import { id } } }`,
			map[string]any{"w": p.Workspace.ID}, &made)
		k.Must(token, `mutation($id: ID!) { startImport(input: {importId: $id}) { import { id } } }`,
			map[string]any{"id": made.CreateImport.Import.ID}, nil)
		list := func(query string) string {
			return k.Ask(token, query, map[string]any{"w": p.Workspace.ID,
				"id": made.CreateImport.Import.ID}).Body
		}
		k.Eventually("the import has invited", func() bool {
			got := list(`query($w: ID!, $id: ID!) { node(id: $w) { ... on Workspace {
				invitations(first: 9, filter: {importId: $id}) { edges { node { email } } } } } }`)
			return strings.Contains(got, "cy@") && !strings.Contains(got, "ben@")
		})
		got := list(`query($w: ID!, $id: ID!) { import: node(id: $id) { id } node(id: $w) { ... on Workspace {
			members(first: 9, filter: {joinedVia: [FOUNDED]}) { edges { node { user { email } } } } } } }`)
		if !strings.Contains(got, "admin@") || strings.Contains(got, "ann@") {
			t.Error(got)
		}
	}, apptest.WithoutMail)
}
