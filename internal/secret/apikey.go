package secret

import (
	"crypto/rand"
	"hash/crc32"
	"math/big"
	"strings"
)

// APIKeyPrefix begins every API key, so that a scanner of secrets recognizes one.
const APIKeyPrefix = "ush_live_"

const (
	// base62 are the digits of an API key, in the order of their values.
	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	// apiKeyRandom digits of 62 values make 178 bits.
	apiKeyRandom = 30
	// apiKeyChecksum digits hold the 32 bits of the checksum.
	apiKeyChecksum = 6
	// apiKeyHint is how many characters at the end of a key are kept to tell keys apart.
	apiKeyHint = 4
)

// NewAPIKey returns an API key of 45 characters, which is shown once, and its hash, which is stored:
// the prefix, 30 random digits, and a checksum of 6 digits.
func NewAPIKey() (key Token, hash []byte) {
	random := make([]byte, apiKeyRandom)
	for i := range random {
		// never fails: crypto/rand ends the program instead
		digit, _ := rand.Int(rand.Reader, big.NewInt(int64(len(base62))))
		random[i] = base62[digit.Int64()]
	}
	text := APIKeyPrefix + string(random)
	key = Token(text + checksumOf(text))
	return key, HashOpaque(key.Reveal())
}

// APIKeyHint returns the last characters of an API key, by which people tell keys apart. They belong
// to the checksum and give none of the random digits away.
func APIKeyHint(key Token) string {
	text := key.Reveal()
	return text[len(text)-apiKeyHint:]
}

// IsAPIKey reports whether a token claims to be an API key, well formed or not.
func IsAPIKey(token string) bool { return strings.HasPrefix(token, APIKeyPrefix) }

// IsWellFormedAPIKey reports whether a token has the length and the checksum of an API key. It costs no
// query, and tells a mistyped key from a wrong one.
func IsWellFormedAPIKey(token string) bool {
	if !IsAPIKey(token) || len(token) != len(APIKeyPrefix)+apiKeyRandom+apiKeyChecksum {
		return false
	}
	// The random digits need no look: a token with a foreign character has another checksum.
	end := len(token) - apiKeyChecksum
	return token[end:] == checksumOf(token[:end])
}

// checksumOf returns the CRC-32 (IEEE) of a text in six digits of base 62, the highest first.
func checksumOf(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	digits := make([]byte, apiKeyChecksum)
	// Six digits of base 62 hold 35 bits, so nothing is cut off.
	for i := range digits {
		digits[apiKeyChecksum-1-i] = base62[sum%62]
		sum /= 62
	}
	return string(digits)
}
