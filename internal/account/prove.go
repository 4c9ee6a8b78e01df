package account

import (
	"context"
	"fmt"

	"usher/ent"
	"usher/ent/apikey"
	"usher/ent/member"
	"usher/ent/user"
	"usher/internal/store"
)

// MarkEmailVerified records that a secret sent only to the account's address came back from it
// (AUT-4), inside the caller's transaction. It returns the account as it is then; OpenSignInSession
// and links need that newer one.
//
// Security: until now a person who typed the address, an administrator or a stranger, may have
// known the password, held a session or held an API key of this account. The first verification
// therefore ends all three, and ended counts them; the account has no password until one is set.
// Later calls change nothing.
func (s *Service) MarkEmailVerified(ctx context.Context, tx *store.Tx,
	u *ent.User) (proven *ent.User, ended *EndedAccess, err error) {
	if u.EmailProven {
		return u, nil, nil
	}
	ctx = systemContext(ctx)
	now := s.now()
	n, err := tx.User.Update().Where(user.ID(u.ID), user.EmailProven(false)).
		SetEmailProven(true).ClearPasswordHash().SetMustChangePassword(false).
		ClearPasswordExpiresAt().
		AddCredentialVersion(1).Save(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("account: verify an address: %w", err)
	}
	if n == 1 { // otherwise a concurrent verification has ended it all
		signIns, err := s.endSignInsExcept(ctx, tx, now, u.ID)
		if err != nil {
			return nil, nil, err
		}
		// Keys of all workspaces are revoked: one that an earlier holder made would survive
		// otherwise. Who rotated a key has seen its secret.
		keys := tx.APIKey.Update().
			Where(apikey.RevokedAtIsNil(), apikey.Or(
				apikey.HasCreatedByWith(member.UserID(u.ID)),
				apikey.HasEditedByWith(member.UserID(u.ID))))
		revoked, err := keys.SetRevokedAt(now).Save(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("account: revoke keys: %w", err)
		}
		ended = ended.addEnded(EndedAccess{Password: u.PasswordHash != nil, Sessions: signIns,
			APIKeys: revoked})
	}
	proven, err = tx.User.Get(ctx, u.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("account: verify an address: %w", err)
	}
	return proven, ended, nil
}

// VerificationEndsPassword reports whether the first verification of an account's address would end
// a password. The operation that verifies it asks for a new one first, so that nobody's password
// stops working unnoticed (AUT-4).
func VerificationEndsPassword(u *ent.User) bool { return !u.EmailProven && u.PasswordHash != nil }
