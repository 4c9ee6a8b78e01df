package graph

import (
	"context"
	"time"

	"usher/ent"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
)

// DeletionPage is a part of what was deleted as the API shows it.
type DeletionPage struct {
	Nodes       []*ent.Deletion
	EndCursor   ent.Cursor
	HasNextPage bool
}

// deletionList names the deletions in their cursors, so that no other list takes them.
const deletionList = "deletion"

// deletionKinds are the types that the triggers of the database record.
var deletionKinds = map[ident.Kind]DeletionKind{ident.Member: DeletionKindMember,
	ident.Invitation: DeletionKindInvitation, ident.Enrollment: DeletionKindEnrollment}

// parseDeletionCursor reads a cursor of the deletions; nil for none. Errors: BAD_USER_INPUT for the
// cursor of another list.
func parseDeletionCursor(text *string) (*audit.DeletionCursor, error) {
	c, err := parseCursor("after", text)
	if c == nil || err != nil {
		return nil, err
	}
	// The cursor of another list holds a value of another type, or names that list.
	at, isTime := c.Value.(time.Time)
	if !isTime || c.List != deletionList {
		return nil, fault.Input("after", "graph.cursor_elsewhere")
	}
	return &audit.DeletionCursor{ID: c.ID, At: at}, nil
}

// readDeletions reads a page of what was deleted as the caller.
func (r *Resolver) readDeletions(ctx context.Context, in audit.DeletionRead) (*DeletionPage, error) {
	read, err := r.eventLog().ReadDeletions(ctx, callerOf(ctx), in)
	if err != nil {
		return nil, err
	}
	// The end of a page without rows is a place too, so a reader always has a cursor to store.
	return &DeletionPage{Nodes: read.Deletions, HasNextPage: read.More,
		EndCursor: ent.Cursor{ID: read.End.ID, Value: read.End.At, List: deletionList}}, nil
}
