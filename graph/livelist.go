package graph

import (
	"context"
	"maps"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/store"
)

const (
	// maxLiveRows is how many changed rows one message of a live list holds.
	maxLiveRows = 500
	// maxToldRows is how many ids a live list remembers, 16 bytes each. Of rows beyond it the
	// client is not told when they are no longer visible.
	maxToldRows = 20_000
)

// InvitationChanges is one message of the subscription invitationsChanged.
type InvitationChanges struct {
	Changes  []*InvitationChange
	resolver *Resolver
	list     ident.ID // the workspace
	filter   *InvitationFilter
}

// InvitationCounts counts the invitations that match the filter of the subscription.
func (c *InvitationChanges) InvitationCounts(ctx context.Context) (*InvitationCounts, error) {
	which, err := c.resolver.invitationPredicate(ctx, c.filter.withoutStatus())
	if err != nil {
		return nil, err
	}
	return c.resolver.countInvitations(ctx, invitation.WorkspaceID(c.list), which)
}

// MemberChanges is one message of the subscription membersChanged.
type MemberChanges struct {
	Changes  []*MemberChange
	resolver *Resolver
	list     ident.ID // the workspace
	filter   *MemberFilter
}

// MemberCounts counts the members that match the filter of the subscription.
func (c *MemberChanges) MemberCounts(ctx context.Context) (*MemberCounts, error) {
	return c.resolver.countMembers(ctx, c.list, c.filter)
}

// withoutStatus returns the filter without its condition on the status.
func (f *InvitationFilter) withoutStatus() *InvitationFilter {
	if f == nil {
		return nil
	}
	all := *f
	all.Status = nil
	return &all
}

// watchInvitations sends the changes to the invitations of a workspace that match a filter.
func (r *Resolver) watchInvitations(ctx context.Context, workspace ident.ID,
	filter *InvitationFilter) (<-chan *InvitationChanges, error) {
	feed := newChangeFeed(r.Reads, workspace, auditevent.FieldInvitationID, audit.InvitationMade)
	list := newLiveList(feed, func(ctx context.Context, ids []ident.ID,
		filtered bool) (map[ident.ID]*ent.Invitation, error) {
		query := r.Reads.Invitation.Query().Where(invitation.IDIn(ids...))
		if filtered {
			which, err := r.invitationPredicate(ctx, filter)
			if err != nil {
				return nil, err
			}
			query.Where(which)
		}
		// Without the row only its id is read, to know whether the caller sees it.
		at, asked := fieldContextAt(ctx, "changes", "invitation")
		if asked {
			var err error
			if query, err = query.CollectFields(at, "Invitation", "Node"); err != nil {
				return nil, err
			}
		}
		rows, err := query.All(ctx)
		if err == nil && asked {
			err = r.nameInHistories(at, rows...)
		}
		byID := map[ident.ID]*ent.Invitation{}
		for _, row := range rows {
			byID[row.ID] = row
		}
		return byID, err
	}, filter != nil)
	return watchChanges(ctx, func(ctx context.Context) ([]*InvitationChanges, time.Duration,
		error) {
		// Asked at every look: the right may end while the subscription is open.
		if err := mayWatch(callerOf(ctx), workspace); err != nil {
			return nil, over, err
		}
		rows, err := list.readChanges(ctx)
		// An empty message would only wake the client.
		if err != nil || len(rows) == 0 {
			return nil, listPace, err
		}
		message := &InvitationChanges{resolver: r, list: workspace, filter: filter}
		for _, row := range rows {
			message.Changes = append(message.Changes,
				&InvitationChange{Kind: row.kind, ID: row.id, Invitation: row.now})
		}
		return []*InvitationChanges{message}, listPace, nil
	})
}

