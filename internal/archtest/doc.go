// Package archtest holds no code, only tests of the repository itself: that imports go down, that
// names say what they are, that the catalogues are complete, that raw SQL stays where it is listed,
// that the binary stays small.
//
// A rule that only a document states is true for a week. Each test here is one rule, says at what
// line it is broken, and carries a list of the exceptions with a reason each; an exception that
// nothing needs any more fails too.
package archtest
