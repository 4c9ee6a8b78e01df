// Package visibility says which rows of each table a caller may read, as conditions of SQL.
//
// Package store adds [Filter] to every query in the scope of a caller, at any depth. So a row that
// the caller may not see does not exist for them, whichever way a query comes to it. A table
// without a rule is visible to nobody.
package visibility