// watchMembers sends the changes to the members of a workspace that match a filter.
func (r *Resolver) watchMembers(ctx context.Context, workspace ident.ID,
	filter *MemberFilter) (<-chan *MemberChanges, error) {
	feed := newChangeFeed(r.Reads, workspace, auditevent.FieldMemberID, audit.MemberJoined)
	list := newLiveList(feed, func(ctx context.Context, ids []ident.ID,
		filtered bool) (map[ident.ID]*ent.Member, error) {
		query := r.Reads.Member.Query().Where(member.IDIn(ids...))
		// Without the filter too, because a member who no longer matches must be told from one who
		// is gone.
		if filtered {
			query.Where(filter.toPredicate(callerOf(ctx)))
		}
		if at, asked := fieldContextAt(ctx, "changes", "member"); asked {
			var err error
			if query, err = query.CollectFields(at, "Member", "Node"); err != nil {
				return nil, err
			}
		}
		rows, err := query.All(ctx)
		byID := map[ident.ID]*ent.Member{}
		for _, row := range rows {
			byID[row.ID] = row
		}
		return byID, err
	}, filter != nil)
	return watchChanges(ctx, func(ctx context.Context) ([]*MemberChanges, time.Duration, error) {
		// Asked at each look: a subscription lives longer than the permissions that it began with.
		if err := mayWatch(callerOf(ctx), workspace); err != nil {
			return nil, over, err
		}
		rows, err := list.readChanges(ctx)
		if err != nil || len(rows) == 0 {
			return nil, listPace, err
		}
		message := &MemberChanges{resolver: r, list: workspace, filter: filter}
		for _, row := range rows {
			message.Changes = append(message.Changes,
				&MemberChange{Kind: row.kind, ID: row.id, Member: row.now})
		}
		return []*MemberChanges{message}, listPace, nil
	})
}

// rowChange is one changed row of a live list; now is nil with REMOVED.
type rowChange[T any] struct {
	kind ChangeKind
	id   ident.ID
	now  *T
}

// liveList turns the changes of a workspace into the changes of the list that a caller watches.
type liveList[T any] struct {
	feed *changeFeed
	// load returns those of some rows that the caller may see, and only those that match the filter
	// if filtered is true.
	load     func(ctx context.Context, ids []ident.ID, filtered bool) (map[ident.ID]*T, error)
	filtered bool
	begun    bool
	waiting  []rowEvent
	told     map[ident.ID]struct{} // rows that the client was told of and has not lost since
}

// newLiveList returns the list of a subscription. load reads rows by their ids; filtered tells that
// rows can leave the list by a change.
func newLiveList[T any](feed *changeFeed, load func(context.Context, []ident.ID,
	bool) (map[ident.ID]*T, error), filtered bool) *liveList[T] {
	return &liveList[T]{feed: feed, load: load, filtered: filtered,
		told: map[ident.ID]struct{}{}}
}

// readChanges returns up to maxLiveRows changes since the last call, the earliest first. The first
// call returns none: a client has read the list itself.
func (l *liveList[T]) readChanges(ctx context.Context) ([]rowChange[T], error) {
	// The first look runs too. It notes the events of the overlap, so that the second look does not
	// tell them.
	events, err := l.feed.collectChanged(ctx)
	if err != nil {
		return nil, err
	}
	if !l.begun {
		l.begun = true
		return nil, nil
	}
	l.addWaiting(events)

	next := l.waiting[:min(maxLiveRows, len(l.waiting))]
	changes, err := l.describeChanges(ctx, next)
	if err != nil {
		return nil, err // they still wait, for a call that succeeds
	}
	l.waiting = l.waiting[len(next):]
	return changes, nil
}

// addWaiting adds events to those that wait. A row waits once, however often it changed.
func (l *liveList[T]) addWaiting(events []rowEvent) {
	at := make(map[ident.ID]int, len(l.waiting))
	for i, event := range l.waiting {
		at[event.id] = i
	}
	for _, event := range events {
		if i, waits := at[event.id]; waits {
			l.waiting[i].created = l.waiting[i].created || event.created
			continue
		}
		at[event.id] = len(l.waiting)
		l.waiting = append(l.waiting, event)
	}
}

