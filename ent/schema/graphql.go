package schema

import "entgo.io/ent/schema"

// graphqlAnnotation says how a table, a column or an edge appears in the API. It has the name and
// the JSON form of entgql.Annotation, which the generator reads. Importing entgql here would bring
// ent's and gqlgen's code generators into the server, because the server takes default values from
// this package.
type graphqlAnnotation struct {
	OrderField      string   `json:",omitempty"`
	Unbind          bool     `json:",omitempty"`
	Mapping         []string `json:",omitempty"`
	Type            string   `json:",omitempty"`
	Skip            skipMode `json:",omitempty"`
	RelayConnection bool     `json:",omitempty"`
}

// skipMode is a set of places in the API that something is kept out of. The bits are those of
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

// Merge implements schema.Merger: ent calls it for what has several annotations.
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

// orderField lets lists be ordered by a column.
func orderField(name string) graphqlAnnotation { return graphqlAnnotation{OrderField: name} }

// mapsTo gives a column or an edge another name in the API.
func mapsTo(name string) graphqlAnnotation {
	return graphqlAnnotation{Mapping: []string{name}, Unbind: true}
}

// graphqlType gives a column another type in the API.
func graphqlType(name string) graphqlAnnotation { return graphqlAnnotation{Type: name} }

// skipIn keeps something out of the API.
func skipIn(mode skipMode) graphqlAnnotation { return graphqlAnnotation{Skip: mode} }
