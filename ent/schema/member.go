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

// Member is a user's membership in one workspace.
type Member struct{ ent.Schema }

// Mixin of the table.
func (Member) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Member, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}, ExternallyNamed{}, Searched{}}
}

// Fields of the table.
func (Member) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("user_id", ident.ID{}).Immutable().Annotations(hidden),
		field.Enum("status").NamedValues("Active", "ACTIVE", "Deactivated", "DEACTIVATED").
			Comment("Whether the member has access."),
		field.UUID("org_unit_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
		field.Strings("labels").Default([]string{}).
			Comment("Labels of the member, at most 50."),
		field.String("additional_info").Optional().Nillable().
			Comment("Free text about the member, for the workspace."),
		field.JSON("custom_fields", map[string]string{}).Default(map[string]string{}).
			Annotations(hidden),
		field.Time("access_expires_at").Optional().Nillable().
			Annotations(orderField("ACCESS_EXPIRES_AT")).
			Comment("When access ends, UTC; null for never. Requests are refused from then on."),
		field.Bool("delete_on_expiry").Default(false).
			Comment("Whether the end of access removes the member instead of deactivating them."),
		field.Time("joined_at").Annotations(orderField("JOINED_AT")).
			Comment("When the person first became a member, UTC."),
		field.Enum("joined_via").NamedValues("Invited", "INVITED", "Created", "CREATED", "Imported",
			"IMPORTED",
			"Joined", "JOINED", "Registered", "REGISTERED", "Founded", "FOUNDED").
			Comment("How the person became a member."),
		field.Time("deactivated_at").Optional().Nillable().
			Comment("When the member was deactivated, UTC; null while ACTIVE."),
		field.String("email_key").Default("").Annotations(hidden).
			Comment("Copy of the user's key, so that one index finds it in a workspace."),
		field.String("sort_name").Default("").Annotations(sortedBy, orderField("NAME")).
			Comment("Lower-case last and first name."),
		field.String("first_key").Default("").Annotations(hidden).
			Comment("Lower-case first name. Nothing reads it; the previous release searches by it."),
		field.String("username_key").Default("").Annotations(hidden).
			Comment("Copy of the user's key, so that one index finds it in a workspace."),
		field.String("external_source").Optional().Nillable().
			Annotations(mapsTo("externalSource")).
			Comment("Name of the source whose sync set the external id; null for none. A mirror of " +
				"the source deactivates the member once it no longer names them."),
		field.JSON("consents", []Consent{}).Optional().Annotations(graphqlType("[Consent!]")).
			Comment("Versions of the privacy notice and the terms that the person has consented " +
				"to, the earliest first; null for none."),
		field.String("proposed_email_key").Optional().Nillable().Annotations(hidden).
			Comment("Key of the address that an import named last for the person, who was asked " +
				"once whether it is theirs."),
	}
}

// Edges of the table.
func (Member) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable().
			Annotations(cascade, VisibleToReaders{}).
			Comment("The person's account."),
		edge.To("org_unit", OrgUnit.Type).Field("org_unit_id").Unique().Annotations(setNull).
			Comment("The member's org unit; null for none."),
		edge.From("role_assignments", RoleAssignment.Type).Ref("member").
			Comment("Roles of the member, each at a place."),
		edge.From("enrollments", Enrollment.Type).Ref("member").
			Comment("Sessions that the member is or was enrolled in."),
	}
}

// Indexes of the table.
func (Member) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("workspace_id", "user_id").Unique(),
		index.Fields("user_id"),
		index.Fields("org_unit_id"),
		inOrder("joined_at"), inOrder("sort_name"),
		index.Fields("workspace_id", "status", "joined_at", "id"),
		searchIndex("email_key"), searchIndex("username_key"),
		index.Fields("labels").
			Annotations(entsql.IndexTypes(map[string]string{dialect.Postgres: "GIN"})),
		index.Fields("custom_fields").
			Annotations(entsql.IndexTypes(map[string]string{dialect.Postgres: "GIN"})),
		index.Fields("access_expires_at").
			Annotations(entsql.IndexWhere("access_expires_at IS NOT NULL AND status = 'ACTIVE'")),
	}
}

// inOrder returns an index for reading a workspace in an order. In PostgreSQL it also contains the
// searched text and the status, so that a search reads none of the rows that it passes over.
func inOrder(column string) ent.Index {
	return index.Fields("workspace_id", column, "id").
		Annotations(entsql.IncludeColumns("search_text", "status"))
}

// searchIndex returns an index for finding a workspace's row by a column. The operator class makes
// PostgreSQL compare bytes, whatever the collation of the database; SQLite always does.
func searchIndex(column string) ent.Index {
	return index.Fields("workspace_id", column).StorageKey("member_search_" + column).
		Annotations(entsql.OpClassColumn(column, "text_pattern_ops"))
}

// Annotations of the table.
func (Member) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A person's membership in one workspace.")}
}

// Role is a named set of permissions.
type Role struct{ ent.Schema }

// Mixin of the table.
func (Role) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Role, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}}
}

