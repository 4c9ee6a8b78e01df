package oidc

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"

	"usher/ent"
	entapp "usher/ent/application"
	"usher/ent/signingkey"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// Times of RSA keys. A successor is published a day before it signs, longer than clients keep the
// key set. A former key is published until the last sign-in of its time has ended, because its ID
// tokens serve as hints when people sign out.
const (
	keyLifetime   = 90 * 24 * time.Hour
	keyAnnounced  = 24 * time.Hour
	keyKept       = 45 * 24 * time.Hour
	keyRemembered = time.Minute // how long a process remembers the keys
)

// rsaKeyBits is the size that RFC 7518 asks at least, and that every client accepts.
const rsaKeyBits = 2048

// rsaKey is an opened key.
type rsaKey struct {
	id        string
	number    int
	private   *rsa.PrivateKey
	createdAt time.Time
	signsFrom time.Time
}

// signingKey is a private key as the library takes it.
type signingKey struct {
	id        string
	algorithm jose.SignatureAlgorithm
	private   any
}

// ID returns the key id of the header of a token.
func (k signingKey) ID() string { return k.id }

// SignatureAlgorithm returns RS256 or EdDSA.
func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return k.algorithm }

// Key returns the private key.
func (k signingKey) Key() any { return k.private }

// publicKey is a public key of the key set.
type publicKey struct {
	id        string
	algorithm jose.SignatureAlgorithm
	public    any
}

// ID returns the key id that tokens name.
func (k publicKey) ID() string { return k.id }

// Algorithm returns the one algorithm that the key is used with.
func (k publicKey) Algorithm() jose.SignatureAlgorithm { return k.algorithm }

// Use says that the key verifies signatures.
func (k publicKey) Use() string { return "sig" }

// Key returns the public key.
func (k publicKey) Key() any { return k.public }

// ed25519Key derives the Ed25519 key of ID tokens from one of the server's secrets. It is not the
// key of Usher's own access tokens, so that neither can be taken for the other.
func (s *Service) ed25519Key(keyID string) (signingKey, bool) {
	seed, known := s.Keys.DeriveWith(keyID, "application id token")
	if !known {
		return signingKey{}, false
	}
	return signingKey{"ed-" + keyID, jose.EdDSA, ed25519.NewKeyFromSeed(seed)}, true
}

// signingKeyFor returns the key that signs the ID tokens of an application now.
func (s *Service) signingKeyFor(ctx context.Context, app *ent.Application) (op.SigningKey, error) {
	if app.IDTokenAlgorithm == entapp.IDTokenAlgorithmEdDSA {
		key, _ := s.ed25519Key(s.Keys.KeyID())
		return key, nil
	}
	keys, err := s.loadRSAKeys(ctx)
	if err != nil {
		return nil, err
	}
	now := s.Clock()
	for _, k := range keys {
		if !now.Before(k.signsFrom) {
			return signingKey{k.id, jose.RS256, k.private}, nil
		}
	}
	return nil, errors.New("oidc: no RSA key signs yet")
}

// publicKeys returns all keys that ID tokens may be signed with: Ed25519 of all secrets, RSA of all
// rows, coming ones included.
func (s *Service) publicKeys(ctx context.Context) ([]op.Key, error) {
	rsaKeys, err := s.loadRSAKeys(ctx)
	if err != nil {
		return nil, err
	}
	var list []op.Key
	for _, k := range rsaKeys {
		list = append(list, publicKey{k.id, jose.RS256, &k.private.PublicKey})
	}
	for _, k := range s.Keys.SigningKeys() {
		if key, known := s.ed25519Key(k.KeyID); known {
			private, _ := key.private.(ed25519.PrivateKey)
			list = append(list, publicKey{key.id, jose.EdDSA, private.Public()})
		}
	}
	return list, nil
}

