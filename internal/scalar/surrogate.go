package scalar

import "bytes"

// HideLoneSurrogates overwrites, in the text of a JSON value or a GraphQL document, the escapes of
// UTF-16 halves that stand alone by the escape of U+0000, in place.
//
// Both parsers replace a lone half by U+FFFD without a word, so a name would be stored that nobody
// sent. U+0000 is refused where it is read, with its field. Outside of strings neither language has
// a backslash.
func HideLoneSurrogates(text []byte) {
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '\\')
		if n < 0 || i+n+1 >= len(text) {
			return
		}
		i += n
		unit, ok := utf16Escape(text[i:])
		switch {
		case !ok || unit < 0xd800 || unit > 0xdfff:
			// Past the escaped character: behind an escaped backslash "ud800" is plain text.
			i += 2
		case unit < 0xdc00 && isLowHalf(text[i+escapeLength:]):
			i += 2 * escapeLength
		default:
			copy(text[i:], `\u0000`)
			i += escapeLength
		}
	}
}

// escapeLength is that of \uXXXX.
const escapeLength = 6

// isLowHalf tells whether a text begins with the escape of a low surrogate, the second half of a
// pair.
func isLowHalf(text []byte) bool {
	unit, ok := utf16Escape(text)
	return ok && unit >= 0xdc00 && unit <= 0xdfff
}

// utf16Escape reads the \uXXXX that a text begins with.
func utf16Escape(text []byte) (unit uint16, ok bool) {
	if len(text) < escapeLength || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, c := range text[2:escapeLength] {
		// Four hexadecimal digits make one UTF-16 unit.
		unit <<= 4
		switch {
		case c >= '0' && c <= '9':
			unit |= uint16(c - '0')
		case c >= 'a' && c <= 'f':
			unit |= uint16(c-'a') + 10
		case c >= 'A' && c <= 'F':
			unit |= uint16(c-'A') + 10
		default:
			return 0, false
		}
	}
	return unit, true
}
