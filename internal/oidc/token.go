package oidc

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"usher/ent"
	entasi "usher/ent/applicationsignin"
	entmember "usher/ent/member"
	"usher/ent/predicate"
	entsignin "usher/ent/signin"
	entuser "usher/ent/user"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

// Lifetimes of tokens. A refresh token lives as long as the sign-in that it belongs to.
const (
	accessTokenLifetime = 5 * time.Minute
	parentGrace         = 10 * time.Second
)

// applicationTokens makes refresh tokens. The purposes differ from those of sign-ins at Usher, so
// that neither kind is accepted for the other.
var applicationTokens = secret.TokenFamily{
	TagPurpose: "application token tag", ChildPurpose: "application token child"}

// isAlive selects the sign-ins at applications that still count: the sign-in at Usher that they
// were made from is alive, and the person is an active member.
//
// Security: this is asked at every use of a code and of a token, so nothing has to be revoked when
// a member leaves, a password changes or a person signs out everywhere.
func (s *Service) isAlive(now time.Time) predicate.ApplicationSignIn {
	return entasi.And(entasi.EndedAtIsNil(),
		entasi.HasSignInWith(s.Accounts.LiveSignIns(), entsignin.MustChangePassword(false)),
		entasi.HasMemberWith(entmember.StatusEQ(entmember.StatusActive),
			entmember.Or(entmember.AccessExpiresAtIsNil(), entmember.AccessExpiresAtGT(now)),
			entmember.HasUserWith(entuser.ErasedAtIsNil())))
}

// findCode returns the sign-in of a code that can still be redeemed.
//
// Security: a code that is redeemed a second time, with the verifier that it was made for, is in
// the hands of two parties. Its tokens end (RFC 6749, 4.1.2). Without the verifier nothing ends:
// who reads a code in a log must not be able to sign the person out.
func (s *Service) findCode(ctx context.Context, r *tokenRequest,
	code string) (*ent.ApplicationSignIn, error) {
	system := systemContext(ctx)
	row, err := s.Store.ApplicationSignIn.Query().
		Where(entasi.CodeHash(secret.HashOpaque(code)), entasi.ApplicationID(r.app.ID)).
		WithMember().Only(system)
	if ent.IsNotFound(err) {
		return nil, errInvalidGrant()
	}
	if err != nil {
		return nil, oidc.ErrServerError().WithParent(err)
	}
	if row.RedeemedAt != nil {
		challenge := oidc.CodeChallenge{Challenge: row.CodeChallenge,
			Method: oidc.CodeChallengeMethodS256}
		if oidc.VerifyCodeChallenge(&challenge, r.verifier) {
			if err := s.endSignIn(ctx, row.ID, r.app.ID.String()); err != nil {
				return nil, oidc.ErrServerError().WithParent(err)
			}
		}
		return nil, errInvalidGrant()
	}
	return row, nil
}

// redeemCode marks a code as redeemed and stores the hash of the first refresh token, nil without
// one.
func (s *Service) redeemCode(ctx context.Context, row *ent.ApplicationSignIn, hash []byte) error {
	system, now := systemContext(ctx), s.Clock()
	var won int
	err := s.Store.WithTx(system, func(tx *store.Tx) (err error) {
		// Security: this one statement decides. Of concurrent redemptions one changes the row.
		update := tx.ApplicationSignIn.Update().Where(entasi.ID(row.ID), entasi.RedeemedAtIsNil(),
			entasi.CodeEndsAtGT(now), s.isAlive(now)).SetRedeemedAt(now)
		if hash != nil {
			update.SetTokenHash(hash).SetRotatedAt(now)
		}
		won, err = update.Save(system)
		return err
	})
	if err != nil {
		return oidc.ErrServerError().WithParent(err)
	}
	if won == 0 {
		return errInvalidGrant()
	}
	return nil
}

// findByRefreshToken returns the sign-in of a refresh token of an application.
func (s *Service) findByRefreshToken(ctx context.Context, app *ent.Application,
	token string) (*ent.ApplicationSignIn, error) {
	// The tag is verified before the database is asked, so a forged token costs no query.
	id, ours := applicationTokens.Parse(s.Keys, token)
	if !ours {
		return nil, op.ErrInvalidRefreshToken
	}
	row, err := s.Store.ApplicationSignIn.Query().
		Where(entasi.ID(id), entasi.ApplicationID(app.ID), s.isAlive(s.Clock())).WithMember().
		Only(systemContext(ctx))
	if ent.IsNotFound(err) {
		return nil, op.ErrInvalidRefreshToken
	}
	return row, err
}

