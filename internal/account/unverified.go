package account

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/user"
	"usher/internal/ident"
	"usher/internal/store"
)

// IsUnverified selects accounts whose address nobody has verified and that are no person yet
// (AUT-6): the person who first typed the address may know the password. Not selected are accounts
// without an address, which their organization manages, and the owner of a workspace, whom the
// operator named.
func IsUnverified() predicate.User {
	return user.And(
		user.EmailNotNil(), user.EmailProven(false),
		user.Not(user.HasMembersWith(member.JoinedViaEQ(member.JoinedViaFounded))),
	)
}

// HasUnverifiedAddress tells whether an account is not a person yet, as IsUnverified selects them.
//
// Security: an entry point that would give such an account another workspace, or a role with
// permissions, changes nothing on it and invites the address instead. The emailed link verifies the
// address and ends what was set before (AUT-4).
func HasUnverifiedAddress(ctx context.Context, db *ent.Client, u *ent.User) (bool, error) {
	// Most accounts are verified, and need no statement.
	if u.Email == nil || u.EmailProven {
		return false, nil
	}
	return db.User.Query().Where(user.ID(u.ID), IsUnverified()).
		Exist(store.AsSystem(ctx, "the owner of any workspace is exempt"))
}

// UnverifiedOf is HasUnverifiedAddress for many accounts, with one statement. It returns the ids of
// those that are not a person yet.
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
	unverified, err := db.User.Query().Where(user.IDIn(ids...), IsUnverified()).
		IDs(store.AsSystem(ctx, "the owner of any workspace is exempt"))
	for _, i := range unverified {
		out[i] = true
	}
	return out, err
}
