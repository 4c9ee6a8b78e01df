// Package card brings in people without a mailbox. An administrator issues a card with a link and a
// PIN, and the person redeems it for a password of their own.
package card