// tradeToken replaces the refresh token of a sign-in by its child, or ends the sign-in if the token
// was traded before. The parent of the present token yields that token again for parentGrace: two
// racing tabs, or an application whose response was lost, end up with the same token. The package
// account describes the method.
func (s *Service) tradeToken(ctx context.Context, row *ent.ApplicationSignIn,
	token string) (secret.Token, error) {
	system, now := systemContext(ctx), s.Clock()
	hash := secret.HashOpaque(token)
	child := applicationTokens.Child(s.Keys, s.Keys.KeyID(), row.ID, token)
	var next secret.Token
	err := s.Store.WithTx(system, func(tx *store.Tx) error {
		next = ""
		// Security: this one statement decides. Concurrent trades wait for it and then find the
		// token to be the parent.
		won, err := tx.ApplicationSignIn.Update().
			Where(entasi.ID(row.ID), entasi.TokenHash(hash), s.isAlive(now)).
			SetParentHash(hash).SetTokenHash(secret.HashOpaque(child.Reveal())).SetRotatedAt(now).
			Save(system)
		if err != nil {
			return fmt.Errorf("oidc: rotate: %w", err)
		}
		if won == 1 {
			next = child
			// The application is in use, and so is the sign-in at Usher behind it.
			return tx.SignIn.Update().Where(entsignin.ID(row.SignInID), entsignin.LastUsedAtLT(now)).
				SetLastUsedAt(now).Exec(system)
		}
		// Read after the UPDATE, whose lock orders this transaction behind the one that won.
		row, err := tx.ApplicationSignIn.Query().Where(entasi.ID(row.ID), s.isAlive(now)).
			Only(system)
		if ent.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("oidc: load a sign-in: %w", err)
		}
		if row.ParentHash != nil && row.TokenHash != nil && row.RotatedAt != nil &&
			bytes.Equal(*row.ParentHash, hash) && now.Before(row.RotatedAt.Add(parentGrace)) {
			next = applicationTokens.ChildOf(s.Keys, row.ID, token, *row.TokenHash)
			return nil
		}
		// Security: the token was issued here and was traded before. One of its two holders is not
		// the application.
		return tx.ApplicationSignIn.UpdateOneID(row.ID).SetEndedAt(now).Exec(system)
	})
	if err != nil {
		return "", oidc.ErrServerError().WithParent(err)
	}
	if next == "" {
		return "", errInvalidGrant()
	}
	return next, nil
}

// endSignIn ends a sign-in at an application. One of another application, or none, stays as it is.
func (s *Service) endSignIn(ctx context.Context, id ident.ID, clientID string) error {
	app, err := ident.Parse(clientID)
	if err != nil {
		return nil
	}
	system := systemContext(ctx)
	return s.Store.WithTx(system, func(tx *store.Tx) error {
		return tx.ApplicationSignIn.Update().
			Where(entasi.ID(id), entasi.ApplicationID(app), entasi.EndedAtIsNil()).
			SetEndedAt(s.Clock()).Exec(system)
	})
}

// accessTokenID returns what is sealed into an access token, beside the subject: the sign-in, the
// end of the token and its scopes. A row for each token is not needed.
func (s *Service) accessTokenID(g *grantRequest) (string, time.Time) {
	until := s.Clock().Add(accessTokenLifetime)
	return strings.Join([]string{g.row.ID.String(), strconv.FormatInt(until.Unix(), 10),
		strings.Join(g.scopes, "+")}, "."), until
}

// accessToken is what accessTokenID returns, read again.
type accessToken struct {
	id     ident.ID // of the sign-in at the application
	until  time.Time
	scopes []string // at most those of the sign-in
}

// parseAccessTokenID reverses accessTokenID.
func parseAccessTokenID(text string) (t accessToken, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return accessToken{}, false
	}
	id, e1 := ident.Parse(parts[0])
	unix, e2 := strconv.ParseInt(parts[1], 10, 64)
	return accessToken{id, time.Unix(unix, 0), strings.Split(parts[2], "+")},
		e1 == nil && e2 == nil && id.Kind() == ident.ApplicationSignIn
}

// findByAccessToken returns the sign-in of an access token.
func (s *Service) findByAccessToken(ctx context.Context, tokenID,
	subject string) (*ent.ApplicationSignIn, error) {
	token, ok := parseAccessTokenID(tokenID)
	now := s.Clock()
	if !ok || !now.Before(token.until) {
		return nil, errInvalidToken
	}
	row, err := s.Store.ApplicationSignIn.Query().
		Where(entasi.ID(token.id), entasi.RedeemedAtNotNil(), s.isAlive(now)).WithMember().
		WithApplication().Only(systemContext(ctx))
	if ent.IsNotFound(err) || err == nil && row.Edges.Member.UserID.String() != subject {
		return nil, errInvalidToken
	}
	return row, err
}

// errInvalidToken covers every way in which an access token can be wrong.
var errInvalidToken = oidc.ErrAccessDenied().WithDescription("access token invalid")

// errInvalidGrant covers every way in which a code or a refresh token can be wrong: the application
// learns none of them.
func errInvalidGrant() *oidc.Error { return oidc.ErrInvalidGrant() }

// Sweep deletes sign-ins at applications that are over: codes that were never redeemed, and ended
// ones. Those of ended sign-ins at Usher are deleted with them. It runs every hour.
func (s *Service) Sweep(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep application sign-ins")

	ctx = store.AsSystem(ctx, "sign-ins at applications that are over are deleted")
	now := s.Clock()
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ApplicationSignIn.Delete().Where(entasi.Or(
			entasi.And(entasi.RedeemedAtIsNil(), entasi.CodeEndsAtLT(now.Add(-time.Hour))),
			// A day longer than needed, so that a stolen token is still known as one.
			entasi.EndedAtLT(now.Add(-24*time.Hour)))).Exec(ctx)
		return err
	})
}
