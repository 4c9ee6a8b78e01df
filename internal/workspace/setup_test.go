package workspace_test

import (
	"context"
	"flag"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/member"
	"usher/ent/role"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
	"usher/internal/workspace"
)

// Each step of a model is a transaction of a real database: a third of the usual runs is what a
// test may take, unless its caller asks for more.
func init() {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		_ = checks.Value.Set("30")
	}
}

type (
	grants      = admission.GrantInput
	createGroup = workspace.CreateGroupInput
	updateGroup = workspace.UpdateGroupInput
	createRole  = workspace.CreateRoleInput
	updateRole  = workspace.UpdateRoleInput
	createField = workspace.CreateCustomFieldInput
	updateField = workspace.UpdateCustomFieldInput
	newUnit     = workspace.CreateOrgUnitInput
	updateUnit  = workspace.UpdateOrgUnitInput
)

func onBoth(t *testing.T, test func(t *testing.T, p *apptest.Place)) {
	t.Helper()
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		test(t, k.Found("Acme", "acme"))
	}, apptest.WithoutWorker)
}

func to[T any](v T) inputs.Change[T] { return inputs.Change[T]{Set: true, Value: &v} }

func cleared[T any]() inputs.Change[T] { return inputs.Change[T]{Set: true} }

// group makes a group by the verb, as the administrator.
func group(p *apptest.Place, name, visibility string, parent *ent.Group) *ent.Group {
	p.T.Helper()
	in := createGroup{WorkspaceID: p.Workspace.ID, Name: name}
	in.Visibility = visibilityOf(visibility)
	if parent != nil {
		in.ParentID = &parent.ID
	}
	g, err := p.Workspaces.CreateGroup(p.T.Context(), p.Caller(p.Admin), in)
	if err != nil {
		p.T.Fatal(err)
	}
	return g
}

// edit changes a group as somebody.
func edit(p *apptest.Place, by *ent.Member, in updateGroup) error {
	p.T.Helper()
	_, err := p.Workspaces.UpdateGroup(p.T.Context(), p.Caller(by), in)
	return err
}

// deleteGroup deletes a group as somebody.
func deleteGroup(p *apptest.Place, by *ent.Member, id ident.ID) error {
	p.T.Helper()
	_, err := p.Workspaces.DeleteGroup(p.T.Context(), p.Caller(by), id)
	return err
}

func idList(groups ...*ent.Group) (list []ident.ID) {
	for _, g := range groups {
		list = append(list, g.ID)
	}
	return list
}

func refused(t testing.TB, err error, code fault.Code, field string) {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Code != code || f.Field != field {
		t.Errorf("refused with %+v (%v), not with %s at %q", f, err, code, field)
	}
}

func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, not %v", what, got, want)
	}
}

func done(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// atOnce runs several verbs at one time and returns how each ended.
func atOnce(ctx context.Context, verbs ...func(context.Context) error) []error {
	errs := make([]error, len(verbs))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, verb := range verbs {
		all.Go(func() {
			<-start
			errs[i] = verb(ctx)
		})
	}
	close(start)
	all.Wait()
	return errs
}

// everywhere is somebody who holds one permission in the whole workspace.
func everywhere(p *apptest.Place, email string, may ...access.Permission) *ent.Member {
	p.T.Helper()
	role := p.Role(fmt.Sprintf("Only %v", may), may...)
	return p.Join(email, &grants{Roles: []string{role.ID.String()}})
}

type (
	inviteInput = invitation.InviteInput
	origin      = account.Origin
)

// crowd puts people into a group directly, as an import would.
func crowd(ctx context.Context, tx *store.Tx, p *apptest.Place, class ident.ID, people int) error {
	learner, err := tx.Role.Query().Where(role.Key(access.Learner)).OnlyID(ctx)
	if err != nil {
		return err
	}
	system := store.AsSystem(ctx, "a test prepares")
	for n := range people {
		email := fmt.Sprintf("%s-%d@acme.test", class, n)
		u, err := tx.User.Create().SetEmail(email).SetEmailKey(email).Save(system)
		if err != nil {
			return err
		}
		m, err := tx.Member.Create().SetWorkspaceID(p.Workspace.ID).SetUserID(u.ID).
			SetEmailKey(email).SetStatus(member.StatusActive).
			SetJoinedAt(p.Clock.Now()).SetJoinedVia(member.JoinedViaImported).Save(ctx)
		if err != nil {
			return err
		}
		a, err := tx.RoleAssignment.Create().SetWorkspaceID(p.Workspace.ID).SetMemberID(m.ID).
			SetRoleID(learner).SetPlaceID(class).SetGroupID(class).Save(ctx)
		if err != nil {
			return err
		}
		if err := tx.AssignmentSource.Create().SetWorkspaceID(p.Workspace.ID).SetAssignmentID(a.ID).
			SetKind(assignmentsource.KindImport).
			SetSourceID(ident.New(ident.Import)).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
