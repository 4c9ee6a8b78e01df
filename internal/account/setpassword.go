package account

import (
	"context"
	"fmt"

	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
)

// SetPasswordLink returns a single-use link, valid for 30 minutes, that sets the password of an
// account without one. An operator gives it to the first administrator. Unlike an emailed link it
// does not verify the address.
func (s *Service) SetPasswordLink(ctx context.Context, userID ident.ID) (_ string, err error) {
	defer fault.Annotate(&err, "set password link")

	u, err := s.store.User.Get(systemContext(ctx), userID)
	if err != nil {
		return "", fmt.Errorf("account: a link to set a password: %w", err)
	}
	token, _ := s.newLinkToken(secret.SetPassword, u, inputs.ValueOrEmpty(u.EmailKey), resetLinkLifetime)
	return s.makeLink(resetPasswordPage, token), nil
}
