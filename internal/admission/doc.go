// Package admission makes people active members. Admit is the only code that does, whatever the
// entry point (ADM-1): it takes the seat, creates or revives the member, applies the grant, writes
// the audit event and queues the welcome, all in the transaction of its caller.
//
// A grant is what an entry point gives: roles at places, groups, an org unit, sessions, a profile.
// ResolveGrant reads what a request asks for, as far as its author sees it. The grantor is the
// member or API key that saved a grant last; nobody gives more than they hold when the grant is
// saved, and no more than the grantor holds then is given when it is applied (ADM-6).
// MemberAuthority decides what a caller may do to a member, AdminGuard keeps a workspace its last
// administrator (MEM-2).
package admission
