package graph

import (
	"context"
	"usher/ent"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/inputs"
)

// Action is the resolver for the action field.
func (r *auditEventResolver) Action(ctx context.Context, obj *ent.AuditEvent) (AuditAction, error) {
	return AuditAction(enumValue(obj.Action)), nil
}

// EntryPoint is the resolver for the entryPoint field.
func (r *auditEventResolver) EntryPoint(ctx context.Context, obj *ent.AuditEvent) (*AuditEntryPoint, error) {
	if obj.EntryPoint == "" {
		return nil, nil
	}
	point := AuditEntryPoint(enumValue(obj.EntryPoint))
	return &point, nil
}

// ActorName is the resolver for the actorName field.
func (r *auditEventResolver) ActorName(ctx context.Context, obj *ent.AuditEvent) (*string, error) {
	if err := r.nameActors(ctx, obj); err != nil { // nothing to ask when the list has
		return nil, err
	}
	name, _ := requestOf(ctx).actors.Load(actorOf(obj))
	known, _ := name.(string)
	return inputs.NilIfEmpty(known), nil
}

// Through is the resolver for the through field.
func (r *auditEventResolver) Through(ctx context.Context, obj *ent.AuditEvent) (*string, error) {
	if obj.EntryPoint == "" {
		return nil, nil
	}
	return inputs.NilIfEmpty(i18n.T(gqlhttp.Locale(ctx), "entrypoint."+obj.EntryPoint, nil)), nil
}
