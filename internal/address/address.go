package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// Limits of RFC 5321, section 4.5.3.1, in bytes on the wire; 254 is what fits a path of 256.
const (
	maxLocal   = 64
	maxAddress = 254
	// maxTyped limits the input of Parse, name included, before any Unicode table is used.
	maxTyped = 2000
)

// Address is one valid email address.
type Address struct {
	Display string // as typed, without punctuation around it; for people
	Key     string // the identity: ASCII, lower case, A-labels
	Name    string // of `Name <address>`, cleaned; often empty
}

// Domain returns the domain as lower-case A-labels.
func (a Address) Domain() string {
	_, domain, _ := strings.Cut(a.Key, "@")
	return domain
}

// Envelope returns the address for SMTP: the local part as typed, since some hosts tell case apart,
// and the domain as A-labels, since not every host speaks SMTPUTF8.
func (a Address) Envelope() string {
	local, _, _ := strings.Cut(a.Display, "@")
	return local + "@" + a.Domain()
}

// Parse parses one address, alone or as `Name <address>`. The error is a BAD_USER_INPUT at the
// field "email" whose message names the reason.
func Parse(s string) (Address, error) {
	a, refusal := parseAddress(s)
	if refusal != nil {
		return Address{}, refusal
	}
	return a, nil
}

// parseAddress parses one address, with or without a name in front of it. The fault says what is
// wrong with it in the words of the person who typed it.
func parseAddress(s string) (Address, *fault.Error) {
	if len(s) > maxTyped {
		return Address{}, newEmailFault("address.too_long", i18n.Args{"Max": maxAddress})
	}
	// The address is parsed before the name, so that an error concerns the address first.
	before, inner := splitName(s)
	a, refusal := parseBare(trimPunctuation(inner))
	if refusal != nil {
		return Address{}, refusal
	}

	switch {
	case hasEncodedWord(before):
		return Address{}, newEmailFault("address.encoded_word")
	case strings.Contains(before, "@"):
		// Security: `boss@example.org <other@example.net>` shows one person and writes to another.
		// Some programs repeat the address as the name, which is harmless; any other name with an @
		// is refused.
		if named, err := parseBare(trimPunctuation(before)); err != nil || named.Key != a.Key {
			return Address{}, newEmailFault("address.two_at")
		}
	default:
		a.Name = cleanName(before)
	}
	return a, nil
}

// parseBare implements the grammar. The checks are ordered so that the message names the cause and
// not a consequence.
func parseBare(s string) (Address, *fault.Error) {
	if s == "" {
		return Address{}, newEmailFault("address.empty")
	}
	// Security: with invisible characters two different addresses look the same to an approver.
	if !utf8.ValidString(s) || strings.ContainsFunc(s, isInvisible) {
		return Address{}, newEmailFault("address.invisible")
	}

	local, domain, found := strings.Cut(s, "@")
	switch {
	case !found:
		return Address{}, newEmailFault("address.no_at")
	case strings.ContainsAny(s, `"\`):
		return Address{}, newEmailFault("address.quoted")
	case strings.ContainsAny(s, "()"):
		return Address{}, newEmailFault("address.comment")
	case local == "" && strings.Contains(domain, ":"):
		return Address{}, newEmailFault("address.route")
	case strings.Contains(domain, "@"):
		return Address{}, newEmailFault("address.two_at")
	case strings.ContainsFunc(s, unicode.IsSpace):
		return Address{}, newEmailFault("address.space")
	case local == "":
		return Address{}, newEmailFault("address.no_local")
	case domain == "":
		return Address{}, newEmailFault("address.no_domain")
	}

	if refusal := checkLocalPart(local); refusal != nil {
		return Address{}, refusal
	}
	wire, refusal := normalizeDomain(domain)
	if refusal != nil {
		return Address{}, refusal
	}
	key := lowerASCII(local) + "@" + wire
	// Measured in A-labels, which is what SMTP transmits.
	if len(key) > maxAddress {
		return Address{}, newEmailFault("address.too_long", i18n.Args{"Max": maxAddress})
	}
	return Address{Display: s, Key: key}, nil
}

// atomSigns are the signs that RFC 5322 allows in a dot-atom besides letters and digits.
const atomSigns = "!#$%&'*+-/=?^_`{|}~"

// checkLocalPart checks the part before the @, which must be an atom: quoted local parts are legal,
// but few servers take them.
func checkLocalPart(local string) *fault.Error {
	if len(local) > maxLocal {
		return newEmailFault("address.local_long", i18n.Args{"Max": maxLocal})
	}
	// Security: an encoded word consists of legal atom characters, but some mail programs decode it
	// into another address.
	if hasEncodedWord(local) {
		return newEmailFault("address.encoded_word")
	}
	for _, r := range local {
		if !isAlnum(r) && r != '.' && !strings.ContainsRune(atomSigns, r) {
			return newEmailFault("address.local_chars", i18n.Args{"Char": string(r)})
		}
	}
	// RFC 5321 has no such local parts outside quotes, though some providers accept them.
	if local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return newEmailFault("address.local_dots")
	}
	return nil
}

// hasEncodedWord reports whether a text contains an encoded word of RFC 2047,
// =?charset?encoding?text?=.
func hasEncodedWord(s string) bool {
	_, rest, opened := strings.Cut(s, "=?")
	return opened && strings.Contains(rest, "?=")
}

// Mask hides an address on pages that anyone with an old link may see: `j•••@e•••.org`. Its owner
// recognizes it; the number of dots does not depend on the length.
func Mask(display string) string {
	const dots = "•••"
	at := strings.LastIndexByte(display, '@')
	if at < 0 {
		return dots
	}
	local, domain := display[:at], display[at+1:]
	top := ""
	if dot := strings.LastIndexByte(domain, '.'); dot >= 0 {
		domain, top = domain[:dot], domain[dot:]
	}
	return firstCharacter(local) + dots + "@" + firstCharacter(domain) + dots + top
}

// firstCharacter returns the first character of a text.
func firstCharacter(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

// lowerASCII folds only ASCII. strings.ToLower would turn the Kelvin sign into a k and a Turkish İ
// into an i.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// isAlnum tells whether a character is an ASCII letter or digit.
func isAlnum(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// newEmailFault returns BAD_USER_INPUT at the field email. Callers with another field rename it.
func newEmailFault(key string, args ...i18n.Args) *fault.Error {
	return fault.Input("email", key, args...)
}
