package store_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/testkit/probe"
	"usher/internal/testkit/specimen"
)

// scopes are those of a system, of a workspace, and of a coach who sees one group's people and
// little of what hangs on them.
func scopes(ctx context.Context, rows specimen.Rows) map[string]context.Context {
	coach := &access.Caller{UserID: ident.New(ident.User), Memberships: []access.Membership{{
		WorkspaceID: rows["workspaces"], MemberID: ident.New(ident.Member),
		Holdings: []access.Holding{{
			Permissions: access.NewSet([]string{string(access.MembersView)}),
			Place:       access.Group(rows["groups"]), Covers: []ident.ID{rows["groups"]},
		}},
	}}}
	return map[string]context.Context{
		"system": store.AsSystem(ctx, "a test compares"), "workspace": store.InWorkspace(ctx,
			rows["workspaces"]), "coach": store.AsCaller(ctx, coach),
	}
}

// edges are the names of the edges that a query can read with its rows.
func edges(query reflect.Value) (names []string) {
	for i := range query.NumMethod() {
		name, with := strings.CutPrefix(query.Type().Method(i).Name, "With")
		if with && !strings.HasPrefix(name, "Named") && query.Method(i).Type().IsVariadic() {
			names = append(names, name)
		}
	}
	return names
}

// with asks a query for an edge, and the edge for one of its own, unless that is "".
func with(query reflect.Value, edge, below string) {
	method := query.MethodByName("With" + edge)
	option := reflect.MakeFunc(method.Type().In(0).Elem(),
		func(in []reflect.Value) []reflect.Value {
			if below != "" {
				with(in[0], below, "")
			}
			return nil
		})
	method.Call([]reflect.Value{option})
}

// loaded are the rows that were read with a row along an edge.
func loaded(row reflect.Value, edge string) (rows []reflect.Value, err error) {
	out := row.Elem().FieldByName("Edges").Addr().MethodByName(edge + "OrErr").Call(nil)
	err, _ = out[1].Interface().(error)
	switch {
	case ent.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	case out[0].Kind() == reflect.Slice:
		for i := range out[0].Len() {
			rows = append(rows, out[0].Index(i))
		}
		return rows, nil
	}
	return []reflect.Value{out[0]}, nil
}

func idOf(row reflect.Value) string {
	return row.Elem().FieldByName("ID").Interface().(ident.ID).String()
}

