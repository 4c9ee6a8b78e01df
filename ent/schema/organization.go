package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// Organization is a customer: it owns workspaces, a subscription plan and seats.
type Organization struct{ ent.Schema }

// Mixin of the table.
func (Organization) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Organization}, Timed{}}
}

// Fields of the table.
func (Organization) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Comment("Name of the organization, 1 to 200 characters."),
		field.JSON("entitlements", Entitlements{}).Annotations(hidden),
		field.Int("seats").Optional().Nillable().Annotations(hidden).
			Comment("Number of seats of the plan; null for no limit."),
		field.Int("seats_taken").Default(0).Annotations(hidden).
			Comment("Number of taken seats, updated by the statement that takes or frees one."),
		field.Strings("administrator_ids").Optional().Annotations(hidden).
			Comment("UUIDs of the administrators, who manage the organization and its workspaces."),
		field.JSON("erased_workspaces", []ErasedWorkspace{}).Optional().Annotations(hidden).
			Comment("Workspaces that were erased, oldest first. Their own history is erased with " +
				"them, and the operator still reads that they existed."),
	}
}

// Annotations of the table.
func (Organization) Annotations() []schema.Annotation {
	return []schema.Annotation{unfiltered, schema.Comment(
		"A customer: it owns workspaces, and its plan covers all of them.")}
}

// Workspace is a tenant: it contains members and everything that belongs to them.
type Workspace struct{ ent.Schema }

// Mixin of the table.
func (Workspace) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Workspace, orderByCreated: true}, Timed{}}
}

// Fields of the table.
func (Workspace) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("organization_id", ident.ID{}).Immutable().Annotations(hidden),
		field.String("slug").Unique().
			Comment("Name in URLs: lower-case letters, digits and hyphens."),
		field.String("name").Annotations(orderField("NAME")).
			Comment("Name on pages and in emails."),
		field.String("logo_url").Optional().Nillable().Annotations(mapsTo("logoUrl")).
			Comment("URL of the logo on pages and in emails."),
		field.String("color").Optional().Nillable().Comment("Accent colour, #rrggbb."),
		field.String("default_locale").Default("en").
			Comment("Default language, en or fr, for people who have not chosen one."),
		field.String("time_zone").Default("UTC").
			Comment("Time zone (IANA name). A date without a time means the end of that day in " +
				"it."),
		field.String("support_contact").Optional().Nillable().
			Comment("Contact that is shown on pages and in emails."),
		field.String("home_url").Optional().Nillable().Annotations(mapsTo("homeUrl")).
			Comment("Where members go after they came in, such as a learning platform: an https " +
				"URL; null for none."),
		field.JSON("settings", WorkspaceSettings{}).Annotations(hidden),
		field.Time("archived_at").Optional().Nillable().
			Comment("When the workspace was archived, UTC; null unless it is read-only."),
		field.Time("deletion_at").Optional().Nillable().
			Comment("When everything in the workspace will be erased, UTC; null unless it was deleted."),
		field.Time("erasure_started_at").Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (Workspace) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("organization", Organization.Type).Field("organization_id").Unique().Required().
			Immutable().
			Annotations(cascade).
			Comment("The organization that owns the workspace."),
	}
}

// Indexes of the table.
func (Workspace) Indexes() []ent.Index { return []ent.Index{index.Fields("organization_id")} }

// Annotations of the table.
func (Workspace) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered, schema.Comment(
		"A workspace: where people are. All else belongs to exactly one, but for users.")}
}

// User is a person's account, the same in all workspaces.
type User struct{ ent.Schema }

// Mixin of the table.
func (User) Mixin() []ent.Mixin { return []ent.Mixin{Identified{kind: ident.User}, Timed{}} }

// Fields of the table.
func (User) Fields() []ent.Field {
	return []ent.Field{
		field.String("email").Optional().Nillable().
			Comment("Email address, as typed; null for people who sign in by username."),
		field.String("email_key").Optional().Nillable().Unique().Annotations(hidden),
		field.Bool("email_proven").Default(false).
			Comment("Whether the address has been verified."),
		field.String("username").Optional().Nillable().
			Comment("Username, unique in the organization; it never looks like an address."),
		field.String("username_key").Optional().Nillable().Annotations(hidden),
		field.UUID("username_organization_id", ident.ID{}).Optional().Nillable().
			Annotations(hidden),
		field.String("first_name").Optional().Nillable().Comment("First name."),
		field.String("last_name").Optional().Nillable().Comment("Last name."),
		field.String("locale").Optional().Nillable().
			Comment("Language, en or fr; null for the workspace's language."),
		field.String("password_hash").Optional().Nillable().Sensitive().Annotations(hidden),
		field.Bool("must_change_password").Default(false).Annotations(hidden),
		field.Time("password_expires_at").Optional().Nillable().Annotations(hidden),
		field.Int("credential_version").Default(0).Annotations(hidden).
			Comment("Rises with each change of password or address, which invalidates links of " +
				"an earlier version."),
		field.String("pending_email").Optional().Nillable().Annotations(hidden),
		field.String("pending_email_key").Optional().Nillable().Annotations(hidden),
		field.Time("erased_at").Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (User) Edges() []ent.Edge {
	return []ent.Edge{edge.From("members", Member.Type).Ref("user").Annotations(hidden)}
}

// Indexes of the table.
func (User) Indexes() []ent.Index {
	return []ent.Index{index.Fields("username_organization_id", "username_key").Unique()}
}

// Annotations of the table.
func (User) Annotations() []schema.Annotation {
	return []schema.Annotation{unfiltered,
		schema.Comment("A person's account, in all their workspaces.")}
}
