package graph

import (
	"context"
	"usher/ent"
	"usher/ent/orgunit"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/workspace"
)

// CreateOrgUnit is the resolver for the createOrgUnit field.
func (r *mutationResolver) CreateOrgUnit(ctx context.Context, input CreateOrgUnitInput) (*CreateOrgUnitPayload, error) {
	u, err := r.Workspaces.CreateOrgUnit(ctx, callerOf(ctx),
		workspace.CreateOrgUnitInput(input))
	if err != nil {
		return nil, err
	}
	return &CreateOrgUnitPayload{OrgUnit: u}, nil
}

// UpdateOrgUnit is the resolver for the updateOrgUnit field.
func (r *mutationResolver) UpdateOrgUnit(ctx context.Context, input UpdateOrgUnitInput) (*UpdateOrgUnitPayload, error) {
	parent, err := r.Reads.OrgUnit.Query().Where(orgunit.ID(input.OrgUnitID)).QueryParent().Only(ctx)
	if ent.MaskNotFound(err) != nil {
		return nil, err
	}
	u, err := r.Workspaces.UpdateOrgUnit(ctx, callerOf(ctx), workspace.UpdateOrgUnitInput{
		ID: input.OrgUnitID, Name: input.Name, ParentID: toChange(input.ParentID),
		ExternalID: toChange(input.ExternalID),
	})
	if err != nil {
		return nil, err
	}
	p := &UpdateOrgUnitPayload{OrgUnit: u}
	if parent != nil && (u.ParentID == nil || *u.ParentID != parent.ID) {
		p.PreviousParent = parent
	}
	return p, nil
}

// DeleteOrgUnit is the resolver for the deleteOrgUnit field.
func (r *mutationResolver) DeleteOrgUnit(ctx context.Context, input DeleteOrgUnitInput) (*DeleteOrgUnitPayload, error) {
	parent, err := r.Reads.OrgUnit.Query().Where(orgunit.ID(input.OrgUnitID)).QueryParent().Only(ctx)
	if ent.MaskNotFound(err) != nil {
		return nil, err
	}
	if err := r.Workspaces.DeleteOrgUnit(ctx, callerOf(ctx), input.OrgUnitID); err != nil {
		return nil, err
	}
	return &DeleteOrgUnitPayload{DeletedID: input.OrgUnitID, Parent: parent}, nil
}

// MemberCount is the resolver for the memberCount field.
func (r *orgUnitResolver) MemberCount(ctx context.Context, obj *ent.OrgUnit) (int, error) {
	page := obj.Page()
	counts, err := loadOnce(ctx, page, func() (map[ident.ID]int, error) {
		return r.unitMemberCounts(ctx, page.Rows)
	})
	return counts[obj.ID], err
}

// ChildCount is the resolver for the childCount field.
func (r *orgUnitResolver) ChildCount(ctx context.Context, obj *ent.OrgUnit) (int, error) {
	page := obj.Page()
	counts, err := loadOnce(ctx, page, func() (map[ident.ID]int, error) {
		return r.childUnitCounts(ctx, page.Rows)
	})
	return counts[obj.ID], err
}

// Children is the resolver for the children field.
func (r *orgUnitResolver) Children(ctx context.Context, obj *ent.OrgUnit, first *int, after *string, last *int, before *string, filter *OrgUnitFilter, orderBy *ent.OrgUnitOrder) (*ent.OrgUnitConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	query, err := r.listOrgUnits(ctx, obj.WorkspaceID, filter)
	if err != nil {
		return nil, err
	}
	return query.Where(orgunit.ParentID(obj.ID)).
		Paginate(ctx, a, first, b, last, ent.WithOrgUnitOrder(orDefault(orderBy, unitsByName)))
}

// ViewerCan is the resolver for the viewerCan field.
func (r *orgUnitResolver) ViewerCan(ctx context.Context, obj *ent.OrgUnit) ([]access.Permission, error) {
	return heldAt(ctx, obj.WorkspaceID, access.OrgUnit(obj.ID), access.OrgUnitsManage), nil
}
