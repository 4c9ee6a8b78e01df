// Package card brings in people without a mailbox: an administrator issues a card with a link and a
// PIN, which the person redeems for a password of their own.
package card
