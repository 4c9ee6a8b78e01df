package schema

import "entgo.io/ent/dialect/entsql"

// What happens to a row when the row that it points to is deleted.
var (
	cascade = entsql.OnDelete(entsql.Cascade)
	setNull = entsql.OnDelete(entsql.SetNull)
)

// Vouched marks an edge to rows that everybody sees who sees the row that points to them: where
// both are read at once, the fence is not asked about them again.
type Vouched struct{}

// Name is for ent's templates.
func (Vouched) Name() string { return "Vouched" }
