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

// APIKey lets a partner's program act with permissions of its own (PAR-1). The secret is shown once;
// the row holds its hash.
type APIKey struct{ ent.Schema }

// Mixin of the table.
func (APIKey) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.APIKey, orderByCreated: true}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (APIKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Annotations(orderField("NAME")).
			Comment("What the key is for, shown in the history as the actor."),
		field.Bytes("secret_hash").Unique().Sensitive().Annotations(hidden),
		field.String("hint").Default("").
			Comment("The last four characters of the newest secret, to tell keys apart."),
		field.Bytes("former_secret_hash").Optional().Nillable().Unique().Sensitive().
			Annotations(hidden),
		field.Time("former_secret_ends_at").Optional().Nillable().
			Comment("When the secret before the last rotation stops working, UTC; null if there is none."),
		field.Strings("permissions").Default([]string{}).Annotations(graphqlType("[Permission!]")).
			Comment("What the key may do at its places, in the order of the API."),
		field.JSON("place_ids", []ident.ID{}).Default([]ident.ID{}).Annotations(hidden).
			Comment("Groups, org units and sessions that the key is limited to; empty for the " +
				"whole workspace."),
		field.Strings("allowed_networks").Default([]string{}).
			Comment("Networks from which the key works, such as 192.0.2.0/24; empty for all."),
		field.Time("expires_at").Optional().Nillable().Annotations(orderField("EXPIRES_AT")).
			Comment("When the key stops working, UTC; null for never."),
		field.Time("last_used_at").Optional().Nillable().Annotations(orderField("LAST_USED_AT")).
			Comment("When the key was last used, UTC, to the minute; null if it was not used yet."),
		field.Time("revoked_at").Optional().Nillable().
			Comment("When the key was revoked, UTC; null if it was not."),
		field.UUID("created_by_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.UUID("edited_by_id", ident.ID{}).Optional().Nillable().Annotations(hidden).
			Comment("The member who made, changed or rotated it last."),
	}
}

// Edges of the table.
func (APIKey) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("created_by", Member.Type).Field("created_by_id").Unique().Annotations(setNull).
			Comment("The member who made the key; null once they were removed, or if the caller " +
				"may not see them."),
		edge.To("edited_by", Member.Type).Field("edited_by_id").Unique().Annotations(setNull).
			Comment("The member who made, changed or rotated the key last; null as for createdBy."),
	}
}

// Indexes of the table.
func (APIKey) Indexes() []ent.Index {
	return []ent.Index{index.Fields("created_by_id"), index.Fields("edited_by_id")}
}

// Annotations of the table.
func (APIKey) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, graphqlType("ApiKey"), schema.Comment(
		"A key by which a program uses the API, with permissions of its own.")}
}

// IdempotentRequest is a mutation that was sent with an Idempotency-Key. It holds no text of the
// request: the key and the request are stored as HMACs.
type IdempotentRequest struct{ ent.Schema }

// Mixin of the table.
func (IdempotentRequest) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.IdempotentRequest}}
}

// Fields of the table.
func (IdempotentRequest) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("scope").Unique().Immutable().
			Comment("HMAC of actor, operation, workspace and key."),
		field.Bytes("request_hash").Comment("HMAC of the document, the variables and the files."),
		field.UUID("actor_id", ident.ID{}).Immutable().Comment("The user or the API key."),
		field.UUID("workspace_id", ident.ID{}).Optional().Nillable().
			Comment("The one workspace that it wrote to; null if it wrote to none or several."),
		field.Time("created_at").Comment("When the running or last attempt began, UTC."),
		field.UUID("attempt", ident.ID{}).Comment("The attempt that may finish the request."),
		field.Time("leased_until").Comment("When another attempt may begin unless it was done, UTC."),
		field.Time("done_at").Optional().Nillable().
			Comment("Set in the transaction of the mutation; null while it has no effect."),
		field.Bytes("answer").Optional().Nillable().Sensitive().
			Comment("The data of the answer; null if it is not kept."),
		field.Strings("named_ids").Default([]string{}).
			Comment("Ids of objects that the answer names."),
		field.JSON("rights", []HeldRight{}).Default([]HeldRight{}).
			Comment("What the caller held, compared when the answer is repeated."),
	}
}

// Indexes of the table.
func (IdempotentRequest) Indexes() []ent.Index {
	return []ent.Index{index.Fields("created_at"), index.Fields("actor_id"),
		index.Fields("workspace_id")}
}

// Annotations of the table.
func (IdempotentRequest) Annotations() []schema.Annotation {
	return []schema.Annotation{internalOnly()}
}

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
		field.String("entry_point").StorageKey("door").Default("").Immutable().Annotations(hidden).
			Comment("Entry point, if there is one: invite, create, import, join, register or " +
				"provision."),
		field.UUID("actor_id", ident.ID{}).Optional().Nillable().Immutable().Annotations(hidden).
			Comment("The acting member; null for the system, an API key or an anonymous caller."),
		field.UUID("actor_key_id", ident.ID{}).Optional().Nillable().Immutable().
			Annotations(hidden).Comment("Id of the acting API key; null for any other actor."),
		field.UUID("invitation_id", ident.ID{}).Optional().Nillable().Immutable().
			Annotations(hidden).
			Comment("The subject if it is an invitation, so that lists load histories together."),
		field.UUID("subject_id", ident.ID{}).Immutable().Annotations(hidden).
			Comment("The object that the action changed."),
		field.UUID("member_id", ident.ID{}).Optional().Nillable().Immutable().Annotations(hidden).
			Comment("The member that the action concerns."),
		field.JSON("details", []Detail{}).Optional().Immutable().Annotations(hidden),
		field.Int64("position").Optional().Nillable().Immutable().Annotations(hidden).
			Comment("Place among the events of the workspace, from 1, in the order of commits; " +
				"null until the event is numbered, 0 for events before there were places."),
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
		// The events behind a place. Unique, so that no two events ever share one.
		index.Fields("workspace_id", "position").Unique().
			Annotations(entsql.IndexWhere("position > 0")),
		// The events that wait for a place. Few, because they are numbered every minute.
		index.Fields("workspace_id", "id").StorageKey("auditevent_unnumbered").
			Annotations(entsql.IndexWhere("position IS NULL")),
	}
}

// Annotations of the table.
func (AuditEvent) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, schema.Comment(
		"An audit event: who did what, when, by which entry point and with what effect.")}
}
