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

// Program is a course or a path.
type Program struct{ ent.Schema }

// Mixin of the table.
func (Program) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Program, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}, ExternallyNamed{}}
}

// Fields of the table.
func (Program) Fields() []ent.Field {
	return []ent.Field{field.String("name").Annotations(orderField("NAME")).
		Comment("Name of the program.")}
}

// Edges of the table.
func (Program) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("sessions", Session.Type).Ref("program").Comment("Sessions of the program."),
		edge.From("groups", Group.Type).Ref("programs").Annotations(hidden),
	}
}

// Indexes of the table.
func (Program) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "name", "id")}
}

// Annotations of the table.
func (Program) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, schema.Comment("A course or a " +
		"learning path.")}
}

// Session is a run of a program.
type Session struct{ ent.Schema }

// Mixin of the table.
func (Session) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Session, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}, ExternallyNamed{}}
}

// Fields of the table.
func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("program_id", ident.ID{}).Immutable().Annotations(hidden),
		field.String("name").Annotations(orderField("NAME")).Comment("Name of the session."),
		field.Time("starts_at").Optional().Nillable().Annotations(orderField("STARTS_AT")).
			Comment("When it starts, UTC; null, together with endsAt, for a session that is " +
				"always open."),
		field.Time("ends_at").Optional().Nillable().Comment("When it ends, UTC; null for no end."),
		field.Time("remind_at").Optional().Nillable().Annotations(hidden).
			Comment("When the next reminder is due; null for none."),
	}
}

// Edges of the table.
func (Session) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("program", Program.Type).Field("program_id").Unique().Required().Immutable().
			Annotations(cascade).
			Comment("The program of the session."),
		edge.From("invitations", Invitation.Type).Ref("sessions").Annotations(hidden),
		edge.From("join_links", JoinLink.Type).Ref("sessions").Annotations(hidden),
	}
}

// Indexes of the table.
func (Session) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("program_id"), index.Fields("workspace_id", "starts_at", "id"),
		index.Fields("workspace_id", "name", "id"),
		index.Fields("remind_at").Annotations(entsql.IndexWhere("remind_at IS NOT NULL")),
	}
}

// Annotations of the table.
func (Session) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A run of a program, with or without dates.")}
}

// Enrollment is a member's enrolment in a session.
type Enrollment struct{ ent.Schema }

// Mixin of the table.
func (Enrollment) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Enrollment, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}}
}

// Fields of the table.
func (Enrollment) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("member_id", ident.ID{}).Immutable().Annotations(hidden),
		field.UUID("session_id", ident.ID{}).Immutable().Annotations(hidden),
		field.Enum("status").NamedValues("Enrolled", "ENROLLED", "Withdrawn", "WITHDRAWN",
			"Completed", "COMPLETED").
			Comment("Status of the member in the session."),
		field.Int("progress").Default(0).Comment("Progress, 0 to 100, as reported by the " +
			"learning system."),
		field.Time("completed_at").Optional().Nillable().Comment("When it was completed, UTC."),
		field.Bool("named").Default(false).Annotations(hidden).
			Comment("Whether a caller enrolled the member in this session, and not a program of " +
				"a group."),
	}
}

// Edges of the table.
func (Enrollment) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("member", Member.Type).Field("member_id").Unique().Required().Immutable().
			Annotations(cascade).
			Comment("The enrolled member."),
		edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable().
			Annotations(cascade).
			Comment("The session."),
	}
}

// Indexes of the table.
func (Enrollment) Indexes() []ent.Index {
	return []ent.Index{index.Fields("member_id", "session_id").Unique(),
		index.Fields("session_id", "status")}
}

// Annotations of the table.
func (Enrollment) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A member's enrollment in a session.")}
}
