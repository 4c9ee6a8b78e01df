// Package password says which passwords are good enough and keeps them as argon2id hashes.
//
// The rules are those of NIST SP 800-63B: long enough, not common, not the person's own name or
// address, and nothing about upper case, digits or signs, which only makes people choose worse
// ones. Passwords are compared in Unicode's composed form (NFC), or an é typed on one keyboard
// would not be the é of another.
//
// Hashing is made expensive on purpose, so it is also what a stranger could stop the server with:
// Hasher lets one hash per core run, a bounded number wait, and batches give way to people.
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

// serviceName is the name of what people sign in to: the first thing to try.
const serviceName = "usher"

// Check refuses, as PASSWORD_TOO_WEAK, a password that is too short, too long, common, or equal to
// one of the identity's parts or to two of them in a row. Parts are whatever describes the person
// here: e-mail (its local part is tried too), username, first and last name, the workspace's name;
// empty ones are skipped.
func Check(pw string, identity ...string) error {
	// Security: the size is looked at before anything that costs time or memory in it.
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
	if isCommon(strings.ToLower(pw)) {
		return tooWeakFault("password.common")
	}
	if matchesIdentity(pw, identity) {
		return tooWeakFault("password.personal")
	}
	return nil
}

func tooWeakFault(key string) error {
	return fault.New(fault.PasswordTooWeak, key, i18n.Args{"Min": MinLength, "Max": MaxLength})
}

// matchesIdentity tells whether a password is one part of the identity or two of them, whatever the
// case, accents and signs between: 'Jean-Dupont' is Jean Dupont.
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
		return false // signs alone say nothing about anyone
	}
	for _, one := range parts {
		// What remains after the first part is looked up instead of gluing every pair together. An
		// empty part, or nothing remaining, is the case of one part alone.
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

// foldLetters keeps letters and digits, lower-cased and without accents.
func foldLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(s))
}
