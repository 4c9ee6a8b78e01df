package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
)

// passwordAlphabet are the characters of a generated password. It has no characters that look
// alike when printed or dictated (0, o, 1, i, l), and no vowels, which keeps words out.
const passwordAlphabet = "bcdfghjkmnpqrstvwxyz23456789"

// passwordLength characters of an alphabet of 28 make 96 bits, which cannot be guessed even from a
// stolen hash.
const passwordLength = 20

// GeneratePassword turns a seed (Derive, or at least 16 random bytes) into a password to read and
// type: 20 characters in groups of four, 24 with the hyphens. The same seed gives the same
// password.
func GeneratePassword(seed []byte) string {
	sum := sha256.Sum256(seed)
	rest, base, digit := new(big.Int).SetBytes(sum[:]), big.NewInt(int64(len(passwordAlphabet))),
		new(big.Int)
	out := make([]byte, 0, passwordLength*5/4)
	for i := range passwordLength {
		if i > 0 && i%4 == 0 {
			out = append(out, '-')
		}
		// Of 256 bits the last digit still sees 2¹⁶⁰ values: the bias of dividing is nothing.
		rest.DivMod(rest, base, digit)
		out = append(out, passwordAlphabet[digit.Int64()])
	}
	return string(out)
}

// pinDigits make 27 bits: enough beside a link that cannot be guessed, where five wrong PINs end
// the card.
const pinDigits = 8

// NewPIN returns a random PIN to print and to type: eight digits with a space in the middle for
// readability.
func NewPIN() Redacted {
	// never fails: crypto/rand ends the program instead
	n, _ := rand.Int(rand.Reader, big.NewInt(100_000_000))
	pin := fmt.Sprintf("%0*d", pinDigits, n)
	return Redacted(pin[:pinDigits/2] + " " + pin[pinDigits/2:])
}

// ParsePIN reads a typed PIN, whatever separates its digits; false if it cannot be one.
func ParsePIN(typed string) (Redacted, bool) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
	return Redacted(digits), len(digits) == pinDigits && len(typed) <= 4*pinDigits
}

// NewOpaque returns 256 random bits as a token of 43 URL-safe characters, which is shown once, and
// its hash, which is stored.
func NewOpaque() (token Token, hash []byte) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	token = Token(base64.RawURLEncoding.EncodeToString(b))
	return token, HashOpaque(token.Reveal())
}

// HashOpaque returns the SHA-256 under which an opaque token is stored and looked up, including a
// prefix that a caller put before it. A fast hash is enough: 256 random bits cannot be guessed.
func HashOpaque(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
