package schema

import "entgo.io/ent/dialect/entsql"

// What happens to a row when the row that it points to is deleted.
var (
	cascade = entsql.OnDelete(entsql.Cascade)
	setNull = entsql.OnDelete(entsql.SetNull)
)
