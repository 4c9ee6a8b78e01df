package workspace_test

import (
	"context"
	"strings"
	"testing"

	"usher/ent"
	entgroup "usher/ent/group"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/store"
)

func visibilityOf(word string) entgroup.Visibility { return entgroup.Visibility(word) }

func TestAGroupIsMadeChangedMovedAndDeleted(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := group(p, "Top", "PRIVATE", nil)
		in := createGroup{WorkspaceID: p.Workspace.ID, Name: "  Class 1 ",
			Visibility: entgroup.VisibilityPublic, ParentID: &top.ID, ExternalID: new("c-1")}
		g, err := p.Workspaces.CreateGroup(t.Context(), p.Caller(p.Admin), in)
		done(t, err)
		if g.Name != "Class 1" || g.Visibility != entgroup.VisibilityPublic ||
			*g.ParentID != top.ID || *g.ExternalID != "c-1" {
			t.Errorf("made %v", g)
		}
		group(p, "Class 1", "PUBLIC", top) // a name may repeat

		done(t, edit(p, p.Admin, updateGroup{ID: g.ID, Name: new("Class One")}))
		done(t, edit(p, p.Admin, updateGroup{ID: g.ID})) // nothing
		g = p.Store.Group.GetX(p.In(), g.ID)
		if g.Name != "Class One" || *g.ParentID != top.ID || *g.ExternalID != "c-1" {
			t.Errorf("what was absent did not stay: %v", g)
		}
		private := entgroup.VisibilityPrivate
		done(t, edit(p, p.Admin, updateGroup{ID: g.ID, Visibility: &private,
			ParentID: cleared[ident.ID](), ExternalID: cleared[string]()}))
		g = p.Store.Group.GetX(p.In(), g.ID)
		if g.Visibility != private || g.ParentID != nil || g.ExternalID != nil {
			t.Errorf("null did not clear: %v", g)
		}
		done(t, deleteGroup(p, p.Admin, g.ID))
		refused(t, deleteGroup(p, p.Admin, g.ID),
			fault.NotFound, "")
		same(t, "history", p.Happened(g.ID), []string{"group.made", "group.edited", "group.edited",
			"group.removed"})
	})
}

