package account

import (
	"context"
	"fmt"

	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/secret"
)

// SetPasswordLink makes a link, good for 30 minutes and one use, by which a person sets the
// password of an account that has none: what an operator hands to the first administrator. Unlike a
// mailed link it proves no mailbox.
func (s *Service) SetPasswordLink(ctx context.Context, who ident.ID) (_ string, err error) {
	defer fault.Annotate(&err, "set password link")

	u, err := s.store.User.Get(systemContext(ctx), who)
	if err != nil {
		return "", fmt.Errorf("account: a link to set a password: %w", err)
	}
	token, _ := s.newLinkToken(secret.SetPassword, u, stringOrEmpty(u.EmailKey), resetLinkLifetime)
	return s.baseURL + "/reset-password/" + token.Reveal(), nil
}
