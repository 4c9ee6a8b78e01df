package graph

import (
	"context"
	"usher/ent"
	entmember "usher/ent/member"
	"usher/internal/invitation"
	"usher/internal/member"
)

// AddToGroup is the resolver for the addToGroup field.
func (r *mutationResolver) AddToGroup(ctx context.Context, input invitation.AddInput) (*AddToGroupPayload, error) {
	outcomes, err := r.Invitations.AddToGroup(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	group, err := mustSee(r.Reads.Group.Get(ctx, input.GroupID))
	if err != nil {
		return nil, err
	}
	p, err := r.outcomesPayload(ctx, group.WorkspaceID, outcomes)
	if err != nil {
		return nil, err
	}
	return &AddToGroupPayload{p, group}, nil
}

// RemoveFromGroup is the resolver for the removeFromGroup field.
func (r *mutationResolver) RemoveFromGroup(ctx context.Context, input RemoveFromGroupInput) (*RemoveFromGroupPayload, error) {
	g, err := r.Members.RemoveFromGroup(ctx, callerOf(ctx), input.GroupID, input.MemberIds)
	if err != nil {
		return nil, err
	}
	query, err := r.Reads.Member.Query().Where(entmember.IDIn(input.MemberIds...)).
		Order(ent.Asc(entmember.FieldID)).CollectFields(ctx)
	if err != nil {
		return nil, err
	}
	members, err := query.All(ctx)
	if err != nil {
		return nil, err
	}
	return &RemoveFromGroupPayload{Group: g, Members: members}, nil
}

// RegisterForSession is the resolver for the registerForSession field.
func (r *mutationResolver) RegisterForSession(ctx context.Context, input invitation.RegisterInput) (*RegisterForSessionPayload, error) {
	outcomes, err := r.Invitations.Register(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	session, err := mustSee(r.Reads.Session.Get(ctx, input.SessionID))
	if err != nil {
		return nil, err
	}
	p, err := r.outcomesPayload(ctx, session.WorkspaceID, outcomes)
	if err != nil {
		return nil, err
	}
	return &RegisterForSessionPayload{p, session}, nil
}

// UpdateMember is the resolver for the updateMember field.
func (r *mutationResolver) UpdateMember(ctx context.Context, input UpdateMemberInput) (*UpdateMemberPayload, error) {
	m, err := r.Members.UpdateMember(ctx, callerOf(ctx), member.UpdateMemberInput{
		ID: input.MemberID, Grant: toGrantChange(input.Grant),
		AccessExpiresAt: toChange(input.AccessExpiresAt), DeleteOnExpiry: input.DeleteOnExpiry,
		FirstName: input.FirstName, LastName: input.LastName,
		ExternalID: toChange(input.ExternalID),
	})
	if err != nil {
		return nil, err
	}
	return &UpdateMemberPayload{Member: m}, nil
}

// DeactivateMember is the resolver for the deactivateMember field.
func (r *mutationResolver) DeactivateMember(ctx context.Context, input DeactivateMemberInput) (*DeactivateMemberPayload, error) {
	m, err := r.Members.Deactivate(ctx, callerOf(ctx), input.MemberID)
	if err != nil {
		return nil, err
	}
	return &DeactivateMemberPayload{Member: m}, nil
}

// ReactivateMember is the resolver for the reactivateMember field.
func (r *mutationResolver) ReactivateMember(ctx context.Context, input ReactivateMemberInput) (*ReactivateMemberPayload, error) {
	m, err := r.Members.Reactivate(ctx, callerOf(ctx), input.MemberID)
	if err != nil {
		return nil, err
	}
	return &ReactivateMemberPayload{Member: m}, nil
}

// RemoveMember is the resolver for the removeMember field.
func (r *mutationResolver) RemoveMember(ctx context.Context, input RemoveMemberInput) (*RemoveMemberPayload, error) {
	if err := r.Members.Remove(ctx, callerOf(ctx), input.MemberID); err != nil {
		return nil, err
	}
	return &RemoveMemberPayload{DeletedID: input.MemberID}, nil
}
