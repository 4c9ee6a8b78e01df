package graph

import (
	"usher/ent"
	"usher/internal/fault"
)

// parseCursors reads the two cursors of a page. Errors: BAD_USER_INPUT for a cursor that this API
// did not return.
func parseCursors(after, before *string) (a, b *ent.Cursor, err error) {
	if a, err = parseCursor("after", after); err != nil {
		return nil, nil, err
	}
	b, err = parseCursor("before", before)
	return a, b, err
}

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
