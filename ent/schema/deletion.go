package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// Deletion tells programs that keep a copy which rows are gone. Triggers write it (migration
// 00045), so that a row deleted by a foreign key is told as well.
type Deletion struct{ ent.Schema }

// Mixin of the table.
func (Deletion) Mixin() []ent.Mixin { return []ent.Mixin{Workspaced{}} }

// Fields of the table.
func (Deletion) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("id", ident.ID{}).Immutable().Comment("Id of the deleted row."),
		field.Time("deleted_at").Immutable().
			Comment("When the row was deleted, UTC, by the clock of the database."),
	}
}

// Indexes of the table: the order in which deletions are read.
func (Deletion) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "deleted_at", "id")}
}

// Annotations of the table.
func (Deletion) Annotations() []schema.Annotation {
	return []schema.Annotation{internalOnly()}
}
