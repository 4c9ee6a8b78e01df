package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"usher/internal/ident"
)

// Group is a node of the workspace's tree of groups.
type Group struct{ ent.Schema }

// Mixin of the table.
func (Group) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.Group, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}}
}

// Fields of the table.
func (Group) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Annotations(orderField("NAME")).Comment("As people read it."),
		field.String("external_id").Optional().Nillable().Annotations(mapsTo("externalId")).
			Comment("The id that another system knows it by, unique in the workspace."),
		field.Enum("visibility").NamedValues("Public", "PUBLIC", "Private", "PRIVATE").
			Comment("A PUBLIC group leads its learners up to the group above; a PRIVATE one leads nowhere."),
		field.UUID("parent_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (Group) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("children", Group.Type).Comment("The groups right below.").
			From("parent").Field("parent_id").Unique().Comment("The group right above."),
		edge.To("programs", Program.Type).
			Comment("The programs that everyone in the group is enrolled into."),
		edge.From("invitations", Invitation.Type).Ref("groups").Annotations(hidden),
		edge.From("join_links", JoinLink.Type).Ref("groups").Annotations(hidden),
	}
}

// Indexes of the table.
func (Group) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("workspace_id", "external_id").Unique(),
		index.Fields("workspace_id", "name", "id"),
		index.Fields("parent_id"),
	}
}

// Annotations of the table.
func (Group) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A group of people, in a tree.")}
}

// OrgUnit is a node of the tree of org units: a department, a site.
type OrgUnit struct{ ent.Schema }

// Mixin of the table.
func (OrgUnit) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.OrgUnit, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}}
}

// Fields of the table.
func (OrgUnit) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Annotations(orderField("NAME")).Comment("As people read it."),
		field.UUID("parent_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (OrgUnit) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("children", OrgUnit.Type).Comment("The units right below.").
			From("parent").Field("parent_id").Unique().Comment("The unit right above."),
	}
}

// Indexes of the table.
func (OrgUnit) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "name", "id"), index.Fields("parent_id")}
}

// Annotations of the table.
func (OrgUnit) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A node of the organisation's own tree; a member is in at most one.")}
}

// CustomField is a question of a workspace about its members.
type CustomField struct{ ent.Schema }

// Mixin of the table.
func (CustomField) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.CustomField, orderByCreated: true}, Workspaced{}, Timed{}}
}

// Fields of the table.
func (CustomField) Fields() []ent.Field {
	return []ent.Field{
		field.String("key").Immutable().
			Comment("Its name in Map values: lower-case letters, digits and underscores."),
		field.String("name").Comment("The question as people read it."),
		field.Enum("type").NamedValues("Text", "TEXT", "Number", "NUMBER", "Date", "DATE", "Choice",
			"CHOICE").Immutable().
			Comment("What kind of answer it takes."),
		field.Strings("choices").Default([]string{}).Comment("With CHOICE, what may be answered."),
		field.Bool("required").Default(false).Comment("Whether acceptance asks for it."),
		field.Int("position").Default(0).Annotations(orderField("POSITION")).
			Comment("Order on forms."),
	}
}

// Indexes of the table.
func (CustomField) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "key").Unique(),
		index.Fields("workspace_id", "position", "id")}
}

// Annotations of the table.
func (CustomField) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A question the workspace asks about its people.")}
}
