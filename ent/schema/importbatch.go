package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// ImportBatch is one import: a file or rows, its options and its progress.
type ImportBatch struct{ ent.Schema }

// Mixin of the table.
func (ImportBatch) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Import, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}}
}

// Fields of the table.
func (ImportBatch) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("status").NamedValues("Previewing", "PREVIEWING", "Previewed", "PREVIEWED",
			"Scheduled", "SCHEDULED",
			"Running", "RUNNING", "Paused", "PAUSED", "Completed", "COMPLETED", "Cancelled",
			"CANCELLED", "Failed", "FAILED",
			"Undone", "UNDONE").Annotations(graphqlType("ImportStatus")).
			Comment("State of the import."),
		field.Enum("action").NamedValues("Invite", "INVITE", "Create", "CREATE").Immutable().
			Annotations(graphqlType("ImportAction")).Comment("What happens to people who are " +
			"not members yet."),
		field.Enum("existing").NamedValues("Skip", "SKIP", "FillEmpty", "FILL_EMPTY", "Update",
			"UPDATE").Immutable().
			Annotations(graphqlType("ImportExisting")).
			Comment("What happens to existing members and pending invitations."),
		field.Enum("source").NamedValues("File", "FILE", "Text", "TEXT", "Rows", "ROWS").
			Immutable().
			Annotations(graphqlType("ImportSource")).Comment("Where the rows come from."),
		field.Enum("header").NamedValues("Detect", "DETECT", "None", "NONE").Default("DETECT").
			Immutable().
			Annotations(graphqlType("ImportHeader")).Comment("Whether the file has a header."),
		field.String("file_name").Optional().Nillable().Immutable().
			Comment("Name of the uploaded file; null for pasted text and for rows of a request."),
		field.JSON("columns", []ImportColumn{}).Optional().Annotations(hidden),
		field.String("delimiter").Default(",").Annotations(hidden),
		field.JSON("reading", ImportReading{}).Optional().Annotations(hidden),
		field.JSON("options", ImportOptions{}).Optional().Annotations(hidden),
		field.String("layout").Optional().Nillable().Annotations(hidden).
			Comment("Hash of the header, for which the columns that people chose are remembered."),
		field.JSON("grant", Grant{}).Annotations(hidden),
		field.String("failure").Optional().Nillable().Annotations(hidden).
			Comment("Why it is FAILED, as a key of the message catalogue."),
		field.JSON("failure_args", map[string]string{}).Optional().Annotations(hidden),
		field.Int("total_rows").Default(0).
			Comment("Number of rows that are not empty, without the header, and of members whom a " +
				"mirrored file does not hold."),
		field.Int("processed_rows").Default(0).
			Comment("Number of processed rows, rejected ones included."),
		field.Int("invite_count").Default(0).Annotations(hidden),
		field.Int("create_count").Default(0).Annotations(hidden),
		field.Int("update_count").Default(0).Annotations(hidden),
		field.Int("unchanged_count").Default(0).Annotations(hidden),
		field.Int("error_count").Default(0).Annotations(hidden),
		field.Int("deactivate_count").Default(0).Annotations(hidden),
		field.Int("reactivate_count").Default(0).Annotations(hidden),
		field.Int("emails_to_send").Default(0).
			Comment("Number of emails that it sends, as far as the preview knows."),
		field.Time("email_at").Optional().Nillable().
			Comment("When its emails are sent, UTC; null for immediately."),
		field.Int("emails_per_minute").Optional().Nillable().
			Comment("Maximum number of emails per minute; null for no limit."),
		field.Time("started_at").Optional().Nillable().Comment("When it was started, UTC."),
		field.Time("finished_at").Optional().Nillable().
			Comment("When it was completed, cancelled or undone, UTC."),
		field.UUID("started_by_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.UUID("grantor_key_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (ImportBatch) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("started_by", Member.Type).Field("started_by_id").Unique().Annotations(setNull).
			Comment("The member who uploaded or started it. Rows are checked against their permissions."),
		edge.To("grantor_key", APIKey.Type).Field("grantor_key_id").Unique().
			Annotations(hidden, setNull),
	}
}

// Indexes of the table.
func (ImportBatch) Indexes() []ent.Index {
	return []ent.Index{index.Fields("started_by_id"), index.Fields("grantor_key_id"),
		index.Fields("workspace_id", "layout", "id")}
}

// Annotations of the table.
func (ImportBatch) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, graphqlType("Import"),
		schema.Comment("An import of people: preview, progress and result.")}
}

