package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"

	"usher/internal/ident"
)

// TokenFamily makes the refresh tokens of one kind of row. A token is the id of its row, 32 secret
// bytes and a tag, as 86 characters of base64. The tag is an HMAC over the rest. It shows that this
// service issued the token, even when its row has long been deleted.
type TokenFamily struct {
	// The purposes under which the keyring derives tags and children. They are stored words: a
	// change ends every token.
	TagPurpose, ChildPurpose string
}

// The parts of a token.
const (
	familySecretOffset = len(ident.ID{})
	familyTagOffset    = familySecretOffset + 32
	familyTokenBytes   = familyTagOffset + 16
)

// First returns the first token of a row, made of random bytes.
func (f TokenFamily) First(keys *Keyring, row ident.ID) Token {
	part := make([]byte, familyTagOffset-familySecretOffset)
	_, _ = rand.Read(part) // never fails: crypto/rand ends the program instead
	return f.encode(keys, keys.KeyID(), row, part)
}

// Child derives the token that follows a parent, the same one each time. It is empty if the key is
// unknown.
//
// Security: a thief of the database without the keys cannot derive it. The child of a stolen token
// comes only from this service, where its second use is detected.
func (f TokenFamily) Child(keys *Keyring, keyID string, row ident.ID, parent string) Token {
	part, known := keys.DeriveWith(keyID, f.ChildPurpose, row.String(), parent)
	if !known {
		return ""
	}
	return f.encode(keys, keyID, row, part)
}

// ChildOf derives the child of a parent whose hash is given. The process that made it first may have
// used another of the secrets. It is empty if none fits.
func (f TokenFamily) ChildOf(keys *Keyring, row ident.ID, parent string, hash []byte) Token {
	for _, k := range keys.SigningKeys() {
		child := f.Child(keys, k.KeyID, row, parent)
		if subtle.ConstantTimeCompare(HashOpaque(child.Reveal()), hash) == 1 {
			return child
		}
	}
	return ""
}

// encode appends the tag and encodes the token; empty if the key is unknown.
func (f TokenFamily) encode(keys *Keyring, keyID string, row ident.ID, part []byte) Token {
	b := append(row[:len(row):len(row)], part...)
	tag, known := keys.DeriveWith(keyID, f.TagPurpose, string(b))
	if !known {
		return ""
	}
	return Token(base64.RawURLEncoding.EncodeToString(
		append(b, tag[:familyTokenBytes-familyTagOffset]...)))
}

// Parse returns the row that a token was issued for; false for a token that this service never
// issued.
//
// Security: without the tag, anyone who saw the id of a row, which is no secret, could end it by
// "using an old token".
func (f TokenFamily) Parse(keys *Keyring, token string) (ident.ID, bool) {
	if base64.RawURLEncoding.EncodedLen(familyTokenBytes) != len(token) {
		return ident.ID{}, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != familyTokenBytes {
		return ident.ID{}, false
	}
	for _, k := range keys.SigningKeys() {
		tag, _ := keys.DeriveWith(k.KeyID, f.TagPurpose, string(b[:familyTagOffset]))
		if subtle.ConstantTimeCompare(tag[:familyTokenBytes-familyTagOffset],
			b[familyTagOffset:]) == 1 {
			return ident.ID(b[:familySecretOffset]), true
		}
	}
	return ident.ID{}, false
}
