// Package account is what belongs to a person and to no workspace: signing in, tokens, password, address, profile.
//
// A login is what one types to say who one is: an address, or a username and a workspace. A sign-in is one place where a
// person is signed in; it is a row, and the family of all refresh tokens that followed from it. A session is what its
// holder gets: an access token for five minutes, checked against the rows at every use, and a refresh token that is
// good for one more session.
//
// # Refreshing
//
// Each refresh token is made from the one before it with a key that the database does not hold, so that it need not be
// kept to be given twice. The token that is traded becomes the parent of the new one. For ten seconds the parent still
// answers, with the very token that its first trade made: two tabs that race, and a client whose answer got lost, end up
// with the same token, and one row changes once. After that, a parent, or any token before it, shows that two parties
// hold the same one. The family ends, since nobody can tell which of them is the person.
//
// # Guessing
//
// A try is counted before its password is looked at, under what was typed rather than under an account, so that an
// account that does not exist is limited, answers and takes time like one that does. Wrong tries are counted for the
// network too, after the fact: a class that signs in behind one router is not slowed by its number. A reset by mail is
// the way in for an owner whom a stranger keeps waiting; it and each right password clear the count.
//
// # Links
//
// The links of resets and address changes are made when the mail goes out. They are bound to the account's
// credential_version and to an address, and die together when either changes.
package account
