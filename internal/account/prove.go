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

// MarkEmailVerified notes that something which went to the account's mailbox alone came back from
// it (AUT-4), inside the transaction that acts on it, and returns the account as it is then. Open,
// and links, want that newer one.
//
// Security: until now whoever typed the address, an administrator or a stranger, may have known the
// password, sit in a session or hold a key of this account. The first proof therefore ends all
// three, and ended says so; the account then has no password until one is set. Later proofs change
// nothing.
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
		return nil, nil, fmt.Errorf("account: prove a mailbox: %w", err)
	}
	if n == 1 { // else another proof came first, and ended what there was
		signIns, err := s.endSignInsExcept(ctx, tx, now, u.ID)
		if err != nil {
			return nil, nil, err
		}
		keys := tx.APIKey.Update().
			Where(apikey.RevokedAtIsNil(), apikey.HasCreatedByWith(member.UserID(u.ID)))
		revoked, err := keys.SetRevokedAt(now).Save(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("account: revoke keys: %w", err)
		}
		ended = ended.addEnded(EndedAccess{Password: u.PasswordHash != nil, Sessions: signIns,
			APIKeys: revoked})
	}
	proven, err = tx.User.Get(ctx, u.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("account: prove a mailbox: %w", err)
	}
	return proven, ended, nil
}

// VerificationEndsPassword tells whether the first verification of an account's address would end a
// password. The entry point that verifies it asks for a new one first, so that nobody is left with
// a password that stopped working unseen (AUT-4).
func VerificationEndsPassword(u *ent.User) bool { return !u.EmailProven && u.PasswordHash != nil }
