package account

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	lru "github.com/hashicorp/golang-lru/v2"

	"usher/internal/ident"
	"usher/internal/secret"
)

// accessTokenLifetime limits the use of an access token. It only saves work: a member who lost
// access is refused earlier, by the rows.
const accessTokenLifetime = 5 * time.Minute

// tokenType keeps every other JWT that these keys may ever sign from being accepted as an access
// token (RFC 9068).
const tokenType = "at+jwt"

// maxTokenBytes limits the tokens that are parsed; own tokens have about 400 bytes.
const maxTokenBytes = 2048

// maxVerifiedTokens limits the tokens whose verification is remembered, some 100 bytes each.
const maxVerifiedTokens = 10_000

// tokenSigner signs and verifies access tokens.
type tokenSigner struct {
	keys     []secret.SigningKey // the first signs
	issuer   string
	audience string
	parser   *jwt.Parser
	clock    func() time.Time
	// verified remembers tokens by their SHA-256. To verify one takes 30 to 60 µs, a good part of a
	// short request. Nothing else is remembered: whether the sign-in still lives, the rows tell.
	verified *lru.Cache[[sha256.Size]byte, verifiedToken]
}

// verifiedToken is what a token says.
type verifiedToken struct {
	user, signIn ident.ID
	until        time.Time
}

// tokenClaims are the claims of an access token. It names the sign-in, whose row decides at each
// use whether the token still counts.
type tokenClaims struct {
	jwt.RegisteredClaims
	SignIn string `json:"sid"`
}

// newTokenSigner prepares the signer of access tokens. base is the public URL: a token of one
// installation means nothing to another, even with the same secret.
func newTokenSigner(keys *secret.Keyring, base string, clock func() time.Time) tokenSigner {
	t := tokenSigner{keys: keys.SigningKeys(), issuer: base, audience: base + "/graphql",
		clock: clock}
	var err error
	if t.verified, err = lru.New[[sha256.Size]byte, verifiedToken](maxVerifiedTokens); err != nil {
		panic(err) // only for a size below one
	}
	t.parser = jwt.NewParser(
		// Security: the algorithm is fixed and never the token's choice: neither 'none' nor an HMAC
		// with the public key.
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithIssuer(t.issuer), jwt.WithAudience(t.audience), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(clock),
		jwt.WithStrictDecoding(), // a token has exactly one encoding
	)
	return t
}

// signToken returns the access token of a sign-in.
func (t tokenSigner) signToken(user, signIn ident.ID, now, until time.Time) (secret.Token, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, tokenClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.issuer, Audience: jwt.ClaimStrings{t.audience}, Subject: user.String(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(until),
		},
		SignIn: signIn.String(),
	})
	// The first key signs; verifiers find the key by its id, so that keys can be rotated.
	token.Header["typ"], token.Header["kid"] = tokenType, t.keys[0].KeyID
	signed, err := token.SignedString(t.keys[0].Private)
	if err != nil {
		return "", fmt.Errorf("account: sign an access token: %w", err)
	}
	return secret.Token(signed), nil
}

// errInvalidToken covers every way in which a token can be wrong: the client learns none of them.
var errInvalidToken = errors.New("account: not an access token of ours")

// verifyToken returns the account and the sign-in of a token.
func (t tokenSigner) verifyToken(token string) (user, signIn ident.ID, err error) {
	// The decoder skips line breaks, which no token of ours has.
	if len(token) > maxTokenBytes || strings.ContainsAny(token, "\r\n") {
		return ident.ID{}, ident.ID{}, errInvalidToken
	}
	hash := sha256.Sum256([]byte(token))
	if known, ok := t.verified.Get(hash); ok && t.clock().Before(known.until) {
		return known.user, known.signIn, nil
	}
	var c tokenClaims
	if _, err := t.parser.ParseWithClaims(token, &c, t.findKey); err != nil {
		return ident.ID{}, ident.ID{}, err
	}
	user, e1 := ident.Parse(c.Subject)
	signIn, e2 := ident.Parse(c.SignIn)
	if e1 != nil || e2 != nil || user.Kind() != ident.User || signIn.Kind() != ident.SignIn {
		return ident.ID{}, ident.ID{}, errInvalidToken
	}
	t.verified.Add(hash, verifiedToken{user, signIn, c.ExpiresAt.Time})
	return user, signIn, nil
}

// findKey returns the public key that a token's header names.
func (t tokenSigner) findKey(token *jwt.Token) (any, error) {
	if token.Header["typ"] != tokenType {
		return nil, errInvalidToken
	}
	for _, k := range t.keys {
		if token.Header["kid"] == k.KeyID {
			return k.Public, nil
		}
	}
	return nil, errInvalidToken
}

// JWKS returns the public keys of access tokens as a JSON key set (RFC 7517, RFC 8037).
func (s *Service) JWKS() []byte {
	type key struct {
		Type  string `json:"kty"`
		Curve string `json:"crv"`
		Use   string `json:"use"`
		Alg   string `json:"alg"`
		ID    string `json:"kid"`
		X     string `json:"x"`
	}
	set := struct {
		Keys []key `json:"keys"`
	}{}
	for _, k := range s.tokens.keys {
		// The public keys of all secrets, so that tokens stay valid while a secret is being
		// replaced.
		set.Keys = append(set.Keys, key{"OKP", "Ed25519", "sig", "EdDSA", k.KeyID,
			base64.RawURLEncoding.EncodeToString(k.Public)})
	}
	b, err := json.Marshal(set)
	if err != nil {
		panic(err) // only strings
	}
	return b
}
