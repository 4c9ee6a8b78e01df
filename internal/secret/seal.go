package secret

import "errors"

// ErrSealed tells that a sealed value cannot be opened: another purpose, a secret that is gone, or
// damage. It does not tell which.
var ErrSealed = errors.New("secret: sealed value cannot be opened")

// Seal encrypts a value for the database with the first secret: AES-256-GCM, 32 bytes longer than
// the plain text. It opens only for the same purpose. A purpose should name the row too
// ("webhook:" + id), or a sealed value could be moved from one row to another.
func (k *Keyring) Seal(purpose string, plaintext []byte) []byte {
	one := &k.keys[0]
	// The random nonce stands in front of the cipher text; 2³² values under one secret are far
	// away.
	return one.seal.Seal(one.id[:len(one.id):len(one.id)], nil, plaintext,
		additionalData(one, purpose))
}

// Open decrypts a value that Seal encrypted for that purpose under any of the secrets; the error
// is ErrSealed.
func (k *Keyring) Open(purpose string, sealed []byte) ([]byte, error) {
	one := k.findSealingKey(sealed)
	if one == nil {
		return nil, ErrSealed
	}
	plain, err := one.seal.Open(nil, nil, sealed[keyIDLength:], additionalData(one, purpose))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// IsCurrent tells whether a value was sealed with the first secret. Other values are sealed again
// before their secret is removed.
func (k *Keyring) IsCurrent(sealed []byte) bool { return k.findSealingKey(sealed) == &k.keys[0] }

// findSealingKey returns the keys whose id a sealed value begins with; nil if there are none.
func (k *Keyring) findSealingKey(sealed []byte) *derivedKeys {
	if len(sealed) < keyIDLength {
		return nil
	}
	return k.byID[[keyIDLength]byte(sealed)]
}

// additionalData returns the authenticated data: the key id and the purpose, each at a fixed
// position.
func additionalData(one *derivedKeys, purpose string) []byte {
	return append(one.id[:len(one.id):len(one.id)], purpose...)
}
