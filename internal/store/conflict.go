package store

import "entgo.io/ent/dialect/sql"

// SkipExisting makes an INSERT skip a row that exists with the same values in the columns of a
// unique index. When no row is inserted, ent's Exec returns database/sql.ErrNoRows.
func SkipExisting(columns ...string) []sql.ConflictOption {
	return []sql.ConflictOption{sql.ConflictColumns(columns...), sql.DoNothing()}
}

// LockExisting is like SkipExisting, but locks the existing rows until the transaction ends, by
// updating each to its own values.
func LockExisting(columns ...string) []sql.ConflictOption {
	return []sql.ConflictOption{sql.ConflictColumns(columns...), sql.ResolveWithIgnore()}
}
