package account

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

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

// tokenSigner signs and verifies access tokens.
type tokenSigner struct {
	keys     []secret.SigningKey // the first signs
	issuer   string
	audience string
	parser   *jwt.Parser
}

type tokenClaims struct {
	jwt.RegisteredClaims
	SignIn string `json:"sid"`
}

func newTokenSigner(keys *secret.Keyring, base string, clock func() time.Time) tokenSigner {
	t := tokenSigner{keys: keys.SigningKeys(), issuer: base, audience: base + "/graphql"}
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
	token.Header["typ"], token.Header["kid"] = tokenType, t.keys[0].KeyID
	signed, err := token.SignedString(t.keys[0].Private)
	if err != nil {
		return "", fmt.Errorf("account: sign an access token: %w", err)
	}
	return secret.Token(signed), nil
}

var errInvalidToken = errors.New("account: not an access token of ours")

// verifyToken returns the account and the sign-in of a token.
func (t tokenSigner) verifyToken(token string) (user, signIn ident.ID, err error) {
	// The decoder skips line breaks, which no token of ours has.
	if len(token) > maxTokenBytes || strings.ContainsAny(token, "\r\n") {
		return ident.ID{}, ident.ID{}, errInvalidToken
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
		set.Keys = append(set.Keys, key{"OKP", "Ed25519", "sig", "EdDSA", k.KeyID,
			base64.RawURLEncoding.EncodeToString(k.Public)})
	}
	b, err := json.Marshal(set)
	if err != nil {
		panic(err) // only strings
	}
	return b
}
