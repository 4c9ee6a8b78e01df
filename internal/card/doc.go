// Package card gives people without a mailbox a way to sign in (AHD-2). An administrator issues a
// card with a link and a PIN, and the person redeems it for a password of their own. A short code
// stands for the link where it has to be typed.
//
// Files: issue.go and issuemany.go issue cards, secrets.go derives what they hold, print.go,
// document.go and sheet.go print one or many, open.go checks the card of a link and shows its page,
// code.go finds a card by its code, redeem.go sets the password.
package card
