package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/internal/ident"
)

// Who did something is asked for with the list that shows it, one statement for all its rows: an
// event by itself would ask anew. What is known then is known for the whole request.

// actorOf is who did it: a member, an API key, or the zero id for nobody.
func actorOf(e *ent.AuditEvent) ident.ID {
	switch {
	case e.ActorID != nil:
		return *e.ActorID
	case e.ActorKeyID != nil:
		return *e.ActorKeyID
	}
	return ident.ID{}
}

// nameActors learns the names of those who did some things, as far as they are not known.
func (r *Resolver) nameActors(ctx context.Context, events ...*ent.AuditEvent) error {
	known := &requestOf(ctx).actors
	var ids []ident.ID
	for _, e := range events {
		if _, there := known.Load(actorOf(e)); !there && !actorOf(e).IsZero() {
			ids = append(ids, actorOf(e))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	names, err := r.Admission.ActorNames(ctx, ids)
	if err != nil {
		return err
	}
	for _, i := range ids {
		known.Store(i, names[i])
	}
	return nil
}

// nameInHistories does so for the histories of invitations, if the client asks for names; ctx is
// that of the invitations.
func (r *Resolver) nameInHistories(ctx context.Context, rows ...*ent.Invitation) error {
	op, field := graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field
	var events []*ent.AuditEvent
	for _, f := range graphql.CollectFields(op, field.Selections, []string{"Invitation", "Node"}) {
		if f.Name != "history" {
			continue
		}
		if _, asked := fieldContextAt(graphql.WithFieldContext(ctx, &graphql.FieldContext{Field: f}),
			"actorName"); !asked {
			continue
		}
		for _, row := range rows {
			if loaded, err := row.NamedEvents(f.Alias); err == nil {
				events = append(events, loaded...)
			}
		}
	}
	return r.nameActors(ctx, events...)
}
