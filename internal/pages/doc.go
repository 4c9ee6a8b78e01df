// Package pages serves the pages that people see without a front end: joining by a public link,
// accepting an invitation, signing in, passwords, printed cards, a new address, 'do not mail me
// again', and a small home. They are rendered here, work without scripts, and weigh a few
// kilobytes.
//
// GET reads and POST acts: link scanners, previews and reloads change nothing. A POST that has
// acted answers with a redirect, so that reloading does not act again, but for the one that says
// which address a mail is on its way to; one that was refused answers with the same page, the
// answers kept, what is wrong said at the top and again at its field.
//
// A visit is one request for one page. A way is what a page offers next; every page has one,
// whatever went wrong.
//
// # Language
//
// What the address says (?lang=fr) counts first and is carried along, then what the browser asks
// for, then what the person chose for their account, then the invitation's language, then its
// workspace's. It is not remembered in the browser. The switch on a form is one of its buttons: it
// comes back in the other language with the answers kept, passwords apart.
//
// # Tokens
//
// Pages whose path holds a token are served with no-referrer. The others are served with
// same-origin, because browsers hide the Origin of a form whose page has no-referrer, and old ones
// have nothing else to show where a form came from. We never put a path with a token into a query:
// who comes back to an invitation is sent there by a form.
package pages
