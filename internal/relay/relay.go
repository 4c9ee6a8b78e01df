// Package relay holds what the generated code of connections needs at run time: cursors, directions
// and page infos.
//
// entgql brings types of the same shape, and with them the code generators of ent and gqlgen into
// every binary that imports it. Cursors are encoded like those of entgql 0.7, byte for byte,
// because clients keep them across releases.
package relay

import (
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"
	"github.com/vmihailenco/msgpack/v5"
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

// Cursor is a place in an ordered list: the id of the row and, unless the list is ordered by id
// alone, the value that the list is ordered by. T is the type of the ids.
type Cursor[T any] struct {
	ID    T         `msgpack:"i"`
	Value ent.Value `msgpack:"v,omitempty"`
}

// MarshalGQL writes the cursor as JSON: a text of base64 over MessagePack.
func (c Cursor[T]) MarshalGQL(w io.Writer) {
	quote := []byte{'"'}
	_, _ = w.Write(quote)
	encoder := base64.NewEncoder(base64.RawStdEncoding, w)
	_ = msgpack.NewEncoder(encoder).Encode(c)
	_ = encoder.Close()
	_, _ = w.Write(quote)
}

// UnmarshalGQL reads a cursor that a client sent.
func (c *Cursor[T]) UnmarshalGQL(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("%T is not a string", v)
	}
	decoder := base64.NewDecoder(base64.RawStdEncoding, strings.NewReader(text))
	if err := msgpack.NewDecoder(decoder).Decode(c); err != nil {
		return fmt.Errorf("cannot decode cursor: %w", err)
	}
	return nil
}

// CursorsPredicate returns the conditions that leave the rows beyond each cursor, seen in the
// direction in which the list is read. Each cursor may be nil.
func CursorsPredicate[T any](
	after, before *Cursor[T], idField, field string, direction OrderDirection,
) []func(*sql.Selector) {
	var predicates []func(*sql.Selector)
	for _, cursor := range []*Cursor[T]{after, before} {
		switch {
		case cursor == nil:
		case cursor.Value != nil:
			predicates = append(predicates, beyondValue(cursor, idField, field, direction))
		case direction == OrderDirectionAsc:
			predicates = append(predicates, sql.FieldGT(idField, cursor.ID))
		default:
			predicates = append(predicates, sql.FieldLT(idField, cursor.ID))
		}
	}
	return predicates
}

// beyondValue leaves the rows that come later than the cursor in a list ordered by the field, then
// by id.
func beyondValue[T any](
	cursor *Cursor[T], idField, field string, direction OrderDirection,
) func(*sql.Selector) {
	compare := sql.CompositeLT
	if direction == OrderDirectionAsc {
		compare = sql.CompositeGT
	}
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			// The predicate is built with the statement. A column that joins have moved has its
			// name in the selection.
			column := s.C(field)
			if matches := s.FindSelection(field); len(matches) == 1 {
				column = matches[0]
			}
			b.Join(compare([]string{column, s.C(idField)}, cursor.Value, cursor.ID))
		}))
	}
}
