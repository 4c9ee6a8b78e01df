package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// Mail is an email that was queued in the transaction that caused it. It holds ids, not text. The
// worker reads the rows again when it sends, and drops the email if its reason no longer holds.
// Links and passwords are created then and stored nowhere.
type Mail struct{ ent.Schema }

// Mixin of the table.
func (Mail) Mixin() []ent.Mixin { return []ent.Mixin{Identified{kind: ident.Mail}} }

// Fields of the table.
func (Mail) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("workspace_id", ident.ID{}).Optional().Nillable().Immutable().
			Comment("Null for emails about an account."),
		field.String("kind").Immutable(),
		field.String("to").Immutable().Comment("The stored address that it is sent to."),
		field.String("to_key").Immutable(),
		field.Enum("status").NamedValues("Queued", "QUEUED", "Sent", "SENT", "Failed", "FAILED",
			"Bounced", "BOUNCED", "Dropped", "DROPPED").
			Comment("DROPPED: its reason was gone when it was due."),
		field.String("error").Optional().Nillable().Comment("Reply of the mail server."),
		field.Int("attempts").Default(0),
		field.Int("version").Default(0).Immutable().
			Comment("Version of the link or credential that it contains: an older one is dropped."),
		field.String("note").Optional().Nillable().Immutable().
			Comment("Personal message, or the subject of a security notice."),
		field.UUID("user_id", ident.ID{}).Optional().Nillable().Immutable(),
		field.UUID("invitation_id", ident.ID{}).Optional().Nillable().Immutable(),
		field.UUID("join_request_id", ident.ID{}).Optional().Nillable().Immutable(),
		field.UUID("session_id", ident.ID{}).Optional().Nillable().Immutable(),
		field.UUID("import_id", ident.ID{}).Optional().Nillable().Immutable(),
		field.Time("due_at").Comment("When it is due, UTC."),
		field.Time("created_at").Default(nowUTC).Immutable(),
		field.Time("sent_at").Optional().Nillable(),
		field.Time("action_used_at").Optional().Nillable().
			Comment("When its action link was used, UTC: such a link works once."),
	}
}

// Edges of the table.
func (Mail) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("workspace", Workspace.Type).Field("workspace_id").Unique().Immutable().
			Annotations(cascade),
		edge.To("user", User.Type).Field("user_id").Unique().Immutable().Annotations(cascade),
		edge.To("invitation", Invitation.Type).Field("invitation_id").Unique().Immutable().
			Annotations(cascade),
		edge.To("join_request", JoinRequest.Type).Field("join_request_id").Unique().Immutable().
			Annotations(cascade),
		edge.To("session", Session.Type).Field("session_id").Unique().Immutable().
			Annotations(cascade),
		edge.To("import", ImportBatch.Type).Field("import_id").Unique().Immutable().
			Annotations(cascade),
	}
}

// Indexes of the table.
func (Mail) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("to_key", "id"),
		index.Fields("workspace_id", "status"),
		index.Fields("user_id"), index.Fields("invitation_id", "kind"),
		index.Fields("join_request_id"),
		index.Fields("session_id"), index.Fields("import_id"),
	}
}

// Annotations of the table.
func (Mail) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }

// Suppression is an address to which Usher no longer sends emails: a permanent bounce, a spam
// complaint, or the owner's choice.
type Suppression struct{ ent.Schema }

// Mixin of the table.
func (Suppression) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Suppression, orderByCreated: true}}
}

// Fields of the table.
func (Suppression) Fields() []ent.Field {
	return []ent.Field{
		field.String("email_key").Immutable().Annotations(mapsTo("email")).
			Comment("The address that gets no email, in lower case."),
		field.UUID("place_id", ident.ID{}).Immutable().Annotations(hidden).
			Comment("The workspace that must not email it; the zero id for all workspaces."),
		field.Enum("reason").NamedValues("Bounced", "BOUNCED", "Asked", "ASKED", "Complaint",
			"COMPLAINT").Immutable().Annotations(hidden),
		field.Time("created_at").Default(nowUTC).Immutable().Annotations(mapsTo("since")).
			Comment("When the first email was withheld, UTC."),
	}
}

// Indexes of the table.
func (Suppression) Indexes() []ent.Index {
	return []ent.Index{index.Fields("email_key", "place_id").Unique()}
}

// Annotations of the table.
func (Suppression) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, schema.Comment(
		"An address that gets no email: it could not be delivered to, or its owner wants none.")}
}
