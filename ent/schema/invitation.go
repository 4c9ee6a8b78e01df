package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// Invitation offers a Grant to an email address until it is accepted, declined, cancelled or
// expired.
type Invitation struct{ ent.Schema }

// Mixin of the table.
func (Invitation) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Invitation}, Workspaced{}, Searched{}}
}

// Fields of the table.
func (Invitation) Fields() []ent.Field {
	return []ent.Field{
		field.String("email").Annotations(orderField("EMAIL")).
			Comment("The invited address, as typed."),
		field.String("email_key").Annotations(hidden),
		field.String("first_name").Optional().Nillable().
			Comment("First name as the inviter typed it."),
		field.String("last_name").Optional().Nillable().
			Comment("Last name as the inviter typed it."),
		field.Enum("status").NamedValues("Pending", "PENDING", "Active", "ACTIVE", "Cancelled",
			"CANCELLED",
			"Declined", "DECLINED", "Expired", "EXPIRED").
			Comment("Current state. EXPIRED is determined when the invitation is read."),
		field.JSON("grant", Grant{}).Annotations(hidden),
		// A copy of the grant's, so that an index finds it.
		field.String("external_id").Optional().Nillable().Annotations(mapsTo("externalId")).
			Comment("Id in another system that the member gets, unique among the pending " +
				"invitations of the workspace."),
		field.String("message").Optional().Nillable().Comment("Personal message of the inviter."),
		field.String("locale").Optional().Nillable().
			Comment("Language of its emails; null for the workspace's language."),
		field.Int("link_version").Default(1).Annotations(hidden).
			Comment("Part of both links. It rises when the address changes, which invalidates " +
				"earlier links."),
		field.Time("expires_at").Optional().Nillable().Annotations(orderField("EXPIRES_AT")).
			Comment("When the link expires, UTC; null for never."),
		field.Int("lifetime_days").Default(0).Annotations(hidden).
			Comment("Lifetime that a resend restarts; 0 if none was set."),
		field.Time("last_sent_at").Optional().Nillable().
			Annotations(orderField("LAST_SENT_AT")).
			Comment("When its email was last accepted by the mail server, UTC; null until then, as " +
				"before a scheduled date."),
		field.Int("sent_count").Default(0).
			Comment("Number of emails that the mail server accepted, without reminders."),
		field.Enum("delivery_status").NamedValues("NotSent", "NOT_SENT", "Queued", "QUEUED",
			"Sent", "SENT",
			"Failed", "FAILED", "Bounced", "BOUNCED").Annotations(graphqlType("DeliveryStatus")).
			Comment("Delivery of its latest email."),
		field.String("delivery_error").Optional().Nillable().
			Comment("Reply of the mail server to a failed email; null otherwise."),
		field.Time("created_at").Default(nowUTC).Immutable().Annotations(orderField("CREATED_AT")).
			Comment("When the person was first invited, UTC."),
		field.Time("updated_at").Default(nowUTC).UpdateDefault(nowUTC).
			// The former release, which may still run, inserts rows without it. SQLite adds a
			// column with a constant only.
			Annotations(orderField("UPDATED_AT"), entsql.DefaultExprs(map[string]string{
				dialect.Postgres: "CURRENT_TIMESTAMP",
				dialect.SQLite:   "'1970-01-01 00:00:00+00:00'"})).
			Comment("When it was last changed, a delivery included, UTC."),
		field.Time("accepted_at").Optional().Nillable().
			Comment("When the invitation was accepted, UTC."),
		field.Time("cancelled_at").Optional().Nillable().Comment("When it was cancelled, UTC."),
		field.Time("declined_at").Optional().Nillable().Comment("When the invitee declined, UTC."),
		field.Time("renewal_asked_at").Optional().Nillable().
			Comment("When the invitee asked for a new link, UTC; null after a renewal."),
		field.Bool("notify_inviter").Default(false).
			Comment("Whether the inviter gets an email when it is accepted."),
		field.Time("remind_at").Optional().Nillable().Annotations(hidden).
			Comment("When the next reminder is due, computed with each email; null for none."),
		field.UUID("invited_by_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.UUID("grantor_id", ident.ID{}).Optional().Nillable().Annotations(hidden).
			Comment("The member who last saved the grant, whose permissions are checked again " +
				"at admission."),
		field.UUID("grantor_key_id", ident.ID{}).Optional().Nillable().Annotations(hidden).
			Comment("The API key that last saved the grant, if no member did."),
		field.Bool("several_grantors").Default(false).Annotations(hidden).
			Comment("Whether the grant has parts of several grantors. Such a row is hidden from " +
				"administrators of one place."),
		field.UUID("member_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.UUID("org_unit_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.UUID("import_id", ident.ID{}).Optional().Nillable().Immutable().Annotations(hidden),
	}
}

// Edges of the table. Groups, roles, sessions and the org unit repeat the grant for lists and
// filters; one function writes both.
func (Invitation) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("invited_by", Member.Type).Field("invited_by_id").Unique().Annotations(setNull).
			Comment("The inviter; null once they are not a member any more."),
		edge.To("grantor", Member.Type).Field("grantor_id").Unique().Annotations(hidden, setNull),
		edge.To("grantor_key", APIKey.Type).Field("grantor_key_id").Unique().
			Annotations(hidden, setNull),
		edge.To("member", Member.Type).Field("member_id").Unique().Annotations(setNull).
			Comment("The member who accepted it; null unless ACTIVE."),
		edge.To("org_unit", OrgUnit.Type).Field("org_unit_id").Unique().Annotations(setNull).
			Comment("Org unit that it grants."),
		edge.To("import", ImportBatch.Type).Field("import_id").Unique().Immutable().
			Annotations(hidden, setNull),
		edge.To("groups", Group.Type).Comment("Groups that it grants."),
		edge.To("roles", Role.Type).Comment("Roles that it grants."),
		// The API answers them with those that programs and groups lead into.
		edge.To("sessions", Session.Type).Annotations(hidden),
		edge.To("events", AuditEvent.Type).Annotations(mapsTo("history"), setNull).
			Comment("Audit events of the invitation, newest first, at most 100."),
	}
}

