package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// WorkspaceExport is a file with everything of a workspace, or the order to make one.
type WorkspaceExport struct{ ent.Schema }

// Mixin of the table.
func (WorkspaceExport) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.WorkspaceExport}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (WorkspaceExport) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("status").NamedValues("Pending", "PENDING", "Ready", "READY", "Failed",
			"FAILED").Default("PENDING"),
		field.Enum("format").NamedValues("CSV", "CSV", "JSONLines", "JSON_LINES").Immutable(),
		field.Int("size_bytes").Default(0),
		field.Int("attempt").Default(0).
			Comment("Of the job that writes the file: pieces of an earlier attempt are deleted."),
		field.Time("finished_at").Optional().Nillable(),
		field.UUID("requested_by_id", ident.ID{}).Optional().Nillable().Immutable().
			Comment("The user who asked for it; null for the operator."),
	}
}

// Edges of the table.
func (WorkspaceExport) Edges() []ent.Edge {
	return []ent.Edge{edge.To("requested_by", User.Type).Field("requested_by_id").Unique().
		Immutable().Annotations(setNull)}
}

// Indexes of the table.
func (WorkspaceExport) Indexes() []ent.Index {
	return []ent.Index{index.Fields("requested_by_id")}
}

// Annotations of the table.
func (WorkspaceExport) Annotations() []schema.Annotation {
	return []schema.Annotation{internalOnly()}
}

// WorkspaceExportPiece holds a sealed piece of the file of an export.
type WorkspaceExportPiece struct{ ent.Schema }

// Mixin of the table.
func (WorkspaceExportPiece) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.WorkspaceExportPiece}, Workspaced{}}
}

// Fields of the table.
func (WorkspaceExportPiece) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("export_id", ident.ID{}).Immutable(),
		field.Int("position").Immutable(),
		field.Bytes("content").Immutable().Sensitive(),
	}
}

// Edges of the table.
func (WorkspaceExportPiece) Edges() []ent.Edge {
	return []ent.Edge{edge.To("export", WorkspaceExport.Type).Field("export_id").Unique().
		Required().Immutable().Annotations(cascade)}
}

// Indexes of the table.
func (WorkspaceExportPiece) Indexes() []ent.Index {
	return []ent.Index{index.Fields("export_id", "position").Unique()}
}

// Annotations of the table.
func (WorkspaceExportPiece) Annotations() []schema.Annotation {
	return []schema.Annotation{internalOnly()}
}
