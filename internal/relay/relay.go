// Package relay holds what the generated code of connections needs at run time: cursors, directions
// and page infos.
//
// entgql brings types of the same shape, and with them the code generators of ent and gqlgen into
// every binary that imports it.
package relay

import (
	"fmt"
	"io"
	"strconv"

	"entgo.io/ent/dialect/sql"
)

// OrderDirection is the direction in which a list is ordered.
type OrderDirection string

// The directions.
const (
	OrderDirectionAsc  OrderDirection = "ASC"
	OrderDirectionDesc OrderDirection = "DESC"
)

// Validate returns an error if the direction is neither ascending nor descending.
func (o OrderDirection) Validate() error {
	if o != OrderDirectionAsc && o != OrderDirectionDesc {
		return fmt.Errorf("%s is not a valid OrderDirection", o)
	}
	return nil
}

// String returns the direction's name in the schema.
func (o OrderDirection) String() string { return string(o) }

// OrderTermOption returns the option that orders an ent query in this direction.
func (o OrderDirection) OrderTermOption() sql.OrderTermOption {
	if o == OrderDirectionAsc {
		return sql.OrderAsc()
	}
	return sql.OrderDesc()
}

// MarshalGQL writes the direction as JSON.
func (o OrderDirection) MarshalGQL(w io.Writer) {
	_, _ = io.WriteString(w, strconv.Quote(o.String()))
}

// UnmarshalGQL reads a direction that a client sent.
func (o *OrderDirection) UnmarshalGQL(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("order direction %T must be a string", v)
	}
	*o = OrderDirection(text)
	return o.Validate()
}

// Reverse returns the opposite direction.
func (o OrderDirection) Reverse() OrderDirection {
	if o == OrderDirectionDesc {
		return OrderDirectionAsc
	}
	return OrderDirectionDesc
}

// PageInfo is the type of the same name in the Relay specification.
type PageInfo[T any] struct {
	HasNextPage     bool       `json:"hasNextPage"`
	HasPreviousPage bool       `json:"hasPreviousPage"`
	StartCursor     *Cursor[T] `json:"startCursor"`
	EndCursor       *Cursor[T] `json:"endCursor"`
}
