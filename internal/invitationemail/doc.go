// Package invitationemail composes the emails of invitations, of registrations for sessions, and the
// welcome of a new member, when they leave.
//
// Each is composed from the rows of now: an email whose reason is gone is dropped, and links are made
// here and stored nowhere. Package invitation queues the emails and records their delivery.
package invitationemail
