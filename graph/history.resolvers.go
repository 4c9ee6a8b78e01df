package graph

import (
	"context"
	"usher/ent"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
)

// ActorName is the resolver for the actorName field.
func (r *auditEventResolver) ActorName(ctx context.Context, obj *ent.AuditEvent) (*string, error) {
	if err := r.nameActors(ctx, obj); err != nil { // nothing to ask when the list has
		return nil, err
	}
	name, _ := requestOf(ctx).actors.Load(actorOf(obj))
	known, _ := name.(string)
	return nonEmpty(known), nil
}

// Through is the resolver for the through field.
func (r *auditEventResolver) Through(ctx context.Context, obj *ent.AuditEvent) (*string, error) {
	if obj.Door == "" {
		return nil, nil
	}
	return nonEmpty(i18n.T(gqlhttp.Locale(ctx), "door."+obj.Door, nil)), nil
}
