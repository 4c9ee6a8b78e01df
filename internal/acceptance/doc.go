// Package acceptance holds what invitees do with the link of their invitation: look at it, accept
// or decline it, request a new link, and ask for a move to another address.
//
// A link opens one invitation. Accept identifies the person (acceptor.go), sets the invitation to
// ACTIVE and calls admission.Admit (accept.go). The inviter is told (notice.go).
// Package joinlink identifies the people who join by a page with the same Acceptor. leadsto.go works
// out which sessions an acceptance would lead into.
package acceptance
