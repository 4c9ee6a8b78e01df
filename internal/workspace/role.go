package workspace

import (
	"context"
	"strings"

	"golang.org/x/text/cases"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// maxRoles is how many roles of its own a workspace has at most: lists and menus show them all.
const maxRoles = 100

// CreateRoleInput is a role to make (ACC-2).
type CreateRoleInput struct {
	WorkspaceID ident.ID
	Name        string
	Permissions []access.Permission
}

// UpdateRoleInput is what to change of a role; nil keeps. The permissions are replaced whole.
type UpdateRoleInput struct {
	ID          ident.ID
	Name        *string
	Permissions []access.Permission
}

// CreateRole makes a role of the workspace's own. Its key is its id.
func (s *Service) CreateRole(ctx context.Context, by *access.Caller,
	in CreateRoleInput) (_ *ent.Role, err error) {
	defer fault.Annotate(&err, "create role")

	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if !m.Throughout(access.RolesManage) {
		return nil, fault.Denied()
	}
	set := access.SetOf(in.Permissions)
	if err := requireHeldPermissions(m, set); err != nil {
		return nil, err
	}

	name, err := inputs.ParseName("name", in.Name, maxName, "workspace.name")
	if err != nil {
		return nil, err
	}

	var r *ent.Role
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		all, err := lockRoles(ctx, tx)
		if err != nil {
			return err
		}
		if len(all)-len(access.BuiltIns) >= maxRoles {
			return fault.New(fault.Conflict, "group.too_many_roles", i18n.Args{"Max": maxRoles})
		}
		id, now := ident.New(ident.Role), s.Clock()
		if err := requireFreeName(all, id, name); err != nil {
			return err
		}
		r, err = tx.Role.Create().SetID(id).SetWorkspaceID(in.WorkspaceID).SetKey(id.String()).
			SetName(name).
			SetPermissions(set.Words()).SetCreatedAt(now).SetUpdatedAt(now).Save(ctx)
		if err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, in.WorkspaceID, audit.RoleMade, id,
			append(newDetail("name", "", name),
				newDetail("permissions", "", joinPermissions(r))...)...)
	})
	return r, err
}

// UpdateRole changes a role of the workspace's own, for all who hold it, from their next request
// on.
func (s *Service) UpdateRole(ctx context.Context, by *access.Caller,
	in UpdateRoleInput) (_ *ent.Role, err error) {
	defer fault.Annotate(&err, "update role")

	r, m, err := s.requireManagedRole(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}

	name, err := optionalLine("name", in.Name)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, r.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		all, err := lockRoles(ctx, tx)
		if err != nil {
			return err
		}
		old := findRole(all, in.ID)
		if old == nil {
			return fault.Missing() // gone since it was seen
		}
		update := tx.Role.UpdateOne(old).SetNillableName(name).SetUpdatedAt(s.Clock())
		if name != nil {
			if err := requireFreeName(all, old.ID, *name); err != nil {
				return err
			}
		}
		if in.Permissions != nil {
			set := access.SetOf(in.Permissions)
			// Security: what the role has already was given by somebody who held it; only what is
			// new is handed out now (ADM-6).
			if err := requireHeldPermissions(m, set&^access.NewSet(old.Permissions)); err != nil {
				return err
			}
			if set&^access.NewSet(old.Permissions) != 0 {
				if err := s.refuseUnverifiedHolders(ctx, tx, old.ID); err != nil {
					return err
				}
			}
			update.SetPermissions(set.Words())
		}
		if r, err = update.Save(ctx); err != nil {
			return err
		}
		what := append(newDetail("name", old.Name, r.Name),
			newDetail("permissions", joinPermissions(old), joinPermissions(r))...)
		if len(what) == 0 {
			return nil
		}
		return s.recordEvent(ctx, tx, by, r.WorkspaceID, audit.RoleEdited, r.ID, what...)
	})
	return r, err
}

