package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// params are the costs of one argon2id hash.
type params struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

// current is what new hashes cost: 19 MiB, 2 passes, 1 lane, OWASP's first choice for argon2id.
var current = params{memory: 19 * 1024, passes: 2, lanes: 1}

// The sizes of what current hashes consist of, in bytes.
const (
	saltBytes = 16
	keyBytes  = 32
)

// The most that a stored hash may ask for. A damaged or smuggled row must not take the machine's
// memory.
const (
	maxMemory = 256 * 1024
	maxPasses = 16
	maxLanes  = 16
	maxField  = 64
	maxPHC    = 256
)

// errMalformed never shows the stored string.
var errMalformed = errors.New("password: malformed stored hash")

// hash is a stored password taken apart.
type hash struct {
	params
	salt, key []byte
}

// String writes the PHC form, the one that is stored.
func (h hash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes,
		h.lanes,
		b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parse reads the PHC form of a stored password.
func parse(phc string) (hash, error) {
	fields := strings.Split(phc, "$")
	if len(phc) > maxPHC || len(fields) != 6 {
		return hash{}, errMalformed
	}
	var h hash
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes,
		&h.lanes); err != nil {
		return hash{}, errMalformed
	}
	var err, keyErr error
	h.salt, err = base64.RawStdEncoding.DecodeString(fields[4])
	h.key, keyErr = base64.RawStdEncoding.DecodeString(fields[5])
	// Written again it must be the same: that refuses everything unusual (signs, leading zeros,
	// other versions, a tail) without a rule for each.
	if err != nil || keyErr != nil || h.String() != phc || !h.bounded() {
		return hash{}, errMalformed
	}
	return h, nil
}

func (h hash) bounded() bool {
	return h.passes >= 1 && h.passes <= maxPasses && h.lanes >= 1 && h.lanes <= maxLanes &&
		h.memory >= 8*uint32(h.lanes) && h.memory <= maxMemory &&
		len(h.salt) >= 8 && len(h.salt) <= maxField && len(h.key) >= 16 && len(h.key) <= maxField
}

// below tells whether a stored hash is cheaper to try than a new one would be. One that costs more
// is left alone.
func (h hash) below(now params) bool {
	return h.memory < now.memory || h.passes < now.passes || h.lanes < now.lanes ||
		len(h.salt) < saltBytes || len(h.key) < keyBytes
}

// derive does the work: memory and time according to h, of which it ignores the key but for its
// length.
func (h hash) derive(pw string) []byte {
	return argon2.IDKey([]byte(pw), h.salt, h.passes, h.memory, h.lanes, uint32(len(h.key)))
}
