package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// costParams are the cost parameters of one argon2id hash.
type costParams struct {
	memory      uint32 // KiB
	passes      uint32
	parallelism uint8
}

// currentCost is the cost of new hashes: 19 MiB, 2 passes, parallelism 1, OWASP's first choice for
// argon2id.
var currentCost = costParams{memory: 19 * 1024, passes: 2, parallelism: 1}

// Sizes of the parts of a new hash, in bytes.
const (
	saltBytes = 16
	keyBytes  = 32
)

// Limits of the cost of a stored hash. A damaged or injected row must not exhaust the memory of the
// machine.
const (
	maxMemory      = 256 * 1024
	maxPasses      = 16
	maxParallelism = 16
	maxField       = 64
	maxPHC         = 256
)

// errMalformed never contains the stored string.
var errMalformed = errors.New("password: malformed stored hash")

// storedHash is a parsed PHC string.
type storedHash struct {
	costParams
	salt, key []byte
}

// String returns the PHC form, which is stored.
func (h storedHash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes,
		h.parallelism,
		b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parsePHC parses the PHC form of a stored password.
func parsePHC(phc string) (storedHash, error) {
	fields := strings.Split(phc, "$")
	if len(phc) > maxPHC || len(fields) != 6 {
		return storedHash{}, errMalformed
	}
	var h storedHash
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes,
		&h.parallelism); err != nil {
		return storedHash{}, errMalformed
	}
	var err, keyErr error
	h.salt, err = base64.RawStdEncoding.DecodeString(fields[4])
	h.key, keyErr = base64.RawStdEncoding.DecodeString(fields[5])
	// The parsed hash must serialize to the same string. That refuses everything unusual (signs,
	// leading zeros, other versions, a suffix) without a rule for each.
	if err != nil || keyErr != nil || h.String() != phc || !h.isWithinLimits() {
		return storedHash{}, errMalformed
	}
	return h, nil
}

// isWithinLimits tells whether verifying the hash costs no more than this process allows.
func (h storedHash) isWithinLimits() bool {
	return h.passes >= 1 && h.passes <= maxPasses && h.parallelism >= 1 &&
		h.parallelism <= maxParallelism &&
		h.memory >= 8*uint32(h.parallelism) && h.memory <= maxMemory &&
		len(h.salt) >= 8 && len(h.salt) <= maxField && len(h.key) >= 16 && len(h.key) <= maxField
}

// isCheaperThan tells whether a stored hash is cheaper to guess than a new one would be. A more
// expensive one is kept.
func (h storedHash) isCheaperThan(now costParams) bool {
	return h.memory < now.memory || h.passes < now.passes || h.parallelism < now.parallelism ||
		len(h.salt) < saltBytes || len(h.key) < keyBytes
}

// deriveKey computes the argon2id key of a password with the parameters, salt and key length of h.
func (h storedHash) deriveKey(pw string) []byte {
	return argon2.IDKey([]byte(pw), h.salt, h.passes, h.memory, h.parallelism, uint32(len(h.key)))
}
