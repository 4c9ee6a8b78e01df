package provisioning

import (
	"context"
	"strconv"
	"time"

	"usher/ent"
	"usher/ent/user"
	"usher/internal/admission"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/suppression"
)

// credentialsLifetime is how long an emailed password works, for one sign-in.
const credentialsLifetime = 24 * time.Hour

// composeCredentials generates the password of an account and composes its email. The password is
// derived from the account and a secret of the server, so that a retry sends the same one. Only its
// hash is stored.
func (s *Service) composeCredentials(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	w, u, err := s.Outbox.LoadRecipient(ctx, m)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	if !u.MustChangePassword || u.CredentialVersion != m.Version || u.Email == nil {
		// The person has chosen a password meanwhile.
		return mail.Content{}, outbox.Headers{}, outbox.ErrGone
	}
	// The version is part of the derivation, so a password that was replaced is never generated
	// again.
	generated := secret.GeneratePassword(
		s.Keys.Derive("credentials", u.ID.String(), strconv.Itoa(u.CredentialVersion)))
	// At low priority: an import of a thousand accounts must not slow down the people who sign in.
	hash, err := s.Hasher.HashAtLowPriority(ctx, generated)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, err
	}
	// The time runs from the moment at which the email is composed, not from the import or the
	// request.
	until := s.Clock().Add(credentialsLifetime)
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	err = s.Store.WithTx(system, func(tx *store.Tx) error {
		// Under the same conditions as above: a password chosen while this one was hashed must
		// stay.
		return tx.User.Update().Where(user.ID(u.ID), user.CredentialVersion(m.Version),
			user.MustChangePassword(true)).
			SetPasswordHash(hash).SetPasswordExpiresAt(until).Exec(system)
	})
	if err != nil {
		return mail.Content{}, outbox.Headers{}, err
	}
	c := mail.Content{
		Kind: mail.Credentials, Locale: outbox.Locale(u.Locale, w), Workspace: outbox.Branding(w),
		RecipientName: admission.DisplayName(u),
		Username:      *u.Email, Password: generated, ExpiresAt: &until,
		Link:           s.PublicURL.JoinPath("sign-in").String(),
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
	}
	return c, outbox.Headers{ListUnsubscribe: c.PreferencesURL}, nil
}
