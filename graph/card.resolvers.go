package graph

import (
	"context"
	"usher/internal/card"
	"usher/internal/ident"
)

// IssueCard is the resolver for the issueCard field.
func (r *mutationResolver) IssueCard(ctx context.Context, memberID ident.ID) (*Card, error) {
	c, err := r.Cards.IssueCard(ctx, callerOf(ctx), memberID)
	if err != nil {
		return nil, err
	}
	return &Card{
		Member: c.Member, URL: c.URL.Reveal(), Pin: c.PIN.Reveal(), ExpiresAt: c.ExpiresAt,
		QRSVG: c.SVG.Reveal(), HTML: c.Page.Reveal(),
	}, nil
}

// RedeemCard is the resolver for the redeemCard field.
func (r *mutationResolver) RedeemCard(ctx context.Context, input card.RedeemInput) (*AuthPayload, error) {
	s, err := r.Cards.RedeemCard(ctx, input, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	return r.signedIn(ctx, *s, nil)
}
