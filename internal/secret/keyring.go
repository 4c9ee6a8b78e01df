package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// MinLength is the least number of bytes in a secret: as much as the keys that derive from it.
const MinLength = 32

// keyIDLength is enough to tell a handful of secrets apart and short enough for a link.
const keyIDLength = 4

// The purposes that HKDF separates. A changed word changes the key: everything signed or sealed
// before stops working.
const (
	infoKeyID  = "usher key id v1"
	infoLink   = "usher link v1"
	infoSeal   = "usher seal v1"
	infoSign   = "usher access token v1"
	infoDerive = "usher derive v1"
)

// Errors of NewKeyring. None of them tells anything about the bytes.
var (
	ErrNoSecret = errors.New("secret: no secret given")
	ErrTooShort = fmt.Errorf("secret: shorter than %d bytes", MinLength)
	ErrRepeated = errors.New("secret: the same secret twice")
)

// Keyring holds the keys of all configured secrets, the signing one first. It is safe for
// concurrent use.
type Keyring struct {
	keys []derivedKeys
	byID map[[keyIDLength]byte]*derivedKeys
}

// derivedKeys are the keys derived from one secret; the secret itself is not kept.
type derivedKeys struct {
	id     [keyIDLength]byte
	link   []byte
	derive []byte
	seal   cipher.AEAD
	sign   ed25519.PrivateKey
}

// NewKeyring derives the keys of secrets of at least MinLength random bytes each: the first signs,
// all verify.
func NewKeyring(secrets [][]byte) (*Keyring, error) {
	if len(secrets) == 0 {
		return nil, ErrNoSecret
	}
	k := &Keyring{keys: make([]derivedKeys, len(secrets)),
		byID: make(map[[keyIDLength]byte]*derivedKeys, len(secrets))}
	for i, s := range secrets {
		if len(s) < MinLength {
			return nil, ErrTooShort
		}
		one, err := deriveKeys(s)
		if err != nil {
			return nil, err
		}
		// Two different secrets share an id once in four billion pairs; that operator draws another
		// one.
		if k.byID[one.id] != nil {
			return nil, ErrRepeated
		}
		k.keys[i] = one
		k.byID[one.id] = &k.keys[i]
	}
	return k, nil
}

// deriveKeys derives the keys of one secret by HKDF.
func deriveKeys(s []byte) (derivedKeys, error) {
	var one derivedKeys
	var seed, sealing []byte
	var err error
	expand := func(info string, length int) []byte {
		out, e := hkdf.Key(sha256.New, s, nil, info, length)
		err = errors.Join(err, e)
		return out
	}
	// The id is public: HKDF keeps it from telling anything about the secret.
	id := expand(infoKeyID, keyIDLength)
	one.link = expand(infoLink, sha256.Size)
	one.derive = expand(infoDerive, sha256.Size)
	sealing = expand(infoSeal, 32)
	seed = expand(infoSign, ed25519.SeedSize)
	if err != nil {
		return derivedKeys{}, fmt.Errorf("secret: derive keys: %w", err)
	}
	copy(one.id[:], id)
	one.sign = ed25519.NewKeyFromSeed(seed)
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return derivedKeys{}, fmt.Errorf("secret: derive keys: %w", err)
	}
	if one.seal, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return derivedKeys{}, fmt.Errorf("secret: derive keys: %w", err)
	}
	return one, nil
}

// KeyID returns the public id of the first secret, which signs, seals and derives now.
func (k *Keyring) KeyID() string { return hex.EncodeToString(k.keys[0].id[:]) }

// SigningKey signs and verifies access tokens.
type SigningKey struct {
	KeyID   string
	Private ed25519.PrivateKey `json:"-"`
	Public  ed25519.PublicKey
}

// SigningKeys returns one Ed25519 key per secret: the first signs, all verify and are published.
func (k *Keyring) SigningKeys() []SigningKey {
	list := make([]SigningKey, len(k.keys))
	for i, one := range k.keys {
		public, _ := one.sign.Public().(ed25519.PublicKey)
		list[i] = SigningKey{KeyID: hex.EncodeToString(one.id[:]), Private: one.sign,
			Public: public}
	}
	return list
}

// Derive returns 32 bytes that depend on the first secret, a purpose and its parts, the same ones
// every time. A caller whose value must survive a rotation of secrets stores KeyID beside it and
// calls DeriveWith.
func (k *Keyring) Derive(purpose string, parts ...string) []byte {
	return k.keys[0].deriveBytes(purpose, parts)
}

// DeriveWith returns the result of Derive while the secret of that key id was the first; false if
// the secret is gone.
func (k *Keyring) DeriveWith(keyID, purpose string, parts ...string) ([]byte, bool) {
	for i := range k.keys {
		if hex.EncodeToString(k.keys[i].id[:]) == keyID {
			return k.keys[i].deriveBytes(purpose, parts), true
		}
	}
	return nil, false
}

// DeriveAll returns the results of Derive for every secret, the first one's first: a stored value
// that was derived before a rotation of secrets is one of them.
func (k *Keyring) DeriveAll(purpose string, parts ...string) [][]byte {
	all := make([][]byte, len(k.keys))
	for i := range k.keys {
		all[i] = k.keys[i].deriveBytes(purpose, parts)
	}
	return all
}

// deriveBytes derives a value for a purpose. Each part is framed, so that no
// two lists of parts give the same.
func (one *derivedKeys) deriveBytes(purpose string, parts []string) []byte {
	mac := hmac.New(sha256.New, one.derive)
	writeFramed(mac, purpose)
	writeFramed(mac, parts...)
	return mac.Sum(nil)
}

// writeFramed writes the number of strings, and each string after its length.
//
// Security: without lengths ("ab", "c") and ("a", "bc") would have the same signature, and one
// address could use the link of another.
func writeFramed(w io.Writer, parts ...string) {
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(parts)))
	for _, part := range parts {
		frame = binary.BigEndian.AppendUint32(frame, uint32(len(part)))
		frame = append(frame, part...)
	}
	_, _ = w.Write(frame) // a hash never fails to write
}

// Format writes a mask whatever the verb: fmt reads unexported fields too.
func (*Keyring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redactedMask) }

// LogValue returns a mask for slog.
func (*Keyring) LogValue() slog.Value { return slog.StringValue(redactedMask) }

// Format writes the key id alone, whatever the verb.
func (s SigningKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.KeyID) }

// LogValue returns the key id alone for slog.
func (s SigningKey) LogValue() slog.Value { return slog.StringValue(s.KeyID) }
