package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"

	"golang.org/x/text/unicode/norm"
)

// maxWaiting is how many people may wait for a hash. At 40 ms each on two cores the last one waits
// a little over a second.
const maxWaiting = 64

// Hasher computes and verifies password hashes, a limited number at a time. One instance serves
// the whole process.
type Hasher struct {
	params costParams
	queue  hashQueue
}

// NewHasher returns a Hasher for a number of processor cores; the application passes
// runtime.NumCPU.
//
// One hash per core runs at a time. A second one on the same core adds no hashes per second, only
// 19 MiB and a longer wait for everything else. A batch uses half of the cores, at least one.
func NewHasher(cores int) *Hasher {
	cores = max(cores, 1)
	return &Hasher{params: currentCost, queue: hashQueue{slots: cores, lowSlots: max(cores/2, 1),
		maxWaiting: maxWaiting}}
}

// Hash returns the PHC string of a password for a person who waits for it. It takes about 40 ms of
// a core, so it must not run inside a transaction. Errors: PASSWORD_TOO_WEAK over MaxBytes,
// UNAVAILABLE if too many people wait, and the context's own.
func (h *Hasher) Hash(ctx context.Context, pw string) (string, error) {
	return h.hashPassword(ctx, pw, false)
}

// HashAtLowPriority is Hash for batches: it starts only when no person waits, and waits as long as
// the context allows.
func (h *Hasher) HashAtLowPriority(ctx context.Context, pw string) (string, error) {
	return h.hashPassword(ctx, pw, true)
}

// hashPassword hashes a password with a new salt; low marks batch work.
func (h *Hasher) hashPassword(ctx context.Context, pw string, low bool) (string, error) {
	// Security: an overlong password is refused before it costs anything.
	if len(pw) > MaxBytes {
		return "", tooWeakFault("password.too_long")
	}
	made := storedHash{costParams: h.params, salt: make([]byte, saltBytes),
		key: make([]byte, keyBytes)}
	_, _ = rand.Read(made.salt) // never fails: crypto/rand ends the program instead
	key, err := h.deriveKey(ctx, made, pw, low)
	if err != nil {
		return "", err
	}
	made.key = key
	return made.String(), nil
}

// Verify tells whether a password matches a stored PHC string, and whether it should be hashed and
// stored again because the parameters were raised. Errors: UNAVAILABLE if too many people wait,
// the context's own, a damaged hash.
//
// Security: an account without a password (phc is empty), like no account at all, costs as much as
// a wrong password, so that the response time does not differ. A password over MaxBytes is wrong
// immediately, for every account.
func (h *Hasher) Verify(ctx context.Context, pw, phc string) (ok, rehash bool, err error) {
	if len(pw) > MaxBytes {
		return false, false, nil
	}
	stored := storedHash{costParams: h.params, salt: make([]byte, saltBytes),
		key: make([]byte, keyBytes)}
	if phc != "" {
		if stored, err = parsePHC(phc); err != nil {
			return false, false, err
		}
	}
	key, err := h.deriveKey(ctx, stored, pw, false)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(key, stored.key) == 1 && phc != ""
	return ok, ok && stored.isCheaperThan(h.params), nil
}

// deriveKey waits for its turn and hashes the composed form of the password. A hash that has begun
// is finished even if the caller is cancelled: argon2 cannot be interrupted.
func (h *Hasher) deriveKey(ctx context.Context, with storedHash, pw string,
	low bool) ([]byte, error) {
	if err := h.queue.waitTurn(ctx, low); err != nil {
		return nil, err
	}
	defer h.queue.releaseTurn(low)
	return with.deriveKey(norm.NFC.String(pw)), nil
}
