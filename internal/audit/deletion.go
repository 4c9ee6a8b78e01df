package audit

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/deletion"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

const (
	// deletionSlack is how much longer deletions are stored than they can be read, so that a page
	// that is read meanwhile loses none.
	deletionSlack = 24 * time.Hour
	// sweptAtOnce is how many deletions one transaction sweeps.
	sweptAtOnce = 5_000
)

// DeletionCursor is a place among the deletions of a workspace. The id orders deletions of one
// moment. At the end of what could be read it is that of the workspace.
type DeletionCursor struct {
	ID ident.ID
	At time.Time
}

// DeletionPage is a part of the deletions, the earliest first.
type DeletionPage struct {
	Deletions []*ent.Deletion
	End       DeletionCursor // where the next page begins
	More      bool           // further deletions are there already
}

// DeletionRead says which deletions of a workspace are read.
type DeletionRead struct {
	Workspace ident.ID
	After     *DeletionCursor // nil: from Since
	Since     *time.Time      // nil: from the earliest that is kept
	Limit     int
}

// ReadDeletions returns the next members, invitations and enrollments that are gone, in the order
// in which they were deleted. None is missing before the end of the page: see
// store.SettledBefore. They are kept for EventRetention. Errors: FORBIDDEN without AUDIT_VIEW in
// the whole workspace, NOT_FOUND for a workspace of others, CURSOR_EXPIRED when the reading would
// begin before what is kept.
func (l *EventLog) ReadDeletions(ctx context.Context, by *access.Caller, in DeletionRead) (
	page DeletionPage, err error) {
	defer fault.Annotate(&err, "read deletions")
	if err := authorizeEvents(by, in.Workspace); err != nil {
		return page, err
	}
	oldest := l.oldest()
	from := DeletionCursor{in.Workspace, oldest}
	if in.Since != nil {
		from.At = in.Since.UTC().Add(-time.Microsecond) // the moment itself is read as well
	}
	if in.After != nil {
		from = *in.After
	}
	// Since is read from a microsecond earlier on, and may be the very end of what is kept.
	if from.At.Before(oldest.Add(-time.Microsecond)) {
		return page, fault.New(fault.CursorExpired, "event.deletions_expired")
	}

	before, err := l.Store.SettledBefore(ctx)
	if err != nil {
		return page, err
	}
	rows, err := l.Store.Deletion.Query().Where(deletion.WorkspaceID(in.Workspace),
		isBehind(from), deletion.DeletedAtLT(before)).
		Order(ent.Asc(deletion.FieldDeletedAt, deletion.FieldID)).Limit(in.Limit + 1).
		// Ids and times alone, which who reads the whole log may see.
		All(store.InWorkspace(ctx, in.Workspace))
	if err != nil {
		return page, err
	}
	if len(rows) > in.Limit {
		last := rows[in.Limit-1]
		return DeletionPage{rows[:in.Limit], DeletionCursor{last.ID, last.DeletedAt}, true}, nil
	}
	// Everything that happened earlier has been read. The end never goes back.
	end := DeletionCursor{in.Workspace, before.Add(-time.Microsecond)}
	if end.At.Before(from.At) {
		end = from
	}
	return DeletionPage{Deletions: rows, End: end}, nil
}

// isBehind selects the deletions behind a cursor.
func isBehind(c DeletionCursor) func(*sql.Selector) {
	return func(s *sql.Selector) {
		s.Where(sql.CompositeGT([]string{s.C(deletion.FieldDeletedAt), s.C(deletion.FieldID)},
			c.At.UTC(), c.ID))
	}
}

// SweepDeletions deletes the deletions that are no longer kept.
func (l *EventLog) SweepDeletions(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep deletions")
	ctx = store.AsSystem(ctx, "the deletions of all workspaces are swept")
	for n := sweptAtOnce; n == sweptAtOnce; {
		err := l.Store.WithTx(ctx, func(tx *store.Tx) error {
			old, err := tx.Deletion.Query().
				Where(deletion.DeletedAtLT(l.oldest().Add(-deletionSlack))).
				Limit(sweptAtOnce).IDs(ctx)
			if err != nil {
				return err
			}
			n, err = tx.Deletion.Delete().Where(deletion.IDIn(old...)).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
