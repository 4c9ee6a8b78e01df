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

// How long a sign-in lasts: from its last refresh, in all, and what its last token's parent has
// left.
const (
	idleLifetime = 14 * 24 * time.Hour
	maxLifetime  = 30 * 24 * time.Hour
	parentGrace  = 10 * time.Second
)

// Refresh trades a refresh token for a new session. A token that was traded before ends the
// sign-in, but for the grace that doc.go tells of. UNAUTHENTICATED whenever the token is not good,
// and never why.
func (s *Service) Refresh(ctx context.Context, token string, o Origin) (_ Session, err error) {
	defer fault.Annotate(&err, "refresh account")

	id, ours := parseRefreshToken(s.keys, token)
	if !ours {
		return Session{}, unauthenticatedFault()
	}
	ctx = systemContext(ctx)
	now, hash := s.now(), secret.HashOpaque(token)

	var session Session
	var refused error
	err = s.store.WithTx(ctx, func(tx *store.Tx) (err error) {
		refused = nil // of an attempt that the database broke off
		session, err = s.tradeToken(ctx, tx, id, token, hash, o, now)
		// A reused token is refused, yet what it ended must stay ended: that refusal commits.
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

func (s *Service) tradeToken(ctx context.Context, tx *store.Tx, id ident.ID, token string,
	hash []byte,
	o Origin, now time.Time) (Session, error) {
	next := childRefreshToken(s.keys, s.keys.KeyID(), id, token)
	// Security: this one statement decides. Of any number of trades of a token at once a single one
	// changes the row; the others wait for it and then find the token to be the parent.
	won, err := tx.SignIn.Update().
		Where(signin.ID(id), signin.TokenHash(hash), signin.EndedAtIsNil(),
			signin.LastUsedAtGT(now.Add(-idleLifetime)), signin.CreatedAtGT(now.Add(-maxLifetime)),
			signin.HasUserWith(user.ErasedAtIsNil())).
		SetParentHash(hash).SetTokenHash(secret.HashOpaque(next.Reveal())).SetRotatedAt(now).
		SetLastUsedAt(now).
		SetNillableUserAgent(userAgentOf(o)).
		Save(ctx)
	if err != nil {
		return Session{}, fmt.Errorf("account: rotate: %w", err)
	}
	row, err := tx.SignIn.Query().Where(signin.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return Session{}, unauthenticatedFault()
	}
	if err != nil {
		return Session{}, fmt.Errorf("account: load a sign-in: %w", err)
	}
	switch {
	case won == 1:
		return s.buildSession(row, next, now)
	case !isAlive(row, now):
		return Session{}, unauthenticatedFault()
	case row.ParentHash != nil && bytes.Equal(*row.ParentHash, hash) &&
		now.Before(row.RotatedAt.Add(parentGrace)):
		return s.buildSession(row, s.rederiveToken(row, token), now)
	case bytes.Equal(row.TokenHash, hash):
		return Session{}, unauthenticatedFault() // the account is gone
	}
	// Security: the token was ours, and was traded before: one of its two holders is not the
	// person.
	if _, err := s.endSignIns(ctx, tx, now, signin.ID(id)); err != nil {
		return Session{}, err
	}
	return Session{}, unauthenticatedFault()
}

// rederiveToken makes the current token of a family once more out of its parent. The process that
// made it first may have signed with another of the secrets. Where none fits the session goes
// without a refresh token.
func (s *Service) rederiveToken(row *ent.SignIn, parent string) secret.Token {
	for _, k := range s.keys.SigningKeys() {
		child := childRefreshToken(s.keys, k.KeyID, row.ID, parent)
		if bytes.Equal(secret.HashOpaque(child.Reveal()), row.TokenHash) {
			return child
		}
	}
	return ""
}

// isAlive tells whether a sign-in still counts.
func isAlive(row *ent.SignIn, now time.Time) bool {
	return row.EndedAt == nil && now.Before(row.LastUsedAt.Add(idleLifetime)) &&
		now.Before(row.CreatedAt.Add(maxLifetime))
}

// buildSession is what the holder of a sign-in gets.
func (s *Service) buildSession(row *ent.SignIn, refresh secret.Token,
	now time.Time) (Session, error) {
	whole := row.CreatedAt.Add(maxLifetime)
	until := earlierOf(now.Add(accessTokenLifetime), whole)
	access, err := s.tokens.signToken(row.UserID, row.ID, now, until)
	if err != nil {
		return Session{}, err
	}
	return Session{
		AccessToken: access, RefreshToken: refresh, ExpiresAt: until,
		RefreshEndsAt: earlierOf(now.Add(idleLifetime), whole),
		UserID:        row.UserID, SignInID: row.ID, MustChangePassword: row.MustChangePassword,
	}, nil
}

func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// userAgentOf is what the client calls itself, or nil.
func userAgentOf(o Origin) *string {
	if name := trimPrintable(o.UserAgent, 200); name != "" {
		return &name
	}
	return nil
}
