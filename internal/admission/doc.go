// Package admission makes people active members. Admit is the only code that does, whatever the
// entry point (ADM-1): it takes the seat, creates or reactivates the member, applies the grant,
// records the audit event and queues the welcome, all in the transaction of its caller.
//
// A grant holds what an entry point gives: roles at places, groups, an org unit, sessions, and
// fields of the member. The grantor is the member or API key that last saved the grant. Nobody
// gives more than they hold when the grant is saved, and what the grantor may no longer give is
// left out when it is applied (ADM-6).
//
// Where to read: admit.go admits a person and apply.go applies the grant. grant.go validates the
// grant of a request and grantchange.go the change of a stored one; stored.go loads the rows of a
// stored grant. scope.go holds the rule that nobody gives more than they hold, and
// grantauthority.go applies it to stored grants and whole accounts. MemberAuthority (authority.go)
// decides what a caller may do to a member. AdminGuard (lastadmin.go) ensures that a workspace
// keeps an administrator (MEM-2).
package admission
