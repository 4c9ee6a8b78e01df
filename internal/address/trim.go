package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What may stand around a pasted address. None of the openers can begin a local part and none of
// the closers can end a domain, so taking them off never changes an address. The apostrophe can
// begin one and is taken off in pairs only; a leading dot is a mistake in the address, not
// punctuation.
const (
	openers = "<([\"“”„«‹‘•·–—▪◦●‣"
	closers = ">)]\"“”»›’'!?,:;"
	mailto  = "mailto:"
	// maxName is the maximum length of a name, in runes.
	maxName = 100
)

// isTrimmable reports white space and characters that leave no mark at the edges of a pasted
// address: marks of the writing direction, zero-width spaces, byte order marks. Inside an address
// such characters are refused.
func isTrimmable(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// trimPunctuation takes off white space, mailto: and the punctuation around an address. At most one
// full stop goes: `example.org.` is a spelling of `example.org`, `example.org..` is a mistake that
// its author should see.
func trimPunctuation(s string) string {
	dotted := false
	for {
		s = strings.TrimFunc(s, isTrimmable)
		before := len(s)
		s = trimMailto(s)
		if len(s) > 1 && s[0] == '\'' && s[len(s)-1] == '\'' {
			s = s[1 : len(s)-1]
		}
		if r, size := utf8.DecodeRuneInString(s); size > 0 && strings.ContainsRune(openers, r) {
			s = s[size:]
		}
		if r, size := utf8.DecodeLastRuneInString(s); size > 0 && strings.ContainsRune(closers, r) {
			s = s[:len(s)-size]
		}
		if !dotted && strings.HasSuffix(s, ".") {
			s, dotted = s[:len(s)-1], true
		}
		// Until nothing changes any more: quotes may stand inside brackets, and brackets inside
		// quotes.
		if len(s) == before {
			return s
		}
	}
}

// trimMailto takes the scheme and the subject off a mailto link. A link with escapes or with
// further recipients stays as it is, for the grammar to refuse: decoding could make another address
// of it, cutting could lose one.
func trimMailto(s string) string {
	if len(s) < len(mailto) || lowerASCII(s[:len(mailto)]) != mailto {
		return s
	}
	to, query, _ := strings.Cut(s[len(mailto):], "?")
	if strings.Contains(to, "%") || strings.Contains(query, "@") || strings.Contains(query, "%40") {
		return s
	}
	return to
}

// splitName parts `Name <address>`; without angle brackets all of it is the address.
func splitName(s string) (name, inner string) {
	s = strings.TrimFunc(s, isTrimmable)
	open := strings.LastIndexByte(s, '<')
	if open < 0 {
		return "", s
	}
	end := strings.LastIndexByte(s, '>')
	// Text behind the bracket makes the whole ambiguous: it stays one piece, which the grammar
	// refuses.
	if end < open || strings.Trim(s[end+1:], closers+". \t\r\n") != "" {
		return "", s
	}
	return s[:open], s[open : end+1]
}

// cleanName makes one line of visible characters of a name, without the quotes around it, bullets,
// numbering or a label such as "To:"; empty where no letter is left. Signs inside the name stay:
// without them it would be another name.
func cleanName(s string) string {
	s = s[strings.LastIndexByte(s, ':')+1:]
	// Joiners between letters are part of the spelling, and cannot be shown to be harmless.
	if strings.ContainsAny(s, "\u200c\u200d") {
		return ""
	}
	s = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case isInvisible(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	words := strings.Fields(s)
	for len(words) > 0 && !hasLetter(words[0]) {
		words = words[1:]
	}
	s = trimName(strings.Join(words, " "))
	// The first of two quotes goes with the edge of the name. The other one would stand alone.
	if strings.Count(s, `"`) == 1 {
		s = strings.Replace(s, `"`, "", 1)
	}
	if utf8.RuneCountInString(s) > maxName {
		return ""
	}
	return s
}

// trimName removes quotes, bullets and dashes at the ends of a name, also one-sided ones, and
// brackets around the whole name.
func trimName(s string) string {
	for {
		before := len(s)
		s = strings.Trim(s, ` "“”„«»‹›‘’'*-–—•·▪◦●‣<>`)
		for _, pair := range []string{"()", "[]"} {
			if len(s) > 1 && s[0] == pair[0] && s[len(s)-1] == pair[1] &&
				// Not "(a) b (c)": only brackets around the whole name.
				strings.Count(s, pair[:1]) == 1 {
				s = s[1 : len(s)-1]
			}
		}
		if len(s) == before {
			return s
		}
	}
}

// isSurroundingSign matches punctuation that may occur on either side of a word.
func isSurroundingSign(r rune) bool {
	return strings.ContainsRune(openers, r) || strings.ContainsRune(closers, r)
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// isInvisible matches characters that leave no mark on paper: controls, formats (bidirectional
// ones, joiners, the byte order mark), private use, fillers and selectors. Callers check white
// space separately.
func isInvisible(r rune) bool {
	return unicode.IsControl(r) && !unicode.IsSpace(r) ||
		unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp,
			unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