// alike compares what was read with a row along an edge to what the row answers when asked for it.
func alike(t *testing.T, ctx context.Context, what string, row reflect.Value,
	edge string) []reflect.Value {
	t.Helper()
	read, err := loaded(row, edge)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return nil
	}
	out := call(call(row, "Query"+edge)[0], "All", ctx)
	if err, _ := out[1].Interface().(error); err != nil {
		t.Errorf("%s, asked: %v", what, err)
		return nil
	}
	var got, want []string
	for _, r := range read {
		got = append(got, idOf(r))
	}
	for i := range out[0].Len() {
		want = append(want, idOf(out[0].Index(i)))
		for _, r := range read { // and column by column
			if a, b := r.MethodByName("String").Call(nil)[0].String(), out[0].Index(i).
				MethodByName("String").Call(nil)[0].String(); idOf(r) == want[i] && a != b {
				t.Errorf("%s: read %s, and asked %s", what, a, b)
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: read %v, and asked %v", what, got, want)
	}
	return read
}

// Whether an edge is read by a join or by a statement of its own, at the first level or at the
// second: it is what the row answers when it is asked alone, of every table, and never more than
// the scope sees.
func TestWhatIsReadWithARowIsWhatTheRowAnswers(t *testing.T) {
	twoWorkspaces(t, func(t *testing.T, k *apptest.Kit, ours, theirs specimen.Rows) {
		compared := 0
		for name, ctx := range scopes(t.Context(), ours) {
			for _, x := range tables(k.Store.Client) {
				query := func() reflect.Value { return call(x.client, "Query")[0] }
				for _, edge := range edges(query()) {
					other := query().MethodByName("With" + edge).Type().In(0).Elem().In(0)
					for _, below := range append(edges(reflect.New(other.Elem())), "") {
						what := fmt.Sprintf("%s: %s.%s.%s", name, x.name, edge, below)
						q := query()
						with(q, edge, below)
						out := call(q, "All", ctx)
						if err, _ := out[1].Interface().(error); err != nil {
							if name == "system" {
								t.Errorf("%s: %v", what, err)
							}
							continue
						}
						for i := range out[0].Len() {
							row := out[0].Index(i)
							for _, e := range alike(t, ctx, what, row, edge) {
								if below != "" {
									compared += len(alike(t, ctx, what, e, below))
								}
							}
						}
					}
				}
			}
		}
		if compared < 500 {
			t.Errorf("%d rows were compared at the second level: is there anything to see?",
				compared)
		}
	})
}

// A page is found before anything is joined to it, in its order, with one statement.
func TestAPageWithItsUniqueEdgesIsOneStatement(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		unit := p.Unit("Sales", nil)
		for n := range 5 {
			p.Join(fmt.Sprintf("m%d@acme.test", n), nil)
		}
		must(t, k.Store.WithTx(p.In(), func(tx *store.Tx) error {
			return tx.Member.Update().Where(member.EmailKey("m3@acme.test")).SetOrgUnitID(unit.ID).
				Exec(p.In())
		}))
		ctx, statements := probe.CountStatements(p.In())
		page, err := k.Store.Member.Query().WithUser().WithOrgUnit().
			Where(member.EmailKeyHasPrefix("m"), member.EmailKeyLTE("m5"), member.EmailKeyGT("m")).
			Order(ent.Desc(member.FieldEmailKey)).Select(member.FieldStatus).Offset(1).
			Limit(3).All(ctx)
		must(t, err)
		var got []string
		for _, m := range page {
			name := ""
			if m.Edges.OrgUnit != nil {
				name = m.Edges.OrgUnit.Name
			}
			got = append(got, *m.Edges.User.Email+" "+name)
		}
		if want := []string{"m3@acme.test Sales", "m2@acme.test ", "m1@acme.test "}; !slices.Equal(
			got, want) || statements.Load() != 1 {
			t.Errorf("%q in %d statements, want %q in one", got, statements.Load(), want)
		}
		query := k.Store.Member.Query().WithUser().Where(member.ID(page[0].ID))
		for range 2 { // what a statement took from the query it gives back
			if m := query.OnlyX(p.In()); m.Edges.User == nil {
				t.Error("a query that is run again has lost its edge")
			}
		}
		if n, err := k.Store.Member.Query().WithUser().Where(member.EmailKeyHasPrefix("m")).
			Count(p.In()); err != nil || n != 5 {
			t.Errorf("%d of them are counted: %v", n, err)
		}
		held, err := k.Store.RoleAssignment.Query().Where(roleassignment.MemberID(page[0].ID)).
			WithMember(func(q *ent.MemberQuery) {
				q.WithUser().WithWorkspace(func(q *ent.WorkspaceQuery) { q.WithOrganization() })
			}).First(ctx)
		must(t, err)
		if m := held.Edges.Member; *m.Edges.User.Email != "m3@acme.test" ||
			m.Edges.Workspace.Edges.Organization.ID != p.Workspace.OrganizationID ||
			statements.Load() != 2 {
			t.Errorf("three levels are %v in %d statements", m, statements.Load()-1)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// Rows are scanned into the same places one after the other, and keep what was theirs.
func TestARowKeepsItsBytes(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		ctx := store.AsSystem(t.Context(), "a test reads sign-ins")
		for range 3 {
			k.SignIn("admin@acme.test", apptest.Password)
		}
		all := k.Store.SignIn.Query().Order(ent.Asc("id")).AllX(ctx)
		must(t, k.Store.WithTx(ctx, func(tx *store.Tx) error {
			for n, one := range all[1:] {
				if err := tx.SignIn.UpdateOne(one).SetParentHash([]byte{byte(n), 7}).
					Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		}))
		all = k.Store.SignIn.Query().WithUser().Order(ent.Asc("id")).AllX(ctx)
		if len(*all[0].ParentHash) > 0 || string(*all[1].ParentHash) != "\x00\x07" ||
			string(*all[2].ParentHash) != "\x01\x07" || all[2].Edges.User.ID != p.Admin.UserID {
			t.Errorf("%v %v %v of %v", all[0].ParentHash, all[1].ParentHash, all[2].ParentHash,
				all[2].Edges.User)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// Outside of a scope a join reads no more than a query does.
func TestWhatIsJoinedNeedsAScopeToo(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		_, err := k.Store.Workspace.Query().WithOrganization().All(p.In())
		must(t, err)
		if all, err := k.Store.Workspace.Query().WithOrganization().All(t.Context()); err == nil {
			t.Errorf("without a scope: %v", all)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
