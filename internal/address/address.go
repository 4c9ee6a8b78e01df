package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// Limits of RFC 5321, section 4.5.3.1, in bytes of the form that goes over the wire; 254 is what
// fits a path of 256.
const (
	maxLocal   = 64
	maxAddress = 254
	// maxTyped bounds what Parse looks at, name included, before any table is consulted.
	maxTyped = 2000
)

// Address is one e-mail address that has passed the grammar.
type Address struct {
	Display string // as typed, peeled; for people
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

// Parse reads one address, alone or as `Name <address>`. The error is a BAD_USER_INPUT at the field
// "email" whose sentence names what is wrong.
func Parse(s string) (Address, error) {
	a, refusal := parseAddress(s)
	if refusal != nil {
		return Address{}, refusal
	}
	return a, nil
}

func parseAddress(s string) (Address, *fault.Error) {
	if len(s) > maxTyped {
		return Address{}, newEmailFault("address.too_long", i18n.Args{"Max": maxAddress})
	}
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
		// Mail programs put the address itself there, which is harmless; whatever else holds an @
		// is refused.
		if named, err := parseBare(trimPunctuation(before)); err != nil || named.Key != a.Key {
			return Address{}, newEmailFault("address.two_at")
		}
	default:
		a.Name = cleanName(before)
	}
	return a, nil
}

// parseBare holds the grammar. The tests run from what would otherwise be misread to what is merely
// wrong, so that the sentence names the cause.
func parseBare(s string) (Address, *fault.Error) {
	if s == "" {
		return Address{}, newEmailFault("address.empty")
	}
	// Security: invisible characters make two different addresses look the same to the person who
	// approves them.
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
	wire, refusal := normaliseDomain(domain)
	if refusal != nil {
		return Address{}, refusal
	}
	key := lowerASCII(local) + "@" + wire
	if len(key) > maxAddress {
		return Address{}, newEmailFault("address.too_long", i18n.Args{"Max": maxAddress})
	}
	return Address{Display: s, Key: key}, nil
}

// atomSigns are the signs that RFC 5322 allows in a dot-atom besides letters and digits.
const atomSigns = "!#$%&'*+-/=?^_`{|}~"

func checkLocalPart(local string) *fault.Error {
	if len(local) > maxLocal {
		return newEmailFault("address.local_long", i18n.Args{"Max": maxLocal})
	}
	// Security: an encoded word is made of legal atom signs, yet some mailers decode it into
	// another address.
	if hasEncodedWord(local) {
		return newEmailFault("address.encoded_word")
	}
	for _, r := range local {
		if !isAlnum(r) && r != '.' && !strings.ContainsRune(atomSigns, r) {
			return newEmailFault("address.local_chars", i18n.Args{"Char": string(r)})
		}
	}
	if local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return newEmailFault("address.local_dots")
	}
	return nil
}

// hasEncodedWord finds the frame of RFC 2047, =?charset?encoding?text?=, anywhere in a text.
func hasEncodedWord(s string) bool {
	_, rest, opened := strings.Cut(s, "=?")
	return opened && strings.Contains(rest, "?=")
}

// Mask hides an address on pages that anyone with an old link may see: `j•••@e•••.org`. Enough for
// its owner to know it again; the dots do not tell the length.
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

func firstCharacter(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

// lowerASCII folds ASCII and nothing else: strings.ToLower would turn the Kelvin sign into a k, a
// Turkish İ into an i.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func isAlnum(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func newEmailFault(key string, args ...i18n.Args) *fault.Error {
	return fault.Input("email", key, args...)
}
