package graph

import (
	"context"
	"usher/ent"
	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/signin"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

// Viewer is the resolver for the viewer field.
func (r *authResolver) Viewer(ctx context.Context, obj *Auth) (*access.Caller, error) {
	// Security: nothing below a sign-in is read by a session that may only change its password. The
	// field is nullable, so that the tokens beside it still arrive: an emailed password works
	// for one sign-in.
	if obj.MustChangePassword {
		return nil, obj.Viewer.RequireAuthenticated()
	}
	return obj.Viewer, nil
}

// SignIn is the resolver for the signIn field.
func (r *mutationResolver) SignIn(ctx context.Context, input SignInInput) (*SignInPayload, error) {
	in := account.SignInInput{Login: input.Login, Password: input.Password,
		Origin: requestOf(ctx).Origin}
	if input.Workspace != nil {
		in.Workspace = *input.Workspace
	}
	s, err := r.Accounts.SignIn(ctx, in)
	if err != nil {
		return nil, err
	}
	auth, err := r.signedIn(ctx, s, input.TokenDelivery)
	if err != nil {
		return nil, err
	}
	return &SignInPayload{Auth: auth}, nil
}

// RefreshSession is the resolver for the refreshSession field.
func (r *mutationResolver) RefreshSession(ctx context.Context, input RefreshSessionInput) (*RefreshSessionPayload, error) {
	token, delivery := requestOf(ctx).RefreshToken, TokenDeliveryCookie
	if input.RefreshToken != nil {
		token, delivery = *input.RefreshToken, TokenDeliveryBody
	}
	s, err := r.Accounts.Refresh(ctx, token, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	auth, err := r.signedIn(ctx, s, &delivery)
	if err != nil {
		return nil, err
	}
	return &RefreshSessionPayload{Auth: auth}, nil
}

// SignOut is the resolver for the signOut field.
func (r *mutationResolver) SignOut(ctx context.Context) (*SignOutPayload, error) {
	c := callerOf(ctx)
	// An access token is valid for minutes and the cookie for days, so either may be the one that
	// still identifies the sign-in.
	if c.Anonymous() {
		known, err := r.Accounts.CallerByCookie(ctx, requestOf(ctx).RefreshToken)
		if err != nil {
			return nil, err
		}
		c = known
	}
	requestOf(ctx).ClearCookie()
	if err := r.Accounts.SignOut(ctx, c); err != nil {
		return nil, err
	}
	p := &SignOutPayload{}
	if !c.SignInID.IsZero() {
		p.DeletedID = &c.SignInID
	}
	return p, nil
}

// SignOutEverywhere is the resolver for the signOutEverywhere field.
func (r *mutationResolver) SignOutEverywhere(ctx context.Context) (*SignOutEverywherePayload, error) {
	requestOf(ctx).ClearCookie()
	ended, err := r.Reads.SignIn.Query().Where(r.Accounts.LiveSignIns()).IDs(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.Accounts.SignOutEverywhere(ctx, callerOf(ctx)); err != nil {
		return nil, err
	}
	return &SignOutEverywherePayload{DeletedIds: ended}, nil
}

// RevokeSignIn is the resolver for the revokeSignIn field.
func (r *mutationResolver) RevokeSignIn(ctx context.Context, input RevokeSignInInput) (*RevokeSignInPayload, error) {
	if err := r.Accounts.EndSignIn(ctx, callerOf(ctx), input.SignInID); err != nil {
		return nil, err
	}
	return &RevokeSignInPayload{DeletedID: input.SignInID}, nil
}

// RequestPasswordReset is the resolver for the requestPasswordReset field.
func (r *mutationResolver) RequestPasswordReset(ctx context.Context, input RequestPasswordResetInput) (*RequestPasswordResetPayload, error) {
	err := r.Accounts.RequestPasswordReset(ctx, input.Email, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	return &RequestPasswordResetPayload{Email: input.Email}, nil
}

// ResetPassword is the resolver for the resetPassword field.
func (r *mutationResolver) ResetPassword(ctx context.Context, input ResetPasswordInput) (*ResetPasswordPayload, error) {
	s, err := r.Accounts.ResetPassword(ctx, input.Token, input.Password, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	auth, err := r.signedIn(ctx, s, input.TokenDelivery)
	if err != nil {
		return nil, err
	}
	return &ResetPasswordPayload{Auth: auth}, nil
}

// ChangePassword is the resolver for the changePassword field.
func (r *mutationResolver) ChangePassword(ctx context.Context, input ChangePasswordInput) (*ChangePasswordPayload, error) {
	s, err := r.Accounts.ChangePassword(ctx, callerOf(ctx), input.CurrentPassword,
		input.NewPassword, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	auth, err := r.signedIn(ctx, s, currentDelivery(ctx))
	if err != nil {
		return nil, err
	}
	return &ChangePasswordPayload{Auth: auth}, nil
}

// UpdateProfile is the resolver for the updateProfile field.
func (r *mutationResolver) UpdateProfile(ctx context.Context, input UpdateProfileInput) (*UpdateProfilePayload, error) {
	u, err := r.Accounts.UpdateProfile(ctx, callerOf(ctx), account.ProfileInput{
		FirstName: toAccountField(input.FirstName), LastName: toAccountField(input.LastName),
		Locale: toAccountField(input.Locale),
	})
	if err != nil {
		return nil, err
	}
	return &UpdateProfilePayload{User: u}, nil
}

// RequestEmailChange is the resolver for the requestEmailChange field.
func (r *mutationResolver) RequestEmailChange(ctx context.Context, input RequestEmailChangeInput) (*RequestEmailChangePayload, error) {
	err := r.Accounts.RequestEmailChange(ctx, callerOf(ctx), input.Email,
		inputs.ValueOrEmpty(input.Password), requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	return &RequestEmailChangePayload{Email: input.Email}, nil
}

// ConfirmEmailChange is the resolver for the confirmEmailChange field.
func (r *mutationResolver) ConfirmEmailChange(ctx context.Context, input ConfirmEmailChangeInput) (*ConfirmEmailChangePayload, error) {
	s, err := r.Accounts.ConfirmEmailChange(ctx, callerOf(ctx),
		account.ConfirmEmailChangeInput{Token: input.Token,
			Password:    inputs.ValueOrEmpty(input.Password),
			NewPassword: inputs.ValueOrEmpty(input.NewPassword)}, requestOf(ctx).Origin)
	if err != nil || s == nil {
		return &ConfirmEmailChangePayload{}, err
	}
	auth, err := r.signedIn(ctx, *s, input.TokenDelivery)
	if err != nil {
		return nil, err
	}
	return &ConfirmEmailChangePayload{Auth: auth}, nil
}

// Current is the resolver for the current field.
func (r *signInResolver) Current(ctx context.Context, obj *ent.SignIn) (bool, error) {
	return obj.ID == callerOf(ctx).SignInID, nil
}

// User is the resolver for the user field.
func (r *viewerResolver) User(ctx context.Context, obj *access.Caller) (*ent.User, error) {
	return mustSee(r.Reads.User.Get(store.AsCaller(ctx, obj), obj.UserID))
}

// Memberships is the resolver for the memberships field.
func (r *viewerResolver) Memberships(ctx context.Context, obj *access.Caller) ([]*ent.Member, error) {
	query, err := r.Reads.Member.Query().
		Where(member.UserID(obj.UserID), member.StatusEQ(member.StatusActive)).
		Order(ent.Asc(member.FieldID)).CollectFields(ctx)
	if err != nil {
		return nil, err
	}
	return query.All(store.AsCaller(ctx, obj))
}

// Permissions is the resolver for the permissions field.
func (r *viewerResolver) Permissions(ctx context.Context, obj *access.Caller, workspaceID ident.ID) ([]access.Permission, error) {
	m := obj.In(workspaceID)
	held := m.Everywhere()
	if invitation.InvitesIntoSessions(m) {
		held |= access.NewSet([]string{string(access.MembersInvite)})
	}
	return m.Usable(held).List(), nil
}

// Organizations is the resolver for the organizations field.
func (r *viewerResolver) Organizations(ctx context.Context, obj *access.Caller) ([]*ent.Organization, error) {
	query, err := r.Reads.Organization.Query().Order(ent.Asc(organization.FieldID)).
		CollectFields(ctx)
	if err != nil {
		return nil, err
	}
	return query.All(store.AsCaller(ctx, obj))
}

// SignIns is the resolver for the signIns field.
func (r *viewerResolver) SignIns(ctx context.Context, obj *access.Caller) ([]*ent.SignIn, error) {
	return r.Reads.SignIn.Query().Where(r.Accounts.LiveSignIns()).Order(ent.Desc(signin.FieldID)).
		All(store.AsCaller(ctx, obj))
}

// Auth returns AuthResolver implementation.
func (r *Resolver) Auth() AuthResolver { return &authResolver{r} }

// Viewer returns ViewerResolver implementation.
func (r *Resolver) Viewer() ViewerResolver { return &viewerResolver{r} }

type (
	authResolver   struct{ *Resolver }
	viewerResolver struct{ *Resolver }
)
