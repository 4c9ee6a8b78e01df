package graph

import (
	"usher/ent"
	"usher/internal/fault"
)

// pageArgs are the arguments of a page of a list, as a client writes them.
type pageArgs struct {
	first  *int
	after  *string
	last   *int
	before *string
}

// parseCursors reads the two cursors of a page. Errors: BAD_USER_INPUT for a cursor that this API
// did not return.
func parseCursors(after, before *string) (a, b *ent.Cursor, err error) {
	if a, err = parseCursor("after", after); err != nil {
		return nil, nil, err
	}
	b, err = parseCursor("before", before)
	return a, b, err
}

// parseCursor decodes a cursor that an earlier page gave out; nil for none. BAD_USER_INPUT at the
// given argument for a text that is no cursor.
func parseCursor(field string, s *string) (*ent.Cursor, error) {
	if s == nil {
		return nil, nil
	}
	c := new(ent.Cursor)
	if err := c.UnmarshalGQL(*s); err != nil || c.ID.IsZero() {
		return nil, fault.Input(field, "graph.cursor").Because(err)
	}
	return c, nil
}