// loadRSAKeys returns the RSA keys, newest first, and makes one if none can sign.
func (s *Service) loadRSAKeys(ctx context.Context) ([]rsaKey, error) {
	s.keysLock.Lock()
	defer s.keysLock.Unlock()
	now := s.Clock()
	if age := now.Sub(s.keysLoaded); age >= 0 && age < keyRemembered {
		return s.rsaKeys, nil
	}
	keys, last, err := s.readRSAKeys(ctx)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 || now.Before(keys[len(keys)-1].signsFrom) {
		// The first key, or the first one after the secret of all others was removed.
		if err := s.makeRSAKey(ctx, last+1, now); err != nil {
			return nil, err
		}
		if keys, _, err = s.readRSAKeys(ctx); err != nil {
			return nil, err
		}
	}
	s.rsaKeys, s.keysLoaded = keys, now
	return keys, nil
}

// readRSAKeys opens the stored keys, newest first, and returns the last number that is taken. Keys
// whose secret was removed are left out.
func (s *Service) readRSAKeys(ctx context.Context) (keys []rsaKey, last int, err error) {
	rows, err := s.Store.SigningKey.Query().Order(ent.Desc(signingkey.FieldNumber)).
		All(keyContext(ctx))
	if err != nil {
		return nil, 0, fmt.Errorf("oidc: read the signing keys: %w", err)
	}
	for _, row := range rows {
		last = max(last, row.Number)
		plain, err := s.Keys.Open(keyPurpose(row.ID), row.SealedKey)
		if err != nil {
			continue
		}
		parsed, err := x509.ParsePKCS8PrivateKey(plain)
		if err != nil {
			return nil, 0, fmt.Errorf("oidc: signing key %s: %w", row.ID, err)
		}
		if private, ok := parsed.(*rsa.PrivateKey); ok {
			keys = append(keys, rsaKey{row.ID.String(), row.Number, private, row.CreatedAt,
				row.SignsFrom})
		}
	}
	return keys, last, nil
}

// makeRSAKey stores a new key under a number. If another process has taken the number, its key
// serves as well.
func (s *Service) makeRSAKey(ctx context.Context, number int, signsFrom time.Time) error {
	// Generated before the transaction, since it takes a tenth of a second and more.
	private, err := rsa.GenerateKey(rand.Reader, rsaKeyBits)
	if err != nil {
		return fmt.Errorf("oidc: generate a signing key: %w", err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("oidc: encode a signing key: %w", err)
	}
	id := ident.New(ident.SigningKey)
	ctx = keyContext(ctx)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		return tx.SigningKey.Create().SetID(id).SetNumber(number).
			SetSealedKey(s.Keys.Seal(keyPurpose(id), plain)).SetCreatedAt(s.Clock()).
			SetSignsFrom(signsFrom).Exec(ctx)
	})
	if ent.IsConstraintError(err) {
		return nil
	}
	return err
}

// RotateKeys makes the successor of an RSA key before it is too old, and deletes keys that no valid
// token was signed with. It runs every hour.
func (s *Service) RotateKeys(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "rotate signing keys")

	keys, last, err := s.readRSAKeys(ctx)
	// Without an application no key was made yet.
	if err != nil || len(keys) == 0 {
		return err
	}
	now := s.Clock()
	if !now.Before(keys[0].createdAt.Add(keyLifetime)) {
		return s.makeRSAKey(ctx, last+1, now.Add(keyAnnounced))
	}
	for i := 1; i < len(keys); i++ {
		// The key stopped signing when its successor began.
		if now.Before(keys[i-1].signsFrom.Add(keyKept)) {
			continue
		}
		ctx := keyContext(ctx)
		return s.Store.WithTx(ctx, func(tx *store.Tx) error {
			_, err := tx.SigningKey.Delete().Where(signingkey.NumberLTE(keys[i].number)).Exec(ctx)
			return err
		})
	}
	return nil
}

// keyPurpose is the purpose of a sealed key.
func keyPurpose(id ident.ID) string { return "signing key " + id.String() }

func keyContext(ctx context.Context) context.Context {
	return store.AsSystem(ctx, "the keys of ID tokens belong to the installation")
}
