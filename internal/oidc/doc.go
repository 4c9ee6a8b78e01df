// Package oidc signs people in to the applications of a workspace: Usher is their OpenID Connect
// provider (PAR-5). It holds the registration of applications, the endpoints for programs, and the
// verbs behind the two pages for people, /oauth/authorize and /oauth/logout, which package pages
// serves.
//
// # What is the library's, what is ours
//
// github.com/zitadel/oidc is a certified implementation. It parses and validates requests, compares
// code verifiers, composes responses, and makes and verifies ID tokens. Three things are ours. The
// authorization endpoint is a page, because it needs the caller, the brand and the language; it
// validates by the library's rules and by stricter ones. Applications are authenticated before the
// library is called, so that failures are limited and counted. The discovery document is our own,
// because the library's names flows that Usher does not offer.
//
// # One issuer
//
// All workspaces share one issuer, the public URL. The client_id names the application and thereby
// its workspace, so an issuer for each workspace would separate nothing, and would cost another key
// set for each.
//
// # No row before a sign-in
//
// An authorization request stays in the browser until the person is signed in: the sign-in page
// carries it in its parameter "next". Strangers can therefore fill no table. A request that asks
// for another sign-in (prompt=login, max_age) gets a signed mark of the time, which a sign-in must
// be younger than.
//
// # Tokens
//
// One row, ApplicationSignIn, is an authorization code first and then the family of its refresh
// tokens, which rotate as those of package account do. An access token is a sealed text with the id
// of the row, an end and scopes; it needs no row and is no JWT. The row refers to the sign-in at
// Usher and to the member, and counts only while both do. So signing out, a new password,
// deactivation and removal end the tokens of all applications, and no verb has to remember it.
//
// Access tokens are opaque because applications do not need to read them, and because nothing else
// may take them for its own. ID tokens are signed with keys of their own: RSA keys are rows sealed
// with the server's secret, the Ed25519 key is derived from it.
package oidc
