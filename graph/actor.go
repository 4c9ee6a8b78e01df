package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/internal/ident"
)

// The names of actors are read with the list that shows them, in one statement for all rows. Each
// event alone would need a statement of its own. Names that were read stay known for the request.

// actorOf returns the id of the member or the API key that caused an event, or the zero id if
// neither did.
func actorOf(e *ent.AuditEvent) ident.ID {
	switch {
	case e.ActorID != nil:
		return *e.ActorID
	case e.ActorKeyID != nil:
		return *e.ActorKeyID
	}
	return ident.ID{}
}

// nameActors reads the names of the actors of some events, except those that are known already.
func (r *Resolver) nameActors(ctx context.Context, events ...*ent.AuditEvent) error {
	// Kept with the request: the lists of one answer often show the same few actors.
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
	for _, id := range ids {
		// Also for an actor without a name, who is gone. They are not looked up again.
		known.Store(id, names[id])
	}
	return nil
}

// nameInHistories reads the names of actors and subjects in the histories of invitations, if the
// client asks for them. ctx is that of the invitations.
func (r *Resolver) nameInHistories(ctx context.Context, rows ...*ent.Invitation) error {
	op, field := graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field
	var withActors, withSubjects []*ent.AuditEvent
	for _, f := range graphql.CollectFields(op, field.Selections, []string{"Invitation", "Node"}) {
		if f.Name != "history" {
			continue
		}
		below := graphql.WithFieldContext(ctx, &graphql.FieldContext{Field: f})
		_, actors := fieldContextAt(below, "actorName")
		_, subjects := fieldContextAt(below, "subject")
		for _, row := range rows {
			// An error says that ent has not loaded this alias with the rows. Its resolver reads
			// the events then, and names them itself.
			loaded, err := row.NamedEvents(f.Alias)
			if err != nil {
				continue
			}
			if actors {
				withActors = append(withActors, loaded...)
			}
			if subjects {
				withSubjects = append(withSubjects, loaded...)
			}
		}
	}
	if err := r.nameActors(ctx, withActors...); err != nil {
		return err
	}
	return r.nameSubjects(ctx, withSubjects...)
}
