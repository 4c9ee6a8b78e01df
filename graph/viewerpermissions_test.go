package graph_test

import (
	"slices"
	"testing"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
)

// An instructor who may invite into their session sees so in both lists of their permissions.
func TestBothListsOfPermissionsAgree(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		monday := p.Session(p.Program("Safety"), "Monday", apptest.Always, apptest.Always)
		p.Join("jane@example.org", &admission.GrantInput{SessionIDs: []ident.ID{monday.ID},
			Roles: []string{access.Instructor, access.Coach}})
		var out struct {
			Viewer    struct{ Permissions []string }
			Workspace struct{ ViewerPermissions []string }
		}
		k.Must(k.SignIn("jane@example.org", apptest.Password), `query($w: ID!) {
			viewer { permissions(workspaceId: $w) } workspace(id: $w) { viewerPermissions } }`,
			map[string]any{"w": p.Workspace.ID.String()}, &out)
		got := out.Workspace.ViewerPermissions
		if !slices.Contains(got, "MEMBERS_INVITE") || !slices.Equal(got, out.Viewer.Permissions) {
			t.Errorf("%v in the workspace, %v in general", got, out.Viewer.Permissions)
		}
	}, apptest.WithoutWorker)
}