// describeChanges reads the rows of some events as the caller and says what happened to each.
//
// Security: a row that the caller may not see is left out, with its id, unless the caller was told
// of it before.
func (l *liveList[T]) describeChanges(ctx context.Context,
	events []rowEvent) ([]rowChange[T], error) {
	if len(events) == 0 {
		return nil, nil
	}
	ids := make([]ident.ID, len(events))
	for i, event := range events {
		ids[i] = event.id
	}
	matching, err := l.load(ctx, ids, l.filtered)
	if err != nil {
		return nil, err
	}
	visible := matching
	// A row that left the filter must be told as REMOVED, and one that the caller never saw must
	// not. The second read tells them apart.
	if l.filtered && len(matching) < len(ids) {
		if visible, err = l.load(ctx, ids, false); err != nil {
			return nil, err
		}
	}
	var changes []rowChange[T]
	for _, event := range events {
		_, told := l.told[event.id]
		row, matches := matching[event.id]
		switch {
		case matches:
			kind := ChangeKindUpdated
			// A row that the client was told of is not new to it, whatever the event says.
			if event.created && !told {
				kind = ChangeKindCreated
			}
			if len(l.told) < maxToldRows {
				l.told[event.id] = struct{}{}
			}
			changes = append(changes, rowChange[T]{kind, event.id, row})
		// REMOVED is true for a client that has the row from another page and was never told of it.
		case told || visible[event.id] != nil:
			delete(l.told, event.id)
			changes = append(changes, rowChange[T]{ChangeKindRemoved, event.id, nil})
		}
	}
	return changes, nil
}

// rowEvent says that something happened to a row.
type rowEvent struct {
	id      ident.ID
	created bool // the row is new
}

// changeFeed finds the invitations or members of a workspace to which something happened, by the
// history that every verb writes.
type changeFeed struct {
	reads      *ent.Client
	workspace  ident.ID
	column     string            // of the history, with the id of the row
	creation   audit.Action      // the action of a new row
	since      time.Time         // when the last look began
	seenEvents map[ident.ID]bool // events, as old as overlap
}

// newChangeFeed returns the feed of the changes in a workspace from now on. column is the column of
// the audit events that names the row, creation the action that makes one.
func newChangeFeed(reads *ent.Client, workspace ident.ID, column string,
	creation audit.Action) *changeFeed {
	return &changeFeed{reads: reads, workspace: workspace, column: column, creation: creation,
		since: time.Now(), seenEvents: map[ident.ID]bool{}}
}

// overlap is how long before the last look a new event may have been made: its transaction was not
// over by then, or the clock of its process is behind ours.
const overlap = 10 * time.Second

// collectChanged returns what changed since the last look, each row once, the earliest first.
//
// Security: the events are read for the whole workspace, since many who may see a row may not read
// the history. Nothing of an event is shown, and the rows are read as the caller.
func (c *changeFeed) collectChanged(ctx context.Context) ([]rowEvent, error) {
	// Limits the memory of one look, not what it finds.
	const page = 1000
	ctx = store.InWorkspace(ctx, c.workspace)
	// Taken before the read, so that the next look begins where this one saw nothing new yet.
	began := time.Now()
	var changed []rowEvent
	noted, events := map[ident.ID]int{}, map[ident.ID]bool{}
	for from := ident.Floor(c.since.Add(-overlap)); ; {
		rows, err := c.reads.AuditEvent.Query().
			Where(auditevent.IDGT(from), sql.FieldNotNull(c.column)).
			Order(ent.Asc(auditevent.FieldID)).Limit(page).
			Select(auditevent.FieldAction, c.column).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, event := range rows {
			// The overlap is read again at each look. What was told is not told twice.
			if !c.seenEvents[event.ID] {
				id := event.InvitationID
				if c.column == auditevent.FieldMemberID {
					id = event.MemberID
				}
				i, twice := noted[*id]
				if !twice {
					i = len(changed)
					noted[*id], changed = i, append(changed, rowEvent{id: *id})
				}
				changed[i].created = changed[i].created || event.Action == string(c.creation)
			}
			events[event.ID] = true
		}
		if len(rows) < page {
			break
		}
		from = rows[page-1].ID
	}
	// Only now: a look that fails half-way is taken again from where it began.
	maps.Copy(c.seenEvents, events)
	c.since = began
	oldest := ident.Floor(began.Add(-overlap))
	maps.DeleteFunc(c.seenEvents, func(i ident.ID, _ bool) bool { return i.Before(oldest) })
	return changed, nil
}
