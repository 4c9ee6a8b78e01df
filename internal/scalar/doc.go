// Package scalar reads the scalars of the API: String, Int, Time and Map. ident.ID reads ids by the
// same rules.
//
// The rules hold for literals and for variables, since gqlgen calls these functions for both: a
// text is a JSON string that both databases can store, a number is a JSON number, a moment lies in
// the years that both databases can read back. Pages, downloads and commands ask IsStorable and
// CheckTime themselves. Writing is gqlgen's own.
package scalar
