package audit

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// EventRetention is how long the log of events goes back. The history keeps its events longer.
const EventRetention = 30 * 24 * time.Hour

// EventCursor is a place in the log of a workspace: the event there, and its position. The cursor
// before the first event has the id of the workspace and position 0. The id tells a cursor of
// another workspace, or of a database that was restored to an earlier state, from a good one.
type EventCursor struct {
	ID       ident.ID
	Position int64
}

// EventPage is a part of the log, the earliest event first.
type EventPage struct {
	Events []*ent.AuditEvent
	// End is where the next page begins. It is behind events of other types that were passed over.
	End  EventCursor
	More bool // further events are there already
}

// EventRead says which events of a workspace are read.
type EventRead struct {
	Workspace ident.ID
	After     *EventCursor // nil: from the earliest that is kept
	Types     []EventType  // empty: all
	Limit     int
}

// EventLog reads the log of events.
type EventLog struct {
	Store *store.Store
	Clock func() time.Time
}

// Read returns the next events of a workspace. No event is missing before the end of the page: a
// transaction that commits later puts its events behind it. Errors: FORBIDDEN without AUDIT_VIEW in
// the whole workspace, NOT_FOUND for a workspace of others, CURSOR_EXPIRED.
func (l *EventLog) Read(ctx context.Context, by *access.Caller, in EventRead) (page EventPage,
	err error) {
	defer fault.Annotate(&err, "read events")
	if err := authorizeEvents(by, in.Workspace); err != nil {
		return page, err
	}

	// The end first: the rows below are read up to it, so that a later event cannot be passed over
	// when the end becomes the cursor.
	end, err := l.findEnd(ctx, in.Workspace)
	if err != nil {
		return page, err
	}
	after, err := l.findStart(ctx, in, end)
	if err != nil {
		return page, err
	}
	rows, err := l.Store.AuditEvent.Query().Where(auditevent.WorkspaceID(in.Workspace),
		store.IsNumbered, auditevent.PositionGT(after), auditevent.PositionLTE(end.Position),
		auditevent.ActionIn(listActions(in.Types)...)).
		Order(ent.Asc(auditevent.FieldPosition)).Limit(in.Limit + 1).
		All(store.AsCaller(ctx, by))
	if err != nil {
		return page, err
	}
	// What lies between the cursor and the earliest event that is kept has been missed.
	if in.After != nil && len(rows) > 0 && rows[0].At.Before(l.oldest()) {
		return page, fault.New(fault.CursorExpired, "event.cursor_expired")
	}

	page = EventPage{Events: rows, End: end}
	if len(rows) > in.Limit {
		page.Events, page.More = rows[:in.Limit], true
		page.End = CursorOf(rows[in.Limit-1])
	}
	return page, nil
}

// CursorOf returns the place of an event.
func CursorOf(e *ent.AuditEvent) EventCursor { return EventCursor{e.ID, *e.Position} }

// authorizeEvents asks for the right to read the whole log. A part of it, as the history shows to
// those who may read a part, would look complete to a program.
func authorizeEvents(by *access.Caller, workspace ident.ID) error {
	m, err := by.RequireMembership(workspace)
	if err != nil {
		return err
	}
	if !m.Throughout(access.AuditView) {
		return fault.Denied()
	}
	return nil
}

// End returns the end of a workspace's log, for a reader of what comes from now on: every event
// that was committed before the call is at it or before it. Errors: those of Read.
func (l *EventLog) End(ctx context.Context, by *access.Caller,
	workspace ident.ID) (end EventCursor, err error) {
	defer fault.Annotate(&err, "find end of events")
	if err := authorizeEvents(by, workspace); err != nil {
		return end, err
	}

	return l.findEnd(ctx, workspace)
}

// findEnd is End without the authorization check.
func (l *EventLog) findEnd(ctx context.Context, workspace ident.ID) (EventCursor, error) {
	if err := l.Store.NumberEvents(ctx, workspace); err != nil {
		return EventCursor{}, err
	}
	last, err := l.Store.AuditEvent.Query().
		Where(auditevent.WorkspaceID(workspace), store.IsNumbered).
		Order(ent.Desc(auditevent.FieldPosition)).
		First(store.InWorkspace(ctx, workspace))
	// Events that were recorded before there was a log have no place in it.
	if ent.IsNotFound(err) {
		return EventCursor{ID: workspace}, nil
	}
	if err != nil {
		return EventCursor{}, err
	}
	return CursorOf(last), nil
}

// oldest is the time of the earliest event that is kept.
func (l *EventLog) oldest() time.Time { return l.Clock().Add(-EventRetention) }

// findStart returns the position behind which a page begins.
func (l *EventLog) findStart(ctx context.Context, in EventRead, end EventCursor) (int64, error) {
	scoped := store.InWorkspace(ctx, in.Workspace)
	switch {
	case in.After == nil:
		// Ids begin with the time, and positions have no index by time. The last event that is no
		// longer kept ends the part that is left out; events before there was a log have position 0.
		gone, err := l.Store.AuditEvent.Query().Where(auditevent.WorkspaceID(in.Workspace),
			auditevent.IDLT(ident.Floor(l.oldest()))).
			Order(ent.Desc(auditevent.FieldID)).First(scoped)
		if ent.IsNotFound(err) || err == nil && gone.Position == nil {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		return *gone.Position, nil
	case *in.After == end, *in.After == EventCursor{ID: in.Workspace}:
		return in.After.Position, nil
	}
	known, err := l.Store.AuditEvent.Query().Where(auditevent.WorkspaceID(in.Workspace),
		store.IsNumbered, auditevent.Position(in.After.Position), auditevent.ID(in.After.ID)).Exist(scoped)
	if err != nil {
		return 0, err
	}
	// Security: the same answer for a cursor of another workspace and for one that never was.
	if !known {
		return 0, fault.New(fault.CursorExpired, "event.cursor_unknown")
	}
	return in.After.Position, nil
}

// listActions returns the stored actions of some types; of all types if there are none.
func listActions(types []EventType) (actions []string) {
	for action, t := range eventTypes {
		if len(types) == 0 || slices.Contains(types, t) {
			actions = append(actions, string(action))
		}
	}
	// Sorted, because a statement is kept prepared by its text and its arguments are compared in
	// logs.
	slices.Sort(actions)
	return actions
}
