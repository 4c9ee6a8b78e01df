package admission

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// An account whose address nobody has verified is not a person yet (AUT-6): the person who typed
// the address first may know its password. An entry point that would give it another workspace, or
// a role with permissions, changes nothing on it and invites the address instead. The emailed link
// verifies the address and ends what was set before (AUT-4).

// IsUnverified tells whether an account is not a person yet. Accounts without an address, and the
// owner of a workspace, whom the operator named, are exempt.
func IsUnverified(ctx context.Context, db *ent.Client, u *ent.User) (bool, error) {
	if u.Email == nil || u.EmailProven {
		return false, nil
	}
	return db.User.Query().Where(user.ID(u.ID), account.IsUnverified()).
		Exist(store.AsSystem(ctx, "the owner of any workspace is exempt"))
}

// UnverifiedOf is IsUnverified for many accounts, with one statement. It returns the ids of those
// that are not a person yet.
func UnverifiedOf(ctx context.Context, db *ent.Client,
	users []*ent.User) (map[ident.ID]bool, error) {
	out, ids := map[ident.ID]bool{}, []ident.ID{}
	for _, u := range users {
		if u != nil && u.Email != nil && !u.EmailProven {
			ids = append(ids, u.ID)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	unverified, err := db.User.Query().Where(user.IDIn(ids...), account.IsUnverified()).
		IDs(store.AsSystem(ctx, "the owner of any workspace is exempt"))
	for _, i := range unverified {
		out[i] = true
	}
	return out, err
}

// RaisesPermissions tells whether a grant gives a role with permissions that is not held yet.
func RaisesPermissions(g schema.Grant, roles []*ent.Role, held []*ent.RoleAssignment) bool {
	return slices.ContainsFunc(g.Roles, func(r schema.GrantedRole) bool {
		row := FindRoleByID(roles, r.RoleID)
		return row != nil && len(row.Permissions) > 0 &&
			!slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
				return a.RoleID == r.RoleID && a.PlaceID == r.PlaceID
			})
	})
}

// RaisesUnverified tells whether a grant would give a member with an unverified account a role with
// permissions.
func RaisesUnverified(ctx context.Context, tx *store.Tx, m *ent.Member,
	g schema.Grant) (bool, error) {
	roles, err := tx.Role.Query().Where(role.IDIn(RoleIDs(g)...)).All(ctx)
	if err != nil || !RaisesPermissions(g, roles, nil) {
		return false, err
	}
	u := m.Edges.User
	if u == nil {
		if u, err = tx.User.Get(store.AsSystem(ctx,
			"an account belongs to no workspace"), m.UserID); err != nil {
			return false, err
		}
		m.Edges.User = u
	}
	if unverified, err := IsUnverified(ctx, tx.Client, u); !unverified || err != nil {
		return false, err
	}
	held, err := tx.RoleAssignment.Query().Where(roleassignment.MemberID(m.ID)).All(ctx)
	return RaisesPermissions(g, roles, held), err
}

// RefuseUnverified returns FORBIDDEN for a copied link that would give a role with permissions to
// an account whose address nobody has verified: another person may know its password. If no email
// is ever sent, nobody can verify an address, and the copied link is accepted.
func (s *Service) RefuseUnverified(ctx context.Context, tx *store.Tx, inv *ent.Invitation,
	u *ent.User) error {
	if !s.Outbox.Sends() {
		return nil
	}
	m, err := tx.Member.Query().Where(member.UserID(u.ID)).Only(ctx)
	if ent.IsNotFound(err) {
		m, err = &ent.Member{UserID: u.ID}, nil
	}
	if err != nil {
		return err
	}
	m.Edges.User = u
	raised, err := RaisesUnverified(ctx, tx, m, inv.Grant)
	if err == nil && raised {
		err = fault.New(fault.Forbidden, "accept.unverified")
	}
	return err
}
