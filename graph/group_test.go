package graph_test

import (
	"testing"

	"usher/internal/apptest"
)

// In updateGroup absent means keep and null means clear.
func TestAGroupKeepsWhatIsAbsentAndLosesWhatIsNull(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		type group struct {
			ID, Name, Visibility string
			ExternalID           *string
			Parent               *struct{ ID string }
		}
		const fields = ` { id name visibility externalId parent { id } }`
		make := func(in map[string]any) group {
			var out struct{ CreateGroup struct{ Group group } }
			in["workspaceId"] = p.Workspace.ID.String()
			k.Must(token, `mutation($in: CreateGroupInput!) { createGroup(input: $in) { group`+fields+` } }`,
				map[string]any{"in": in}, &out)
			return out.CreateGroup.Group
		}
		change := func(in map[string]any) group {
			var out struct{ UpdateGroup struct{ Group group } }
			k.Must(token, `mutation($in: UpdateGroupInput!) { updateGroup(input: $in) { group`+fields+` } }`,
				map[string]any{"in": in}, &out)
			return out.UpdateGroup.Group
		}
		top := make(map[string]any{"name": "Top", "visibility": "PRIVATE"})
		g := make(map[string]any{"name": "Class", "visibility": "PUBLIC", "parentId": top.ID,
			"externalId": "c1"})
		if g.Parent == nil || g.Parent.ID != top.ID || g.ExternalID == nil ||
			*g.ExternalID != "c1" {
			t.Errorf("made %+v", g)
		}
		if g = change(map[string]any{"groupId": g.ID, "name": "Class One"}); g.Name != "Class One" ||
			g.Parent == nil || g.ExternalID == nil || g.Visibility != "PUBLIC" {
			t.Errorf("what was absent did not stay: %+v", g)
		}
		if g = change(map[string]any{"groupId": g.ID, "parentId": nil,
			"externalId": nil}); g.Parent != nil || g.ExternalID != nil || g.Name != "Class One" {
			t.Errorf("null did not clear: %+v", g)
		}
		var gone struct{ DeleteGroup struct{ DeletedID string } }
		k.Must(token, `mutation($id: ID!) { deleteGroup(input: {groupId: $id}) { deletedId } }`,
			map[string]any{"id": g.ID}, &gone)
		if gone.DeleteGroup.DeletedID != g.ID {
			t.Errorf("deleteGroup answers %s", gone.DeleteGroup.DeletedID)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}
