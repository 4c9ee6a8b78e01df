package schema

import "entgo.io/ent/dialect/entsql"

// What happens to a row when the row that it refers to is deleted.
var (
	cascade = entsql.OnDelete(entsql.Cascade)
	setNull = entsql.OnDelete(entsql.SetNull)
)

// VisibleToReaders marks an edge to rows that every reader of the referring row may see. When both
// are read together, the tenant filter is not applied to them again.
type VisibleToReaders struct{}

// Name returns the key of the annotation in ent's templates.
func (VisibleToReaders) Name() string { return "VisibleToReaders" }
