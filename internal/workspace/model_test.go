package workspace_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"usher/ent"
	"usher/ent/assignmentsource"
	entgroup "usher/ent/group"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/store"
)

// model is what ADM-2 says of a workspace, without a database.
type model struct {
	parent map[ident.ID]ident.ID // zero at the top
	public map[ident.ID]bool
	own    map[holding]bool // roles held otherwise than by inheritance
}

type holding struct {
	member, group ident.ID
	role          string
}

// above is the rule: from a public group up, to and including the first private one.
func (m *model) above(g ident.ID) (up []ident.ID) {
	for m.public[g] && !m.parent[g].IsZero() {
		g = m.parent[g]
		up = append(up, g)
	}
	return up
}

// expected lists every assignment in a group, each with why it is held.
func (m *model) expected() []string {
	why := map[holding][]string{}
	for h := range m.own {
		why[h] = append(why[h], "own")
		if h.role != access.Learner {
			continue
		}
		for _, up := range m.above(h.group) {
			at := holding{h.member, up, h.role}
			why[at] = append(why[at], h.group.String())
		}
	}
	var all []string
	for h, reasons := range why {
		all = append(all, line(h, !m.own[h], reasons))
	}
	slices.Sort(all)
	return all
}

func line(h holding, inherited bool, why []string) string {
	slices.Sort(why)
	return fmt.Sprint(h.member, " ", h.role, " ", h.group, " ", inherited, " ",
		strings.Join(why, ","))
}

// found lists what the database holds in the same words.
func found(t *rapid.T, p *apptest.Place) []string {
	rows, err := p.Store.RoleAssignment.Query().Where(roleassignment.GroupIDNotNil()).WithRole().
		WithSources().All(p.In())
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, row := range rows {
		var why []string
		for _, s := range row.Edges.Sources {
			if s.Kind == assignmentsource.KindInherited {
				why = append(why, s.SourceID.String())
			} else if !slices.Contains(why, "own") {
				why = append(why, "own")
			}
		}
		all = append(all, line(holding{row.MemberID, *row.GroupID, row.Edges.Role.Key},
			row.Inherited, why))
	}
	slices.Sort(all)
	return all
}

func TestWhatPeopleInheritIsWhatTheRuleSaysAfterEveryStep(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		var people []*ent.Member
		for n := range 4 {
			email := fmt.Sprintf("p%d@acme.test", n)
			people = append(people, p.Join(email, nil))
			p.Verify(email)
		}
		admin := p.Caller(p.Admin)
		rapid.Check(t, func(t *rapid.T) {
			p.Write(func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Group.Delete().Exec(ctx)
				return err
			})
			if n := p.Store.RoleAssignment.Query().Where(roleassignment.GroupIDNotNil()).
				CountX(p.In()); n > 0 {
				t.Fatalf("%d roles are left in groups that are gone", n)
			}
			m := &model{map[ident.ID]ident.ID{}, map[ident.ID]bool{}, map[holding]bool{}}
			w := walk{p, m, admin, people}
			for range rapid.IntRange(2, 6).Draw(t, "groups") {
				w.make(t)
			}
			t.Repeat(map[string]func(*rapid.T){
				"make": w.make, "move": w.move, "show": w.show, "delete": w.delete, "join": w.join,
				"leave": w.leave, "join again": w.join,
				"": func(t *rapid.T) {
					if got, want := found(t, p), m.expected(); !slices.Equal(got, want) {
						t.Fatalf("held:\n%s\nby the rule:\n%s", strings.Join(got, "\n"),
							strings.Join(want, "\n"))
					}
				},
			})
		})
	})
}

// walk takes steps in the workspace and in the model.
type walk struct {
	p      *apptest.Place
	m      *model
	admin  *access.Caller
	people []*ent.Member
}

func (w walk) group(t *rapid.T) ident.ID {
	return rapid.SampledFrom(slices.SortedFunc(maps.Keys(w.m.public), func(a, b ident.ID) int {
		return strings.Compare(a.String(), b.String())
	})).
		Draw(t, "group")
}

// some is a group, or none at all.
func (w walk) some(t *rapid.T) (ident.ID, bool) {
	if len(w.m.public) == 0 || rapid.IntRange(0, 3).Draw(t, "top") == 0 {
		return ident.ID{}, false
	}
	return w.group(t), true
}

func visibility(public bool) entgroup.Visibility {
	if public {
		return entgroup.VisibilityPublic
	}
	return entgroup.VisibilityPrivate
}

