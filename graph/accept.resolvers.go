package graph

import (
	"context"
	entinvitation "usher/ent/invitation"
	"usher/internal/acceptance"
	"usher/internal/inputs"
)

// AcceptInvitation is the resolver for the acceptInvitation field.
func (r *mutationResolver) AcceptInvitation(ctx context.Context, input AcceptInvitationInput) (*AcceptInvitationPayload, error) {
	a, err := r.Acceptances.Accept(ctx, callerOf(ctx), acceptance.AcceptInput{
		Token: input.Token, FirstName: input.FirstName, LastName: input.LastName,
		Password: input.Password, NewPassword: input.NewPassword, Locale: input.Locale,
		CustomFields: input.CustomFields, Consent: input.Consent,
	}, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	p := &AcceptInvitationPayload{Member: a.Member, Ended: a.Ended,
		RedirectURL: inputs.NilIfEmpty(a.LandingURL)}
	if a.SignIn != nil {
		p.Auth, err = r.signedIn(ctx, *a.SignIn, input.TokenDelivery)
	}
	return p, err
}

// DeclineInvitation is the resolver for the declineInvitation field.
func (r *mutationResolver) DeclineInvitation(ctx context.Context, input DeclineInvitationInput) (*DeclineInvitationPayload, error) {
	inv, err := r.Acceptances.Decline(ctx, input.Token, input.NeverEmailAgain)
	if err != nil {
		return nil, err
	}
	page, err := r.Acceptances.DescribeAcceptPage(ctx, callerOf(ctx), inv)
	if err != nil {
		return nil, err
	}
	return &DeclineInvitationPayload{Invitation: page}, nil
}

// RequestNewInvitation is the resolver for the requestNewInvitation field.
func (r *mutationResolver) RequestNewInvitation(ctx context.Context, input RequestNewInvitationInput) (*RequestNewInvitationPayload, error) {
	inv, err := r.Acceptances.RequestNewLink(ctx, input.Token)
	if err != nil {
		return nil, err
	}
	page, err := r.Acceptances.DescribeAcceptPage(ctx, callerOf(ctx), inv)
	if err != nil {
		return nil, err
	}
	return &RequestNewInvitationPayload{Invitation: page}, nil
}

// RequestInvitationMove is the resolver for the requestInvitationMove field.
func (r *mutationResolver) RequestInvitationMove(ctx context.Context, input RequestInvitationMoveInput) (*RequestInvitationMovePayload, error) {
	inv, err := r.Acceptances.RequestMove(ctx, callerOf(ctx), input.Token)
	if err != nil {
		return nil, err
	}
	page, err := r.Acceptances.DescribeAcceptPage(ctx, callerOf(ctx), inv)
	if err != nil {
		return nil, err
	}
	return &RequestInvitationMovePayload{Invitation: page}, nil
}

// Brand is the resolver for the brand field.
func (r *publicInvitationResolver) Brand(ctx context.Context, obj *acceptance.AcceptPage) (*PublicBrand, error) {
	return publicBrand(obj.Workspace), nil
}

// Locale is the resolver for the locale field.
func (r *publicInvitationResolver) Locale(ctx context.Context, obj *acceptance.AcceptPage) (string, error) {
	return publicLocale(obj.Locale, obj.Workspace), nil
}

// FirstName is the resolver for the firstName field.
func (r *publicInvitationResolver) FirstName(ctx context.Context, obj *acceptance.AcceptPage) (*string, error) {
	return inputs.NilIfEmpty(obj.FirstName), nil
}

// LastName is the resolver for the lastName field.
func (r *publicInvitationResolver) LastName(ctx context.Context, obj *acceptance.AcceptPage) (*string, error) {
	return inputs.NilIfEmpty(obj.LastName), nil
}

// Questions is the resolver for the questions field.
func (r *publicInvitationResolver) Questions(ctx context.Context, obj *acceptance.AcceptPage) ([]*PublicQuestion, error) {
	return publicQuestions(obj.Fields), nil
}

// Grant is the resolver for the grant field.
func (r *publicInvitationResolver) Grant(ctx context.Context, obj *acceptance.AcceptPage) (*PublicGrant, error) {
	granted, err := r.Acceptances.ListGranted(ctx, obj)
	if granted == nil || err != nil {
		return nil, err
	}
	return publicGrant(granted), nil
}

// AccountStep is the resolver for the accountStep field.
func (r *publicInvitationResolver) AccountStep(ctx context.Context, obj *acceptance.AcceptPage) (*AccountStep, error) {
	if obj.Status != entinvitation.StatusPending || !obj.EmailedLink {
		return nil, nil
	}
	return accountStep(obj.NewPassword, obj.OwnAddress, obj.HasAccount), nil
}

// PublicInvitation returns PublicInvitationResolver implementation.
func (r *Resolver) PublicInvitation() PublicInvitationResolver { return &publicInvitationResolver{r} }

type publicInvitationResolver struct{ *Resolver }
