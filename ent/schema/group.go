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
		Timed{orderByUpdated: true}, ExternallyNamed{}}
}

// Fields of the table.
func (Group) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Annotations(orderField("NAME")).Comment("Name of the group."),
		field.Enum("visibility").NamedValues("Public", "PUBLIC", "Private", "PRIVATE").
			Comment("Whether learners of the group are also learners of its parent group."),
		field.UUID("parent_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (Group) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("children", Group.Type).Comment("Child groups.").Annotations(hidden).
			From("parent").Field("parent_id").Unique().Comment("Parent group; null at the top " +
			"of the tree."),
		edge.To("programs", Program.Type).
			Comment("Programs whose sessions all members of the group are enrolled in."),
		edge.From("invitations", Invitation.Type).Ref("groups").Annotations(hidden),
		edge.From("join_links", JoinLink.Type).Ref("groups").Annotations(hidden),
	}
}

// Indexes of the table.
func (Group) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("workspace_id", "name", "id"),
		index.Fields("parent_id"),
	}
}

// Annotations of the table.
func (Group) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A group of members, in a tree.")}
}

// OrgUnit is a node of the tree of org units: a department, a site.
type OrgUnit struct{ ent.Schema }

// Mixin of the table.
func (OrgUnit) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.OrgUnit, orderByCreated: true}, Workspaced{},
		Timed{orderByUpdated: true}, ExternallyNamed{}}
}

// Fields of the table.
func (OrgUnit) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Annotations(orderField("NAME")).Comment("Name of the org unit."),
		field.UUID("parent_id", ident.ID{}).Optional().Nillable().Annotations(hidden),
	}
}

// Edges of the table.
func (OrgUnit) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("children", OrgUnit.Type).Comment("Child units.").Annotations(hidden).
			From("parent").Field("parent_id").Unique().Comment("Parent unit; null at the top of " +
			"the tree."),
	}
}

// Indexes of the table.
func (OrgUnit) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "name", "id"), index.Fields("parent_id")}
}

// Annotations of the table.
func (OrgUnit) Annotations() []schema.Annotation {
	return []schema.Annotation{relayListed(), unfiltered,
		schema.Comment("A unit of the organization chart. A member is in at most one.")}
}

// CustomField is a question of a workspace about its members.
type CustomField struct{ ent.Schema }

// Mixin of the table.
func (CustomField) Mixin() []ent.Mixin {
	return []ent.Mixin{Identified{kind: ident.CustomField, orderByCreated: true}, Workspaced{},
		Timed{}}
}

// Fields of the table.
func (CustomField) Fields() []ent.Field {
	return []ent.Field{
		field.String("key").Immutable().
			Comment("Key in Map values: lower-case letters, digits and underscores."),
		field.String("name").Comment("Label of the field on forms."),
		field.Enum("type").NamedValues("Text", "TEXT", "Number", "NUMBER", "Date", "DATE", "Choice",
			"CHOICE").Immutable().
			Comment("Type of the answers."),
		field.Strings("choices").Default([]string{}).Comment("Allowed answers of a CHOICE " +
			"field; otherwise empty."),
		field.Bool("required").Default(false).Comment("Whether an answer is required to accept " +
			"an invitation or to join."),
		field.Int("position").Default(0).Annotations(orderField("POSITION")).
			Comment("Position on forms, from 0."),
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
		schema.Comment("A question that the workspace asks its members.")}
}
