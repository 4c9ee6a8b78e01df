package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
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
	return spellSeed(seed, passwordAlphabet, passwordLength, 4, "-")
}

// spellSeed turns a seed into so many characters of an alphabet, in groups with a separator between
// them.
func spellSeed(seed []byte, alphabet string, length, group int, separator string) string {
	sum := sha256.Sum256(seed)
	rest, base, digit := new(big.Int).SetBytes(sum[:]), big.NewInt(int64(len(alphabet))),
		new(big.Int)
	out := make([]byte, 0, length*2)
	for i := range length {
		if i > 0 && i%group == 0 {
			out = append(out, separator...)
		}
		// Of 256 bits the last character still sees 2¹⁶⁰ values: the bias of dividing is nothing.
		rest.DivMod(rest, base, digit)
		out = append(out, alphabet[digit.Int64()])
	}
	return string(out)
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