// refuseUnverifiedHolders refuses to add to a role that somebody holds whose address nobody has
// verified: whoever typed the address first may know the password, and would get the permissions
// (AUT-6). Where no email is ever sent nobody can verify an address.
func (s *Service) refuseUnverifiedHolders(ctx context.Context, tx *store.Tx, i ident.ID) error {
	if !s.Training.Outbox.Sends() {
		return nil
	}
	held, err := tx.Member.Query().
		Where(member.HasRoleAssignmentsWith(roleassignment.RoleID(i)),
			member.HasUserWith(account.IsUnverified())).Exist(ctx)
	if err == nil && held {
		err = fault.At(fault.New(fault.Conflict, "group.role_unverified"), "permissions")
	}
	return err
}

// DeleteRole deletes a role of the workspace's own that nobody holds. Invitations and join links
// that name it go on; admission skips what is gone (ADM-7).
func (s *Service) DeleteRole(ctx context.Context, by *access.Caller, i ident.ID) (err error) {
	defer fault.Annotate(&err, "delete role")

	r, _, err := s.requireManagedRole(ctx, by, i)
	if err != nil {
		return err
	}

	ctx = store.InWorkspace(ctx, r.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		q := tx.Role.Query().Where(role.ID(i))
		if tx.Locks() {
			q.ForUpdate() // doors that are just giving it are waited for
		}
		r, err := q.Only(ctx)
		if ent.IsNotFound(err) {
			return fault.Missing()
		}
		if err != nil {
			return err
		}
		holders, err := tx.Member.Query().
			Where(member.HasRoleAssignmentsWith(roleassignment.RoleID(i))).Count(ctx)
		if err != nil {
			return err
		}
		if holders > 0 {
			return fault.New(fault.Conflict, "group.role_held", i18n.Args{"Count": holders})
		}
		if err := tx.Role.DeleteOne(r).Exec(ctx); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, r.WorkspaceID, audit.RoleRemoved, i,
			newDetail("name", r.Name, "")...)
	})
}

// requireManagedRole loads a role for who may change it. Built-in ones are everybody's, and
// nobody's to change.
func (s *Service) requireManagedRole(ctx context.Context, by *access.Caller,
	i ident.ID) (*ent.Role, *access.Membership, error) {
	r, err := store.FindVisible(ctx, by, s.Store.Role.Get, i)
	if err != nil {
		return nil, nil, err
	}
	m := by.In(r.WorkspaceID)
	if !m.Throughout(access.RolesManage) {
		return nil, nil, fault.Denied()
	}
	if r.BuiltIn {
		return nil, nil, fault.New(fault.Conflict, "group.role_built_in", i18n.Args{"Role": r.Name})
	}
	return r, m, nil
}

// lockRoles locks the workspace's roles and reads them, where the plan has custom ones (PLA-1).
func lockRoles(ctx context.Context, tx *store.Tx) ([]*ent.Role, error) {
	w, err := lockWorkspace(ctx, tx)
	if err != nil {
		return nil, err
	}
	org, err := tx.Organization.Get(ctx, w.OrganizationID)
	if err != nil {
		return nil, err
	}
	if !org.Entitlements.CustomRoles {
		return nil, fault.New(fault.PlanRequired, "group.plan_roles")
	}
	return tx.Role.Query().All(ctx)
}

// requireHeldPermissions is ADM-6 for making roles: nobody makes one that holds more than they do.
func requireHeldPermissions(m *access.Membership, wanted access.Set) error {
	beyond := wanted &^ m.Held(access.Workspace(m.WorkspaceID))
	if beyond == 0 {
		return nil
	}
	return fault.At(fault.New(fault.Forbidden, "group.role_beyond",
		i18n.Args{"Permissions": strings.Join(beyond.Words(), ", ")}), "permissions")
}

// requireFreeName tells whether no other role has a name, case aside. Names are how files of
// imports say roles.
func requireFreeName(all []*ent.Role, i ident.ID, name string) error {
	fold := cases.Fold()
	for _, r := range all {
		if r.ID != i && fold.String(r.Name) == fold.String(name) {
			return fault.At(fault.New(fault.Conflict, "group.role_name_taken",
				i18n.Args{"Role": r.Name}), "name")
		}
	}
	return nil
}

func joinPermissions(r *ent.Role) string {
	return strings.Join(access.NewSet(r.Permissions).Words(), ", ")
}

func findRole(all []*ent.Role, i ident.ID) *ent.Role {
	for _, r := range all {
		if r.ID == i {
			return r
		}
	}
	return nil
}
