package graph

import (
	"context"

	"usher/ent"
	entjoinlink "usher/ent/joinlink"
	"usher/ent/joinrequest"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/joinlink"
)

// URL is the resolver for the url field.
func (r *joinLinkResolver) URL(ctx context.Context, obj *ent.JoinLink) (string, error) {
	return r.JoinLinks.JoinURL(obj), nil
}

// FreeMailEntries is the resolver for the freeMailEntries field.
func (r *joinLinkResolver) FreeMailEntries(ctx context.Context, obj *ent.JoinLink) ([]string, error) {
	list, err := address.CompileWhitelist(obj.Whitelist)
	return append([]string{}, list.FreeMail()...), err
}

// Reason is the resolver for the reason field.
func (r *joinVerdictResolver) Reason(ctx context.Context, obj *joinlink.Verdict) (string, error) {
	return obj.Reason.In(gqlhttp.Locale(ctx)), nil
}

// CreateJoinLink is the resolver for the createJoinLink field.
func (r *mutationResolver) CreateJoinLink(ctx context.Context, input joinlink.CreateLinkInput) (*CreateJoinLinkPayload, error) {
	link, err := r.JoinLinks.CreateLink(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &CreateJoinLinkPayload{JoinLink: link}, nil
}

// UpdateJoinLink is the resolver for the updateJoinLink field.
func (r *mutationResolver) UpdateJoinLink(ctx context.Context, input UpdateJoinLinkInput) (*UpdateJoinLinkPayload, error) {
	link, err := r.JoinLinks.UpdateLink(ctx, callerOf(ctx), joinlink.UpdateLinkInput{
		ID: input.JoinLinkID, Slug: input.Slug,
		RotateSlug:     input.RotateSlug != nil && *input.RotateSlug,
		OldSlugLeadsOn: input.OldSlugLeadsOn,
		Enabled:        input.Enabled, Title: toChange(input.Title),
		WelcomeText: toChange(input.WelcomeText),
		Whitelist:   toListChange(input.Whitelist),
		Grant:       toLinkGrantChange(input.Grant), ExpiresAt: toChange(input.ExpiresAt),
		MaxJoins: toChange(input.MaxJoins), RequiresApproval: input.RequiresApproval,
	})
	if err != nil {
		return nil, err
	}
	return &UpdateJoinLinkPayload{JoinLink: link}, nil
}

// JoinByLink is the resolver for the joinByLink field.
func (r *mutationResolver) JoinByLink(ctx context.Context, input joinlink.JoinInput) (*joinlink.Joined, error) {
	joined, err := r.JoinLinks.Join(ctx, callerOf(ctx), input, requestOf(ctx).Origin)
	if err != nil || joined.Member == nil {
		return joined, err
	}
	return joined, r.reloadCaller(ctx)
}

// ConfirmJoin is the resolver for the confirmJoin field.
func (r *mutationResolver) ConfirmJoin(ctx context.Context, input ConfirmJoinInput) (*ConfirmJoinPayload, error) {
	joined, err := r.JoinLinks.Confirm(ctx, callerOf(ctx), invitation.AcceptInput{
		Token: input.Token, FirstName: input.FirstName, LastName: input.LastName,
		Password: input.Password, NewPassword: input.NewPassword, Locale: input.Locale,
		CustomFields: input.CustomFields,
	}, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	p := &ConfirmJoinPayload{Status: joined.Status, Member: joined.Member, Ended: joined.Ended}
	if joined.Session != nil {
		p.Auth, err = r.signedIn(ctx, *joined.Session, input.TokenDelivery)
	}
	return p, err
}

// ApproveJoinRequest is the resolver for the approveJoinRequest field.
func (r *mutationResolver) ApproveJoinRequest(ctx context.Context, input ApproveJoinRequestInput) (*ApproveJoinRequestPayload, error) {
	request, err := r.JoinLinks.Approve(ctx, callerOf(ctx), input.JoinRequestID)
	if err != nil {
		return nil, err
	}
	return &ApproveJoinRequestPayload{JoinRequest: request}, nil
}

// RejectJoinRequest is the resolver for the rejectJoinRequest field.
func (r *mutationResolver) RejectJoinRequest(ctx context.Context, input RejectJoinRequestInput) (*RejectJoinRequestPayload, error) {
	request, err := r.JoinLinks.Reject(ctx, callerOf(ctx), input.JoinRequestID, input.Message)
	if err != nil {
		return nil, err
	}
	return &RejectJoinRequestPayload{JoinRequest: request}, nil
}

// PublicJoinPage is the resolver for the publicJoinPage field.
func (r *queryResolver) PublicJoinPage(ctx context.Context, slug string) (*joinlink.JoinPage, error) {
	page, err := r.JoinLinks.JoinPage(ctx, callerOf(ctx), slug)
	if fault.Has(err, fault.NotFound) {
		return nil, nil
	}
	return page, err
}

// ExplainJoin is the resolver for the explainJoin field.
func (r *queryResolver) ExplainJoin(ctx context.Context, joinLinkID ident.ID, email string) (*joinlink.Verdict, error) {
	return r.JoinLinks.Explain(ctx, callerOf(ctx), joinLinkID, email)
}

// JoinLinks is the resolver for the joinLinks field.
func (r *workspaceResolver) JoinLinks(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, enabled *bool) (*ent.JoinLinkConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	query := r.Reads.JoinLink.Query().Where(entjoinlink.WorkspaceID(obj.ID))
	if enabled != nil {
		query.Where(entjoinlink.Enabled(*enabled))
	}
	return query.Paginate(ctx, a, first, b, last, ent.WithJoinLinkOrder(newestLinks))
}

// JoinRequests is the resolver for the joinRequests field.
func (r *workspaceResolver) JoinRequests(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *JoinRequestFilter) (*ent.JoinRequestConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	return r.Reads.JoinRequest.Query().Where(joinrequest.WorkspaceID(obj.ID), filter.toPredicate()).
		Paginate(ctx, a, first, b, last, ent.WithJoinRequestOrder(newestRequests))
}

// JoinVerdict returns JoinVerdictResolver implementation.
func (r *Resolver) JoinVerdict() JoinVerdictResolver { return &joinVerdictResolver{r} }

type joinVerdictResolver struct{ *Resolver }
