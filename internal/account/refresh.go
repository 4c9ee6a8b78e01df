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
	idleLife  = 14 * 24 * time.Hour
	wholeLife = 30 * 24 * time.Hour
	grace     = 10 * time.Second
)

// Refresh trades a refresh token for a new session. A token that was traded before ends the
// sign-in, but for the grace that doc.go tells of. UNAUTHENTICATED whenever the token is not good,
// and never why.
func (s *Service) Refresh(ctx context.Context, token string, o Origin) (_ Session, err error) {
	defer fault.Annotate(&err, "refresh account")

	id, ours := openRefresh(s.keys, token)
	if !ours {
		return Session{}, unauthenticated()
	}
	ctx = system(ctx)
	now, hash := s.now(), secret.HashOpaque(token)

	var session Session
	var refused error
	err = s.store.WithTx(ctx, func(tx *store.Tx) (err error) {
		refused = nil // of an attempt that the database broke off
		session, err = s.trade(ctx, tx, id, token, hash, o, now)
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

func (s *Service) trade(ctx context.Context, tx *store.Tx, id ident.ID, token string, hash []byte,
	o Origin, now time.Time) (Session, error) {
	next := childRefresh(s.keys, s.keys.KeyID(), id, token)
	// Security: this one statement decides. Of any number of trades of a token at once a single one
	// changes the row; the others wait for it and then find the token to be the parent.
	won, err := tx.SignIn.Update().
		Where(signin.ID(id), signin.TokenHash(hash), signin.EndedAtIsNil(),
			signin.LastUsedAtGT(now.Add(-idleLife)), signin.CreatedAtGT(now.Add(-wholeLife)),
			signin.HasUserWith(user.ErasedAtIsNil())).
		SetParentHash(hash).SetTokenHash(secret.HashOpaque(next.Reveal())).SetRotatedAt(now).
		SetLastUsedAt(now).
		SetNillableUserAgent(agent(o)).
		Save(ctx)
	if err != nil {
		return Session{}, fmt.Errorf("account: rotate: %w", err)
	}
	row, err := tx.SignIn.Query().Where(signin.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return Session{}, unauthenticated()
	}
	if err != nil {
		return Session{}, fmt.Errorf("account: load a sign-in: %w", err)
	}
	switch {
	case won == 1:
		return s.session(row, next, now)
	case !alive(row, now):
		return Session{}, unauthenticated()
	case row.ParentHash != nil && bytes.Equal(*row.ParentHash, hash) &&
		now.Before(row.RotatedAt.Add(grace)):
		return s.session(row, s.sibling(row, token), now)
	case bytes.Equal(row.TokenHash, hash):
		return Session{}, unauthenticated() // the account is gone
	}
	// Security: the token was ours, and was traded before: one of its two holders is not the
	// person.
	if _, err := s.end(ctx, tx, now, signin.ID(id)); err != nil {
		return Session{}, err
	}
	return Session{}, unauthenticated()
}

// sibling makes the current token of a family once more out of its parent. The process that made it
// first may have signed with another of the secrets. Where none fits the session goes without a
// refresh token.
func (s *Service) sibling(row *ent.SignIn, parent string) secret.Token {
	for _, k := range s.keys.SigningKeys() {
		child := childRefresh(s.keys, k.KeyID, row.ID, parent)
		if bytes.Equal(secret.HashOpaque(child.Reveal()), row.TokenHash) {
			return child
		}
	}
	return ""
}

// alive tells whether a sign-in still counts.
func alive(row *ent.SignIn, now time.Time) bool {
	return row.EndedAt == nil && now.Before(row.LastUsedAt.Add(idleLife)) &&
		now.Before(row.CreatedAt.Add(wholeLife))
}

// session is what the holder of a sign-in gets.
func (s *Service) session(row *ent.SignIn, refresh secret.Token, now time.Time) (Session, error) {
	whole := row.CreatedAt.Add(wholeLife)
	until := earlier(now.Add(accessLife), whole)
	access, err := s.jwt.sign(row.UserID, row.ID, now, until)
	if err != nil {
		return Session{}, err
	}
	return Session{
		AccessToken: access, RefreshToken: refresh, ExpiresAt: until,
		RefreshEndsAt: earlier(now.Add(idleLife), whole),
		UserID:        row.UserID, SignInID: row.ID, MustChangePassword: row.MustChangePassword,
	}, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// agent is what the client calls itself, or nil.
func agent(o Origin) *string {
	if name := cut(o.UserAgent, 200); name != "" {
		return &name
	}
	return nil
}
