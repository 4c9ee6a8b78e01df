package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"entgo.io/ent/schema/mixin"

	"usher/internal/ident"
)

// Identified gives a table its id, whose prefix names the table. Ids begin with the time, so that
// lists which can be ordered by creation are read by the id and need no index of their own.
type Identified struct {
	mixin.Schema
	kind           ident.Kind
	orderByCreated bool
}

// Fields of the mixin.
func (m Identified) Fields() []ent.Field {
	id := field.UUID("id", ident.ID{}).Default(func() ident.ID {
		return ident.New(m.kind)
	}).Immutable().
		Comment("Opaque id, prefixed by the type, sortable by creation.")
	if m.orderByCreated {
		id.Annotations(orderField("CREATED_AT"))
	}
	return []ent.Field{id}
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
			Comment("The workspace of the row. It never changes.").Annotations(cascade),
	}
}

// Indexes of the mixin: the creation order of a workspace's rows.
func (Workspaced) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "id")}
}

// Timed gives a table the times of creation and of the last change.
type Timed struct {
	mixin.Schema
	orderByUpdated bool
}

// Fields of the mixin.
func (m Timed) Fields() []ent.Field {
	updated := field.Time("updated_at").Default(nowUTC).UpdateDefault(nowUTC).
		Comment("When it was last changed, UTC.")
	if m.orderByUpdated {
		updated.Annotations(orderField("UPDATED_AT"))
	}
	return []ent.Field{
		field.Time("created_at").Default(nowUTC).Immutable().Comment("When it was created, UTC."),
		updated,
	}
}

// Indexes of the mixin: the order of the last changes, which programs read that keep a copy.
func (m Timed) Indexes() []ent.Index {
	if !m.orderByUpdated {
		return nil
	}
	return []ent.Index{index.Fields("workspace_id", "updated_at", "id")}
}

// ExternallyNamed gives a table the id by which another system knows its rows.
type ExternallyNamed struct{ mixin.Schema }

// Fields of the mixin.
func (ExternallyNamed) Fields() []ent.Field {
	return []ent.Field{
		field.String("external_id").Optional().Nillable().Annotations(mapsTo("externalId")).
			Comment("Id in another system, unique in the workspace."),
	}
}

// Indexes of the mixin. Most rows have no external id, and are not in the index.
func (ExternallyNamed) Indexes() []ent.Index {
	return []ent.Index{index.Fields("workspace_id", "external_id").Unique().
		Annotations(entsql.IndexWhere("external_id IS NOT NULL"))}
}

// nowUTC returns the time with the precision of PostgreSQL, so that both databases return what was
// written.
func nowUTC() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// hidden omits a field or an edge from everything that clients see.
var hidden = skipIn(skipAll)

// sortedBy omits a field from the API, except as an order of lists.
var sortedBy = skipIn(skipAll &^ (skipEnum | skipOrder))

// internalOnly omits a whole table from the API.
func internalOnly() graphqlAnnotation { return skipIn(skipAll) }

// relayListed makes a table a Relay node with connections.
func relayListed() graphqlAnnotation { return graphqlAnnotation{RelayConnection: true} }

// unfiltered omits the generated filters: they expose every column, and their results would reveal
// rows of other tenants.
var unfiltered = skipIn(skipWhere)

// Searched gives a table the text by which a search finds its rows. Triggers of the database keep
// its words in the table search_words, see internal/store/searchwords.go.
type Searched struct{ mixin.Schema }

// Fields of the mixin.
func (Searched) Fields() []ent.Field {
	return []ent.Field{
		field.String("search_text").Default("").Annotations(hidden).
			Comment("Words of the address and the names, as searchtext.Text writes them. Every " +
				"write of an address or a name writes it too."),
	}
}
