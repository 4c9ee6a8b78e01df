package graph

import (
	"context"
	"usher/ent"
	"usher/internal/gqlhttp"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
)

// Link is the resolver for the link field.
func (r *invitationResolver) Link(ctx context.Context, obj *ent.Invitation) (*string, error) {
	roles, err := obj.NamedRoles("link")
	if err != nil { // the answer to a mutation, not a row of a list
		link, err := r.Invitations.CopyLink(ctx, callerOf(ctx), obj)
		return inputs.NilIfEmpty(link), err
	}
	return inputs.NilIfEmpty(r.Invitations.CopyLinkOf(callerOf(ctx), obj, roles)), nil
}

// Error is the resolver for the error field.
func (r *inviteOutcomeResolver) Error(ctx context.Context, obj *invitation.Outcome) (*OutcomeError, error) {
	if obj.Fault == nil {
		return nil, nil
	}
	return outcomeError(ctx, obj.Fault), nil
}

// Message is the resolver for the message field.
func (r *inviteOutcomeResolver) Message(ctx context.Context, obj *invitation.Outcome) (string, error) {
	return obj.Sentence.In(gqlhttp.Locale(ctx)), nil
}

// InviteUsers is the resolver for the inviteUsers field.
func (r *mutationResolver) InviteUsers(ctx context.Context, input invitation.InviteInput) (*InviteUsersPayload, error) {
	outcomes, err := r.Invitations.Invite(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	p, err := r.outcomesPayload(ctx, input.WorkspaceID, outcomes)
	if err != nil {
		return nil, err
	}
	return &InviteUsersPayload{p}, nil
}

// ResendInvitation is the resolver for the resendInvitation field.
func (r *mutationResolver) ResendInvitation(ctx context.Context, input ResendInvitationInput) (*ResendInvitationPayload, error) {
	inv, err := r.Invitations.Resend(ctx, callerOf(ctx), input.InvitationID,
		invitation.ResendInput{Message: input.Message, SendEmail: input.SendEmail})
	if err != nil {
		return nil, err
	}
	return &ResendInvitationPayload{r.invitationPayload(inv)}, nil
}

// ResendInvitations is the resolver for the resendInvitations field.
func (r *mutationResolver) ResendInvitations(ctx context.Context, input ResendInvitationsInput) (*ResendInvitationsPayload, error) {
	b, err := r.Invitations.ResendMany(ctx, callerOf(ctx), parseIDs(input.InvitationIds),
		invitation.ResendInput{Message: input.Message, SendEmail: input.SendEmail})
	if err != nil {
		return nil, err
	}
	p, err := r.resultsPayload(ctx, input.InvitationIds, ident.ID{}, b)
	if err != nil {
		return nil, err
	}
	return &ResendInvitationsPayload{p}, nil
}

// ResendPendingInvitations is the resolver for the resendPendingInvitations field.
func (r *mutationResolver) ResendPendingInvitations(ctx context.Context, input ResendPendingInvitationsInput) (*ResendPendingInvitationsPayload, error) {
	which, err := r.invitationPredicate(ctx, input.Filter)
	if err != nil {
		return nil, err
	}
	b, err := r.Invitations.ResendPending(ctx, callerOf(ctx), input.WorkspaceID, which,
		input.Message)
	if err != nil {
		return nil, err
	}
	p, err := r.resultsPayload(ctx, nil, input.WorkspaceID, b)
	if err != nil {
		return nil, err
	}
	return &ResendPendingInvitationsPayload{p}, nil
}

// CancelInvitation is the resolver for the cancelInvitation field.
func (r *mutationResolver) CancelInvitation(ctx context.Context, input CancelInvitationInput) (*CancelInvitationPayload, error) {
	inv, err := r.Invitations.Cancel(ctx, callerOf(ctx), input.InvitationID)
	if err != nil {
		return nil, err
	}
	return &CancelInvitationPayload{r.invitationPayload(inv)}, nil
}

// CancelInvitations is the resolver for the cancelInvitations field.
func (r *mutationResolver) CancelInvitations(ctx context.Context, input CancelInvitationsInput) (*CancelInvitationsPayload, error) {
	b, err := r.Invitations.CancelMany(ctx, callerOf(ctx), parseIDs(input.InvitationIds))
	if err != nil {
		return nil, err
	}
	p, err := r.resultsPayload(ctx, input.InvitationIds, ident.ID{}, b)
	if err != nil {
		return nil, err
	}
	return &CancelInvitationsPayload{p}, nil
}

// UpdateInvitation is the resolver for the updateInvitation field.
func (r *mutationResolver) UpdateInvitation(ctx context.Context, input UpdateInvitationInput) (*UpdateInvitationPayload, error) {
	inv, err := r.Invitations.Update(ctx, callerOf(ctx), invitation.UpdateInput{
		ID: input.InvitationID, Grant: toGrantChange(input.Grant),
		NeverExpires: input.NeverExpires != nil && *input.NeverExpires,
		FirstName:    toChange(input.FirstName), LastName: toChange(input.LastName),
		ExpiresAt: toChange(input.ExpiresAt),
	})
	if err != nil {
		return nil, err
	}
	return &UpdateInvitationPayload{r.invitationPayload(inv)}, nil
}

// CorrectInvitationEmail is the resolver for the correctInvitationEmail field.
func (r *mutationResolver) CorrectInvitationEmail(ctx context.Context, input CorrectInvitationEmailInput) (*CorrectInvitationEmailPayload, error) {
	inv, err := r.Invitations.CorrectEmail(ctx, callerOf(ctx), input.InvitationID, input.Email)
	if err != nil {
		return nil, err
	}
	return &CorrectInvitationEmailPayload{r.invitationPayload(inv)}, nil
}

// InviteOutcome returns InviteOutcomeResolver implementation.
func (r *Resolver) InviteOutcome() InviteOutcomeResolver { return &inviteOutcomeResolver{r} }

type inviteOutcomeResolver struct{ *Resolver }
