package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
)

// peoplePage is a page of people with what every connection has.
type peoplePage struct {
	TotalCount int
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
	Edges []struct {
		Cursor string
		Node   struct {
			User   struct{ Email string }
			Member struct{ User struct{ Email string } }
		}
	}
}

func (p peoplePage) names() string {
	var all []string
	for _, edge := range p.Edges {
		name, _, _ := strings.Cut(edge.Node.User.Email+edge.Node.Member.User.Email, "@")
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

// The people of an organization are read in both directions, and a cursor of another list is
// refused.
func TestThePeopleOfAnOrganizationAreReadBothWays(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		for _, name := range []string{"ann", "ben", "cem"} {
			p.Join(name+"@acme.test", nil)
		}
		token := k.SignIn("admin@acme.test", apptest.Password)
		page := func(args string) peoplePage {
			t.Helper()
			var out struct {
				Workspace struct{ Organization struct{ Members peoplePage } }
			}
			k.Must(token, fmt.Sprintf(`{ workspace(slug: "acme") { organization { members(%s) { totalCount
				pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
				edges { cursor node { user { email } } } } } } }`, args), nil, &out)
			return out.Workspace.Organization.Members
		}
		all := page("first: 10")
		if all.names() != "admin ann ben cem" || all.TotalCount != 4 || all.PageInfo.HasNextPage ||
			all.PageInfo.HasPreviousPage {
			t.Fatalf("%+v", all)
		}
		at := func(i int) string { return fmt.Sprintf("%q", all.Edges[i].Cursor) }
		for args, want := range map[string]string{
			"first: 2": "admin ann, next", "last: 2": "ben cem, previous",
			"first: 2, after: " + at(0):                        "ann ben, next previous",
			"last: 2, before: " + at(3):                        "ann ben, next previous",
			"last: 2, before: " + at(2):                        "admin ann, next",
			"first: 9, after: " + at(0) + ", before: " + at(3): "ann ben, next previous",
			"first: 1, after: " + at(3):                        ", previous",
		} {
			got := page(args)
			text := got.names() + ","
			if got.PageInfo.HasNextPage {
				text += " next"
			}
			if got.PageInfo.HasPreviousPage {
				text += " previous"
			}
			if text != want {
				t.Errorf("members(%s): %s, want %s", args, text, want)
			}
		}

		var members struct{ Workspace struct{ Members peoplePage } }
		k.Must(token, `{ workspace(slug: "acme") { members(first: 1) { edges { cursor } } } }`, nil,
			&members)
		for _, side := range []string{"after", "before"} {
			a := k.Ask(token, fmt.Sprintf(
				`{ workspace(slug: "acme") { organization { members(%s: %q) { totalCount } } } }`, side,
				members.Workspace.Members.Edges[0].Cursor), nil)
			if a.Code() != "BAD_USER_INPUT" {
				t.Errorf("a cursor of members at %s: %+v", side, a)
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// A group lists what workspace.members lists with its filter, and so does a session.
func TestPlacesListTheirPeople(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		class, other := p.Group("Class", "PRIVATE", nil), p.Group("Other", "PRIVATE", nil)
		session := p.Session(p.Program("Swimming"), "Autumn", apptest.Always, apptest.Always)
		in := func(group ident.ID, roles ...string) *admission.GrantInput {
			return &admission.GrantInput{GroupIDs: []ident.ID{group}, Roles: roles,
				SessionIDs: []ident.ID{session.ID}}
		}
		p.Join("ann@acme.test", in(class.ID))
		p.Join("ben@acme.test", in(class.ID))
		p.Join("coach@acme.test", &admission.GrantInput{GroupIDs: []ident.ID{class.ID},
			Roles: []string{"coach"}})
		p.Join("far@acme.test", in(other.ID))
		for who, want := range map[string][]string{
			"admin@acme.test": {"ann ben coach", "far", "ann ben far", "5"},
			"ann@acme.test":   {"ann", "", "ann", "1"},
		} {
			token := k.SignIn(who, apptest.Password)
			var out struct {
				Class, Other struct{ Members peoplePage }
				Session      struct{ Enrollments peoplePage }
				Workspace    struct {
					MemberCounts struct{ Active, Deactivated int }
				}
			}
			k.Must(token, fmt.Sprintf(`query($class: ID!, $other: ID!, $session: ID!) {
				workspace(slug: "acme") { memberCounts { active deactivated } }
				class: node(id: $class) { ... on Group { %[1]s } }
				other: node(id: $other) { ... on Group { %[1]s } }
				session: node(id: $session) { ... on Session { enrollments(first: 9) {
					totalCount edges { node { member { user { email } } } } } } } }`,
				`members(first: 9, orderBy: {field: NAME, direction: ASC}) { totalCount edges { node { user { email } } } }`),
				map[string]any{"class": class.ID, "other": other.ID, "session": session.ID}, &out)
			got := []string{out.Class.Members.names(), out.Other.Members.names(),
				out.Session.Enrollments.names(), fmt.Sprint(out.Workspace.MemberCounts.Active)}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", who, got, want)
			}
			if out.Class.Members.TotalCount != len(out.Class.Members.Edges) {
				t.Errorf("%s: %d members", who, out.Class.Members.TotalCount)
			}
		}
		admin := k.SignIn("admin@acme.test", apptest.Password)
		var counts struct {
			Workspace struct {
				Found, All struct{ Active, Deactivated int }
			}
		}
		k.Must(admin, `{ workspace(slug: "acme") {
			found: memberCounts(filter: {search: "ben", status: [DEACTIVATED]}) { active deactivated }
			all: memberCounts { active deactivated } } }`, nil, &counts)
		if counts.Workspace.Found.Active != 1 || counts.Workspace.All.Active != 5 {
			t.Errorf("%+v", counts.Workspace)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
