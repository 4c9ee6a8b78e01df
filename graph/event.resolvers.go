package graph

import (
	"context"
	"time"
	"usher/ent"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// Kind is the resolver for the kind field.
func (r *deletionResolver) Kind(ctx context.Context, obj *ent.Deletion) (DeletionKind, error) {
	return deletionKinds[obj.ID.Kind()], nil
}

// ActorName is the resolver for the actorName field.
func (r *eventResolver) ActorName(ctx context.Context, obj *Event) (*string, error) {
	if obj.ActorID == nil {
		return nil, nil
	}
	if _, err := loadOnce(ctx, obj.page, func() (bool, error) {
		return true, r.nameActors(ctx, eventRows(obj.page.Rows)...)
	}); err != nil {
		return nil, err
	}
	name, _ := requestOf(ctx).actors.Load(*obj.ActorID)
	known, _ := name.(string)
	return inputs.NilIfEmpty(known), nil
}

// Object is the resolver for the object field.
func (r *eventResolver) Object(ctx context.Context, obj *Event) (ent.Noder, error) {
	objects, err := loadOnce(ctx, obj.page, func() (map[ident.ID]ent.Noder, error) {
		return r.loadEventObjects(ctx, obj.page.Rows)
	})
	return objects[obj.ID], err
}

// EventsRecorded is the resolver for the eventsRecorded field.
func (r *subscriptionResolver) EventsRecorded(ctx context.Context, workspaceID ident.ID, after *string, types []EventType) (<-chan *EventPage, error) {
	cursor, err := parseEventCursor(after)
	if err != nil {
		return nil, err
	}
	return r.watchEvents(ctx, audit.EventRead{Workspace: workspaceID, After: cursor,
		Types: toStoredTypes(types)})
}

// Events is the resolver for the events field.
func (r *workspaceResolver) Events(ctx context.Context, obj *ent.Workspace, first *int, after *string, types []EventType) (*EventPage, error) {
	cursor, err := parseEventCursor(after)
	if err != nil {
		return nil, err
	}
	return r.readEvents(ctx, audit.EventRead{Workspace: obj.ID, After: cursor,
		Types: toStoredTypes(types), Limit: pageSize(first)})
}

// Deletions is the resolver for the deletions field.
func (r *workspaceResolver) Deletions(ctx context.Context, obj *ent.Workspace, first *int, after *string, deletedAfter *time.Time) (*DeletionPage, error) {
	cursor, err := parseDeletionCursor(after)
	if err != nil {
		return nil, err
	}
	return r.readDeletions(ctx, audit.DeletionRead{Workspace: obj.ID, After: cursor,
		Since: deletedAfter, Limit: pageSize(first)})
}

// Deletion returns DeletionResolver implementation.
func (r *Resolver) Deletion() DeletionResolver { return &deletionResolver{r} }

// Event returns EventResolver implementation.
func (r *Resolver) Event() EventResolver { return &eventResolver{r} }

type (
	deletionResolver struct{ *Resolver }
	eventResolver    struct{ *Resolver }
)
