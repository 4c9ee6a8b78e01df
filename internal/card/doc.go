// Package card gives people without a mailbox a way to sign in (AHD-2). An administrator issues a
// card with a link and a PIN, and the person redeems it for a password of their own.
//
// Files: issue.go issues and prints a card, open.go checks the card of a link and shows its page,
// redeem.go sets the password.
package card
