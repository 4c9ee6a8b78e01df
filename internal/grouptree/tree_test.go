package grouptree_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"usher/ent"
	"usher/ent/group"
	"usher/internal/grouptree"
	"usher/internal/ident"
)

// forest draws a few groups, each under one of those before it or at the top.
func forest(t *rapid.T) []*ent.Group {
	groups := []*ent.Group{}
	for n := range rapid.IntRange(1, 12).Draw(t, "groups") {
		g := &ent.Group{ID: ident.New(ident.Group), Visibility: rapid.SampledFrom(
			[]group.Visibility{"PUBLIC", "PRIVATE"}).Draw(t, "visibility")}
		if above := rapid.IntRange(-1, n-1).Draw(t, "parent"); above >= 0 {
			g.ParentID = &groups[above].ID
		}
		groups = append(groups, g)
	}
	return groups
}

func TestAPublicGroupLeadsUpToAndIncludingTheFirstPrivateOne(t *testing.T) {
	t.Parallel()
	made := func(v group.Visibility, parent *ent.Group) *ent.Group {
		g := &ent.Group{ID: ident.New(ident.Group), Visibility: v}
		if parent != nil {
			g.ParentID = &parent.ID
		}
		return g
	}
	top := made("PUBLIC", nil)
	closed := made("PRIVATE", top)
	open := made("PUBLIC", closed)
	class := made("PUBLIC", open)
	secret := made("PRIVATE", class)
	tree := grouptree.New([]*ent.Group{top, closed, open, class, secret})
	for _, c := range []struct {
		what      string
		got, want []ident.ID
	}{
		{"above the class", tree.InheritingGroups(class.ID), []ident.ID{open.ID, closed.ID}},
		{"above the private one below it", tree.InheritingGroups(secret.ID), nil},
		{"above the private one on the way", tree.InheritingGroups(closed.ID), nil},
		{"above the top", tree.InheritingGroups(top.ID), nil},
		{"above one that is not there", tree.InheritingGroups(ident.New(ident.Group)), nil},
		{"feeding the private one", tree.SourceGroups(closed.ID),
			[]ident.ID{closed.ID, open.ID, class.ID}},
		{"feeding the top", tree.SourceGroups(top.ID), []ident.ID{top.ID}},
		{"below the private one", tree.Subtree(closed.ID), []ident.ID{closed.ID, open.ID, class.ID,
			secret.ID}},
		{"over the class", tree.Ancestors(class.ID), []ident.ID{open.ID, closed.ID, top.ID}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, not %v", c.what, c.got, c.want)
		}
	}
	if tree.Height(top.ID) != 5 || tree.Height(secret.ID) != 1 ||
		tree.Height(ident.New(ident.Group)) != 0 {
		t.Errorf("heights %d and %d", tree.Height(top.ID), tree.Height(secret.ID))
	}
}

func TestAGroupFeedsAnotherExactlyWhenItLeadsUpThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := forest(t)
		tree := grouptree.New(groups)
		for _, a := range groups {
			if feeding := tree.SourceGroups(a.ID); feeding[0] != a.ID {
				t.Fatalf("%v feeds itself last", a.ID)
			}
			for _, b := range groups {
				if feeds, leads := slices.Contains(tree.SourceGroups(a.ID), b.ID), b == a ||
					slices.Contains(tree.InheritingGroups(b.ID), a.ID); feeds != leads {
					t.Fatalf("%v feeds %v: %t; it leads up there: %t", b.ID, a.ID, feeds, leads)
				}
				if below, over := slices.Contains(tree.Subtree(a.ID), b.ID), b == a ||
					slices.Contains(tree.Ancestors(b.ID), a.ID); below != over {
					t.Fatalf("%v lies below %v: %t; that one over it: %t", b.ID, a.ID, below, over)
				}
			}
		}
	})
}

// No verb makes a circle; should a database hold one, nobody is to wait for its end.
func TestACircleEnds(t *testing.T) {
	t.Parallel()
	a, b, c := ident.New(ident.Group), ident.New(ident.Group), ident.New(ident.Group)
	tree := grouptree.New([]*ent.Group{
		{ID: a, ParentID: &b, Visibility: "PUBLIC"}, {ID: b, ParentID: &c, Visibility: "PUBLIC"},
		{ID: c, ParentID: &a, Visibility: "PUBLIC"},
	})
	if up := tree.InheritingGroups(a); !slices.Equal(up, []ident.ID{b, c}) {
		t.Errorf("above: %v", up)
	}
	if n := len(tree.Subtree(a)) + len(tree.SourceGroups(a)); n != 6 {
		t.Errorf("below and feeding: %d", n)
	}
	if up := tree.Ancestors(a); len(up) > 3 {
		t.Errorf("over: %v", up)
	}
	tree.Height(a)
}
