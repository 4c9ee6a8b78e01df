package account

import (
	"bytes"
	"context"
	"slices"
	"time"

	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/secret"
)

// CallerByAccessToken returns the caller that an access token was made for, as the database has
// them now. UNAUTHENTICATED for a token that is foreign or expired, and for a sign-in that has
// ended.
func (s *Service) CallerByAccessToken(ctx context.Context,
	accessToken string) (_ *access.Caller, err error) {
	defer fault.Annotate(&err, "caller by access token")

	userID, signIn, err := s.tokens.verifyToken(accessToken)
	if err != nil {
		return nil, unauthenticatedFault().Because(err)
	}
	return s.ReloadCaller(ctx, &access.Caller{UserID: userID, SignInID: signIn})
}

// ReloadCaller loads the rights of a signed-in caller again, for connections that outlive the
// access token that opened them. UNAUTHENTICATED once the sign-in has ended.
func (s *Service) ReloadCaller(ctx context.Context,
	c *access.Caller) (_ *access.Caller, err error) {
	defer fault.Annotate(&err, "reload caller")

	rows, err := s.loadSignInRows(ctx, c)
	if err != nil {
		return nil, err
	}
	return s.buildCaller(ctx, rows)
}

// loadSignInRows loads the rows of a caller's sign-in. UNAUTHENTICATED once it has ended.
func (s *Service) loadSignInRows(ctx context.Context, c *access.Caller) ([]placeRow, error) {
	rows, err := s.loadPlaceRows(ctx, bySignIn, c.SignInID)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].userID != c.UserID || !rows[0].isAlive(s.now()) {
		return nil, unauthenticatedFault()
	}
	return rows, nil
}

// CallerByCookie returns the caller of a refresh token, for pages, which cannot keep an access
// token. The token is not traded, since loading a page changes nothing. An invalid token yields
// the anonymous caller.
func (s *Service) CallerByCookie(ctx context.Context,
	refreshToken string) (_ *access.Caller, err error) {
	defer fault.Annotate(&err, "caller by cookie")

	// The tag is verified before the database is asked, so a forged token costs no query.
	id, ours := parseRefreshToken(s.keys, refreshToken)
	if !ours {
		return &access.Caller{}, nil
	}
	rows, err := s.loadPlaceRows(ctx, bySignIn, id)
	if err != nil {
		return nil, err
	}
	now, hash := s.now(), secret.HashOpaque(refreshToken)
	if len(rows) == 0 || !rows[0].isAlive(now) || !rows[0].matchesRefreshToken(hash, now) {
		return &access.Caller{}, nil
	}
	return s.buildCaller(ctx, rows)
}

// CallerByUserID returns the rights of an account without a sign-in, for work that continues after
// the person has left. NOT_FOUND if there is no such account.
func (s *Service) CallerByUserID(ctx context.Context,
	userID ident.ID) (_ *access.Caller, err error) {
	defer fault.Annotate(&err, "caller by user id")

	rows, err := s.loadPlaceRows(ctx, byAccount, userID)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.Missing()
	}
	return s.buildCaller(ctx, rows)
}

// buildCaller groups the rows of one account into its memberships.
//
// Security: a membership whose access has expired is left out here, whether or not the job that
// deactivates the member has run (ADM-5).
func (s *Service) buildCaller(ctx context.Context, rows []placeRow) (*access.Caller, error) {
	first := rows[0]
	c := &access.Caller{
		UserID: first.userID, SignInID: first.signIn.id, Locale: first.locale.String,
		MustChange: first.signIn.mustChange.Bool,
	}
	if c.MustChange {
		// Security: a password that others know opens nothing. Without memberships no later check
		// can be forgotten (CRE-5).
		return c, nil
	}
	now, at := s.now(), map[ident.ID]int{}
	for _, row := range rows {
		if row.memberID.IsZero() || row.accessEnds.Valid && !now.Before(row.accessEnds.Time) {
			continue
		}
		// The rows are sorted by membership, one for each role that is held.
		i, seen := at[row.memberID]
		if !seen {
			i = len(c.Memberships)
			at[row.memberID] = i
			c.Memberships = append(c.Memberships, access.Membership{
				WorkspaceID: row.workspaceID, OrganizationID: row.organizationID,
				MemberID: row.memberID, Archived: row.archived,
			})
			if err := addAdministered(c, row); err != nil {
				return nil, err
			}
		}
		h, holds, err := row.roleHolding()
		if err != nil {
			return nil, err
		}
		if holds {
			c.Memberships[i].Holdings = append(c.Memberships[i].Holdings, h)
		}
	}
	return c, s.fillCoveredPlaces(ctx, c)
}

// addAdministered adds the organization of a row to those that the caller administers, once.
func addAdministered(c *access.Caller, row placeRow) error {
	if slices.Contains(c.Administers, row.organizationID) {
		return nil
	}
	administers, err := row.isAdministrator()
	if administers {
		c.Administers = append(c.Administers, row.organizationID)
	}
	return err
}

// fillCoveredPlaces adds the descendants of the groups and units where the caller holds
// permissions to those holdings.
func (s *Service) fillCoveredPlaces(ctx context.Context, c *access.Caller) error {
	for _, kind := range []access.PlaceKind{access.InGroup, access.InOrgUnit} {
		var held []*access.Holding
		var roots []any
		for i := range c.Memberships {
			for j := range c.Memberships[i].Holdings {
				// A learner's group covers nobody: most callers cost no second statement.
				if h := &c.Memberships[i].Holdings[j]; h.Place.Kind == kind && h.Permissions != 0 {
					held = append(held, h)
					roots = append(roots, h.Place.ID)
				}
			}
		}
		if len(roots) == 0 {
			continue
		}
		below, err := s.loadDescendants(ctx, kind, roots)
		if err != nil {
			return err
		}
		for _, h := range held {
			h.Covers = below[h.Place.ID]
		}
	}
	return nil
}

// isAlive reports whether the row's sign-in has neither ended nor expired.
func (r placeRow) isAlive(now time.Time) bool {
	return !r.signIn.ended.Valid &&
		now.Before(r.signIn.lastUsed.Time.Add(idleLifetime)) &&
		now.Before(r.signIn.created.Time.Add(maxLifetime))
}

// matchesRefreshToken reports whether a hash is that of the current refresh token of the row's
// sign-in, or of its parent within parentGrace.
func (r placeRow) matchesRefreshToken(hash []byte, now time.Time) bool {
	return bytes.Equal(r.signIn.token, hash) ||
		bytes.Equal(r.signIn.parent, hash) && now.Before(r.signIn.rotated.Time.Add(parentGrace))
}
