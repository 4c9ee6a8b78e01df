package relay

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"
	"github.com/vmihailenco/msgpack/v5"

	"usher/internal/fault"
)

// Cursor is a place in an ordered list: the id of the row and, unless the list is ordered by id
// alone, the value that the list is ordered by. T is the type of the ids.
type Cursor[T any] struct {
	ID    T         `msgpack:"i"`
	Value ent.Value `msgpack:"v,omitempty"`
	// List names the list and its order, as in "member NAME ASC". A cursor of another list or order
	// would select rows by a value that has nothing to do with their order.
	List string `msgpack:"l,omitempty"`
}

// PageRequest is the part of an ordered list that a client asks for.
type PageRequest[T any] struct {
	After, Before *Cursor[T] // nil: from the beginning, to the end
	// By and Direction are the order in which the rows are read: for the last rows the reverse of
	// that of the list.
	By        Column
	Direction OrderDirection
	Limit     int // of rows; 0: none
}

// Conditions returns the conditions that leave the rows between the cursors of the page.
func (p PageRequest[T]) Conditions(idField string) []func(*sql.Selector) {
	return CursorsPredicate(p.After, p.Before, idField, p.By, p.Direction)
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

// CheckCursors refuses cursors of another list or order. Each cursor may be nil. Errors:
// BAD_USER_INPUT with the argument at fault.
func CheckCursors[T any](after, before *Cursor[T], list string) error {
	for field, cursor := range map[string]*Cursor[T]{"after": after, "before": before} {
		if cursor != nil && cursor.List != list {
			return fault.Input(field, "graph.cursor_elsewhere")
		}
	}
	return nil
}

// CursorsPredicate returns the conditions that leave the rows beyond each cursor, seen in the
// direction in which the list is read. Each cursor may be nil.
func CursorsPredicate[T any](
	after, before *Cursor[T], idField string, by Column, direction OrderDirection,
) []func(*sql.Selector) {
	var predicates []func(*sql.Selector)
	for _, cursor := range []*Cursor[T]{after, before} {
		switch {
		case cursor == nil:
		case cursor.Value != nil:
			predicates = append(predicates, beyondValue(cursor, idField, by, direction))
		// A list in the order of its ids has no further value in its cursors.
		case direction == OrderDirectionAsc:
			predicates = append(predicates, sql.FieldGT(idField, cursor.ID))
		default:
			predicates = append(predicates, sql.FieldLT(idField, cursor.ID))
		}
	}
	return predicates
}

// beyondValue leaves the rows that come later than the cursor in a list ordered by the column, then
// by id.
func beyondValue[T any](
	cursor *Cursor[T], idField string, by Column, direction OrderDirection,
) func(*sql.Selector) {
	compare := " < "
	if direction == OrderDirectionAsc {
		compare = " > "
	}
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			// The predicate is built with the statement. A column that joins have moved has its
			// name in the selection.
			column := s.C(by.Name)
			if matches := s.FindSelection(by.Name); len(matches) == 1 {
				column = matches[0]
			}
			b.WriteString("(")
			by.write(b, column)
			b.Comma().Ident(s.C(idField)).WriteString(")"+compare+"(").
				Args(cursor.Value, cursor.ID).WriteString(")")
		}))
	}
}
