package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
)

// treePage is a page of groups or org units with their children.
type treePage struct {
	TotalCount int
	Edges      []struct {
		Node struct {
			Name                    string
			ChildCount, MemberCount int
			Children                *treePage
		}
	}
}

func (p *treePage) String() string {
	var all []string
	for _, edge := range p.Edges {
		n := edge.Node
		text := fmt.Sprintf("%s %d/%d", n.Name, n.ChildCount, n.MemberCount)
		if n.Children != nil {
			text += fmt.Sprintf(" (%s)", n.Children)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// A tree is loaded level by level: its roots, then the children of a row. Somebody who sees a part
// of it starts at the tops of that part, and hidden rows are not counted.
func TestATreeIsLoadedLevelByLevel(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		top := p.Group("Top", "PRIVATE", nil)
		p.Group("Other", "PRIVATE", nil)
		middle := p.Group("Middle", "PRIVATE", top)
		p.Group("Leaf", "PRIVATE", middle)
		p.Group("Beside", "PRIVATE", top)
		sales := p.Unit("Sales", nil)
		north := p.Unit("North", sales)
		p.Unit("Works", nil)
		p.Join("coach@acme.test", &admission.GrantInput{Roles: []string{access.Coach},
			GroupIDs: []ident.ID{middle.ID}})
		p.Join("manager@acme.test", &admission.GrantInput{Roles: []string{access.Manager},
			OrgUnitID: &north.ID})
		for who, want := range map[string][]string{
			"admin@acme.test": {"Other 0/0 (), Top 2/0 (Beside 0/0, Middle 1/1)",
				"Beside 0/0, Leaf 0/0, Middle 1/1", "Sales 1/0 (North 0/1), Works 0/0 ()",
				"North 0/1"},
			"coach@acme.test":   {"Middle 1/1 (Leaf 0/0)", "Leaf 0/0", "", ""},
			"manager@acme.test": {"", "", "North 0/1 ()", ""},
		} {
			const row = `name childCount memberCount`
			const tree = row + ` children(first: 9) { edges { node { ` + row + ` } } }`
			var out struct {
				Workspace struct{ Roots, Others, Units, OtherUnits *treePage }
			}
			k.Must(k.SignIn(who, apptest.Password), fmt.Sprintf(`{ workspace(slug: "acme") {
				roots: groups(first: 9, filter: {isRoot: true}) { edges { node { %[1]s } } }
				others: groups(first: 9, filter: {isRoot: false}) { edges { node { %[2]s } } }
				units: orgUnits(first: 9, filter: {isRoot: true}) { edges { node { %[1]s } } }
				otherUnits: orgUnits(first: 9, filter: {isRoot: false}) { edges { node { %[2]s } } } } }`,
				tree, row), nil, &out)
			w := out.Workspace
			got := []string{w.Roots.String(), w.Others.String(), w.Units.String(),
				w.OtherUnits.String()}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", who, got, want)
			}
		}
		// Children take a filter and pages like the list of the workspace.
		var page struct{ Node struct{ Children *treePage } }
		k.Must(k.SignIn("admin@acme.test", apptest.Password), `query($id: ID!) { node(id: $id) { ... on Group {
			children(first: 1, filter: {search: "mid"}) { totalCount edges { node { name childCount memberCount } } } } } }`,
			map[string]any{"id": top.ID}, &page)
		if page.Node.Children.String() != "Middle 1/1" || page.Node.Children.TotalCount != 1 {
			t.Errorf("found %s", page.Node.Children)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// The console offers what viewerCan tells: changing a program, and a card for a member.
func TestViewerCanTellsOfProgramsAndCards(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		class := p.Group("Class", "PRIVATE", nil)
		swimming := p.Program("Swimming", class)
		learner := p.Join("learner@acme.test", &admission.GrantInput{
			GroupIDs: []ident.ID{class.ID}})
		p.Join("coach@acme.test", &admission.GrantInput{Roles: []string{access.Coach},
			GroupIDs: []ident.ID{class.ID}})
		for who, want := range map[string][]string{
			"admin@acme.test": {"[PROGRAMS_MANAGE SESSIONS_MANAGE]", "true", "false"},
			"coach@acme.test": {"[]", "false", "false"},
		} {
			var out struct {
				Program, Learner, Admin *struct{ ViewerCan []string }
			}
			k.Must(k.SignIn(who, apptest.Password), `query($p: ID!, $l: ID!, $a: ID!) {
				program: node(id: $p) { ... on Program { viewerCan } }
				learner: node(id: $l) { ... on Member { viewerCan } }
				admin: node(id: $a) { ... on Member { viewerCan } } }`,
				map[string]any{"p": swimming.ID, "l": learner.ID, "a": p.Admin.ID}, &out)
			creates := func(m *struct{ ViewerCan []string }) string {
				return fmt.Sprint(m != nil && slices.Contains(m.ViewerCan, "MEMBERS_CREATE"))
			}
			program := "unseen"
			if out.Program != nil {
				program = fmt.Sprint(out.Program.ViewerCan)
			}
			got := []string{program, creates(out.Learner),
				creates(out.Admin)}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", who, got, want)
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
