package secret

import (
	"strings"
	"unicode"
)

const (
	decimalDigits = "0123456789"

	// pinDigits make 27 bits: enough beside a link or a code that cannot be guessed, where five
	// wrong PINs end the card.
	pinDigits = 8

	// codeAlphabet has no characters that look alike in print or in handwriting (0 O, 1 I L, 5 S),
	// and no vowels, which keeps words out.
	codeAlphabet = "BCDFGHJKMNPQRTVWXYZ2346789"

	// codeLength characters of an alphabet of 26 make 47 bits: enough for a code that is looked up
	// by a server that slows guessing down, and that opens nothing without the PIN.
	codeLength = 10

	// maxTypedLength limits a PIN or a code with everything that was typed between its characters.
	maxTypedLength = 40
)

// GeneratePIN turns a seed (Derive) into a PIN to print and to type: eight digits with a space in
// the middle for readability. The same seed gives the same PIN.
func GeneratePIN(seed []byte) Redacted {
	return Redacted(spellSeed(seed, decimalDigits, pinDigits, pinDigits/2, " "))
}

// ParsePIN reads a typed PIN, whatever separates its digits; false if it cannot be one.
func ParsePIN(typed string) (Redacted, bool) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
	return Redacted(digits), len(digits) == pinDigits && len(typed) <= maxTypedLength
}

// GenerateCode turns a seed (Derive) into a code to print and to type in place of a link: ten
// capitals and digits with a hyphen in the middle. The same seed gives the same code.
func GenerateCode(seed []byte) Redacted {
	return Redacted(spellSeed(seed, codeAlphabet, codeLength, codeLength/2, "-"))
}

// ParseCode reads a typed code, whatever its case and the blanks and hyphens in it, and returns it
// without them; false if it cannot be one.
func ParseCode(typed string) (Redacted, bool) {
	if len(typed) > maxTypedLength {
		return "", false
	}
	code := strings.Map(func(r rune) rune {
		// Word processors and phones turn a hyphen into a dash.
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, typed)
	return Redacted(code), len(code) == codeLength && strings.Trim(code, codeAlphabet) == ""
}
