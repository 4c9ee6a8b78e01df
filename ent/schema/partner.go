package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// APIKey lets a partner's program act with its own permissions.
type APIKey struct{ ent.Schema }

// Mixin of the table.
func (APIKey) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.APIKey}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (APIKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.Bytes("secret_hash").Unique().Immutable().Sensitive(),
		field.Strings("permissions").Default([]string{}),
		field.Time("expires_at").Optional().Nillable(),
		field.Time("last_used_at").Optional().Nillable(),
		field.Time("revoked_at").Optional().Nillable(),
		field.UUID("created_by_id", ident.ID{}).Optional().Nillable(),
	}
}

// Edges of the table.
func (APIKey) Edges() []ent.Edge {
	return []ent.Edge{edge.To("created_by", Member.Type).Field("created_by_id").Unique().
		Annotations(setNull)}
}

// Indexes of the table.
func (APIKey) Indexes() []ent.Index { return []ent.Index{index.Fields("created_by_id")} }

// Annotations of the table.
func (APIKey) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }

// AuditEvent is one event: who did what to whom, when, through which entry point, with what effect.
type AuditEvent struct{ ent.Schema }

// Mixin of the table.
func (AuditEvent) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.AuditEvent, orderByCreated: true}, Workspaced{}}
}

// Fields of the table.
func (AuditEvent) Fields() []ent.Field {
	return []ent.Field{
		field.Time("at").Immutable().Comment("When it happened, UTC."),
		field.String("action").Immutable().Annotations(hidden).
			Comment("Action, such as invitation.sent."),
		field.String("door").Default("").Immutable().Annotations(hidden).
			Comment("Entry point, if there is one: invite, create, import, join, register or " +
				"provision."),
		field.UUID("actor_id", ident.ID{}).Optional().Nillable().Immutable().Annotations(hidden).
			Comment("The acting member; null for the system, an API key or an anonymous caller."),
		field.UUID("actor_key_id", ident.ID{}).Optional().Nillable().Immutable().
			Annotations(hidden),
		field.UUID("invitation_id", ident.ID{}).Optional().Nillable().Immutable().
			Annotations(hidden).
			Comment("The subject if it is an invitation, so that lists load histories together."),
		field.UUID("subject_id", ident.ID{}).Immutable().Annotations(hidden).
			Comment("The object that the action changed."),
		field.UUID("member_id", ident.ID{}).Optional().Nillable().Immutable().Annotations(hidden).
			Comment("The member that the action concerns."),
		field.JSON("details", []Detail{}).Optional().Immutable().Annotations(hidden),
	}
}

// Edges of the table. Deleting a member removes their name from events as actor.
func (AuditEvent) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("actor", Member.Type).Field("actor_id").Unique().Immutable().Annotations(setNull).
			Comment("The acting member; null for the system, an API key or an anonymous caller."),
		edge.From("invitation", Invitation.Type).Ref("events").Field("invitation_id").Unique().
			Immutable().Annotations(hidden),
	}
}

// Indexes of the table.
func (AuditEvent) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("invitation_id"), index.Fields("actor_id"),
		index.Fields("workspace_id", "subject_id", "id"),
		index.Fields("workspace_id", "member_id", "id"),
	}
}

// Annotations of the table.
func (AuditEvent) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, schema.Comment(
		"An audit event: who did what, when, by which entry point and with what effect.")}
}
