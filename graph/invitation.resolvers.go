package graph

import (
	"context"
	"usher/ent"
	"usher/internal/gqlhttp"
	"usher/internal/ident"
	"usher/internal/invitation"
)

// Message is the resolver for the message field.
func (r *bulkErrorResolver) Message(ctx context.Context, obj *invitation.BulkError) (string, error) {
	return obj.Sentence.In(gqlhttp.Locale(ctx)), nil
}

// Link is the resolver for the link field.
func (r *invitationResolver) Link(ctx context.Context, obj *ent.Invitation) (*string, error) {
	roles, err := obj.NamedRoles("link")
	if err != nil { // the answer to a mutation, not a row of a list
		link, err := r.Invitations.CopyLink(ctx, callerOf(ctx), obj)
		return nonEmpty(link), err
	}
	return nonEmpty(r.Invitations.CopyLinkOf(callerOf(ctx), obj, roles)), nil
}

// Message is the resolver for the message field.
func (r *inviteOutcomeResolver) Message(ctx context.Context, obj *invitation.Outcome) (string, error) {
	return obj.Sentence.In(gqlhttp.Locale(ctx)), nil
}

// InviteUsers is the resolver for the inviteUsers field.
func (r *mutationResolver) InviteUsers(ctx context.Context, input invitation.InviteInput) (*InviteUsersPayload, error) {
	outcomes, err := r.Invitations.Invite(ctx, callerOf(ctx), input)
	return r.inviteUsersPayload(ctx, outcomes, err)
}

// ResendInvitation is the resolver for the resendInvitation field.
func (r *mutationResolver) ResendInvitation(ctx context.Context, id ident.ID, message *string) (*ent.Invitation, error) {
	return r.Invitations.Resend(ctx, callerOf(ctx), id, message)
}

// ResendInvitations is the resolver for the resendInvitations field.
func (r *mutationResolver) ResendInvitations(ctx context.Context, ids []ident.ID, message *string) (*invitation.Bulk, error) {
	b, err := r.Invitations.ResendMany(ctx, callerOf(ctx), ids, message)
	return r.bulkPayload(ctx, b, err)
}

// ResendPendingInvitations is the resolver for the resendPendingInvitations field.
func (r *mutationResolver) ResendPendingInvitations(ctx context.Context, workspaceID ident.ID, filter *InvitationFilter, message *string) (*invitation.Bulk, error) {
	b, err := r.Invitations.ResendPending(ctx, callerOf(ctx), workspaceID,
		filter.toPredicate(callerOf(ctx), r.Clock()), message)
	return r.bulkPayload(ctx, b, err)
}

// CancelInvitation is the resolver for the cancelInvitation field.
func (r *mutationResolver) CancelInvitation(ctx context.Context, id ident.ID) (*ent.Invitation, error) {
	return r.Invitations.Cancel(ctx, callerOf(ctx), id)
}

// CancelInvitations is the resolver for the cancelInvitations field.
func (r *mutationResolver) CancelInvitations(ctx context.Context, ids []ident.ID) (*invitation.Bulk, error) {
	b, err := r.Invitations.CancelMany(ctx, callerOf(ctx), ids)
	return r.bulkPayload(ctx, b, err)
}

// AcceptInvitation is the resolver for the acceptInvitation field.
func (r *mutationResolver) AcceptInvitation(ctx context.Context, input invitation.AcceptInput) (*AdmissionPayload, error) {
	a, err := r.Invitations.Accept(ctx, callerOf(ctx), input, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	p := &AdmissionPayload{Member: a.Member, Ended: a.Ended}
	if a.Session != nil {
		p.Auth, err = r.signedIn(ctx, *a.Session, nil)
	}
	return p, err
}

// DeclineInvitation is the resolver for the declineInvitation field.
func (r *mutationResolver) DeclineInvitation(ctx context.Context, token string, neverMailAgain *invitation.NeverMail) (bool, error) {
	return succeeded(r.Invitations.Decline(ctx, token, neverMailAgain))
}

// RequestNewInvitation is the resolver for the requestNewInvitation field.
func (r *mutationResolver) RequestNewInvitation(ctx context.Context, token string) (bool, error) {
	return succeeded(r.Invitations.RequestNewLink(ctx, token))
}

// RequestInvitationMove is the resolver for the requestInvitationMove field.
func (r *mutationResolver) RequestInvitationMove(ctx context.Context, token string) (bool, error) {
	return succeeded(r.Invitations.RequestMove(ctx, callerOf(ctx), token))
}

// UpdateInvitation is the resolver for the updateInvitation field.
func (r *mutationResolver) UpdateInvitation(ctx context.Context, input UpdateInvitationInput) (*ent.Invitation, error) {
	return r.Invitations.Update(ctx, callerOf(ctx), invitation.UpdateInput{
		ID: input.ID, Grant: input.Grant, NeverExpires: input.NeverExpires != nil &&
			*input.NeverExpires,
		FirstName: toChange(input.FirstName), LastName: toChange(input.LastName),
		ExpiresAt: toChange(input.ExpiresAt),
	})
}

// CorrectInvitationEmail is the resolver for the correctInvitationEmail field.
func (r *mutationResolver) CorrectInvitationEmail(ctx context.Context, id ident.ID, email string) (*ent.Invitation, error) {
	return r.Invitations.CorrectEmail(ctx, callerOf(ctx), id, email)
}

// BulkError returns BulkErrorResolver implementation.
func (r *Resolver) BulkError() BulkErrorResolver { return &bulkErrorResolver{r} }

// InviteOutcome returns InviteOutcomeResolver implementation.
func (r *Resolver) InviteOutcome() InviteOutcomeResolver { return &inviteOutcomeResolver{r} }

type (
	bulkErrorResolver     struct{ *Resolver }
	inviteOutcomeResolver struct{ *Resolver }
)
