package lifecycle

import (
	"slices"

	"usher/ent/member"
)

// ErasedTables are the tables that an erasure empties.
func ErasedTables() []string {
	return slices.Concat(tablesBeforeMembers, []string{member.Table}, tablesAfterMembers)
}
