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
	return []ent.Mixin{Identified{kind: ident.Invitation}, Workspaced{}}
}

// Fields of the table.
func (Invitation) Fields() []ent.Field {
	return []ent.Field{
		field.String("email").Annotations(orderField("EMAIL")).
			Comment("The invited address, as typed."),
		field.String("email_key").Annotations(hidden),
		field.String("first_name").Optional().Nillable().
			Comment("What the inviter typed, never what the invitee did."),
		field.String("last_name").Optional().Nillable().
			Comment("What the inviter typed, never what the invitee did."),
		field.Enum("status").NamedValues("Pending", "PENDING", "Active", "ACTIVE", "Cancelled",
			"CANCELLED",
			"Declined", "DECLINED", "Expired", "EXPIRED").
			Comment("Where it stands now; expiry is judged at the moment of reading."),
		field.JSON("grant", Grant{}).Annotations(hidden),
		field.String("message").Optional().Nillable().Comment("The inviter's personal message."),
		field.String("locale").Optional().Nillable().
			Comment("Language of its mails; null follows the workspace."),
		field.Int("link_version").Default(1).Annotations(hidden).
			Comment("Bound into both links; raised when the address changes, so that links of before die."),
		field.Time("expires_at").Optional().Nillable().Annotations(orderField("EXPIRES_AT")).
			Comment("When its link dies, UTC; null for never."),
		field.Int("lifetime_days").Default(0).Annotations(hidden).
			Comment("What a resend starts anew; 0 when no lifetime was set."),
		field.Time("last_sent_at").Optional().Nillable().
			Annotations(orderField("LAST_SENT_AT")).
			Comment("When its email last went to the mail server, UTC; null while none has, as before a scheduled date."),
		field.Int("sent_count").Default(0).
			Comment("How many emails went to the mail server, reminders not counted."),
		field.Enum("delivery_status").NamedValues("NotSent", "NOT_SENT", "Queued", "QUEUED",
			"Sent", "SENT",
			"Failed", "FAILED", "Bounced", "BOUNCED").Annotations(graphqlType("DeliveryStatus")).
			Comment("How its latest mail fares."),
		field.String("delivery_error").Optional().Nillable().
			Comment("The mail server's own words, when it refused."),
		field.Time("created_at").Default(nowUTC).Immutable().Annotations(orderField("CREATED_AT")).
			Comment("When the person was first invited, UTC."),
		field.Time("updated_at").Default(nowUTC).UpdateDefault(nowUTC).
			// The former release, which may still run, inserts rows without it. SQLite adds a column
			// with a constant only.
			Annotations(orderField("UPDATED_AT"), entsql.DefaultExprs(map[string]string{
				dialect.Postgres: "CURRENT_TIMESTAMP",
				dialect.SQLite:   "'1970-01-01 00:00:00+00:00'"})).
			Comment("When it was last changed, a delivery included, UTC."),
		field.Time("accepted_at").Optional().Nillable().
			Comment("When the person came in through it, UTC."),
		field.Time("cancelled_at").Optional().Nillable().Comment("When it was cancelled, UTC."),
		field.Time("declined_at").Optional().Nillable().Comment("When the invitee declined, UTC."),
		field.Time("renewal_asked_at").Optional().Nillable().
			Comment("When the person asked for a new link, UTC; null once renewed."),
		field.Bool("notify_inviter").Default(false).
			Comment("Whether the inviter is mailed when it is accepted."),
		field.Time("remind_at").Optional().Nillable().Annotations(hidden).
			Comment("When its next reminder is due, worked out at each mail; null for none."),
		field.UUID("invited_by_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.UUID("giver_id", ident.ID{}).Optional().Nillable().Annotations(hidden).
			Comment("The member who last saved the grant, whose rights are asked again at admission."),
		field.UUID("giver_key_id", ident.ID{}).Optional().Nillable().Annotations(hidden).
			Comment("The API key that last saved the grant, when it was no member."),
		field.Bool("several_grantors").Default(false).Annotations(hidden).
			Comment("Whether the grant has parts of several grantors. Such a row is hidden from administrators of one place."),
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
			Comment("The member who invited, while they are one."),
		edge.To("giver", Member.Type).Field("giver_id").Unique().Annotations(hidden, setNull),
		edge.To("giver_key", APIKey.Type).Field("giver_key_id").Unique().
			Annotations(hidden, setNull),
		edge.To("member", Member.Type).Field("member_id").Unique().Annotations(setNull).
			Comment("Who came in through it, once ACTIVE."),
		edge.To("org_unit", OrgUnit.Type).Field("org_unit_id").Unique().Annotations(setNull).
			Comment("The org unit promised."),
		edge.To("import", ImportBatch.Type).Field("import_id").Unique().Immutable().
			Annotations(hidden, setNull),
		edge.To("groups", Group.Type).Comment("The groups promised."),
		edge.To("roles", Role.Type).Comment("The roles promised."),
		edge.To("sessions", Session.Type).Comment("The sessions promised."),
		edge.To("events", AuditEvent.Type).Annotations(mapsTo("history"), setNull).
			Comment("What happened to it, the newest first, at most 100."),
	}
}

// Indexes of the table.
func (Invitation) Indexes() []ent.Index {
	return []ent.Index{
		// INV-4: at most one pending invitation for a workspace and an address; the database
		// decides.
		index.Fields("workspace_id", "email_key").Unique().
			Annotations(entsql.IndexWhere("status = 'PENDING'")),
		index.Fields("workspace_id", "email_key", "id"),
		index.Fields("workspace_id", "status", "id"),
		index.Fields("workspace_id", "created_at", "id"),
		index.Fields("workspace_id", "updated_at", "id"),
		index.Fields("workspace_id", "email", "id"),
		index.Fields("remind_at").
			Annotations(entsql.IndexWhere("remind_at IS NOT NULL AND status = 'PENDING'")),
		index.Fields("invited_by_id"), index.Fields("giver_id"), index.Fields("import_id"),
		// Most have none of these: an import of a hundred thousand then writes as many entries
		// fewer, each.
		index.Fields("giver_key_id").Annotations(entsql.IndexWhere("giver_key_id IS NOT NULL")),
		index.Fields("member_id").Annotations(entsql.IndexWhere("member_id IS NOT NULL")),
		index.Fields("org_unit_id").Annotations(entsql.IndexWhere("org_unit_id IS NOT NULL")),
	}
}

// Annotations of the table.
func (Invitation) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A promise of access to an e-mail address.")}
}
