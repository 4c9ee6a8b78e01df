package admission

import (
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"usher/ent/organization"
	"usher/ent/predicate"
	"usher/ent/workspace"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// LockForErasure locks the organizations of workspaces, and those that name a person as an
// administrator, to free seats and to forget the person.
func LockForErasure(ctx context.Context, tx *store.Tx, userID ident.ID,
	workspaces ...ident.ID) (err error) {
	defer fault.Annotate(&err, "lock organizations of an erasure")

	if !tx.Locks() {
		return nil
	}
	system := store.AsSystem(ctx, "a person is forgotten in every organization that names them")
	// An administrator of an organization need not be a member of any of its workspaces.
	ids, err := tx.Organization.Query().Where(isAdministeredBy(userID)).IDs(system)
	if err != nil {
		return err
	}
	rows, err := tx.Workspace.Query().Where(workspace.IDIn(workspaces...)).
		Select(workspace.FieldOrganizationID).All(system)
	if err != nil {
		return err
	}
	for _, row := range rows {
		ids = append(ids, row.OrganizationID)
	}
	return tx.LockOrganization(system, ids...)
}

// ForgetAdministrator takes a person out of the administrators of every organization. An
// organization may be left without any: the next owner that the operator makes becomes one. The
// caller has called LockForErasure.
func ForgetAdministrator(ctx context.Context, tx *store.Tx, userID ident.ID) (err error) {
	defer fault.Annotate(&err, "forget administrator")

	system := store.AsSystem(ctx, "a person is forgotten in every organization that names them")
	named, err := tx.Organization.Query().Where(isAdministeredBy(userID)).All(system)
	if err != nil {
		return err
	}
	for _, org := range named {
		rest := slices.DeleteFunc(slices.Clone(org.AdministratorIds),
			func(id string) bool { return id == userID.UUID() })
		if err := tx.Organization.UpdateOne(org).SetAdministratorIds(rest).
			Exec(system); err != nil {
			return err
		}
	}
	return nil
}

// isAdministeredBy selects the organizations that name a person as an administrator.
func isAdministeredBy(userID ident.ID) predicate.Organization {
	return func(s *sql.Selector) {
		s.Where(sqljson.ValueContains(s.C(organization.FieldAdministratorIds), userID.UUID()))
	}
}
