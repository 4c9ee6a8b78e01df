package oidc

import (
	"encoding/base64"

	"usher/internal/secret"
)

// sealedAccessToken is the purpose of sealed access tokens. A changed word ends those of the last
// minutes.
const sealedAccessToken = "application access token"

// tokenCrypto seals access tokens with the secrets of the installation. An access token is opaque
// to its application, and no JWT, so that no other part of Usher can take it for one of its own.
type tokenCrypto struct{ keys *secret.Keyring }

// Encrypt seals the text of a token.
func (c tokenCrypto) Encrypt(text string) (string, error) {
	return base64.RawURLEncoding.EncodeToString(c.keys.Seal(sealedAccessToken, []byte(text))), nil
}

// Decrypt opens a token; the error is secret.ErrSealed.
func (c tokenCrypto) Decrypt(token string) (string, error) {
	// Strict, so that one token has one spelling.
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return "", secret.ErrSealed
	}
	text, err := c.keys.Open(sealedAccessToken, sealed)
	return string(text), err
}
