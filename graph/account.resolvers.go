package graph

import (
	"context"
	"usher/ent"
	"usher/ent/member"
	"usher/ent/signin"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/ident"
	"usher/internal/store"
)

// Viewer is the resolver for the viewer field.
func (r *authPayloadResolver) Viewer(ctx context.Context, obj *AuthPayload) (*access.Caller, error) {
	// Security: nothing below a sign-in is read by a session that may only change its password. The
	// field is nullable, so that the tokens beside it still arrive: a mailed password is good for
	// one sign-in.
	if obj.MustChangePassword {
		return nil, obj.Viewer.Authenticated()
	}
	return obj.Viewer, nil
}

// SignIn is the resolver for the signIn field.
func (r *mutationResolver) SignIn(ctx context.Context, input SignInInput) (*AuthPayload, error) {
	in := account.SignInInput{Login: input.Login, Password: input.Password,
		Origin: requestOf(ctx).Origin}
	if input.Workspace != nil {
		in.Workspace = *input.Workspace
	}
	s, err := r.Accounts.SignIn(ctx, in)
	if err != nil {
		return nil, err
	}
	return r.signedIn(ctx, s, input.TokenDelivery)
}

// RefreshSession is the resolver for the refreshSession field.
func (r *mutationResolver) RefreshSession(ctx context.Context, refreshToken *string) (*AuthPayload, error) {
	token, delivery := requestOf(ctx).RefreshToken, TokenDeliveryCookie
	if refreshToken != nil {
		token, delivery = *refreshToken, TokenDeliveryBody
	}
	s, err := r.Accounts.Refresh(ctx, token, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	return r.signedIn(ctx, s, &delivery)
}

// SignOut is the resolver for the signOut field.
func (r *mutationResolver) SignOut(ctx context.Context) (bool, error) {
	c := callerOf(ctx)
	// an access token lives for minutes, the cookie for days: it is as good a word for 'me'
	if c.Anonymous() {
		known, err := r.Accounts.CallerByCookie(ctx, requestOf(ctx).RefreshToken)
		if err != nil {
			return false, err
		}
		c = known
	}
	requestOf(ctx).ClearCookie()
	return succeeded(r.Accounts.SignOut(ctx, c))
}

// SignOutEverywhere is the resolver for the signOutEverywhere field.
func (r *mutationResolver) SignOutEverywhere(ctx context.Context) (bool, error) {
	requestOf(ctx).ClearCookie()
	return succeeded(r.Accounts.SignOutEverywhere(ctx, callerOf(ctx)))
}

// EndSignIn is the resolver for the endSignIn field.
func (r *mutationResolver) EndSignIn(ctx context.Context, id ident.ID) (bool, error) {
	return succeeded(r.Accounts.EndSignIn(ctx, callerOf(ctx), id))
}

// RequestPasswordReset is the resolver for the requestPasswordReset field.
func (r *mutationResolver) RequestPasswordReset(ctx context.Context, email string) (bool, error) {
	return succeeded(r.Accounts.RequestPasswordReset(ctx, email, requestOf(ctx).Origin))
}

// ResetPassword is the resolver for the resetPassword field.
func (r *mutationResolver) ResetPassword(ctx context.Context, token string, password string) (*AuthPayload, error) {
	s, err := r.Accounts.ResetPassword(ctx, token, password, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	return r.signedIn(ctx, s, nil)
}

// ChangePassword is the resolver for the changePassword field.
func (r *mutationResolver) ChangePassword(ctx context.Context, current string, new string) (*AuthPayload, error) {
	s, err := r.Accounts.ChangePassword(ctx, callerOf(ctx), current, new, requestOf(ctx).Origin)
	if err != nil {
		return nil, err
	}
	return r.signedIn(ctx, s, currentDelivery(ctx))
}

// UpdateProfile is the resolver for the updateProfile field.
func (r *mutationResolver) UpdateProfile(ctx context.Context, input UpdateProfileInput) (*ent.User, error) {
	return r.Accounts.UpdateProfile(ctx, callerOf(ctx), account.ProfileInput{
		FirstName: toAccountField(input.FirstName), LastName: toAccountField(input.LastName),
		Locale: toAccountField(input.Locale),
	})
}

// RequestEmailChange is the resolver for the requestEmailChange field.
func (r *mutationResolver) RequestEmailChange(ctx context.Context, email string, password *string) (bool, error) {
	typed := ""
	if password != nil {
		typed = *password
	}
	return succeeded(r.Accounts.RequestEmailChange(ctx, callerOf(ctx), email, typed, requestOf(ctx).Origin))
}

// ConfirmEmailChange is the resolver for the confirmEmailChange field.
func (r *mutationResolver) ConfirmEmailChange(ctx context.Context, token string, newPassword *string) (bool, error) {
	chosen := ""
	if newPassword != nil {
		chosen = *newPassword
	}
	s, err := r.Accounts.ConfirmEmailChange(ctx, callerOf(ctx), token, chosen, requestOf(ctx).Origin)
	if s != nil {
		requestOf(ctx).SetCookie(*s)
	}
	return succeeded(err)
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
	return obj.In(workspaceID).Everywhere().List(), nil
}

// SignIns is the resolver for the signIns field.
func (r *viewerResolver) SignIns(ctx context.Context, obj *access.Caller) ([]*ent.SignIn, error) {
	return r.Reads.SignIn.Query().Where(r.Accounts.LiveSignIns()).Order(ent.Desc(signin.FieldID)).
		All(store.AsCaller(ctx, obj))
}

// AuthPayload returns AuthPayloadResolver implementation.
func (r *Resolver) AuthPayload() AuthPayloadResolver { return &authPayloadResolver{r} }

// Viewer returns ViewerResolver implementation.
func (r *Resolver) Viewer() ViewerResolver { return &viewerResolver{r} }

type (
	authPayloadResolver struct{ *Resolver }
	viewerResolver      struct{ *Resolver }
)
