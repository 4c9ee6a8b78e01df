package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"

	"usher/internal/ident"
	"usher/internal/secret"
)

// A refresh token is the id of its sign-in, 32 secret bytes and a tag, as 86 characters of base64.
// The tag is an HMAC over the rest. It shows that this service issued the token, even when its row
// has long been deleted.
const (
	secretOffset = len(ident.ID{})
	tagOffset    = secretOffset + 32
	tokenBytes   = tagOffset + 16
)

// The purposes under which the keyring derives tags and children.
const (
	purposeTag   = "refresh token tag"
	purposeChild = "refresh token child"
)

// newRefreshToken returns the first token of a sign-in, made of random bytes.
func newRefreshToken(keys *secret.Keyring, signIn ident.ID) secret.Token {
	part := make([]byte, tagOffset-secretOffset)
	_, _ = rand.Read(part) // never fails: crypto/rand ends the program instead
	return encodeRefreshToken(keys, keys.KeyID(), signIn, part)
}

// childRefreshToken derives the token that follows a parent, the same one each time.
//
// Security: a thief of the database without the keys cannot derive it. The child of a stolen token
// comes only from this service, where its second use is detected.
func childRefreshToken(keys *secret.Keyring, keyID string, signIn ident.ID,
	parent string) secret.Token {
	part, known := keys.DeriveWith(keyID, purposeChild, signIn.String(), parent)
	if !known {
		return ""
	}
	return encodeRefreshToken(keys, keyID, signIn, part)
}

// encodeRefreshToken appends the tag and encodes the token; empty if the key is unknown.
func encodeRefreshToken(keys *secret.Keyring, keyID string, signIn ident.ID,
	part []byte) secret.Token {
	b := append(signIn[:len(signIn):len(signIn)], part...)
	tag, known := keys.DeriveWith(keyID, purposeTag, string(b))
	if !known {
		return ""
	}
	return secret.Token(
		base64.RawURLEncoding.EncodeToString(append(b, tag[:tokenBytes-tagOffset]...)))
}

// parseRefreshToken returns the sign-in that a token was issued for; false for a token that this
// service never issued.
//
// Security: without the tag, anyone who saw the id of a sign-in, which is no secret, could end it
// by "using an old token".
func parseRefreshToken(keys *secret.Keyring, token string) (ident.ID, bool) {
	if base64.RawURLEncoding.EncodedLen(tokenBytes) != len(token) {
		return ident.ID{}, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != tokenBytes {
		return ident.ID{}, false
	}
	for _, k := range keys.SigningKeys() {
		tag, _ := keys.DeriveWith(k.KeyID, purposeTag, string(b[:tagOffset]))
		if subtle.ConstantTimeCompare(tag[:tokenBytes-tagOffset], b[tagOffset:]) == 1 {
			return ident.ID(b[:secretOffset]), true
		}
	}
	return ident.ID{}, false
}
