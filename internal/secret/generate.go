package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
)

// passwordAlphabet are what a generated password is made of: nothing that a printed or dictated 0,
// o, 1, i or l could be mistaken for, and no vowels, which keeps words out.
const passwordAlphabet = "bcdfghjkmnpqrstvwxyz23456789"

// passwordLength of 28 make 96 bits, which no one guesses even from a stolen hash.
const passwordLength = 20

// GeneratePassword turns a seed (Derive, or 16 random bytes and more) into a password to read and
// type: 20 letters and digits in groups of four, 24 characters in all. The same seed gives the same
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

// pinDigits of ten make 27 bits: enough beside a link that cannot be guessed, where five wrong ones
// are the end.
const pinDigits = 8

// NewPIN returns a random PIN to print and to type: eight digits, with a space in the middle for
// the eye.
func NewPIN() Redacted {
	// never fails: crypto/rand ends the program instead
	n, _ := rand.Int(rand.Reader, big.NewInt(100_000_000))
	pin := fmt.Sprintf("%0*d", pinDigits, n)
	return Redacted(pin[:pinDigits/2] + " " + pin[pinDigits/2:])
}

// ParsePIN reads a PIN as it was typed, whatever stands between its digits; false when it cannot be
// one.
func ParsePIN(typed string) (Redacted, bool) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
	return Redacted(digits), len(digits) == pinDigits && len(typed) <= 4*pinDigits
}

// NewOpaque returns 256 random bits as a token of 43 url-safe characters, to be shown once, and its
// hash, to be stored.
func NewOpaque() (token Token, hash []byte) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	token = Token(base64.RawURLEncoding.EncodeToString(b))
	return token, HashOpaque(token.Reveal())
}

// HashOpaque is the SHA-256 under which an opaque token is stored and looked up, a prefix that a
// caller put before it included. A fast hash is enough: 256 random bits cannot be tried through.
func HashOpaque(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
