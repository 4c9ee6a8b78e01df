package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// Application is a program of a workspace that signs its users in with Usher: an OpenID Connect
// client, whose client_id is the id of the row (PAR-5).
type Application struct{ ent.Schema }

// Mixin of the table.
func (Application) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Application, orderByCreated: true}, Workspaced{},
		Timed{}}
}

// Fields of the table.
func (Application) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Annotations(orderField("NAME")).
			Comment("Name of the application, 1 to 200 characters."),
		field.Bool("confidential").Immutable().
			Comment("Whether it has a server that keeps a client secret; false for an " +
				"application in the browser or on a device."),
		field.Strings("redirect_uris").Annotations(mapsTo("redirectUris")).
			Comment("Where a sign-in may return to, 1 to 20. A request names one of them exactly."),
		field.Strings("post_logout_redirect_uris").Default([]string{}).
			Annotations(mapsTo("postLogoutRedirectUris")).
			Comment("Where signing out may return to. A request names one of them exactly."),
		field.String("initiate_login_uri").Optional().Nillable().
			Annotations(mapsTo("initiateLoginUri")).
			Comment("Page of the application that begins a sign-in. 'Continue' leads to it, so " +
				"that a new member arrives signed in; null for none."),
		field.Enum("id_token_algorithm").NamedValues("RS256", "RS256", "EdDSA", "EDDSA").
			Default("RS256").Annotations(graphqlType("IdTokenAlgorithm")).
			Comment("Signature algorithm of its ID tokens."),
		field.Bytes("secret_hash").Optional().Nillable().Sensitive().Annotations(hidden),
		field.Bytes("former_secret_hash").Optional().Nillable().Sensitive().Annotations(hidden).
			Comment("Hash of the secret before the last rotation."),
		field.Time("former_secret_ends_at").Optional().Nillable().
			Comment("Until when the secret before the last rotation works, UTC; null without one."),
	}
}

// Annotations of the table.
func (Application) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, schema.Comment(
		"A program of the workspace that signs its users in with Usher by OpenID Connect. Its id is " +
			"the client_id.")}
}

// ApplicationSignIn is one sign-in of a person at an application: first its authorization code, then
// the family of its tokens. It ends with the sign-in at Usher that it was made from.
type ApplicationSignIn struct{ ent.Schema }

// Mixin of the table.
func (ApplicationSignIn) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.ApplicationSignIn}, Workspaced{}}
}

// Fields of the table.
func (ApplicationSignIn) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("application_id", ident.ID{}).Immutable(),
		field.UUID("member_id", ident.ID{}).Immutable(),
		field.UUID("sign_in_id", ident.ID{}).Immutable(),
		field.Strings("scopes").Immutable(),
		field.String("redirect_uri").Immutable(),
		field.String("nonce").Default("").Immutable(),
		field.String("code_challenge").Immutable(),
		field.Bytes("code_hash").Unique().Immutable().Sensitive(),
		field.Time("code_ends_at").Immutable(),
		field.Time("signed_in_at").Immutable().
			Comment("When the person gave their password, the auth_time of the ID token."),
		field.Time("created_at").Immutable(),
		field.Time("redeemed_at").Optional().Nillable().Comment("When the code was redeemed."),
		field.Bytes("token_hash").Optional().Nillable().Sensitive().
			Comment("Hash of the present refresh token; null without the scope offline_access."),
		field.Bytes("parent_hash").Optional().Nillable().Sensitive().
			Comment("Hash of the previous refresh token: valid for ten more seconds, after " +
				"which its use ends the family."),
		field.Time("rotated_at").Optional().Nillable(),
		field.Time("ended_at").Optional().Nillable(),
	}
}

// Edges of the table.
func (ApplicationSignIn) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("application", Application.Type).Field("application_id").Unique().Required().
			Immutable().Annotations(cascade),
		edge.To("member", Member.Type).Field("member_id").Unique().Required().Immutable().
			Annotations(cascade),
		edge.To("sign_in", SignIn.Type).Field("sign_in_id").Unique().Required().Immutable().
			Annotations(cascade),
	}
}

// Indexes of the table.
func (ApplicationSignIn) Indexes() []ent.Index {
	return []ent.Index{index.Fields("application_id"), index.Fields("member_id"),
		index.Fields("sign_in_id")}
}

// Annotations of the table.
func (ApplicationSignIn) Annotations() []schema.Annotation {
	return []schema.Annotation{internalOnly()}
}

// SigningKey is an RSA key that signs ID tokens of all workspaces, sealed with the server's secret.
type SigningKey struct{ ent.Schema }

// Mixin of the table.
func (SigningKey) Mixin() []ent.Mixin { return []ent.Mixin{Identified{kind: ident.SigningKey}} }

// Fields of the table.
func (SigningKey) Fields() []ent.Field {
	return []ent.Field{
		field.Int("number").Unique().Immutable().
			Comment("1 for the first key, then counted up, so that two processes make one successor."),
		field.Bytes("sealed_key").Immutable().Sensitive().Comment("PKCS #8, sealed."),
		field.Time("created_at").Immutable(),
		field.Time("signs_from").Immutable().
			Comment("When it begins to sign. It is published before, so that clients know it."),
	}
}

// Annotations of the table.
func (SigningKey) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }
