package schema

import "entgo.io/ent/dialect/entsql"

// What happens to a row when the row that it refers to is deleted.
var (
	cascade = entsql.OnDelete(entsql.Cascade)
	setNull = entsql.OnDelete(entsql.SetNull)
)

// Vouched marks an edge to rows that every reader of the row that points to them may see. When both
// are read together, the tenant filter is not applied to them again.
type Vouched struct{}

// Name is for ent's templates.
func (Vouched) Name() string { return "Vouched" }
