package graph

import (
	"context"
	"usher/ent"
	entjoinlink "usher/ent/joinlink"
	"usher/ent/joinrequest"
	"usher/internal/acceptance"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/joinlink"
)

// URL is the resolver for the url field.
func (r *joinLinkResolver) URL(ctx context.Context, obj *ent.JoinLink) (string, error) {
	return r.JoinLinks.JoinURL(obj), nil
}

// FreeMailEntries is the resolver for the freeMailEntries field.
func (r *joinLinkResolver) FreeMailEntries(ctx context.Context, obj *ent.JoinLink) ([]string, error) {
	list, err := address.CompileWhitelist(obj.Whitelist)
	return append([]string{}, list.FreeEmailProviders()...), err
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
	warnings, err := r.JoinLinks.Warnings(ctx, link)
	if err != nil {
		return nil, err
	}
	return &CreateJoinLinkPayload{JoinLink: link, Warnings: warnings}, nil
}

// UpdateJoinLink is the resolver for the updateJoinLink field.
func (r *mutationResolver) UpdateJoinLink(ctx context.Context, input UpdateJoinLinkInput) (*UpdateJoinLinkPayload, error) {
	link, err := r.JoinLinks.UpdateLink(ctx, callerOf(ctx), joinlink.UpdateLinkInput{
		ID: input.JoinLinkID, Slug: input.Slug,
		RotateSlug:      input.RotateSlug != nil && *input.RotateSlug,
		RedirectOldSlug: input.RedirectOldSlug,
		Enabled:         input.Enabled, Title: toChange(input.Title),
		WelcomeText: toChange(input.WelcomeText),
		Whitelist:   toListChange(input.Whitelist),
		Grant:       toLinkGrantChange(input.Grant), ExpiresAt: toChange(input.ExpiresAt),
		MaxJoins: toChange(input.MaxJoins), RequiresApproval: input.RequiresApproval,
	})
	if err != nil {
		return nil, err
	}
	warnings, err := r.JoinLinks.Warnings(ctx, link)
	if err != nil {
		return nil, err
	}
	return &UpdateJoinLinkPayload{JoinLink: link, Warnings: warnings}, nil
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
	joined, err := r.JoinLinks.Confirm(ctx, callerOf(ctx), acceptance.AcceptInput{
		Token: input.Token, FirstName: input.FirstName, LastName: input.LastName,
		Password: input.Password, NewPassword: input.NewPassword, Locale: input.Locale,
		CustomFields: input.CustomFields, Consent: input.Consent,
	}, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	p := &ConfirmJoinPayload{Status: joined.Status, Member: joined.Member, Ended: joined.Ended,
		RedirectURL: joined.RedirectURL}
	if joined.SignIn != nil {
		p.Auth, err = r.signedIn(ctx, *joined.SignIn, input.TokenDelivery)
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

// Brand is the resolver for the brand field.
func (r *publicJoinConfirmationResolver) Brand(ctx context.Context, obj *joinlink.ConfirmPage) (*PublicBrand, error) {
	return publicBrand(obj.Workspace), nil
}

// Locale is the resolver for the locale field.
func (r *publicJoinConfirmationResolver) Locale(ctx context.Context, obj *joinlink.ConfirmPage) (string, error) {
	return publicLocale(obj.Locale, obj.Workspace), nil
}

// FirstName is the resolver for the firstName field.
func (r *publicJoinConfirmationResolver) FirstName(ctx context.Context, obj *joinlink.ConfirmPage) (*string, error) {
	if obj.RequestState() != joinlink.ConfirmOpen {
		return nil, nil
	}
	return inputs.NilIfEmpty(obj.FirstName), nil
}

// LastName is the resolver for the lastName field.
func (r *publicJoinConfirmationResolver) LastName(ctx context.Context, obj *joinlink.ConfirmPage) (*string, error) {
	if obj.RequestState() != joinlink.ConfirmOpen {
		return nil, nil
	}
	return inputs.NilIfEmpty(obj.LastName), nil
}

// Questions is the resolver for the questions field.
func (r *publicJoinConfirmationResolver) Questions(ctx context.Context, obj *joinlink.ConfirmPage) ([]*PublicQuestion, error) {
	if obj.RequestState() != joinlink.ConfirmOpen {
		return []*PublicQuestion{}, nil
	}
	return publicQuestions(obj.Fields), nil
}

// AccountStep is the resolver for the accountStep field.
func (r *publicJoinConfirmationResolver) AccountStep(ctx context.Context, obj *joinlink.ConfirmPage) (*AccountStep, error) {
	if obj.RequestState() != joinlink.ConfirmOpen {
		return nil, nil
	}
	return accountStep(obj.NewPassword, obj.OwnAddress, obj.HasAccount), nil
}

// Brand is the resolver for the brand field.
func (r *publicJoinPageResolver) Brand(ctx context.Context, obj *joinlink.JoinPage) (*PublicBrand, error) {
	return publicBrand(obj.Workspace), nil
}

// Locale is the resolver for the locale field.
func (r *publicJoinPageResolver) Locale(ctx context.Context, obj *joinlink.JoinPage) (string, error) {
	return publicLocale("", obj.Workspace), nil
}

// Questions is the resolver for the questions field.
func (r *publicJoinPageResolver) Questions(ctx context.Context, obj *joinlink.JoinPage) ([]*PublicQuestion, error) {
	return publicQuestions(obj.Fields), nil
}

// PublicJoinPage is the resolver for the publicJoinPage field.
func (r *queryResolver) PublicJoinPage(ctx context.Context, slug string) (*joinlink.JoinPage, error) {
	page, err := r.JoinLinks.JoinPage(ctx, callerOf(ctx), slug)
	if fault.Has(err, fault.NotFound) {
		return nil, nil
	}
	return page, err
}

// PublicJoinConfirmation is the resolver for the publicJoinConfirmation field.
func (r *queryResolver) PublicJoinConfirmation(ctx context.Context, token string) (*joinlink.ConfirmPage, error) {
	return r.JoinLinks.LoadConfirmPage(ctx, callerOf(ctx), token)
}

// ExplainJoin is the resolver for the explainJoin field.
func (r *queryResolver) ExplainJoin(ctx context.Context, joinLinkID ident.ID, email string, settings *JoinSettingsInput) (*joinlink.Verdict, error) {
	return r.JoinLinks.Explain(ctx, callerOf(ctx), joinLinkID, email, toJoinSettings(settings))
}

// JoinLinks is the resolver for the joinLinks field.
func (r *workspaceResolver) JoinLinks(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *JoinLinkFilter, orderBy *ent.JoinLinkOrder) (*ent.JoinLinkConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	matchesSearch, err := r.searchJoinLinks(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.JoinLink.Query().
		Where(entjoinlink.WorkspaceID(obj.ID), filter.toPredicate(), matchesSearch).
		Paginate(ctx, a, first, b, last, ent.WithJoinLinkOrder(orDefault(orderBy, newestLinks)))
}

// JoinRequests is the resolver for the joinRequests field.
func (r *workspaceResolver) JoinRequests(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *JoinRequestFilter, orderBy *ent.JoinRequestOrder) (*ent.JoinRequestConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	hasRareWord, err := r.fewJoinRequests(ctx, obj.ID, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.JoinRequest.Query().
		Where(joinrequest.WorkspaceID(obj.ID), filter.toPredicate(), hasRareWord).
		Paginate(ctx, a, first, b, last, ent.WithJoinRequestOrder(orDefault(orderBy, newestRequests)))
}

// JoinVerdict returns JoinVerdictResolver implementation.
func (r *Resolver) JoinVerdict() JoinVerdictResolver { return &joinVerdictResolver{r} }

// PublicJoinConfirmation returns PublicJoinConfirmationResolver implementation.
func (r *Resolver) PublicJoinConfirmation() PublicJoinConfirmationResolver {
	return &publicJoinConfirmationResolver{r}
}

// PublicJoinPage returns PublicJoinPageResolver implementation.
func (r *Resolver) PublicJoinPage() PublicJoinPageResolver { return &publicJoinPageResolver{r} }

type (
	joinVerdictResolver            struct{ *Resolver }
	publicJoinConfirmationResolver struct{ *Resolver }
	publicJoinPageResolver         struct{ *Resolver }
)
