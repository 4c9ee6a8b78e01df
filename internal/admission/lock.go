package admission

import (
	"context"

	"usher/ent/member"
	"usher/internal/ident"
	"usher/internal/store"
)

// LockUser locks an account, and its member in the workspace of ctx, before the invitations of the
// person. An account that is gone is found missing when it is read.
func LockUser(ctx context.Context, tx *store.Tx, id ident.ID) error {
	if !tx.Locks() {
		return nil
	}
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	if _, err := tx.LockUsers(system, store.ToChange, id); err != nil {
		return err
	}
	members, err := tx.Member.Query().Where(member.UserID(id)).IDs(ctx)
	if err != nil {
		return err
	}
	_, err = tx.LockMembers(ctx, store.ToChange, members...)
	return err
}
