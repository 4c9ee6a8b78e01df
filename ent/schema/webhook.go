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

// Webhook is an endpoint to which the events of a workspace are sent (PAR-2). It reads the log of
// events from a cursor of its own, with the rights of its owner.
type Webhook struct{ ent.Schema }

// Mixin of the table.
func (Webhook) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Webhook, orderByCreated: true}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (Webhook) Fields() []ent.Field {
	return []ent.Field{
		field.String("url").Comment("Where events are sent to."),
		field.Strings("types").Default([]string{}).Annotations(hidden).
			Comment("The types that are sent, as docs/events.md has them; empty for all."),
		field.Bytes("sealed_secret").Sensitive().Annotations(hidden).
			Comment("The signing key, sealed."),
		field.Bytes("sealed_former_secret").Optional().Nillable().Sensitive().Annotations(hidden),
		field.Time("former_secret_ends_at").Optional().Nillable().
			Comment("Until when events are also signed with the secret before the last rotation, " +
				"UTC; null without one."),
		field.UUID("cursor_id", ident.ID{}).Annotations(hidden).
			Comment("The last event that was entered, or the workspace before the first event."),
		field.Int64("cursor_position").Default(0).Annotations(hidden),
		field.UUID("lease", ident.ID{}).Optional().Nillable().Annotations(hidden).
			Comment("The run that sends now."),
		field.Time("leased_until").Optional().Nillable().Annotations(hidden).
			Comment("When another run may begin, UTC."),
		field.Int("failures").Default(0).Annotations(hidden).
			Comment("Attempts that failed since the last success."),
		field.Time("failing_since").Optional().Nillable().
			Comment("Since when every attempt has failed, UTC; null after a success."),
		field.Time("disabled_at").Optional().Nillable().
			Comment("When it was turned off, UTC; null while it is on."),
		field.Enum("disabled_reason").NamedValues("Manual", "MANUAL", "Failing", "FAILING", "Gone",
			"GONE", "Authority", "AUTHORITY").Optional().Nillable().
			Annotations(graphqlType("WebhookDisabledReason")).
			Comment("Why it was turned off; null while it is on."),
		field.UUID("owner_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.UUID("owner_key_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (Webhook) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("owner", Member.Type).Field("owner_id").Unique().Annotations(setNull).
			Comment("The member who saved it last, with whose rights it reads; null if that was an " +
				"API key, once they were removed, or if the caller may not see them."),
		edge.To("owner_key", APIKey.Type).Field("owner_key_id").Unique().Annotations(setNull).
			Comment("The API key that saved it last; null as for owner."),
		edge.From("deliveries", WebhookDelivery.Type).Ref("webhook").Annotations(hidden),
	}
}

// Indexes of the table. The URL is unique, so that it names one endpoint of a workspace.
func (Webhook) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "url").Unique(), index.Fields("owner_id"),
		index.Fields("owner_key_id")}
}

// Annotations of the table.
func (Webhook) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, schema.Comment(
		"An endpoint to which the events of a workspace are sent.")}
}

// WebhookDelivery is an event that is sent, or was sent, to an endpoint.
type WebhookDelivery struct{ ent.Schema }

// Mixin of the table.
func (WebhookDelivery) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.WebhookDelivery, orderByCreated: true}, Workspaced{}}
}

// Fields of the table.
func (WebhookDelivery) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("webhook_id", ident.ID{}).Immutable().Annotations(hidden),
		field.UUID("event_id", ident.ID{}).Optional().Nillable().Immutable().Annotations(hidden),
		field.String("type").Immutable().Annotations(hidden).
			Comment("Type of the event as the body has it, such as invitation.accepted; webhook.test " +
				"for a test."),
		field.UUID("sequence_id", ident.ID{}).Immutable().Annotations(hidden).
			Comment("The object whose events are sent one after the other."),
		field.Int64("position").Default(0).Immutable().Annotations(hidden).
			Comment("Place of the event in the log; 0 for a test."),
		field.Time("event_at").Immutable().Comment("When the event happened, UTC."),
		field.Enum("status").NamedValues("Pending", "PENDING", "Delivered", "DELIVERED", "Failed",
			"FAILED").Default("PENDING").Annotations(graphqlType("WebhookDeliveryStatus")).
			Comment("State of the delivery."),
		field.Int("attempts").Default(0).
			Comment("Attempts so far; counted from 0 again after a replay."),
		field.Time("next_attempt_at").Optional().Nillable().
			Comment("When it is tried next, UTC; null unless it is PENDING."),
		field.Time("last_attempt_at").Optional().Nillable().
			Comment("When it was tried last, UTC; null before the first attempt."),
		field.Int("duration_ms").Optional().Nillable().
			Comment("How long the last attempt took, in milliseconds."),
		field.Int("answer_status").Optional().Nillable().
			Comment("HTTP status of the last answer; null without one."),
		field.String("answer").Optional().Nillable().
			Comment("Beginning of the body of the last answer, at most 4 KiB."),
		field.Enum("failure").NamedValues("Status", "STATUS", "Timeout", "TIMEOUT", "Address",
			"ADDRESS", "Name", "NAME", "TLS", "TLS", "Connection", "CONNECTION", "URL", "URL",
			"Event", "EVENT").Optional().Nillable().Annotations(graphqlType("WebhookFailure")).
			Comment("Why the last attempt failed; null if it did not."),
	}
}

// Edges of the table.
func (WebhookDelivery) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("webhook", Webhook.Type).Field("webhook_id").Unique().Required().Immutable().
			Annotations(cascade).Comment("The endpoint."),
		edge.To("event", AuditEvent.Type).Field("event_id").Unique().Immutable().
			Annotations(setNull).
			Comment("The event; null for a test, and for callers who may not see it."),
	}
}

// Indexes of the table.
func (WebhookDelivery) Indexes() []ent.Index {
	pending := entsql.IndexWhere("status = 'PENDING'")
	return []ent.Index{
		// An event is entered once for each endpoint. The foreign key uses it too.
		index.Fields("event_id", "webhook_id").Unique(),
		index.Fields("webhook_id", "id"),
		// The next attempts, and what waits for an earlier event of the same object.
		index.Fields("webhook_id", "next_attempt_at").Annotations(pending),
		index.Fields("webhook_id", "sequence_id", "position").Annotations(pending),
	}
}

// Annotations of the table.
func (WebhookDelivery) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, schema.Comment(
		"An event that is sent, or was sent, to an endpoint. It is kept for 30 days.")}
}
