package account

import (
	"usher/internal/ident"
	"usher/internal/secret"
)

// refreshTokens makes the refresh tokens of sign-ins.
var refreshTokens = secret.TokenFamily{
	TagPurpose: "refresh token tag", ChildPurpose: "refresh token child"}

// newRefreshToken returns the first token of a sign-in.
func newRefreshToken(keys *secret.Keyring, signIn ident.ID) secret.Token {
	return refreshTokens.First(keys, signIn)
}

// parseRefreshToken returns the sign-in that a token was issued for; false for a token that this
// service never issued.
func parseRefreshToken(keys *secret.Keyring, token string) (ident.ID, bool) {
	return refreshTokens.Parse(keys, token)
}
