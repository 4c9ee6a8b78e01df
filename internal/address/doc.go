// Package address reads e-mail addresses and the whitelists that speak of them.
//
// An address has two faces. Display is what a person typed, for people. Key is who it is: the local
// part in ASCII lower case, one @, the domain as lower-case A-labels. Keys are compared byte by
// byte and by nothing else, so both databases and every process agree on them; `a+b@` stays an
// account of its own, and no letter outside ASCII is ever folded.
//
// The grammar is narrower than RFC 5322 and its own, because lenient parsers hand back an address
// that means something else than the text did: a dot-atom local part of at most 64 bytes, a domain
// that is valid under IDNA2008, 254 bytes in all. What pasting adds (`Name <address>`, `mailto:`,
// brackets, a full stop) is peeled first. Everything else is refused with a sentence that names the
// reason; nothing is repaired.
//
// A whitelist entry is a domain (`example.org`, that domain alone), a domain's subdomains
// (`*.example.org`, at any depth, without `example.org` itself, as in a certificate) or one
// address. No entry at all means anyone.
//
// The package is pure: no database, no network, no clock; every function is linear in its input.
package address
