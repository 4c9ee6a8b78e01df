package store_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/migrate"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/testkit/specimen"
)

// spanning are the types that belong to no workspace and so take AsSystem, each with its reason. A
// table that is new has to be looked at: whatever is not here must carry workspace_id, or be one of
// the three that the tenant filter knows by name.
var spanning = map[string]string{
	ent.TypeSeat:        "one user takes one seat in an organization, whatever its workspaces",
	ent.TypeSeatEvent:   "the ledger of an organization, which outlives workspaces",
	ent.TypeSignIn:      "of a person",
	ent.TypeSigningKey:  "of the installation",
	ent.TypeThrottle:    "of an address or a network",
	ent.TypeSuppression: "may hold for all workspaces",
}

// byName are those that the tenant filter finds through another column than workspace_id.
var byName = []string{ent.TypeWorkspace, ent.TypeOrganization, ent.TypeUser}

// table is one of ent's clients, handled by reflection: their methods are alike, their types are
// not.
type table struct {
	name   string
	client reflect.Value
}

// tables lists every entity of a client.
func tables(c *ent.Client) []table {
	var all []table
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && strings.HasSuffix(f.Type.String(), "Client") {
			all = append(all, table{f.Name, v.Field(i)})
		}
	}
	return all
}

func call(v reflect.Value, method string, args ...any) []reflect.Value {
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = reflect.ValueOf(a)
	}
	return v.MethodByName(method).Call(in)
}

// ids reads the ids that a context sees.
func (x table) ids(ctx context.Context) ([]ident.ID, error) {
	out := call(call(x.client, "Query")[0], "IDs", ctx)
	err, _ := out[1].Interface().(error)
	return out[0].Interface().([]ident.ID), err
}

// touch tries to write: it deletes the row, which every table allows.
func (x table) touch(ctx context.Context, id ident.ID) error {
	out := call(call(x.client, "DeleteOneID", id)[0], "Exec", ctx)
	err, _ := out[0].Interface().(error)
	return err
}

// twoWorkspaces are two organizations' workspaces with one row of every table.
func twoWorkspaces(t *testing.T, test func(t *testing.T, k *apptest.Kit, ours,
	theirs specimen.Rows)) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		var rows []specimen.Rows
		for _, tag := range []string{"ours", "theirs"} {
			p := k.Found(tag, tag)
			rows = append(rows, specimen.InsertRows(t, k.Store.DB(), k.Store.Dialect(),
				p.Workspace.OrganizationID, p.Workspace.ID, tag))
		}
		test(t, k, rows[0], rows[1])
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// rowOf is the specimen of an entity.
func rowOf(t *testing.T, rows specimen.Rows, name string) ident.ID {
	t.Helper()
	for _, tbl := range migrate.Tables {
		if strings.ReplaceAll(tbl.Name, "_", "") == strings.ToLower(plural(name)) {
			return rows[tbl.Name]
		}
	}
	t.Fatalf("no table holds %s", name)
	return ident.ID{}
}

func plural(name string) string {
	switch {
	case strings.HasSuffix(name, "ch"):
		return name + "es"
	case strings.HasSuffix(name, "ry"):
		return strings.TrimSuffix(name, "y") + "ies"
	}
	if strings.HasSuffix(name, "y") && !strings.HasSuffix(name, "ey") {
		return strings.TrimSuffix(name, "y") + "ies"
	}
	return name + "s"
}

func TestEveryTableIsBehindTheFenceOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	s, err := store.Open("sqlite:" + t.TempDir() + "/usher.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	known := map[string]bool{}
	for _, x := range tables(s.Client) {
		known[x.name] = true
		mutation := call(call(x.client, "Create")[0], "Mutation")[0]
		_, hasWorkspace := mutation.Type().MethodByName("SetWorkspaceID")
		fenced := hasWorkspace && x.name != ent.TypeSeatEvent || slices.Contains(byName, x.name)
		if why := spanning[x.name]; fenced == (why != "") {
			t.Errorf(
				"%s: put it into a workspace, or say in this test why it spans several", x.name)
		}
		_, err := x.ids(store.InWorkspace(t.Context(), ident.New(ident.Workspace)))
		refused := err != nil && strings.Contains(err.Error(), "belongs to no workspace")
		if refused != (spanning[x.name] != "") {
			t.Errorf("%s: the tenant filter does not treat it as this test does: %v", x.name, err)
		}
	}
	if len(known) != len(specimen.Kinds) {
		t.Errorf("%d entities, and %d kinds of id", len(known), len(specimen.Kinds))
	}
	for name := range spanning {
		if !known[name] {
			t.Errorf("%s is listed and gone", name)
		}
	}
}

