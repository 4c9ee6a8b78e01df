// Package invitation invites people by email: invite, resend, edit, cancel, remind. Adding people to
// a group and registering them for a session invite the addresses that are no members yet.
//
// Package invitationemail composes the emails, and package acceptance takes the answer of the
// invitee. Package provisioning creates accounts, and invites a person whose account belongs to
// another organization. Package dryrun runs one of these operations without effect.
//
// An InviteBatch holds the people of one request during one attempt of its transaction. Their facts
// are read together, each person gets an outcome, and everything that the outcomes need is written
// together, so the number of statements does not grow with the people.
//
// To follow one invitation: invite.go and batch.go make it, email.go queues its email, delivery.go
// records what became of it. In package acceptance, peek.go shows its page, and accept.go and
// acceptor.go accept it and call admission.Admit. docs/architecture.md lists the files of both
// requests. merge.go is the branch for an address with a pending invitation, memberrecipient.go the
// one for an address of a member.
package invitation
