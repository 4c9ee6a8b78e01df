package graph

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/schema"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
)

// Event is an event of the log as the API shows it.
type Event struct {
	ID          ident.ID
	Type        EventType
	At          time.Time
	WorkspaceID ident.ID
	ActorID     *ident.ID
	EntryPoint  *AuditEntryPoint
	SubjectID   ident.ID
	SubjectKind EventSubjectKind
	MemberID    *ident.ID
	Changes     []schema.Detail
	Cursor      ent.Cursor

	row  *ent.AuditEvent
	page *ent.Page[Event] // the events that were read together
}

// EventPage is a part of the log as the API shows it.
type EventPage struct {
	Nodes       []*Event
	EndCursor   ent.Cursor
	HasNextPage bool

	end audit.EventCursor // EndCursor, as it was read
}

// eventList names the log in its cursors, so that no other list takes them.
const eventList = "event"

// liveEvents is how many events one message of a subscription holds.
const liveEvents = 100

// toEventCursor returns the cursor of the API for a place in the log.
func toEventCursor(c audit.EventCursor) ent.Cursor {
	return ent.Cursor{ID: c.ID, Value: c.Position, List: eventList}
}

// parseEventCursor reads a cursor of the log; nil for none. Errors: BAD_USER_INPUT for the cursor
// of another list.
func parseEventCursor(text *string) (*audit.EventCursor, error) {
	c, err := parseCursor("after", text)
	if c == nil || err != nil {
		return nil, err
	}
	// The decoder chooses the type of a number by its size.
	position, err := strconv.ParseInt(fmt.Sprint(c.Value), 10, 64)
	if err != nil || position < 0 || c.List != eventList {
		return nil, fault.Input("after", "graph.cursor_elsewhere").Because(err)
	}
	return &audit.EventCursor{ID: c.ID, Position: position}, nil
}

// toStoredTypes returns the stored words of types.
func toStoredTypes(types []EventType) []audit.EventType {
	words := make([]audit.EventType, 0, len(types))
	for _, word := range audit.EventTypes() {
		for _, t := range types {
			if enumValue(string(word)) == string(t) {
				words = append(words, word)
			}
		}
	}
	return words
}

// eventLog returns the log of events.
func (r *Resolver) eventLog() *audit.EventLog {
	return &audit.EventLog{Store: r.Members.Store, Clock: r.Clock}
}

// readEvents reads a page of the log as the caller.
func (r *Resolver) readEvents(ctx context.Context, in audit.EventRead) (*EventPage, error) {
	read, err := r.eventLog().Read(ctx, callerOf(ctx), in)
	if err != nil {
		return nil, err
	}
	page := &ent.Page[Event]{Rows: make([]*Event, len(read.Events))}
	for i, row := range read.Events {
		page.Rows[i] = toEvent(row, page)
	}
	return &EventPage{Nodes: page.Rows, EndCursor: toEventCursor(read.End),
		HasNextPage: read.More, end: read.End}, nil
}

// toEvent describes an audit event as an event of the log.
func toEvent(row *ent.AuditEvent, page *ent.Page[Event]) *Event {
	subject := audit.SubjectOf(row)
	e := &Event{ID: row.ID, Type: EventType(enumValue(string(audit.TypeOf(row)))), At: row.At,
		WorkspaceID: row.WorkspaceID, SubjectID: subject, SubjectKind: EventSubjectKind(audit.SubjectKind(subject)),
		MemberID: row.MemberID, Changes: row.Details, Cursor: toEventCursor(audit.CursorOf(row)),
		row: row, page: page}
	if actor := actorOf(row); !actor.IsZero() {
		e.ActorID = &actor
	}
	if row.EntryPoint != "" {
		point := AuditEntryPoint(enumValue(row.EntryPoint))
		e.EntryPoint = &point
	}
	return e
}

// eventRows returns the audit events of a page.
func eventRows(events []*Event) []*ent.AuditEvent {
	rows := make([]*ent.AuditEvent, len(events))
	for i, e := range events {
		rows[i] = e.row
	}
	return rows
}

// memberOfSession names an enrollment: a member is in a session once.
type memberOfSession struct{ member, session ident.ID }

// enrolled returns the enrollment that an event is about; false for an event about another object.
func (e *Event) enrolled() (memberOfSession, bool) {
	if e.SubjectKind != EventSubjectKindSession || e.MemberID == nil {
		return memberOfSession{}, false
	}
	return memberOfSession{*e.MemberID, e.SubjectID}, true
}

// loadEventObjects reads the objects of events by the ids of the events, in one statement for each
// kind of object, as far as the caller sees them.
func (r *Resolver) loadEventObjects(ctx context.Context,
	events []*Event) (map[ident.ID]ent.Noder, error) {
	objects := map[ident.ID]ent.Noder{}
	var ids, members, sessions []ident.ID
	for _, e := range events {
		if at, ok := e.enrolled(); ok {
			members, sessions = append(members, at.member), append(sessions, at.session)
			continue
		}
		ids = append(ids, e.SubjectID)
	}
	nodes, err := r.loadNodes(ctx, ident.SortDistinct(ids))
	if err != nil {
		return nil, err
	}
	byID := map[ident.ID]ent.Noder{}
	for i, id := range ident.SortDistinct(ids) {
		byID[id] = nodes[i]
	}
	enrollments, err := r.loadEnrollments(ctx, members, sessions)
	if err != nil {
		return nil, err
	}

	for _, e := range events {
		at, isEnrollment := e.enrolled()
		switch row := enrollments[at]; {
		case !isEnrollment:
			objects[e.ID] = byID[e.SubjectID]
		// A nil pointer in an interface is not a nil interface.
		case row != nil:
			objects[e.ID] = row
		}
	}
	return objects, nil
}

// loadEnrollments reads the enrollments of members in sessions.
func (r *Resolver) loadEnrollments(ctx context.Context,
	members, sessions []ident.ID) (map[memberOfSession]*ent.Enrollment, error) {
	if len(members) == 0 {
		return nil, nil
	}
	// The statement reads every pair of the two lists, which are of one page.
	query, err := r.Reads.Enrollment.Query().
		Where(enrollment.MemberIDIn(ident.SortDistinct(members)...),
			enrollment.SessionIDIn(ident.SortDistinct(sessions)...)).
		CollectFields(ctx, "Enrollment", "Node")
	if err != nil {
		return nil, err
	}
	rows, err := query.All(ctx)
	found := make(map[memberOfSession]*ent.Enrollment, len(rows))
	for _, row := range rows {
		found[memberOfSession{row.MemberID, row.SessionID}] = row
	}
	return found, err
}

// watchEvents sends the events of a workspace as they are recorded.
func (r *Resolver) watchEvents(ctx context.Context, in audit.EventRead) (<-chan *EventPage, error) {
	in.Limit = liveEvents
	begun := false
	return watchChanges(ctx, func(ctx context.Context) ([]*EventPage, time.Duration, error) {
		if in.After == nil {
			end, err := r.eventLog().End(ctx, callerOf(ctx), in.Workspace)
			if err != nil {
				return nil, over, err
			}
			in.After = &end
		}
		// The right is asked at each look: it may end while the subscription is open.
		page, err := r.readEvents(ctx, in)
		if err != nil {
			return nil, over, err
		}
		in.After = &page.end
		wait := listPace
		if page.HasNextPage {
			wait = 0
		}
		// An empty message would only wake the client, except the first: it tells where it begins.
		if begun && len(page.Nodes) == 0 {
			return nil, wait, nil
		}
		begun = true
		return []*EventPage{page}, wait, nil
	})
}