func TestBadGroupsAreRefusedAtTheirField(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other := p.Found("Other", "other")
		theirs := group(other, "Theirs", "PUBLIC", nil)
		_, err := p.Workspaces.CreateGroup(t.Context(), p.Caller(p.Admin), createGroup{
			WorkspaceID: p.Workspace.ID, Name: "Known", Visibility: entgroup.VisibilityPublic,
			ExternalID: new("taken")})
		done(t, err)
		top := group(p, "Top", "PUBLIC", nil)
		middle := group(p, "Middle", "PUBLIC", top)
		low := group(p, "Low", "PUBLIC", middle)
		deep := low
		for n := 4; n <= 50; n++ {
			deep = group(p, "Level", "PRIVATE", deep)
		}
		nowhere := ident.New(ident.Group)

		for what, c := range map[string]struct {
			in    createGroup
			code  fault.Code
			field string
		}{
			"no name": {createGroup{Name: " "}, fault.BadUserInput, "name"},
			"a long name": {createGroup{Name: strings.Repeat("x", 201)},
				fault.BadUserInput, "name"},
			"two lines":             {createGroup{Name: "a\nb"}, fault.BadUserInput, "name"},
			"writing turned around": {createGroup{Name: "a\u202eb"}, fault.BadUserInput, "name"},
			"no external id": {createGroup{Name: "x", ExternalID: new("")},
				fault.BadUserInput, "externalId"},
			"a taken external id": {createGroup{Name: "x", ExternalID: new("taken")},
				fault.Conflict, "externalId"},
			"another's parent": {createGroup{Name: "x", ParentID: &theirs.ID}, fault.NotFound,
				"parentId"},
			"no such parent": {createGroup{Name: "x", ParentID: &nowhere}, fault.NotFound,
				"parentId"},
			"level 51": {createGroup{Name: "x", ParentID: &deep.ID},
				fault.BadUserInput, "parentId"},
		} {
			c.in.WorkspaceID, c.in.Visibility = p.Workspace.ID, entgroup.VisibilityPublic
			_, err := p.Workspaces.CreateGroup(t.Context(), p.Caller(p.Admin), c.in)
			if err == nil {
				t.Errorf("%s was taken", what)
			}
			refused(t, err, c.code, c.field)
		}
		for what, c := range map[string]struct {
			in    updateGroup
			code  fault.Code
			field string
		}{
			"no name": {updateGroup{ID: low.ID, Name: new("")}, fault.BadUserInput,
				"name"},
			"a taken external id": {updateGroup{ID: low.ID, ExternalID: to("taken")},
				fault.Conflict, "externalId"},
			"under itself": {updateGroup{ID: top.ID, ParentID: to(top.ID)},
				fault.BadUserInput, "parentId"},
			"a circle": {updateGroup{ID: top.ID, ParentID: to(low.ID)},
				fault.BadUserInput, "parentId"},
			"too deep": {updateGroup{ID: low.ID,
				ParentID: to(group(p, "Beside", "PUBLIC", middle).ID)}, fault.BadUserInput,
				"parentId"},
			"another's parent": {updateGroup{ID: low.ID, ParentID: to(theirs.ID)},
				fault.NotFound, "parentId"},
			"another's group": {updateGroup{ID: theirs.ID, Name: new("Ours")},
				fault.NotFound, ""},
			"no such group": {updateGroup{ID: nowhere, Name: new("Ours")},
				fault.NotFound, ""},
		} {
			err := edit(p, p.Admin, c.in)
			if err == nil {
				t.Errorf("%s was taken", what)
			}
			refused(t, err, c.code, c.field)
		}
		refused(t, deleteGroup(p, p.Admin, theirs.ID),
			fault.NotFound, "")
		refused(t, deleteGroup(p, p.Admin, top.ID),
			fault.Conflict, "")
		_, err = p.Workspaces.CreateGroup(t.Context(), p.Caller(p.Admin),
			createGroup{WorkspaceID: other.Workspace.ID, Name: "x", Visibility: "PUBLIC"})
		refused(t, err, fault.NotFound, "")
		_, err = p.Workspaces.CreateGroup(t.Context(), nil, createGroup{WorkspaceID: p.Workspace.ID,
			Name: "x", Visibility: "PUBLIC"})
		refused(t, err, fault.Unauthenticated, "")
	})
}

// A person of two workspaces sees the groups of both; a parent of the other one is missing all the
// same.
func TestAGroupNeverComesUnderOneOfAnotherWorkspace(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		second := p.Found("Acme", "second")
		second.Join("admin@acme.test", &grants{Roles: []string{access.Admin}})
		theirs, ours := group(second, "Theirs", "PUBLIC", nil), group(p, "Ours", "PUBLIC", nil)
		_, err := p.Workspaces.CreateGroup(t.Context(), p.Caller(p.Admin), createGroup{
			WorkspaceID: p.Workspace.ID, Name: "x", Visibility: entgroup.VisibilityPublic,
			ParentID: &theirs.ID})
		refused(t, err, fault.NotFound, "parentId")
		refused(t, edit(p, p.Admin, updateGroup{ID: ours.ID, ParentID: to(theirs.ID)}),
			fault.NotFound, "parentId")

		head := p.Join("head@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(ours)})
		second.Join("head@acme.test", &grants{Roles: []string{access.Admin}})
		low := group(p, "Low", "PUBLIC", ours)
		refused(t, edit(p, head, updateGroup{ID: low.ID, ParentID: to(theirs.ID)}), fault.NotFound,
			"parentId")
	})
}