func TestWithoutAScopeNothingIsReadOrWritten(t *testing.T) {
	twoWorkspaces(t, func(t *testing.T, k *apptest.Kit, ours, _ specimen.Rows) {
		for _, x := range tables(k.Store.Client) {
			if ids, err := x.ids(t.Context()); err == nil || len(ids) > 0 {
				t.Errorf("%s: %d rows without a scope (%v)", x.name, len(ids), err)
			}
		}
		err := k.Store.WithTx(t.Context(), func(tx *store.Tx) error {
			for _, x := range tables(tx.Client) {
				if err := x.touch(t.Context(), rowOf(t, ours, x.name)); err == nil ||
					!strings.Contains(err.Error(), "without a scope") {
					t.Errorf("%s: written to without a scope (%v)", x.name, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestInAWorkspaceTheOtherOneIsNotThere(t *testing.T) {
	twoWorkspaces(t, func(t *testing.T, k *apptest.Kit, ours, theirs specimen.Rows) {
		in := store.InWorkspace(t.Context(), ours["workspaces"])
		for _, x := range tables(k.Store.Client) {
			if spanning[x.name] != "" {
				continue
			}
			ids, err := x.ids(in)
			if err != nil {
				t.Errorf("%s: %v", x.name, err)
			}
			if !slices.Contains(ids, rowOf(t, ours, x.name)) {
				t.Errorf("%s: our own row is not there", x.name)
			}
			if slices.Contains(ids, rowOf(t, theirs, x.name)) {
				t.Errorf("%s: the other workspace's row is there", x.name)
			}
			out := call(x.client, "Get", in, rowOf(t, theirs, x.name))
			if err, _ := out[1].Interface().(error); !ent.IsNotFound(err) {
				t.Errorf("%s: Get of the other's row: %v", x.name, err)
			}
		}
	})
}

func TestAWriteOutsideOfTheWorkspaceChangesNothing(t *testing.T) {
	twoWorkspaces(t, func(t *testing.T, k *apptest.Kit, ours, theirs specimen.Rows) {
		in := store.InWorkspace(t.Context(), ours["workspaces"])
		err := k.Store.WithTx(in, func(tx *store.Tx) error {
			for _, x := range tables(tx.Client) {
				if err := x.touch(in, rowOf(t, theirs, x.name)); err == nil {
					t.Errorf("%s: the other workspace's row could be deleted", x.name)
				}
			}
			n, err := tx.Group.Update().Where(group.ID(theirs["groups"])).SetName("stolen").Save(in)
			if n != 0 || err != nil {
				t.Errorf("%d of the other's groups were changed (%v)", n, err)
			}
			if n, err := tx.Group.Delete().Exec(in); n == 0 || err != nil {
				t.Errorf("our own could not be deleted (%v)", err)
			}
			made := tx.Group.Create().SetName("planted").SetVisibility(group.VisibilityPublic)
			for name, w := range map[string]ident.ID{"the other's": theirs["workspaces"],
				"nobody's": ident.New(ident.Workspace)} {
				if err := made.SetWorkspaceID(w).Exec(in); err == nil ||
					!strings.Contains(err.Error(), "outside the workspace") {
					t.Errorf("a group was planted into %s workspace (%v)", name, err)
				}
			}
			bulk := tx.Group.CreateBulk(
				tx.Group.Create().SetName("a").SetVisibility(group.VisibilityPublic).
					SetWorkspaceID(ours["workspaces"]),
				tx.Group.Create().SetName("b").SetVisibility(group.VisibilityPublic).
					SetWorkspaceID(theirs["workspaces"]))
			if err := bulk.Exec(in); err == nil {
				t.Error("one of many was planted into the other workspace")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		system := store.AsSystem(t.Context(), "a test looks")
		left, err := k.Store.Group.Query().Where(group.WorkspaceID(theirs["workspaces"])).
			All(system)
		if err != nil || len(left) != 1 || left[0].Name == "stolen" {
			t.Errorf("the other workspace has %v (%v)", left, err)
		}
	})
}

func TestACallersScopeOnlyReads(t *testing.T) {
	twoWorkspaces(t, func(t *testing.T, k *apptest.Kit, ours, theirs specimen.Rows) {
		admin, err := k.Accounts.CallerByUserID(t.Context(), k.User("admin@ours.test").ID)
		if err != nil {
			t.Fatal(err)
		}
		as := store.AsCaller(t.Context(), admin)
		err = k.Store.WithTx(as, func(tx *store.Tx) error {
			for _, x := range tables(tx.Client) {
				if err := x.touch(as, rowOf(t, ours, x.name)); err == nil ||
					!strings.Contains(err.Error(), "only reads") {
					t.Errorf("%s: written to in a caller's scope (%v)", x.name, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range tables(k.Store.Client) {
			ids, err := x.ids(as)
			if err == nil && slices.Contains(ids, rowOf(t, theirs, x.name)) {
				t.Errorf("%s: an administrator sees the other workspace's row", x.name)
			}
			if err == nil && x.name != ent.TypeSignIn &&
				!slices.Contains(ids, rowOf(t, ours, x.name)) {
				t.Errorf("%s: an administrator does not see their own row", x.name)
			}
			if err != nil && !strings.Contains(err.Error(), "callers may not read") {
				t.Errorf("%s: %v", x.name, err)
			}
		}
	})
}

func TestOutsideOfATransactionNothingIsWritten(t *testing.T) {
	twoWorkspaces(t, func(t *testing.T, k *apptest.Kit, ours, _ specimen.Rows) {
		for name, ctx := range map[string]context.Context{
			"in the workspace": store.InWorkspace(t.Context(), ours["workspaces"]),
			"as the system":    store.AsSystem(t.Context(), "a test tries"),
		} {
			for _, x := range tables(k.Store.Client) {
				if err := x.touch(ctx, rowOf(t, ours, x.name)); err == nil ||
					!strings.Contains(err.Error(), "only reads") {
					t.Errorf("%s: written to %s, outside of a transaction (%v)", x.name, name, err)
				}
			}
		}
	})
}

func TestNobodySeesNothing(t *testing.T) {
	twoWorkspaces(t, func(t *testing.T, k *apptest.Kit, _, _ specimen.Rows) {
		as := store.AsCaller(t.Context(), nil)
		for _, x := range tables(k.Store.Client) {
			if ids, _ := x.ids(as); len(ids) > 0 {
				t.Errorf("%s: nobody sees %d rows", x.name, len(ids))
			}
		}
	})
}

func TestARowReadsOnAfterItsTransactionInTheScopeOfWhoAsks(t *testing.T) {
	twoWorkspaces(t, func(t *testing.T, k *apptest.Kit, ours, theirs specimen.Rows) {
		in := store.InWorkspace(t.Context(), ours["workspaces"])
		var left *ent.Invitation
		err := k.Store.WithTx(in, func(tx *store.Tx) (err error) {
			left, err = tx.Invitation.Get(in, ours["invitations"])
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if groups, err := left.QueryGroups().All(in); err != nil || len(groups) != 1 {
			t.Errorf("its groups: %v, %v", groups, err)
		}
		if groups, err := left.QueryGroups().
			All(store.InWorkspace(t.Context(), theirs["workspaces"])); err != nil ||
			len(groups) != 0 {
			t.Errorf("its groups, to the other workspace: %v, %v", groups, err)
		}
		if _, err := left.QueryGroups().All(t.Context()); err == nil {
			t.Error("its groups can be read without a scope")
		}
		if err := left.Update().SetEmail("late@example.org").Exec(in); err == nil {
			t.Error("it can still be written")
		}
	})
}
