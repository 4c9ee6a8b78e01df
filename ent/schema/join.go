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

// JoinLink is a public page through which people join by themselves.
type JoinLink struct{ ent.Schema }

// Mixin of the table.
func (JoinLink) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.JoinLink}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (JoinLink) Fields() []ent.Field {
	return []ent.Field{
		field.String("slug").Unique(),
		field.Bool("enabled").Default(true),
		field.String("title").Optional().Nillable(),
		field.String("welcome_text").Optional().Nillable(),
		field.Strings("whitelist").Default([]string{}),
		field.JSON("grant", Grant{}),
		field.Time("expires_at").Optional().Nillable(),
		field.Int("max_joins").Optional().Nillable(),
		field.Int("join_count").Default(0).Comment("Raised by the statement that admits, under max_joins."),
		field.Bool("requires_approval").Default(false),
		field.UUID("giver_id", ident.ID{}).Optional().Nillable(),
		field.UUID("giver_key_id", ident.ID{}).Optional().Nillable(),
	}
}

// Edges of the table.
func (JoinLink) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("giver", Member.Type).Field("giver_id").Unique().Annotations(setNull),
		edge.To("giver_key", APIKey.Type).Field("giver_key_id").Unique().Annotations(setNull),
		edge.To("groups", Group.Type),
		edge.To("roles", Role.Type),
	}
}

// Indexes of the table.
func (JoinLink) Indexes() []ent.Index {
	return []ent.Index{index.Fields("giver_id"), index.Fields("giver_key_id")}
}

// Annotations of the table.
func (JoinLink) Annotations() []schema.Annotation { return []schema.Annotation{inside()} }

// RetiredSlug is an address that a join link once had: it leads on for a time, and no other workspace ever gets it.
type RetiredSlug struct{ ent.Schema }

// Mixin of the table.
func (RetiredSlug) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.RetiredSlug}, Workspaced{}}
}

// Fields of the table.
func (RetiredSlug) Fields() []ent.Field {
	return []ent.Field{
		field.String("slug").Unique().Immutable(),
		field.UUID("join_link_id", ident.ID{}).Optional().Nillable().Immutable(),
		field.Time("retired_at").Default(now).Immutable(),
	}
}

// Edges of the table.
func (RetiredSlug) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("join_link", JoinLink.Type).Field("join_link_id").Unique().Immutable().Annotations(setNull),
	}
}

// Indexes of the table.
func (RetiredSlug) Indexes() []ent.Index { return []ent.Index{index.Fields("join_link_id")} }

// Annotations of the table.
func (RetiredSlug) Annotations() []schema.Annotation { return []schema.Annotation{inside()} }

// JoinRequest is one person's way through a join link.
type JoinRequest struct{ ent.Schema }

// Mixin of the table.
func (JoinRequest) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.JoinRequest}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (JoinRequest) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("join_link_id", ident.ID{}).Immutable(),
		field.String("email"),
		field.String("email_key"),
		field.String("first_name").Optional().Nillable(),
		field.String("last_name").Optional().Nillable(),
		field.String("locale").Optional().Nillable(),
		field.Enum("status").NamedValues("Unconfirmed", "UNCONFIRMED", "Waiting", "WAITING", "Approved", "APPROVED", "Rejected", "REJECTED"),
		field.Int("link_version").Default(1),
		field.String("password_hash").Optional().Nillable().Sensitive(),
		field.String("message").Optional().Nillable(),
		field.Time("confirmed_at").Optional().Nillable(),
		field.Time("decided_at").Optional().Nillable(),
		field.UUID("user_id", ident.ID{}).Optional().Nillable(),
		field.UUID("member_id", ident.ID{}).Optional().Nillable(),
		field.UUID("decided_by_id", ident.ID{}).Optional().Nillable(),
	}
}

// Edges of the table.
func (JoinRequest) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("join_link", JoinLink.Type).Field("join_link_id").Unique().Required().Immutable().Annotations(cascade),
		edge.To("user", User.Type).Field("user_id").Unique().Annotations(setNull),
		edge.To("member", Member.Type).Field("member_id").Unique().Annotations(setNull),
		edge.To("decided_by", Member.Type).Field("decided_by_id").Unique().Annotations(setNull),
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
func (JoinRequest) Annotations() []schema.Annotation { return []schema.Annotation{inside()} }
