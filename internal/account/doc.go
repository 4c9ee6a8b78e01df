// Package account owns what belongs to a person and to no workspace: signing in, tokens, password,
// email address, profile.
//
// A login is what a person types to sign in: an email address, or a username with a workspace. A
// sign-in is one place where a person is signed in. It is a row, together with the family of all
// refresh tokens that descend from its first one. A sign-in session (SignInSession, in comments
// here a session) is what the client gets: an access token for five minutes, checked against the
// rows at every use, and a refresh token for one more session. It has nothing to do with
// ent.Session, which is a run of a program.
//
// # Refreshing
//
// Each refresh token is derived from its parent with a key that the database does not hold. So it
// can be handed out twice without being stored. A token that is traded becomes the parent of the
// new one. For ten seconds the parent is still accepted and yields the same token as its first
// trade. Two racing tabs, or a client whose response was lost, therefore end up with the same
// token, and the row changes once. After that, the use of a parent or an earlier token shows that
// two parties hold the same token. The family ends, since nobody can tell which of them is the
// person.
//
// # Guessing
//
// An attempt is counted before its password is verified, under the typed login and not under an
// account. So an account that does not exist is limited, answers and takes time like one that
// does. Wrong attempts are counted for the network too, after the fact: a class that signs in
// behind one router is not slowed down by its size.
//
// One account has several counts. Attempts from one network are free five times, then delayed by a
// time that doubles up to 15 minutes. All networks together that the account does not know have
// the same limit, so that an attacker gains nothing by changing networks. An account knows a
// network for thirty days after the right password came from it. It knows a device as long as its
// browser keeps the cookie of an earlier sign-in. Known networks and devices are outside the
// common count, and a device is outside the network's count. So guesses of others never delay the
// owner where they have signed in before.
//
// On an unknown network the owner cannot be told from an attacker. A refused network waits at most
// 30 seconds for a turn there, whatever the delay is, and an account gives four turns a minute.
// The cost is known: an attacker with unlimited networks has four guesses a minute at one account
// instead of four an hour. An attacker who takes all turns with many networks can still keep an
// unknown network waiting; a reset by email is the way in then. A reset, and the right password
// from the same origin, clear the counts.
//
// Attempts at one account from one origin run one after the other within a process. So right
// passwords that arrive at the same time are not refused for their number.
//
// # Links
//
// The links of resets and address changes are made when the email is sent. They are bound to the
// account's credential_version and to an address, and are revoked together when either changes.
package account
