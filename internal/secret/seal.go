package secret

import "errors"

// ErrSealed says that a sealed value cannot be opened: another purpose, a secret that is gone, or
// damage. Which of them is not told.
var ErrSealed = errors.New("secret: sealed value cannot be opened")

// Seal encrypts a value for the database with the first secret: AES-256-GCM, 32 bytes longer than
// the plain text. It opens again for the same purpose alone; a purpose should name the row too
// ("webhook:" + id), or a sealed value could be moved from one row to another.
func (k *Keyring) Seal(purpose string, plaintext []byte) []byte {
	one := &k.keys[0]
	// The random nonce stands in front of the cipher text; 2³² values under one secret are far
	// away.
	return one.seal.Seal(one.id[:len(one.id):len(one.id)], nil, plaintext,
		additionalData(one, purpose))
}

// Open decrypts what Seal made for that purpose under any of the secrets; the error is ErrSealed.
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

// IsCurrent tells whether a value was sealed by the first secret; what was not is sealed again
// before its secret goes.
func (k *Keyring) IsCurrent(sealed []byte) bool { return k.findSealingKey(sealed) == &k.keys[0] }

func (k *Keyring) findSealingKey(sealed []byte) *derivedKeys {
	if len(sealed) < keyIDLength {
		return nil
	}
	return k.byID[[keyIDLength]byte(sealed)]
}

// additionalData is the authenticated part: the key id and the purpose, at a fixed place each.
func additionalData(one *derivedKeys, purpose string) []byte {
	return append(one.id[:len(one.id):len(one.id)], purpose...)
}
