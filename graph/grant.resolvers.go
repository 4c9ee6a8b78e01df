package graph

import (
	"context"
	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/invitation"
)

// ViewerCan is the resolver for the viewerCan field.
func (r *importResolver) ViewerCan(ctx context.Context, obj *ent.ImportBatch) ([]access.Permission, error) {
	by := callerOf(ctx)
	m := by.In(obj.WorkspaceID)
	own := obj.StartedByID != nil && m != nil && *obj.StartedByID == m.MemberID ||
		obj.GrantorKeyID != nil && *obj.GrantorKeyID == by.KeyID
	if m.Throughout(access.MembersImport) || own && m.CanAnywhere(access.MembersImport) {
		return []access.Permission{access.MembersImport}, nil
	}
	return []access.Permission{}, nil
}

// Grant is the resolver for the grant field.
func (r *importResolver) Grant(ctx context.Context, obj *ent.ImportBatch) (*Grant, error) {
	return resolveGrant(ctx, r.Resolver, obj.Page(), obj.WorkspaceID, obj.Grant,
		func(row *ent.ImportBatch) schema.Grant { return row.Grant })
}

// ViewerCan is the resolver for the viewerCan field.
func (r *invitationResolver) ViewerCan(ctx context.Context, obj *ent.Invitation) ([]access.Permission, error) {
	roles, err := obj.NamedRoles("link")
	if err != nil { // the answer to a mutation, not a row of a list
		roles, err = r.rolesOf(ctx, obj.Grant)
	}
	return invitation.PermissionsOver(callerOf(ctx), obj, roles).List(), err
}

// Grant is the resolver for the grant field.
func (r *invitationResolver) Grant(ctx context.Context, obj *ent.Invitation) (*Grant, error) {
	return resolveGrant(ctx, r.Resolver, obj.Page(), obj.WorkspaceID, obj.Grant,
		func(row *ent.Invitation) schema.Grant { return row.Grant })
}

// Sessions is the resolver for the sessions field.
func (r *invitationResolver) Sessions(ctx context.Context, obj *ent.Invitation) ([]*ent.Session, error) {
	page := obj.Page()
	sessions, err := loadOnce(ctx, page, func() (map[ident.ID][]*ent.Session, error) {
		return r.sessionsAhead(ctx, page.Rows)
	})
	return append([]*ent.Session{}, sessions[obj.ID]...), err
}

// ViewerCan is the resolver for the viewerCan field.
func (r *joinLinkResolver) ViewerCan(ctx context.Context, obj *ent.JoinLink) ([]access.Permission, error) {
	roles, err := obj.NamedRoles("viewerCan")
	if err != nil { // the answer to a mutation, not a row of a list
		roles, err = r.rolesOf(ctx, obj.Grant)
	}
	m := callerOf(ctx).In(obj.WorkspaceID)
	return admission.LinkPermissions(m, obj.Grant, roles).List(), err
}

// Grant is the resolver for the grant field.
func (r *joinLinkResolver) Grant(ctx context.Context, obj *ent.JoinLink) (*Grant, error) {
	return resolveGrant(ctx, r.Resolver, obj.Page(), obj.WorkspaceID, obj.Grant,
		func(row *ent.JoinLink) schema.Grant { return row.Grant })
}
