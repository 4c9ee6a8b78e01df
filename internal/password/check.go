// Package password decides which passwords are strong enough and stores them as argon2id hashes.
//
// The rules are those of NIST SP 800-63B: long enough, not common, not the person's own name or
// address, and nothing about upper case, digits or signs, which only makes people choose worse
// ones. Passwords are compared in Unicode's composed form (NFC), or an é typed on one keyboard
// would not be the é of another.
//
// Hashing is expensive by design, so a stranger could use it to overload the server. Hasher
// therefore runs one hash per core, limits how many wait, and serves people before batches.
package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// The bounds of a password: code points of its composed form, and bytes as they came.
const (
	MinLength = 8
	MaxLength = 128
	MaxBytes  = 1024
)

// serviceName is the name of the product, which is the first password that an attacker tries.
const serviceName = "usher"

// Check returns PASSWORD_TOO_WEAK for a password that is too short, too long, common, or equal to
// one part of the identity or to two consecutive parts. The parts describe the person: email
// address (its local part is checked too), username, first and last name, names of workspaces.
// Empty parts are skipped.
func Check(pw string, identity ...string) error {
	// Security: the size is checked before any work that grows with it.
	if len(pw) > MaxBytes {
		return tooWeakFault("password.too_long")
	}
	pw = norm.NFC.String(pw)
	switch n := utf8.RuneCountInString(pw); {
	case n < MinLength:
		return tooWeakFault("password.too_short")
	case n > MaxLength:
		return tooWeakFault("password.too_long")
	}
	if isListedPassword(strings.ToLower(pw)) {
		return tooWeakFault("password.common")
	}
	if matchesIdentity(pw, identity) {
		return tooWeakFault("password.personal")
	}
	return nil
}

// tooWeakFault returns PASSWORD_TOO_WEAK with a message of the catalogue.
func tooWeakFault(key string) error {
	return fault.New(fault.PasswordTooWeak, key, i18n.Args{"Min": MinLength, "Max": MaxLength})
}

// matchesIdentity tells whether a password is one part of the identity or two of them, regardless
// of case, accents and punctuation: "Jean-Dupont" is Jean Dupont.
func matchesIdentity(pw string, identity []string) bool {
	parts := []string{serviceName}
	for _, part := range identity {
		parts = append(parts, foldLetters(part))
		if local, _, isAddress := strings.Cut(part, "@"); isAddress {
			parts = append(parts, foldLetters(local))
		}
	}
	folded := foldLetters(pw)
	if folded == "" {
		return false // punctuation alone names nobody
	}
	for _, one := range parts {
		// The rest after the first part is looked up, which is cheaper than joining every pair. An
		// empty part, or an empty rest, is the case of one part alone.
		rest, starts := strings.CutPrefix(folded, one)
		if !starts {
			continue
		}
		if rest == "" {
			return true
		}
		for _, other := range parts {
			if rest == other {
				return true
			}
		}
	}
	return false
}

// foldLetters keeps letters and digits, in lower case and without accents.
func foldLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(s))
}
