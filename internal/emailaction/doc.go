// Package emailaction opens the links of emails that ask an administrator for a decision: to renew
// an invitation, to move it to another address, or to approve or reject a join request (INV-12).
//
// A link names the email that it came with, and is signed for the account that the email went to.
// Opening it changes nothing. Deciding takes the session of that account, and asks the rights of
// that moment again. A link works once, for two weeks.
package emailaction
