// Package address parses email addresses and whitelists of them.
//
// An address has two forms. Display is the text that a person typed. Key is the identity: the local
// part in ASCII lower case, one @, the domain as lower-case A-labels. Keys are compared byte by
// byte, so both databases and every process agree. `a+b@` is a separate account, and letters
// outside ASCII are never folded.
//
// The grammar is narrower than RFC 5322, because lenient parsers may return another address than
// the text means: a dot-atom local part of at most 64 bytes, a domain that is valid under IDNA2008,
// 254 bytes in all. Additions from pasting (`Name <address>`, `mailto:`, brackets, a full stop) are
// removed first. Everything else is refused with a message that names the reason; nothing is
// repaired.
//
// A whitelist entry is a domain (`example.org`, that domain alone), a domain's subdomains
// (`*.example.org`, at any depth, without `example.org` itself, as in a certificate) or one
// address. No entry at all means anyone.
//
// The package is pure: no database, no network, no clock; every function is linear in its input.
package address
