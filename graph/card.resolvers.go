package graph

import (
	"context"
	"usher/internal/card"
)

// IssueCard is the resolver for the issueCard field.
func (r *mutationResolver) IssueCard(ctx context.Context, input IssueCardInput) (*IssueCardPayload, error) {
	c, err := r.Cards.IssueCard(ctx, callerOf(ctx), input.MemberID)
	if err != nil {
		return nil, err
	}
	return &IssueCardPayload{Card: &Card{c}}, nil
}

// IssueCards is the resolver for the issueCards field.
func (r *mutationResolver) IssueCards(ctx context.Context, input IssueCardsInput) (*IssueCardsPayload, error) {
	return r.issueCards(ctx, input)
}

// RedeemCard is the resolver for the redeemCard field.
func (r *mutationResolver) RedeemCard(ctx context.Context, input RedeemCardInput) (*RedeemCardPayload, error) {
	s, err := r.Cards.RedeemCard(ctx, card.RedeemInput{Token: input.Token, Pin: input.Pin,
		Password: input.Password, Consent: input.Consent}, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	auth, err := r.signedIn(ctx, *s, input.TokenDelivery)
	if err != nil {
		return nil, err
	}
	return &RedeemCardPayload{Auth: auth}, nil
}

// PublicCard is the resolver for the publicCard field.
func (r *queryResolver) PublicCard(ctx context.Context, token string) (*PublicCard, error) {
	page, err := r.Cards.LoadCardPage(ctx, callerOf(ctx), token, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	return publicCard(ctx, page), nil
}