// Indexes of the table.
func (Invitation) Indexes() []ent.Index {
	return []ent.Index{
		// INV-4: at most one pending invitation for a workspace and an address; the database
		// decides.
		index.Fields("workspace_id", "email_key").Unique().
			Annotations(entsql.IndexWhere("status = 'PENDING'")),
		// PAR-4: and at most one for a workspace and an external id.
		index.Fields("workspace_id", "external_id").Unique().
			Annotations(entsql.IndexWhere("status = 'PENDING' AND external_id IS NOT NULL")),
		index.Fields("workspace_id", "email_key", "id"),
		index.Fields("workspace_id", "status", "created_at", "id"),
		index.Fields("workspace_id", "created_at", "id"),
		index.Fields("workspace_id", "updated_at", "id"),
		index.Fields("workspace_id", "email", "id"),
		index.Fields("remind_at").
			Annotations(entsql.IndexWhere("remind_at IS NOT NULL AND status = 'PENDING'")),
		index.Fields("invited_by_id"), index.Fields("grantor_id"), index.Fields("import_id"),
		// Most have none of these: an import of a hundred thousand then writes as many entries
		// fewer, each.
		index.Fields("grantor_key_id").Annotations(entsql.IndexWhere("grantor_key_id IS NOT NULL")),
		index.Fields("member_id").Annotations(entsql.IndexWhere("member_id IS NOT NULL")),
		index.Fields("org_unit_id").Annotations(entsql.IndexWhere("org_unit_id IS NOT NULL")),
	}
}

// Annotations of the table.
func (Invitation) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("An invitation of an email address to the workspace, with what it grants.")}
}
