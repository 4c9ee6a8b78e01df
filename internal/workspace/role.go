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

// maxRoles is the maximum number of custom roles of a workspace: lists and menus show all of them.
const maxRoles = 100

// CreateRoleInput describes a custom role to create (ACC-2).
type CreateRoleInput struct {
	WorkspaceID ident.ID
	Name        string
	Permissions []access.Permission
}

// UpdateRoleInput says what to change in a role. nil keeps a value; the permissions are replaced as
// a whole.
type UpdateRoleInput struct {
	ID          ident.ID
	Name        *string
	Permissions []access.Permission
}

// CreateRole creates a custom role, whose key is its id. Errors: FORBIDDEN also for permissions
// that the caller does not hold; BAD_USER_INPUT, PLAN_REQUIRED; CONFLICT if the name is taken or
// there are 100 roles.
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
		// Built-in roles do not count for the limit.
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

// UpdateRole changes a custom role. The change applies to all its holders from their next request
// on. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, PLAN_REQUIRED; CONFLICT for a built-in role, a
// taken name, or a holder with an unverified address.
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
			return fault.Missing() // deleted since it was read
		}
		update := tx.Role.UpdateOne(old).SetNillableName(name).SetUpdatedAt(s.Clock())
		if name != nil {
			if err := requireFreeName(all, old.ID, *name); err != nil {
				return err
			}
		}
		if in.Permissions != nil {
			set := access.SetOf(in.Permissions)
			// Security: the present permissions were given by somebody who held them. Only new ones
			// are given now, so only these are checked (ADM-6).
			if err := requireHeldPermissions(m, set&^access.NewSet(old.Permissions)); err != nil {
				return err
			}
			// Taking permissions away needs no verified address.
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

// refuseUnverifiedHolders refuses to add permissions to a role that a member with an unverified
// address holds: the person who typed the address first may know the password, and would get the
// permissions (AUT-6). An installation that sends no email cannot verify addresses, so the rule
// does not apply there.
func (s *Service) refuseUnverifiedHolders(ctx context.Context, tx *store.Tx, id ident.ID) error {
	if !s.Training.Outbox.Sends() {
		return nil
	}
	held, err := tx.Member.Query().
		Where(member.HasRoleAssignmentsWith(roleassignment.RoleID(id)),
			member.HasUserWith(account.IsUnverified())).Exist(ctx)
	if err == nil && held {
		err = fault.At(fault.New(fault.Conflict, "group.role_unverified"), "permissions")
	}
	return err
}

// DeleteRole deletes a custom role that nobody holds. Invitations and join links that name it
// remain valid without it (ADM-7). Errors: NOT_FOUND, FORBIDDEN; CONFLICT for a built-in role or
// one with holders.
func (s *Service) DeleteRole(ctx context.Context, by *access.Caller, id ident.ID) (err error) {
	defer fault.Annotate(&err, "delete role")

	r, _, err := s.requireManagedRole(ctx, by, id)
	if err != nil {
		return err
	}

	ctx = store.InWorkspace(ctx, r.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		q := tx.Role.Query().Where(role.ID(id))
		if tx.Locks() {
			// Transactions that are giving the role finish first.
			q.ForUpdate()
		}
		r, err := q.Only(ctx)
		if ent.IsNotFound(err) {
			return fault.Missing()
		}
		if err != nil {
			return err
		}
		// Counted behind the lock of the role, so that nobody gets it between the count and the
		// delete.
		holders, err := tx.Member.Query().
			Where(member.HasRoleAssignmentsWith(roleassignment.RoleID(id))).Count(ctx)
		if err != nil {
			return err
		}
		if holders > 0 {
			return fault.New(fault.Conflict, "group.role_held", i18n.Args{"Count": holders})
		}
		if err := tx.Role.DeleteOne(r).Exec(ctx); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, r.WorkspaceID, audit.RoleRemoved, id,
			newDetail("name", r.Name, "")...)
	})
}

// requireManagedRole loads a role for a caller who may change it. CONFLICT for a built-in role,
// which nobody may change.
func (s *Service) requireManagedRole(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.Role, *access.Membership, error) {
	r, err := store.FindVisible(ctx, by, s.Store.Role.Get, id)
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

// lockRoles locks the workspace and returns its roles. PLAN_REQUIRED if the subscription plan has
// no custom roles (PLA-1).
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

// requireHeldPermissions refuses permissions that the caller does not hold in the whole workspace
// (ADM-6).
func requireHeldPermissions(m *access.Membership, wanted access.Set) error {
	// A role can be held anywhere, so the permissions must be held in the whole workspace.
	beyond := wanted &^ m.Held(access.Workspace(m.WorkspaceID))
	if beyond == 0 {
		return nil
	}
	return fault.At(fault.New(fault.Forbidden, "group.role_beyond",
		i18n.Args{"Permissions": strings.Join(beyond.Words(), ", ")}), "permissions")
}

// requireFreeName refuses a name that another role has, ignoring case. Import files refer to roles
// by name.
func requireFreeName(all []*ent.Role, id ident.ID, name string) error {
	fold := cases.Fold()
	for _, r := range all {
		if r.ID != id && fold.String(r.Name) == fold.String(name) {
			return fault.At(fault.New(fault.Conflict, "group.role_name_taken",
				i18n.Args{"Role": r.Name}), "name")
		}
	}
	return nil
}

// joinPermissions returns the permissions of a role as the history shows them.
func joinPermissions(r *ent.Role) string {
	return strings.Join(access.NewSet(r.Permissions).Words(), ", ")
}

// findRole returns the role of an id, nil if it is not among all.
func findRole(all []*ent.Role, id ident.ID) *ent.Role {
	for _, r := range all {
		if r.ID == id {
			return r
		}
	}
	return nil
}
