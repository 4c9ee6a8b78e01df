package graph_test

import (
	"testing"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
)

// A filter by what the caller may not see selects nothing, as one by an id that does not exist:
// else it tells who of those that the caller does see is there.
func TestAFilterByWhatIsHiddenSelectsNothing(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		class, hidden, unit := p.Group("Class", "PRIVATE", nil),
			p.Group("Works council", "PRIVATE", nil), p.Unit("Secret unit", nil)
		session := p.Session(p.Program("Course"), "Run", apptest.Always, apptest.Always)
		p.Join("jane@acme.test", &admission.GrantInput{GroupIDs: []ident.ID{class.ID, hidden.ID},
			OrgUnitID: &unit.ID, SessionIDs: []ident.ID{session.ID}})
		p.Join("coach@acme.test", &admission.GrantInput{Roles: []string{access.Coach},
			GroupIDs: []ident.ID{class.ID}})
		p.Invite("pending@acme.test",
			&admission.GrantInput{GroupIDs: []ident.ID{class.ID, hidden.ID}})
		const members = `query($w: ID!, $g: ID, $u: ID) { workspace(id: $w) { members(filter: {groupId: $g, orgUnitId: $u}) { totalCount } } }`
		const invitations = `query($w: ID!, $g: ID, $m: ID) { workspace(id: $w) {
			invitations(filter: {groupId: $g, invitedById: $m, status: [PENDING]}) { totalCount } invitationCounts(filter: {groupId: $g, invitedById: $m}) { pending } } }`
		count := func(who, query string, variables map[string]any) (n int) {
			t.Helper()
			variables["w"] = p.Workspace.ID.String()
			var out struct {
				Workspace struct {
					Members, Invitations struct{ TotalCount int }
					InvitationCounts     struct{ Pending int }
				}
			}
			k.Must(k.SignIn(who, apptest.Password), query, variables, &out)
			if out.Workspace.Invitations.TotalCount != out.Workspace.InvitationCounts.Pending {
				t.Errorf("%s lists %d invitations and counts %d", who,
					out.Workspace.Invitations.TotalCount, out.Workspace.InvitationCounts.Pending)
			}
			return out.Workspace.Members.TotalCount + out.Workspace.Invitations.TotalCount
		}
		for _, c := range []struct {
			what         string
			query        string
			by           map[string]any
			admin, coach int
		}{
			{"members of the class", members, map[string]any{"g": class.ID.String()}, 2, 2},
			{"members of the hidden group", members, map[string]any{"g": hidden.ID.String()}, 1, 0},
			{"members of the hidden unit", members, map[string]any{"u": unit.ID.String()}, 1, 0},
			{"invitations to the class", invitations, map[string]any{"g": class.ID.String()}, 1, 1},
			{"invitations to the hidden group", invitations,
				map[string]any{"g": hidden.ID.String()}, 1, 0},
			{"invitations of the hidden administrator", invitations,
				map[string]any{"m": p.Admin.ID.String()}, 1, 0},
		} {
			if n := count("admin@acme.test", c.query, c.by); n < c.admin {
				t.Errorf("the administrator finds %d %s", n, c.what)
			}
			if n := count("coach@acme.test", c.query, c.by); n != c.coach {
				t.Errorf("the coach finds %d %s", n, c.what)
			}
		}
	}, apptest.WithoutWorker)
}