// Fields of the table.
func (Role) Fields() []ent.Field {
	return []ent.Field{
		field.String("key").Immutable().
			Comment("Key of a built-in role: admin, user_admin, group_admin, manager, coach, " +
				"instructor or learner; the id of a custom role."),
		field.String("name").Annotations(orderField("NAME")).Comment("Name of the role."),
		field.Strings("permissions").Default([]string{}).Annotations(graphqlType("[Permission!]")).
			Comment("Permissions granted at the place of an assignment."),
		field.Bool("built_in").Default(false).Immutable().
			Comment("Whether the role is built in: every workspace has it and nobody can change " +
				"it."),
	}
}

// Edges of the table.
func (Role) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("invitations", Invitation.Type).Ref("roles").Annotations(hidden),
		edge.From("join_links", JoinLink.Type).Ref("roles").Annotations(hidden),
	}
}

// Indexes of the table.
func (Role) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "key").Unique(),
		index.Fields("workspace_id", "name", "id")}
}

// Annotations of the table.
func (Role) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A named set of permissions, built in or custom.")}
}

// RoleAssignment is a member's role at a place. A member belongs to a group by holding a role
// there.
type RoleAssignment struct{ ent.Schema }

// Mixin of the table.
func (RoleAssignment) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.RoleAssignment}, Workspaced{}}
}

// Fields of the table.
func (RoleAssignment) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("member_id", ident.ID{}).Immutable().Annotations(hidden),
		field.UUID("role_id", ident.ID{}).Immutable().Annotations(hidden),
		field.UUID("place_id", ident.ID{}).Immutable().Annotations(hidden).
			Comment("The id of the workspace, group, org unit or session; never null, so that " +
				"the unique index works."),
		field.UUID("group_id", ident.ID{}).Optional().Nillable().Immutable().Annotations(hidden),
		field.UUID("org_unit_id", ident.ID{}).Optional().Nillable().Immutable().Annotations(hidden),
		field.UUID("session_id", ident.ID{}).Optional().Nillable().Immutable().Annotations(hidden),
		field.Bool("inherited").Default(false).
			Comment("Whether the role is inherited from a public group below."),
		field.Time("created_at").Default(nowUTC).Immutable().Annotations(hidden),
	}
}

// Edges of the table.
func (RoleAssignment) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("member", Member.Type).Field("member_id").Unique().Required().Immutable().
			Annotations(hidden, cascade),
		edge.To("role", Role.Type).Field("role_id").Unique().Required().Immutable().
			Annotations(cascade).
			Comment("The assigned role."),
		edge.To("group", Group.Type).Field("group_id").Unique().Immutable().Annotations(cascade).
			Comment("The group, if the role is held in one."),
		edge.To("org_unit", OrgUnit.Type).Field("org_unit_id").Unique().Immutable().
			Annotations(cascade).
			Comment("The org unit, if the role is held in one."),
		edge.To("session", Session.Type).Field("session_id").Unique().Immutable().
			Annotations(cascade).
			Comment("The session, if the role is held in one."),
		edge.From("sources", AssignmentSource.Type).Ref("assignment").Annotations(hidden),
	}
}

// Indexes of the table.
func (RoleAssignment) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("member_id", "role_id", "place_id").Unique(),
		index.Fields("group_id", "member_id"),
		index.Fields("role_id"),
		index.Fields("org_unit_id"),
		index.Fields("session_id"),
	}
}

// Annotations of the table.
func (RoleAssignment) Annotations() []schema.Annotation {
	return []schema.Annotation{unfiltered, schema.Comment(
		"A role held at a place: the whole workspace, a group, an org unit or a session.")}
}

// AssignmentSource is one reason for an assignment. An assignment lives as long as it has a source.
type AssignmentSource struct{ ent.Schema }

// Mixin of the table.
func (AssignmentSource) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.AssignmentSource}, Workspaced{}}
}

// Fields of the table.
func (AssignmentSource) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("assignment_id", ident.ID{}).Immutable(),
		field.Enum("kind").NamedValues("Direct", "DIRECT", "Inherited", "INHERITED", "Session",
			"SESSION",
			"JoinLink", "JOIN_LINK", "Import", "IMPORT", "Invitation", "INVITATION").Immutable(),
		field.UUID("source_id", ident.ID{}).Immutable().
			Comment("The source group, session, join link, import or invitation; the workspace " +
				"for DIRECT."),
	}
}

// Edges of the table.
func (AssignmentSource) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("assignment", RoleAssignment.Type).Field("assignment_id").Unique().Required().
			Immutable().Annotations(cascade),
	}
}

// Indexes of the table.
func (AssignmentSource) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("assignment_id", "kind", "source_id").Unique(),
		index.Fields("source_id"),
	}
}

// Annotations of the table.
func (AssignmentSource) Annotations() []schema.Annotation {
	return []schema.Annotation{internalOnly()}
}

// Departure records that a person was removed from a workspace. If the person joins again without
// an invitation, an administrator must approve (JOI-9).
type Departure struct{ ent.Schema }

// Mixin of the table.
func (Departure) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Departure}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (Departure) Fields() []ent.Field {
	return []ent.Field{field.UUID("user_id", ident.ID{}).Immutable()}
}

// Edges of the table.
func (Departure) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique().Required().Immutable().
		Annotations(cascade)}
}

// Indexes of the table.
func (Departure) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "user_id").Unique(), index.Fields("user_id")}
}

// Annotations of the table.
func (Departure) Annotations() []schema.Annotation { return []schema.Annotation{internalOnly()} }
