package account

import (
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/user"
)

// IsUnverified selects the accounts that are not persons yet (AUT-6): nobody has verified their
// address, and whoever typed it first may know the password. Accounts without an address are looked
// after by their organization, and the owner of a workspace was named by the operator: neither is
// selected.
func IsUnverified() predicate.User {
	return user.And(
		user.EmailNotNil(), user.EmailProven(false),
		user.Not(user.HasMembersWith(member.JoinedViaEQ(member.JoinedViaFounded))),
	)
}
