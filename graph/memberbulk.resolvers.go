package graph

import (
	"context"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/member"
)

// AddRoleToMember is the resolver for the addRoleToMember field.
func (r *mutationResolver) AddRoleToMember(ctx context.Context, input AddRoleToMemberInput) (*AddRoleToMemberPayload, error) {
	role, err := toRolePlace(input.Role, input.Place)
	if err != nil {
		return nil, err
	}
	m, err := r.Members.AddRole(ctx, callerOf(ctx), input.MemberID, role)
	if err != nil {
		return nil, err
	}
	return &AddRoleToMemberPayload{Member: m}, nil
}

// RemoveRoleFromMember is the resolver for the removeRoleFromMember field.
func (r *mutationResolver) RemoveRoleFromMember(ctx context.Context, input RemoveRoleFromMemberInput) (*RemoveRoleFromMemberPayload, error) {
	role, err := toRolePlace(input.Role, input.Place)
	if err != nil {
		return nil, err
	}
	m, err := r.Members.RemoveRole(ctx, callerOf(ctx), input.MemberID, role)
	if err != nil {
		return nil, err
	}
	return &RemoveRoleFromMemberPayload{Member: m}, nil
}

// AddRoleToMembers is the resolver for the addRoleToMembers field.
func (r *mutationResolver) AddRoleToMembers(ctx context.Context, input AddRoleToMembersInput) (*AddRoleToMembersPayload, error) {
	role, err := toRolePlace(input.Role, input.Place)
	if err != nil {
		return nil, err
	}
	p, err := r.changeMembers(ctx, input.Members, func(ctx context.Context, by *access.Caller, which admission.MemberSelection) (*member.Bulk, error) {
		return r.Members.AddRoleToMany(ctx, by, which, role)
	})
	if err != nil {
		return nil, err
	}
	return &AddRoleToMembersPayload{p}, nil
}

// RemoveRoleFromMembers is the resolver for the removeRoleFromMembers field.
func (r *mutationResolver) RemoveRoleFromMembers(ctx context.Context, input RemoveRoleFromMembersInput) (*RemoveRoleFromMembersPayload, error) {
	role, err := toRolePlace(input.Role, input.Place)
	if err != nil {
		return nil, err
	}
	p, err := r.changeMembers(ctx, input.Members, func(ctx context.Context, by *access.Caller, which admission.MemberSelection) (*member.Bulk, error) {
		return r.Members.RemoveRoleFromMany(ctx, by, which, role)
	})
	if err != nil {
		return nil, err
	}
	return &RemoveRoleFromMembersPayload{p}, nil
}

// UpdateMembers is the resolver for the updateMembers field.
func (r *mutationResolver) UpdateMembers(ctx context.Context, input UpdateMembersInput) (*UpdateMembersPayload, error) {
	change := member.UpdateMemberInput{AccessExpiresAt: toChange(input.AccessExpiresAt),
		DeleteOnExpiry: input.DeleteOnExpiry}
	unit := toChange(input.OrgUnitID)
	if unit.Set || len(input.AddGroupIds)+len(input.RemoveGroupIds)+len(input.AddLabels)+
		len(input.RemoveLabels) > 0 {
		change.Grant = &admission.GrantChange{OrgUnitID: unit, AddGroupIDs: input.AddGroupIds,
			RemoveGroupIDs: input.RemoveGroupIds, AddLabels: input.AddLabels,
			RemoveLabels: input.RemoveLabels}
	}
	p, err := r.changeMembers(ctx, input.Members, func(ctx context.Context, by *access.Caller, which admission.MemberSelection) (*member.Bulk, error) {
		return r.Members.UpdateMany(ctx, by, which, change)
	})
	if err != nil {
		return nil, err
	}
	return &UpdateMembersPayload{p}, nil
}

// DeactivateMembers is the resolver for the deactivateMembers field.
func (r *mutationResolver) DeactivateMembers(ctx context.Context, input DeactivateMembersInput) (*DeactivateMembersPayload, error) {
	p, err := r.changeMembers(ctx, input.Members, r.Members.DeactivateMany)
	if err != nil {
		return nil, err
	}
	return &DeactivateMembersPayload{p}, nil
}

// ReactivateMembers is the resolver for the reactivateMembers field.
func (r *mutationResolver) ReactivateMembers(ctx context.Context, input ReactivateMembersInput) (*ReactivateMembersPayload, error) {
	p, err := r.changeMembers(ctx, input.Members, r.Members.ReactivateMany)
	if err != nil {
		return nil, err
	}
	return &ReactivateMembersPayload{p}, nil
}

// RemoveMembers is the resolver for the removeMembers field.
func (r *mutationResolver) RemoveMembers(ctx context.Context, input RemoveMembersInput) (*RemoveMembersPayload, error) {
	return r.removeMembers(ctx, input.Members)
}
