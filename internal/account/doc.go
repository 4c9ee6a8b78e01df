// Package account is what belongs to a person and to no workspace: signing in, tokens, password,
// address, profile.
//
// A login is what one types to say who one is: an address, or a username and a workspace. A sign-in
// is one place where a person is signed in; it is a row, and the family of all refresh tokens that
// followed from it. A session is what its holder gets: an access token for five minutes, checked
// against the rows at every use, and a refresh token that is good for one more session.
//
// # Refreshing
//
// Each refresh token is made from the one before it with a key that the database does not hold, so
// that it need not be kept to be given twice. The token that is traded becomes the parent of the
// new one. For ten seconds the parent still answers, with the very token that its first trade made:
// two tabs that race, and a client whose answer got lost, end up with the same token, and one row
// changes once. After that, a parent, or any token before it, shows that two parties hold the same
// one. The family ends, since nobody can tell which of them is the person.
//
// # Guessing
//
// A try is counted before its password is looked at, under what was typed rather than under an
// account, so that an account that does not exist is limited, answers and takes time like one that
// does. Wrong tries are counted for the network too, after the fact: a class that signs in behind
// one router is not slowed by its number.
//
// One account has several counts. Tries from one network have five free ones, then a delay that
// doubles up to 15 minutes. All networks together that the account does not know have the same, so
// that an attacker gains nothing by changing networks. An account knows a network for thirty days
// after the right password came from it, and a device as long as its browser keeps the cookie of an
// earlier sign-in: they are outside the common count, and a device outside the network's. So nobody
// else's guesses keep the owner waiting where they have signed in before.
//
// On an unknown network the owner cannot be told from an attacker. There a network that is refused
// waits 30 seconds for a turn, whatever the delay has come to, and an account gives four turns a
// minute. The price is known: an attacker with unlimited networks has four guesses a minute at one
// account instead of four an hour. Who takes all turns with many networks at once can still keep an
// unknown network waiting; a reset by email is the way in then. A reset, and the right password
// from the same origin, clear the counts.
//
// Tries at one account from one origin follow each other within a process, so that right passwords
// that arrive at the same time are not refused for their number.
//
// # Links
//
// The links of resets and address changes are made when the mail goes out. They are bound to the
// account's credential_version and to an address, and die together when either changes.
package account
