package account

import (
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/user"
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
