package schema

import "entgo.io/ent/schema"

// graphqlAnnotation describes a table, a column or an edge in the API. It has the name and JSON
// form of entgql.Annotation, which the generator reads. The server imports this package for its
// default values; importing entgql here would add the code generators of ent and gqlgen to the
// server.
type graphqlAnnotation struct {
	OrderField      string   `json:",omitempty"`
	Unbind          bool     `json:",omitempty"`
	Mapping         []string `json:",omitempty"`
	Type            string   `json:",omitempty"`
	Skip            skipMode `json:",omitempty"`
	RelayConnection bool     `json:",omitempty"`
}

// skipMode is a set of places in the API that omit a table, column or edge. The bits are those of
// entgql.SkipMode.
type skipMode int

const (
	skipType skipMode = 1 << iota
	skipEnum
	skipOrder
	skipWhere
	skipCreate
	skipUpdate

	skipAll = skipType | skipEnum | skipOrder | skipWhere | skipCreate | skipUpdate
)

// Name implements schema.Annotation.
func (graphqlAnnotation) Name() string { return "EntGQL" }

// Merge implements schema.Merger: ent combines several annotations by it.
func (a graphqlAnnotation) Merge(other schema.Annotation) schema.Annotation {
	b, ok := other.(graphqlAnnotation)
	if !ok {
		return a
	}
	if b.OrderField != "" {
		a.OrderField = b.OrderField
	}
	if len(b.Mapping) > 0 {
		a.Mapping = b.Mapping
	}
	if b.Type != "" {
		a.Type = b.Type
	}
	a.Unbind = a.Unbind || b.Unbind
	a.RelayConnection = a.RelayConnection || b.RelayConnection
	a.Skip |= b.Skip
	return a
}

// orderField lets lists be sorted by a column.
func orderField(name string) graphqlAnnotation { return graphqlAnnotation{OrderField: name} }

// mapsTo renames a column or an edge in the API.
func mapsTo(name string) graphqlAnnotation {
	return graphqlAnnotation{Mapping: []string{name}, Unbind: true}
}

// graphqlType sets the type of a column in the API.
func graphqlType(name string) graphqlAnnotation { return graphqlAnnotation{Type: name} }

// skipIn omits a table, column or edge in places of the API.
func skipIn(mode skipMode) graphqlAnnotation { return graphqlAnnotation{Skip: mode} }
