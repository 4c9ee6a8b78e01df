package account

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"usher/ent"
	"usher/ent/signin"
	"usher/ent/user"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

// Lifetimes of a sign-in: since its last refresh, in total, and of the parent of its current token.
const (
	idleLifetime = 14 * 24 * time.Hour
	maxLifetime  = 30 * 24 * time.Hour
	parentGrace  = 10 * time.Second
)

// Refresh trades a refresh token for a new session. A token that was traded before ends the
// sign-in, except within parentGrace (see the package comment). Every invalid token is
// UNAUTHENTICATED, without a reason.
func (s *Service) Refresh(ctx context.Context, token string,
	o Origin) (_ SignInSession, err error) {
	defer fault.Annotate(&err, "refresh account")

	id, ours := parseRefreshToken(s.keys, token)
	if !ours {
		return SignInSession{}, unauthenticatedFault()
	}
	ctx = systemContext(ctx)
	now, hash := s.now(), secret.HashOpaque(token)

	var session SignInSession
	var refused error
	err = s.store.WithTx(ctx, func(tx *store.Tx) (err error) {
		// An earlier attempt of the transaction may have left its refusal here.
		refused = nil
		session, err = s.tradeToken(ctx, tx, id, token, hash, o, now)
		// A reused token is refused, but the sign-ins it ended must stay ended: this refusal
		// commits.
		if fault.Has(err, fault.Unauthenticated) {
			refused, err = err, nil
		}
		return err
	})
	if err == nil {
		err = refused
	}
	return session, err
}

// tradeToken replaces the refresh token of a sign-in by its child, or ends the sign-in if the
// token was traded before.
func (s *Service) tradeToken(ctx context.Context, tx *store.Tx, id ident.ID, token string,
	hash []byte,
	o Origin, now time.Time) (SignInSession, error) {
	// The update below needs the hash of the child: reading the row first would open a race.
	next := refreshTokens.Child(s.keys, s.keys.KeyID(), id, token)
	// Security: this one statement decides. Of concurrent trades of a token only one changes the
	// row. The others wait for it and then find the token to be the parent.
	won, err := tx.SignIn.Update().
		Where(signin.ID(id), signin.TokenHash(hash), signin.EndedAtIsNil(),
			signin.LastUsedAtGT(now.Add(-idleLifetime)), signin.CreatedAtGT(now.Add(-maxLifetime)),
			signin.HasUserWith(user.ErasedAtIsNil())).
		SetParentHash(hash).SetTokenHash(secret.HashOpaque(next.Reveal())).SetRotatedAt(now).
		SetLastUsedAt(now).
		SetNillableUserAgent(userAgentOf(o)).
		Save(ctx)
	if err != nil {
		return SignInSession{}, fmt.Errorf("account: rotate: %w", err)
	}
	// Read after the UPDATE, whose lock orders this transaction behind the one that won.
	row, err := tx.SignIn.Query().Where(signin.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return SignInSession{}, unauthenticatedFault()
	}
	if err != nil {
		return SignInSession{}, fmt.Errorf("account: load a sign-in: %w", err)
	}
	switch {
	case won == 1:
		return s.buildSignInSession(row, next, now)
	// Ended or expired. Nothing is left to end.
	case !isAlive(row, now):
		return SignInSession{}, unauthenticatedFault()
	// A second tab, or a client whose response was lost, sends the parent again.
	case row.ParentHash != nil && bytes.Equal(*row.ParentHash, hash) &&
		now.Before(row.RotatedAt.Add(parentGrace)):
		child := refreshTokens.ChildOf(s.keys, row.ID, token, row.TokenHash)
		return s.buildSignInSession(row, child, now)
	case bytes.Equal(row.TokenHash, hash):
		return SignInSession{}, unauthenticatedFault() // the account is gone
	}
	// Security: the token was issued here and was traded before. One of its two holders is not the
	// person.
	if _, err := s.endSignIns(ctx, tx, now, signin.ID(id)); err != nil {
		return SignInSession{}, err
	}
	return SignInSession{}, unauthenticatedFault()
}

// isAlive reports whether a sign-in has neither ended nor expired.
func isAlive(row *ent.SignIn, now time.Time) bool {
	return row.EndedAt == nil && now.Before(row.LastUsedAt.Add(idleLifetime)) &&
		now.Before(row.CreatedAt.Add(maxLifetime))
}

// buildSignInSession signs an access token for a sign-in and returns the session.
func (s *Service) buildSignInSession(row *ent.SignIn, refresh secret.Token,
	now time.Time) (SignInSession, error) {
	// No token outlives the sign-in.
	whole := row.CreatedAt.Add(maxLifetime)
	until := earlierOf(now.Add(accessTokenLifetime), whole)
	access, err := s.tokens.signToken(row.UserID, row.ID, now, until)
	if err != nil {
		return SignInSession{}, err
	}
	return SignInSession{
		AccessToken: access, RefreshToken: refresh, ExpiresAt: until,
		RefreshEndsAt: earlierOf(now.Add(idleLifetime), whole),
		UserID:        row.UserID, SignInID: row.ID, MustChangePassword: row.MustChangePassword,
	}, nil
}

// earlierOf returns the earlier of two times.
func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// userAgentOf returns the client's user agent, cut to 200 characters, or nil.
func userAgentOf(o Origin) *string {
	if name := trimPrintable(o.UserAgent, 200); name != "" {
		return &name
	}
	return nil
}