func TestAGroupAdministratorStaysBelowTheirGroups(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		school := group(p, "School", "PRIVATE", nil)
		theirs, beside := group(p, "Theirs", "PUBLIC", school), group(p, "Beside", "PUBLIC", school)
		class, club := group(p, "Class", "PUBLIC", theirs), group(p, "Club", "PUBLIC", theirs)
		head := p.Join("head@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(theirs)})
		learner := p.Join("lea@acme.test", &grants{GroupIDs: idList(class, beside)})
		make := func(by *ent.Member, parent *ident.ID) error {
			_, err := p.Workspaces.CreateGroup(t.Context(), p.Caller(by), createGroup{
				WorkspaceID: p.Workspace.ID, Name: "New", Visibility: entgroup.VisibilityPublic,
				ParentID: parent})
			return err
		}
		done(t, make(head, &theirs.ID))
		done(t, make(head, &class.ID))
		done(t, edit(p, head, updateGroup{ID: theirs.ID, Name: new("Still theirs")}))
		done(t, edit(p, head, updateGroup{ID: theirs.ID, ParentID: to(school.ID)})) // where it is
		done(t, edit(p, head, updateGroup{ID: club.ID, ParentID: to(class.ID)}))
		done(t, deleteGroup(p, head, club.ID))

		refused(t, make(head, nil), fault.Forbidden, "")
		refused(t, make(head, &beside.ID), fault.NotFound, "parentId") // which they do not see
		refused(t, edit(p, head, updateGroup{ID: class.ID, ParentID: cleared[ident.ID]()}),
			fault.Forbidden, "")
		refused(t, edit(p, head, updateGroup{ID: class.ID, ParentID: to(beside.ID)}),
			fault.NotFound, "parentId")
		refused(t, edit(p, head, updateGroup{ID: beside.ID, Name: new("Mine")}), fault.NotFound, "")
		refused(t, edit(p, head, updateGroup{ID: theirs.ID, ParentID: cleared[ident.ID]()}),
			fault.Forbidden, "")
		refused(t, edit(p, head, updateGroup{ID: theirs.ID, ParentID: to(class.ID)}),
			fault.Forbidden, "")
		refused(t, deleteGroup(p, head, theirs.ID),
			fault.Forbidden, "")

		refused(t, make(learner, nil), fault.Forbidden, "")
		refused(t, make(learner, &class.ID), fault.Forbidden, "")
		refused(t, edit(p, learner, updateGroup{ID: class.ID, Name: new("Mine")}),
			fault.Forbidden, "")
		refused(t, deleteGroup(p, learner, class.ID),
			fault.Forbidden, "")

		both := p.Join("both@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(theirs, beside)})
		done(t, edit(p, both, updateGroup{ID: class.ID, ParentID: to(beside.ID)}))
		refused(t, edit(p, both, updateGroup{ID: beside.ID, ParentID: to(theirs.ID)}),
			fault.Forbidden, "")
	})
}

// Each of two private groups goes under what lies below the other: no row that one of the moves
// locks is locked by the other.
func TestTwoMovesAtOnceMakeNoCircle(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		by := p.Caller(p.Admin)
		for range 5 {
			var moves []func(context.Context) error
			var pairs [][2]*ent.Group
			for range 4 {
				a, b := group(p, "A", "PRIVATE", nil), group(p, "B", "PRIVATE", nil)
				belowA, belowB := group(p, "Below A", "PUBLIC", a), group(p, "Below B", "PUBLIC", b)
				pairs = append(pairs, [2]*ent.Group{a, b})
				for _, in := range []updateGroup{{ID: a.ID, ParentID: to(belowB.ID)},
					{ID: b.ID, ParentID: to(belowA.ID)}} {
					moves = append(moves, func(ctx context.Context) error {
						_, err := p.Workspaces.UpdateGroup(ctx, by, in)
						return err
					})
				}
			}
			won := 0
			for _, err := range atOnce(t.Context(), moves...) {
				if err == nil {
					won++
					continue
				}
				refused(t, err, fault.BadUserInput, "parentId")
			}
			same(t, "moves that went through", won, len(pairs))
			done(t, p.Store.WithTx(p.In(), func(tx *store.Tx) error {
				tree, err := grouptree.Load(p.In(), tx)
				if err != nil {
					return err
				}
				for _, pair := range pairs {
					same(t, "levels", tree.Height(pair[0].ID)+tree.Height(pair[1].ID), 6)
				}
				return nil
			}))
		}
	})
}

// PAR-4: an external id is unique in the workspace.
func TestOneOfSeveralTakesAnExternalID(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		by := p.Caller(p.Admin)
		make := func(ctx context.Context) error {
			_, err := p.Workspaces.CreateGroup(ctx, by, createGroup{WorkspaceID: p.Workspace.ID,
				Name: "x", Visibility: "PUBLIC", ExternalID: new("x")})
			return err
		}
		lost := 0
		for _, err := range atOnce(t.Context(), make, make, make) {
			if err != nil {
				refused(t, err, fault.Conflict, "externalId")
				lost++
			}
		}
		same(t, "lost", lost, 2)
	})
}
