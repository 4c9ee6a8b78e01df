package account

import (
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"usher/internal/fault"
	"usher/internal/ident"
)

func TestAccessTokensThatAreNotOursAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		u := w.user(t, "jane@example.org")
		s := w.signIn(t, "jane@example.org")
		ours := w.tokens.keys[0]
		_, stranger, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		good := func() (jwt.MapClaims, map[string]any) {
			return jwt.MapClaims{
				"iss": "https://usher.example", "aud": "https://usher.example/graphql",
				"sub": u.ID.String(), "sid": s.SignInID.String(),
				"exp": w.time().Add(time.Minute).Unix(), "iat": w.time().Unix(),
			}, map[string]any{"typ": "at+jwt", "kid": ours.KeyID}
		}
		sign := func(m jwt.SigningMethod, key any,
			change func(c jwt.MapClaims, h map[string]any)) string {
			c, h := good()
			change(c, h)
			token := jwt.NewWithClaims(m, c)
			for name, value := range h {
				token.Header[name] = value
			}
			signed, err := token.SignedString(key)
			if err != nil {
				t.Fatal(err)
			}
			return signed
		}
		same := func(jwt.MapClaims, map[string]any) {}
		eddsa := func(change func(c jwt.MapClaims, h map[string]any)) string {
			return sign(jwt.SigningMethodEdDSA, ours.Private, change)
		}
		if _, err := w.CallerByAccessToken(t.Context(), eddsa(same)); err != nil {
			t.Fatalf("the token that all others differ from: %v", err)
		}

		set := func(name string, value any) func(jwt.MapClaims, map[string]any) {
			return func(c jwt.MapClaims, _ map[string]any) { c[name] = value }
		}
		drop := func(name string) func(jwt.MapClaims, map[string]any) {
			return func(c jwt.MapClaims, _ map[string]any) { delete(c, name) }
		}
		head := func(name string, value any) func(jwt.MapClaims, map[string]any) {
			return func(_ jwt.MapClaims, h map[string]any) { h[name] = value }
		}
		parts := strings.Split(eddsa(same), ".")
		for what, token := range map[string]string{
			"no algorithm": sign(jwt.SigningMethodNone,
				jwt.UnsafeAllowNoneSignatureType, same),
			"HMAC, the public key": sign(jwt.SigningMethodHS256, []byte(ours.Public), same),
			"another key":          sign(jwt.SigningMethodEdDSA, stranger, same),
			"no signature":         parts[0] + "." + parts[1] + ".",
			"another issuer":       eddsa(set("iss", "https://other.example")),
			"no issuer":            eddsa(drop("iss")),
			"another audience":     eddsa(set("aud", "https://other.example/graphql")),
			"no audience":          eddsa(drop("aud")),
			"expired":              eddsa(set("exp", w.time().Unix())),
			"no expiry":            eddsa(drop("exp")),
			"not yet":              eddsa(set("nbf", w.time().Add(time.Minute).Unix())),
			"another key id":       eddsa(head("kid", "00000000")),
			"no key id":            eddsa(head("kid", nil)),
			"another kind of JWT":  eddsa(head("typ", "JWT")),
			"another account":      eddsa(set("sub", ident.New(ident.User).String())),
			"another sign-in":      eddsa(set("sid", ident.New(ident.SignIn).String())),
			"a sign-in of nothing": eddsa(set("sid", "")),
			"an id of a group":     eddsa(set("sub", ident.New(ident.Group).String())),
			"too long":             eddsa(set("x", strings.Repeat("x", 3000))),
			"nothing":              "",
			"a refresh token":      s.RefreshToken.Reveal(),
		} {
			_, err := w.CallerByAccessToken(t.Context(), token)
			wants(t, err, fault.Unauthenticated, what)
		}
	})
}

// The verification of a token is remembered. What changes after it still counts: the end of the
// token, and that of the sign-in.
func TestATokenThatWasVerifiedStillEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		first, second := w.signIn(t, "jane@example.org"), w.signIn(t, "jane@example.org")
		use := func(s SignInSession) error {
			_, err := w.CallerByAccessToken(t.Context(), s.AccessToken.Reveal())
			return err
		}
		for range 2 {
			if err := cmp.Or(use(first), use(second)); err != nil {
				t.Fatal(err)
			}
		}
		caller, err := w.CallerByAccessToken(t.Context(), first.AccessToken.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.SignOut(t.Context(), caller); err != nil {
			t.Fatal(err)
		}
		wants(t, use(first), fault.Unauthenticated, "signed out")

		w.pass(accessTokenLifetime - 2*time.Second)
		if err := use(second); err != nil {
			t.Errorf("two seconds before its end: %v", err)
		}
		w.pass(2 * time.Second)
		wants(t, use(second), fault.Unauthenticated, "at its end")
	})
}

func TestATokenOfAnOlderSecretIsGoodWhileTheSecretIs(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user(t, "jane@example.org")
		s := w.signIn(t, "jane@example.org")
		if _, err := w.service(keyring(t, 2, 1)).
			CallerByAccessToken(t.Context(), s.AccessToken.Reveal()); err != nil {
			t.Errorf("beside the new secret: %v", err)
		}
		_, err := w.service(keyring(t, 2)).CallerByAccessToken(t.Context(), s.AccessToken.Reveal())
		wants(t, err, fault.Unauthenticated, "without the old secret")
	})
}

// AUT-1: access tokens are JWTs that the published keys verify.
func TestTheKeySetVerifiesTheTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+sqliteFile(t))
	w.user(t, "jane@example.org")
	s := w.signIn(t, "jane@example.org")
	var set struct {
		Keys []map[string]string `json:"keys"`
	}
	if err := json.Unmarshal(w.service(keyring(t, 2, 1)).JWKS(), &set); err != nil ||
		len(set.Keys) != 2 {
		t.Fatalf("%v, %v", set, err)
	}
	_, err := jwt.Parse(s.AccessToken.Reveal(), func(token *jwt.Token) (any, error) {
		for _, k := range set.Keys {
			if k["kid"] == token.Header["kid"] && k["kty"] == "OKP" && k["crv"] == "Ed25519" &&
				k["alg"] == "EdDSA" {
				x, err := base64.RawURLEncoding.DecodeString(k["x"])
				return ed25519.PublicKey(x), err
			}
		}
		return nil, jwt.ErrTokenUnverifiable
	}, jwt.WithTimeFunc(w.time))
	if err != nil {
		t.Error(err)
	}
	if strings.Contains(string(w.JWKS()), `"d"`) {
		t.Error("the private key is published")
	}
}
