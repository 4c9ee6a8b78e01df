// Package invitation invites people by email: invite, resend, edit, cancel, remind. Package
// acceptance takes the answer of the invitee. Adding people to a group and registering them for a
// session invite the addresses that are no members yet. Creating an account invites a person whose
// account belongs to another organization. A dry run runs one of these operations in a transaction
// that is rolled back (AHD-1); the API calls it a plan.
//
// An InviteBatch holds the people of one request during one attempt of its transaction. Their facts
// are read together, each person gets an outcome, and everything that the outcomes need is written
// together, so the number of statements does not grow with the people.
//
// To follow one invitation: invite.go and batch.go make it, email.go queues its email, send.go
// composes it. In package acceptance, peek.go shows its page, and accept.go and acceptor.go accept
// it and call admission.Admit. docs/architecture.md lists the files of both requests. merge.go is
// the branch for an address with a pending invitation, memberrecipient.go the one for an address of
// a member.
package invitation
