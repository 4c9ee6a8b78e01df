// Package pages serves Usher's own HTML pages: joining by a public link, accepting an invitation,
// signing in, passwords, printed cards, email changes, email preferences, and a small home page.
// They are rendered on the server, work without scripts, and take a few kilobytes each.
//
// GET reads and POST changes, so link scanners, previews and reloads change nothing. A successful
// POST answers with a redirect, so that a reload does not repeat it. The one exception is the page
// that shows the address an email was sent to. A rejected POST answers with the same page: it keeps
// the answers and shows each error at the top and at its field.
//
// A visit is one request for one page. Every page, error pages included, offers at least one link
// or form to go on.
//
// # Language
//
// The language is the first known one of: the query (?lang=fr, which all links carry along), the
// language that the link was sent in, the account's, the browser's Accept-Language, the workspace's.
// No cookie stores it. On a page with a form the language switch is a button of the form: the page returns in
// the other language and keeps all answers except passwords.
//
// # Tokens
//
// Pages whose path holds a token have the referrer policy no-referrer. The others have same-origin:
// with no-referrer browsers send the Origin "null", and older browsers send no other header that
// shows where a form came from. A path with a token never becomes part of a query; a form field
// carries it instead.
package pages
