package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"entgo.io/ent/schema/mixin"

	"usher/internal/ident"
)

// Identified gives a table its id, which tells what it is the id of.
type Identified struct {
	mixin.Schema
	kind ident.Kind
}

// Fields of the mixin.
func (m Identified) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("id", ident.ID{}).Default(func() ident.ID {
			return ident.New(m.kind)
		}).Immutable().
			Comment("Opaque, prefixed by what it is the id of, sortable by creation."),
	}
}

// Workspaced puts a table behind the tenant filter.
type Workspaced struct{ mixin.Schema }

// Fields of the mixin.
func (Workspaced) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("workspace_id", ident.ID{}).Immutable().Annotations(hidden),
	}
}

// Edges of the mixin.
func (Workspaced) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("workspace", Workspace.Type).Field("workspace_id").Unique().Required().Immutable().
			Comment("The workspace it belongs to, for good.").Annotations(cascade),
	}
}

// Indexes of the mixin: the order in which a workspace's rows were made.
func (Workspaced) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "id")}
}

// Timed gives a table the times at which a row was made and last changed.
type Timed struct{ mixin.Schema }

// Fields of the mixin.
func (Timed) Fields() []ent.Field {
	return []ent.Field{
		field.Time("created_at").Default(nowUTC).Immutable().Comment("When it was made, UTC."),
		field.Time("updated_at").Default(nowUTC).UpdateDefault(nowUTC).
			Comment("When it was last changed, UTC."),
	}
}

// nowUTC is truncated to what PostgreSQL can store, so that both databases give back what was
// written.
func nowUTC() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// hidden keeps a field or an edge out of everything that clients see.
var hidden = skipIn(skipAll)

// sortedBy hides a field from clients, except as an order of lists.
var sortedBy = skipIn(skipAll &^ (skipEnum | skipOrder))

// internalOnly keeps a whole table out of the API.
func internalOnly() graphqlAnnotation { return skipIn(skipAll) }

// relayListed makes a table a Relay node with connections.
func relayListed() graphqlAnnotation { return graphqlAnnotation{RelayConnection: true} }

// unfiltered leaves out the generated filters: they expose every column, and answer about other
// tenants.
var unfiltered = skipIn(skipWhere)
