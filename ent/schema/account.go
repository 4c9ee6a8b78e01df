package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// Seat is a user who is active in at least one workspace of an organization: one row for any number
// of workspaces.
type Seat struct{ ent.Schema }

// Mixin of the table.
func (Seat) Mixin() []ent.Mixin { return []ent.Mixin{Identified{kind: ident.Seat}} }

// Fields of the table.
func (Seat) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("organization_id", ident.ID{}).Immutable(),
		field.UUID("user_id", ident.ID{}).Immutable(),
		field.Time("taken_at").Immutable(),
	}
}

// Edges of the table.
func (Seat) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("organization", Organization.Type).Field("organization_id").Unique().Required().
			Immutable().Annotations(cascade),
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable().
			Annotations(cascade),
	}
}

// Indexes of the table.
func (Seat) Indexes() []ent.Index {
	return []ent.Index{index.Fields("organization_id", "user_id").Unique(), index.Fields("user_id")}
}

// Annotations of the table.
func (Seat) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }

// SeatEvent is an entry of the ledger of seats. For billing, it outlives users and workspaces.
type SeatEvent struct{ ent.Schema }

// Mixin of the table.
func (SeatEvent) Mixin() []ent.Mixin { return []ent.Mixin{Identified{kind: ident.SeatEvent}} }

// Fields of the table.
func (SeatEvent) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("organization_id", ident.ID{}).Immutable(),
		field.UUID("user_id", ident.ID{}).Immutable(),
		field.UUID("workspace_id", ident.ID{}).Immutable(),
		field.Enum("kind").NamedValues("Taken", "TAKEN", "Freed", "FREED").Immutable(),
		field.Time("at").Immutable(),
	}
}

// Edges of the table.
func (SeatEvent) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("organization", Organization.Type).Field("organization_id").Unique().Required().
			Immutable().Annotations(cascade),
	}
}

// Indexes of the table.
func (SeatEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("organization_id", "at"), index.Fields("user_id")}
}

// Annotations of the table.
func (SeatEvent) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }

// SignIn is one signed-in browser or program of a person: a family of refresh tokens, of which only
// the newest is valid.
type SignIn struct{ ent.Schema }

// Mixin of the table.
func (SignIn) Mixin() []ent.Mixin { return []ent.Mixin{Identified{kind: ident.SignIn}} }

// Fields of the table.
func (SignIn) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("user_id", ident.ID{}).Immutable().Annotations(hidden),
		field.Bytes("token_hash").Sensitive().Annotations(hidden),
		field.Bytes("parent_hash").Optional().Nillable().Sensitive().Annotations(hidden).
			Comment("Hash of the previous token: valid for ten more seconds, after which its " +
				"use ends the family."),
		field.Time("rotated_at").Annotations(hidden),
		field.Time("created_at").Default(nowUTC).Immutable().
			Comment("When the person signed in, UTC."),
		field.Time("last_used_at").Comment("When it was last refreshed, UTC."),
		field.Time("ended_at").Optional().Nillable().Annotations(hidden),
		field.Bool("must_change_password").Default(false).Annotations(hidden),
		field.String("user_agent").Optional().Nillable().
			Comment("User agent of the browser or program."),
	}
}

// Edges of the table.
func (SignIn) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable().
			Annotations(hidden, cascade),
	}
}

// Indexes of the table.
func (SignIn) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("token_hash").Unique(),
		index.Fields("parent_hash"),
		index.Fields("user_id", "ended_at"),
	}
}

// Annotations of the table.
func (SignIn) Annotations() []schema.Annotation {
	return []schema.Annotation{unfiltered,
		schema.Comment("One sign-in of the viewer, on one device.")}
}

// Card is a printed access card for a person without a mailbox: a link as a QR code and a
// single-use PIN (AHD-2). An account has at most one. Issuing it again raises the version of its
// link and resets it.
type Card struct{ ent.Schema }

// Mixin of the table.
func (Card) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Card}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (Card) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("user_id", ident.ID{}).Immutable(),
		field.Bytes("pin_hash").Sensitive().Comment("HMAC of the card, its version and the PIN."),
		field.Bytes("code_hash").Optional().Sensitive().
			Comment("HMAC of the printed code; empty for cards that were issued without one."),
		field.UUID("sheet_id", ident.ID{}).Optional().Nillable().
			Comment("Cards that were issued together and are printed as one document."),
		field.String("key_id").
			Comment("Which of the server's secrets was used, so that a rotation invalidates no " +
				"card."),
		field.Int("tries").Default(0).Comment("Number of wrong PINs; five invalidate the card."),
		field.Int("link_version").Default(1),
		field.Int("credential_version").
			Comment("The account's credential version at issue: a password that is set in " +
				"another way invalidates the card."),
		field.Time("expires_at"),
		field.Time("used_at").Optional().Nillable(),
		field.UUID("grantor_id", ident.ID{}).Optional().Nillable().
			Comment("The member who issued it. They must still hold every permission of the " +
				"card's owner when it is used."),
		field.UUID("grantor_key_id", ident.ID{}).Optional().Nillable(),
	}
}

// Edges of the table.
func (Card) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable().
			Annotations(cascade),
		edge.To("grantor", Member.Type).Field("grantor_id").Unique().Annotations(setNull),
		edge.To("grantor_key", APIKey.Type).Field("grantor_key_id").Unique().Annotations(setNull),
	}
}

// Indexes of the table.
func (Card) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id").Unique(), index.Fields("code_hash").Unique(),
		index.Fields("sheet_id"), index.Fields("grantor_id"), index.Fields("grantor_key_id")}
}

// Annotations of the table.
func (Card) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }

// Throttle counts what a rate limit limits: attempts to sign in, emails to one mailbox. The key is
// a hash, so that a row identifies nobody.
type Throttle struct{ ent.Schema }

// Mixin of the table.
func (Throttle) Mixin() []ent.Mixin { return []ent.Mixin{Identified{kind: ident.Throttle}} }

// Fields of the table.
func (Throttle) Fields() []ent.Field {
	return []ent.Field{
		field.String("key").Unique().Immutable(),
		field.Int("count").Default(0),
		field.Time("window_start"),
		field.Time("last_at"),
	}
}

// Indexes of the table.
func (Throttle) Indexes() []ent.Index { return []ent.Index{index.Fields("last_at")} }

// Annotations of the table.
func (Throttle) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }
