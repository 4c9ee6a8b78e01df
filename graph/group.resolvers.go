package graph

import (
	"context"
	"usher/ent"
	"usher/ent/group"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/workspace"
)

// Path is the resolver for the path field.
func (r *groupResolver) Path(ctx context.Context, obj *ent.Group) ([]string, error) {
	page := obj.Page()
	paths, err := loadOnce(ctx, page, func() (map[ident.ID][]string, error) {
		return r.groupPaths(ctx, page.Rows)
	})
	return append([]string{}, paths[obj.ID]...), err
}

// MemberCount is the resolver for the memberCount field.
func (r *groupResolver) MemberCount(ctx context.Context, obj *ent.Group) (int, error) {
	page := obj.Page()
	counts, err := loadOnce(ctx, page, func() (map[ident.ID]int, error) {
		return r.memberCounts(ctx, page.Rows)
	})
	return counts[obj.ID], err
}

// Members is the resolver for the members field.
func (r *groupResolver) Members(ctx context.Context, obj *ent.Group, first *int, after *string, last *int, before *string, filter *MemberFilter, orderBy *ent.MemberOrder) (*ent.MemberConnection, error) {
	inGroup := &MemberFilter{GroupID: &obj.ID}
	return r.paginateMembers(ctx, obj.WorkspaceID, pageArgs{first, after, last, before}, filter,
		orderBy, inGroup.toPredicate(callerOf(ctx)))
}

// ChildCount is the resolver for the childCount field.
func (r *groupResolver) ChildCount(ctx context.Context, obj *ent.Group) (int, error) {
	page := obj.Page()
	counts, err := loadOnce(ctx, page, func() (map[ident.ID]int, error) {
		return r.childGroupCounts(ctx, page.Rows)
	})
	return counts[obj.ID], err
}

// Children is the resolver for the children field.
func (r *groupResolver) Children(ctx context.Context, obj *ent.Group, first *int, after *string, last *int, before *string, filter *GroupFilter, orderBy *ent.GroupOrder) (*ent.GroupConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	query, err := r.listGroups(ctx, obj.WorkspaceID, filter)
	if err != nil {
		return nil, err
	}
	return query.Where(group.ParentID(obj.ID)).
		Paginate(ctx, a, first, b, last, ent.WithGroupOrder(orDefault(orderBy, groupsByName)))
}

// ViewerCan is the resolver for the viewerCan field.
func (r *groupResolver) ViewerCan(ctx context.Context, obj *ent.Group) ([]access.Permission, error) {
	return heldAt(ctx, obj.WorkspaceID, access.Group(obj.ID), access.GroupsManage), nil
}

// CreateGroup is the resolver for the createGroup field.
func (r *mutationResolver) CreateGroup(ctx context.Context, input workspace.CreateGroupInput) (*CreateGroupPayload, error) {
	g, err := r.Workspaces.CreateGroup(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &CreateGroupPayload{Group: g}, nil
}

// UpdateGroup is the resolver for the updateGroup field.
func (r *mutationResolver) UpdateGroup(ctx context.Context, input UpdateGroupInput) (*UpdateGroupPayload, error) {
	changed, err := r.Workspaces.UpdateGroup(ctx, callerOf(ctx), workspace.UpdateGroupInput{
		ID: input.GroupID, Name: input.Name, Visibility: input.Visibility,
		ParentID: toChange(input.ParentID), ExternalID: toChange(input.ExternalID),
	})
	if err != nil {
		return nil, err
	}
	parent, err := r.visibleGroup(ctx, changed.PreviousParentID)
	return &UpdateGroupPayload{Group: changed.Group, PreviousParent: parent}, err
}

// DeleteGroup is the resolver for the deleteGroup field.
func (r *mutationResolver) DeleteGroup(ctx context.Context, input DeleteGroupInput) (*DeleteGroupPayload, error) {
	parentID, err := r.Workspaces.DeleteGroup(ctx, callerOf(ctx), input.GroupID)
	if err != nil {
		return nil, err
	}
	parent, err := r.visibleGroup(ctx, parentID)
	return &DeleteGroupPayload{DeletedID: input.GroupID, Parent: parent}, err
}
