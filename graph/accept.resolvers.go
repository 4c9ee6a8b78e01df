package graph

import (
	"context"

	"usher/internal/invitation"
)

// AcceptInvitation is the resolver for the acceptInvitation field.
func (r *mutationResolver) AcceptInvitation(ctx context.Context, input AcceptInvitationInput) (*AcceptInvitationPayload, error) {
	a, err := r.Invitations.Accept(ctx, callerOf(ctx), invitation.AcceptInput{
		Token: input.Token, FirstName: input.FirstName, LastName: input.LastName,
		Password: input.Password, NewPassword: input.NewPassword, Locale: input.Locale,
		CustomFields: input.CustomFields,
	}, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	p := &AcceptInvitationPayload{Member: a.Member, Ended: a.Ended}
	if a.Session != nil {
		p.Auth, err = r.signedIn(ctx, *a.Session, input.TokenDelivery)
	}
	return p, err
}

// DeclineInvitation is the resolver for the declineInvitation field.
func (r *mutationResolver) DeclineInvitation(ctx context.Context, input DeclineInvitationInput) (*DeclineInvitationPayload, error) {
	if err := r.Invitations.Decline(ctx, input.Token, input.NeverMailAgain); err != nil {
		return nil, err
	}
	now, err := r.Invitations.Peek(ctx, input.Token)
	if err != nil {
		return nil, err
	}
	return &DeclineInvitationPayload{Invitation: now}, nil
}

// RequestNewInvitation is the resolver for the requestNewInvitation field.
func (r *mutationResolver) RequestNewInvitation(ctx context.Context, input RequestNewInvitationInput) (*RequestNewInvitationPayload, error) {
	if err := r.Invitations.RequestNewLink(ctx, input.Token); err != nil {
		return nil, err
	}
	now, err := r.Invitations.Peek(ctx, input.Token)
	if err != nil {
		return nil, err
	}
	return &RequestNewInvitationPayload{Invitation: now}, nil
}

// RequestInvitationMove is the resolver for the requestInvitationMove field.
func (r *mutationResolver) RequestInvitationMove(ctx context.Context, input RequestInvitationMoveInput) (*RequestInvitationMovePayload, error) {
	if err := r.Invitations.RequestMove(ctx, callerOf(ctx), input.Token); err != nil {
		return nil, err
	}
	now, err := r.Invitations.Peek(ctx, input.Token)
	if err != nil {
		return nil, err
	}
	return &RequestInvitationMovePayload{Invitation: now}, nil
}