// ImportFile holds a piece of an uploaded file. It is a table of its own, so that lists of imports
// never read it.
type ImportFile struct{ ent.Schema }

// Mixin of the table.
func (ImportFile) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.ImportFile}, Workspaced{}}
}

// Fields of the table.
func (ImportFile) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("import_id", ident.ID{}).Immutable(),
		field.Int("position").Immutable(),
		field.Bytes("content").Immutable(),
	}
}

// Edges of the table.
func (ImportFile) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("import", ImportBatch.Type).Field("import_id").Unique().Required().Immutable().
			Annotations(cascade),
	}
}

// Indexes of the table.
func (ImportFile) Indexes() []ent.Index {
	return []ent.Index{index.Fields("import_id", "position").Unique()}
}

// Annotations of the table.
func (ImportFile) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }

// ImportRow is one row of an import, with its planned and its actual result.
type ImportRow struct{ ent.Schema }

// Mixin of the table.
func (ImportRow) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.ImportRow}, Workspaced{}}
}

// Fields of the table.
func (ImportRow) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("import_id", ident.ID{}).Immutable(),
		field.Int("number").Immutable().Comment("Row number as in the file, from 1."),
		field.String("email").Optional().Nillable(),
		field.String("email_key").Optional().Nillable(),
		field.String("name").Optional().Nillable(),
		field.String("username").Optional().Nillable().
			Comment("Username that was generated from the names for a person with neither " +
				"address nor username."),
		field.Strings("cells").Comment("Cells as in the file, without passwords."),
		field.Bytes("sealed_password").Optional().Nillable().Sensitive().
			Comment("Sealed cells with passwords, or texts that look like one, by column; " +
				"erased when the row is done."),
		field.Enum("outcome").NamedValues("Invite", "INVITE", "Create", "CREATE", "Update",
			"UPDATE",
			"Unchanged", "UNCHANGED", "Error", "ERROR", "Deactivate", "DEACTIVATE",
			"Reactivate", "REACTIVATE"),
		field.JSON("errors", []RowError{}).Optional(),
		field.Bool("done").Default(false),
		field.Bool("absent").Default(false).
			Comment("Whether the row stands for a member whom a mirrored file does not hold."),
		field.UUID("member_id", ident.ID{}).Optional().Nillable(),
		field.UUID("invitation_id", ident.ID{}).Optional().Nillable(),
	}
}

// Edges of the table.
func (ImportRow) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("import", ImportBatch.Type).Field("import_id").Unique().Required().Immutable().
			Annotations(cascade),
		edge.To("member", Member.Type).Field("member_id").Unique().Annotations(setNull),
		edge.To("invitation", Invitation.Type).Field("invitation_id").Unique().Annotations(setNull),
	}
}

// Indexes of the table.
func (ImportRow) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("import_id", "number").Unique(),
		index.Fields("import_id", "outcome", "number"),
		index.Fields("import_id", "number").StorageKey("importrow_waiting").
			Annotations(entsql.IndexWhere("NOT done")),
		index.Fields("member_id"), index.Fields("invitation_id"),
	}
}

// Annotations of the table.
func (ImportRow) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }

// ImportChange is one entry of an import's journal, from which the import can be undone (BAT-9).
type ImportChange struct{ ent.Schema }

// Mixin of the table.
func (ImportChange) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.ImportChange}, Workspaced{}}
}

// Fields of the table.
func (ImportChange) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("import_id", ident.ID{}).Immutable(),
		field.Int("row_number").Immutable(),
		field.Enum("kind").NamedValues("Made", "MADE", "Changed", "CHANGED", "Linked", "LINKED").
			Immutable(),
		field.UUID("subject_id", ident.ID{}).Immutable().
			Comment("Row that was created, changed or linked."),
		field.JSON("cells", []Cell{}).Optional().Immutable(),
		field.Time("undone_at").Optional().Nillable(),
		field.String("left_alone").Optional().Nillable().
			Comment("Why undo left it unchanged, as a key of the message catalogue."),
	}
}

// Edges of the table.
func (ImportChange) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("import", ImportBatch.Type).Field("import_id").Unique().Required().Immutable().
			Annotations(cascade),
	}
}

// Indexes of the table.
func (ImportChange) Indexes() []ent.Index {
	return []ent.Index{index.Fields("import_id", "row_number"), index.Fields("subject_id")}
}

// Annotations of the table.
func (ImportChange) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }
