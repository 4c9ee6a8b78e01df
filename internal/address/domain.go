package address

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// normalizeDomain returns a domain as lower-case A-labels, or the reason why it is invalid. The
// caller must remove a trailing dot.
func normalizeDomain(s string) (string, *fault.Error) {
	typed := lowerASCII(s)
	if _, err := netip.ParseAddr(typed); err == nil || strings.HasPrefix(typed, "[") {
		return "", newEmailFault("address.ip_literal")
	}
	invalid := newEmailFault("address.domain_invalid", i18n.Args{"Domain": s})
	mapped, err := idna.Lookup.ToUnicode(typed)
	if err != nil {
		return "", invalid
	}
	// Security: idna maps full-width letters, the Kelvin sign and other look-alikes onto the plain
	// domain. What it changes beyond capitals is refused, or a stranger's spelling would stand for
	// a known domain.
	labels := strings.Split(mapped, ".")
	if !slices.EqualFunc(strings.Split(typed, "."), labels, equalExceptCapitals) {
		return "", newEmailFault("address.lookalike", i18n.Args{"Domain": s})
	}
	wire, err := idna.Registration.ToASCII(mapped)
	if err != nil {
		return "", invalid
	}
	// A last label of digits alone is some spelling of an IP address (RFC 3696, section 2); an
	// empty one comes of a dot too many, which idna lets pass.
	if slices.ContainsFunc(labels, violatesIDNA2008) ||
		strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "", invalid
	}
	if len(labels) == 1 {
		return "", newEmailFault("address.domain_no_dot", i18n.Args{"Domain": s})
	}
	return wire, nil
}

// equalExceptCapitals reports whether idna changed nothing in a label except capitals. In ASCII
// labels it only decodes A-labels, and punycode has one spelling for each.
func equalExceptCapitals(typed, mapped string) bool {
	if isASCII(typed) {
		return true
	}
	return slices.EqualFunc([]rune(typed), []rune(mapped), func(t, m rune) bool {
		return t == m || t >= utf8.RuneSelf && unicode.ToUpper(m) == t
	})
}

// isASCII tells whether a text has ASCII characters only.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// violatesIDNA2008 refuses what UTS 46, and so the idna package, lets pass and RFC 5892 does not:
// emoji, symbols, and the characters of its rules for context. Stability under NFKC and the joiners
// are idna's part.
func violatesIDNA2008(label string) bool {
	runes := []rune(label)
	for i, r := range runes {
		if r < utf8.RuneSelf || isAllowedInContext(runes, i) {
			continue
		}
		if unicode.Is(disallowedRunes, r) || !unicode.In(r, unicode.Ll, unicode.Lo, unicode.Lm,
			unicode.Mn, unicode.Mc, unicode.Nd) {
			return true
		}
	}
	return false
}

// disallowedRunes is the part of RFC 5892 (2.6, 2.8, 2.9) that disallows letters and marks by name:
// fillers, repetition marks, marks for symbols and music, old Hangul; and the characters of
// appendix A, which isAllowedInContext may allow.
var disallowedRunes = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0640, Hi: 0x0640, Stride: 1},
		{Lo: 0x0660, Hi: 0x0669, Stride: 1},
		{Lo: 0x06f0, Hi: 0x06f9, Stride: 1},
		{Lo: 0x07fa, Hi: 0x07fa, Stride: 1},
		{Lo: 0x1100, Hi: 0x11ff, Stride: 1},
		{Lo: 0x20d0, Hi: 0x20ff, Stride: 1},
		{Lo: 0x302e, Hi: 0x302f, Stride: 1},
		{Lo: 0x3031, Hi: 0x3035, Stride: 1},
		{Lo: 0x303b, Hi: 0x303b, Stride: 1},
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1},
		{Lo: 0xd7b0, Hi: 0xd7ff, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0x1d100, Hi: 0x1d24f, Stride: 1}},
}

// isRuneAt reports whether a label has a rune at an index that ok accepts.
func isRuneAt(label []rune, i int, ok func(rune) bool) bool {
	return i >= 0 && i < len(label) && ok(label[i])
}

// isAllowedInContext reports whether RFC 5892 (2.6, appendix A) allows an exceptional character at
// its position.
func isAllowedInContext(label []rune, i int) bool {
	isL := func(r rune) bool { return r == 'l' }
	switch r := label[i]; {
	case r == '\u06fd' || r == '\u06fe' || r == '\u0f0b' || r == '\u3007': // named as valid
		return true
	case r == '\u200c' || r == '\u200d': // joiners: idna has checked them
		return true
	case r == '\u00b7': // Catalan l·l
		return isRuneAt(label, i-1, isL) && isRuneAt(label, i+1, isL)
	case r == '\u0375': // Greek lower numeral sign
		return isRuneAt(label, i+1, func(r rune) bool { return unicode.Is(unicode.Greek, r) })
	case r == '\u05f3' || r == '\u05f4': // Hebrew geresh and gershayim
		return isRuneAt(label, i-1, func(r rune) bool { return unicode.Is(unicode.Hebrew, r) })
	case r == '\u30fb': // Katakana middle dot
		return slices.ContainsFunc(label, func(r rune) bool {
			return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
		})
	case '\u0660' <= r && r <= '\u0669': // the two rows of Arabic digits look alike and never mix
		return !slices.ContainsFunc(label, func(r rune) bool {
			return '\u06f0' <= r && r <= '\u06f9'
		})
	case '\u06f0' <= r && r <= '\u06f9':
		return !slices.ContainsFunc(label, func(r rune) bool {
			return '\u0660' <= r && r <= '\u0669'
		})
	}
	return false
}
