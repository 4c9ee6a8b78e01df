// Package house holds no code, only tests of the repository itself: that imports go down, that names say what they are,
// that no sentence a person reads stands outside the catalogues, that raw SQL stays where it is listed.
//
// A rule that only a document states is true for a week. Each test here is one rule, says at what line it is broken, and
// carries a list of the exceptions with a reason each; an exception that nothing needs any more fails too.
package house
