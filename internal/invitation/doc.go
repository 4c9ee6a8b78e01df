// Package invitation invites people by email and takes their answer: invite, resend, edit, cancel,
// remind, accept, decline, renew. Adding people to a group and registering them for a session
// invite those who are no members yet; creating accounts invites those whose account belongs to
// nobody here. A plan runs one of these in a transaction that never commits.
//
// An InviteBatch is one request's people on their way through a transaction: their facts are read
// in a number of statements that does not grow with them, each gets an outcome, and what the
// outcomes need is written together.
package invitation