func (w walk) make(t *rapid.T) {
	if len(w.m.public) >= 8 {
		return
	}
	public := rapid.IntRange(0, 2).Draw(t, "public") > 0
	in := createGroup{WorkspaceID: w.p.Workspace.ID, Name: "g", Visibility: visibility(public)}
	parent, there := w.some(t)
	if there {
		in.ParentID = &parent
	}
	g, err := w.p.Workspaces.CreateGroup(w.p.T.Context(), w.admin, in)
	if err != nil {
		t.Fatal(err)
	}
	w.m.public[g.ID], w.m.parent[g.ID] = public, parent
}

func (w walk) move(t *rapid.T) {
	if len(w.m.public) == 0 {
		return
	}
	g := w.group(t)
	in := updateGroup{ID: g, ParentID: cleared[ident.ID]()}
	parent, there := w.some(t)
	if there {
		in.ParentID = to(parent)
	}
	if rapid.Bool().Draw(t, "both at once") {
		v := visibility(!w.m.public[g])
		in.Visibility = &v
	}
	circle := false
	for up := parent; !up.IsZero(); up = w.m.parent[up] {
		circle = circle || up == g
	}
	_, err := w.p.Workspaces.UpdateGroup(w.p.T.Context(), w.admin, in)
	if circle != (err != nil) || circle && !fault.Has(err, fault.BadUserInput) {
		t.Fatalf("a circle: %t; answered %v", circle, err)
	}
	if err == nil {
		w.m.parent[g] = parent
		w.m.public[g] = w.m.public[g] != (in.Visibility != nil)
	}
}

func (w walk) show(t *rapid.T) {
	if len(w.m.public) == 0 {
		return
	}
	g := w.group(t)
	v := visibility(!w.m.public[g])
	if _, err := w.p.Workspaces.UpdateGroup(w.p.T.Context(), w.admin,
		updateGroup{ID: g, Visibility: &v}); err != nil {
		t.Fatal(err)
	}
	w.m.public[g] = !w.m.public[g]
}

func (w walk) delete(t *rapid.T) {
	if len(w.m.public) == 0 {
		return
	}
	g := w.group(t)
	below := slices.Contains(slices.Collect(maps.Values(w.m.parent)), g)
	_, err := w.p.Workspaces.DeleteGroup(w.p.T.Context(), w.admin, g)
	if below != (err != nil) || below && !fault.Has(err, fault.Conflict) {
		t.Fatalf("groups below: %t; answered %v", below, err)
	}
	if err == nil {
		delete(w.m.public, g)
		delete(w.m.parent, g)
		maps.DeleteFunc(w.m.own, func(h holding, _ bool) bool { return h.group == g })
	}
}

func (w walk) join(t *rapid.T) {
	if len(w.m.public) == 0 {
		return
	}
	g, who := w.group(t), rapid.SampledFrom(w.people).Draw(t, "who")
	role := rapid.SampledFrom([]string{access.Learner, access.Learner, access.Coach}).
		Draw(t, "role")
	if _, err := w.p.Invitations.AddToGroup(w.p.T.Context(), w.admin,
		invitation.AddInput{GroupID: g, MemberIDs: []ident.ID{who.ID},
			Roles: []string{role}}); err != nil {
		t.Fatal(err)
	}
	w.m.own[holding{who.ID, g, role}] = true
}

// leave takes own roles from several people at once.
func (w walk) leave(t *rapid.T) {
	held := slices.SortedFunc(maps.Keys(w.m.own), func(a, b holding) int {
		return strings.Compare(line(a, false, nil), line(b, false, nil))
	})
	if len(held) == 0 {
		return
	}
	var ids []ident.ID
	for range rapid.IntRange(1, 3).Draw(t, "how many") {
		h := rapid.SampledFrom(held).Draw(t, "which")
		row := w.p.Store.RoleAssignment.Query().Where(roleassignment.MemberID(h.member),
			roleassignment.PlaceID(h.group)).WithRole().AllX(w.p.In())
		for _, a := range row {
			if a.Edges.Role.Key == h.role && !slices.Contains(ids, a.ID) {
				ids = append(ids, a.ID)
			}
		}
		delete(w.m.own, h)
	}
	bySource := rapid.Bool().Draw(t, "by source") // an undone import releases sources
	w.p.Write(func(ctx context.Context, tx *store.Tx) error {
		if !bySource {
			return grouptree.Release(ctx, tx, ids)
		}
		sources, err := tx.AssignmentSource.Query().Where(assignmentsource.AssignmentIDIn(ids...),
			assignmentsource.KindNEQ(assignmentsource.KindInherited)).IDs(ctx)
		if err != nil {
			return err
		}
		return grouptree.ReleaseSources(ctx, tx, sources)
	})
}
