package app_test

import "testing"

// TestFoundersOfAnEarlierReleaseManageTheirOrganization proves what the migration fills in.
func TestFoundersOfAnEarlierReleaseManageTheirOrganization(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := restoreFormer(t, kind)
			var out struct {
				Viewer struct {
					Organizations []struct{ ViewerIsAdministrator bool }
				}
			}
			f.Must(f.facts.Tokens["access"],
				`{ viewer { organizations { viewerIsAdministrator } } }`, nil, &out)
			list := out.Viewer.Organizations
			if len(list) != 1 || !list[0].ViewerIsAdministrator {
				t.Errorf("the founder reads %+v", list)
			}
		})
	}
}
