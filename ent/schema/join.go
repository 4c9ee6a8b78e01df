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

// JoinLink is a public page through which people join by themselves. Groups, roles, sessions and
// the org unit repeat the grant for lists; one function writes both.
type JoinLink struct{ ent.Schema }

// Mixin of the table.
func (JoinLink) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.JoinLink, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}}
}

// Fields of the table.
func (JoinLink) Fields() []ent.Field {
	return []ent.Field{
		field.String("slug").Unique().
			Comment("Last part of its URL: lower-case letters, digits and hyphens."),
		field.Bool("enabled").Default(true).Comment("Whether people can join by it."),
		field.String("title").Optional().Nillable().
			Comment("Heading of its page; null for the workspace's name."),
		field.String("welcome_text").Optional().Nillable().Comment("Plain text below the heading."),
		field.Strings("whitelist").Default([]string{}).
			Comment("Who may join: `example.org`, `*.example.org`, `ann@example.org`; empty for " +
				"everybody."),
		field.JSON("grant", Grant{}).Annotations(hidden),
		field.Time("expires_at").Optional().Nillable().Annotations(orderField("EXPIRES_AT")).
			Comment("When it closes, UTC; null for never."),
		field.Int("max_joins").Optional().Nillable().
			Comment("Maximum number of people; null for no limit."),
		field.Int("join_count").Default(0).Comment("Number of people who have joined by it."),
		field.Bool("requires_approval").Default(false).
			Comment("Whether an administrator must approve each person."),
		field.UUID("grantor_id", ident.ID{}).Optional().Nillable().Annotations(hidden).
			Comment("The member who last saved the grant, whose permissions are checked again " +
				"at admission."),
		field.UUID("grantor_key_id", ident.ID{}).Optional().Nillable().Annotations(hidden).
			Comment("The API key that last saved the grant, if no member did."),
		field.UUID("org_unit_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (JoinLink) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("grantor", Member.Type).Field("grantor_id").Unique().Annotations(hidden, setNull),
		edge.To("grantor_key", APIKey.Type).Field("grantor_key_id").Unique().
			Annotations(hidden, setNull),
		edge.To("org_unit", OrgUnit.Type).Field("org_unit_id").Unique().Annotations(setNull).
			Comment("Org unit that it grants."),
		edge.To("groups", Group.Type).Comment("Groups that it grants."),
		edge.To("roles", Role.Type).Comment("Roles that it grants."),
		edge.To("sessions", Session.Type).Comment("Sessions that it grants."),
	}
}

// Indexes of the table.
func (JoinLink) Indexes() []ent.Index {
	return []ent.Index{index.Fields("grantor_id"), index.Fields("grantor_key_id"),
		index.Fields("org_unit_id")}
}

// Annotations of the table.
func (JoinLink) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A public page by which people join the workspace themselves.")}
}

// JoinSlug is a current or former slug of a join link. Every slug ever used keeps its row, so that
// a unique index keeps other workspaces from getting it.
type JoinSlug struct{ ent.Schema }

// Mixin of the table.
func (JoinSlug) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.JoinSlug}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (JoinSlug) Fields() []ent.Field {
	return []ent.Field{
		field.String("slug").Unique().Immutable(),
		field.UUID("join_link_id", ident.ID{}).Optional().Nillable(),
		field.Time("leads_until").Optional().Nillable().
			Comment("Until when a former slug redirects to the link; null for the present slug."),
	}
}

// Edges of the table.
func (JoinSlug) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("join_link", JoinLink.Type).Field("join_link_id").Unique().Annotations(setNull),
	}
}

// Indexes of the table.
func (JoinSlug) Indexes() []ent.Index { return []ent.Index{index.Fields("join_link_id")} }

// Annotations of the table.
func (JoinSlug) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }

// JoinRequest is one person's request through a join link.
type JoinRequest struct{ ent.Schema }

// Mixin of the table.
func (JoinRequest) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.JoinRequest, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}, Searched{}}
}

// Fields of the table.
func (JoinRequest) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("join_link_id", ident.ID{}).Immutable().Annotations(hidden),
		field.String("email").Comment("The address, as the person typed it."),
		field.String("email_key").Annotations(hidden),
		field.String("first_name").Optional().Nillable().Comment("First name, as the person " +
			"typed it."),
		field.String("last_name").Optional().Nillable().Comment("Last name, as the person typed " +
			"it."),
		field.String("locale").Optional().Nillable().Annotations(hidden),
		field.Enum("status").NamedValues("Unconfirmed", "UNCONFIRMED", "Waiting", "WAITING",
			"Approved", "APPROVED", "Rejected", "REJECTED").
			Annotations(graphqlType("JoinRequestStatus")).Comment("State of the request."),
		field.Enum("waits_for").NamedValues("Approval", "APPROVAL", "Removed", "REMOVED",
			"Cancelled", "CANCELLED", "Deactivated", "DEACTIVATED").
			Optional().Nillable().Annotations(graphqlType("JoinRequestReason")).
			Comment("Why it needs approval; null if it does not."),
		field.String("password_hash").Optional().Nillable().Sensitive().Annotations(hidden).
			Comment("Password hash of the account to create at approval; erased with the " +
				"decision."),
		field.JSON("custom_fields", map[string]string{}).Optional().Annotations(hidden),
		field.JSON("consents", []Consent{}).Optional().Annotations(hidden).
			Comment("What the person consented to, for the member to create at approval."),
		field.String("message").Optional().Nillable().
			Comment("Message to a rejected person."),
		field.Time("confirmed_at").Optional().Nillable().
			Comment("When the address was verified, UTC."),
		field.Time("decided_at").Optional().Nillable().
			Comment("When it was approved or rejected, UTC."),
		field.UUID("user_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.UUID("member_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.UUID("decided_by_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (JoinRequest) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("join_link", JoinLink.Type).Field("join_link_id").Unique().Required().Immutable().
			Annotations(cascade).
			Comment("The join link of the request."),
		edge.To("user", User.Type).Field("user_id").Unique().Annotations(hidden, setNull),
		edge.To("member", Member.Type).Field("member_id").Unique().Annotations(setNull).
			Comment("The member who joined; null unless APPROVED."),
		edge.To("decided_by", Member.Type).Field("decided_by_id").Unique().Annotations(setNull).
			Comment("The member who approved or rejected it; null if no approval was needed."),
	}
}

// Indexes of the table.
func (JoinRequest) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("join_link_id", "email_key").Unique().
			Annotations(entsql.IndexWhere("status IN ('UNCONFIRMED', 'WAITING')")),
		index.Fields("workspace_id", "status", "id"),
		index.Fields("user_id"), index.Fields("member_id"), index.Fields("decided_by_id"),
	}
}

// Annotations of the table.
func (JoinRequest) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A request to join by a join link.")}
}
