package store

import "entgo.io/ent/dialect/sql"

// SkipExisting keeps a row that has the same values in the columns of a unique index, instead of
// inserting another. When no row is inserted, ent's Exec returns database/sql.ErrNoRows.
func SkipExisting(columns ...string) []sql.ConflictOption {
	return []sql.ConflictOption{sql.ConflictColumns(columns...), sql.DoNothing()}
}

// LockExisting is like SkipExisting, but locks the rows that exist until the transaction ends: each
// is updated to what it is.
func LockExisting(columns ...string) []sql.ConflictOption {
	return []sql.ConflictOption{sql.ConflictColumns(columns...), sql.ResolveWithIgnore()}
}
