package mail

import (
	"regexp"
	"strings"
	"unicode"
)

// Maximum lengths of shown texts, in code points. Forms reject longer input; these limits only keep
// an email readable when an entry point does not.
const (
	maxName    = 120
	maxSubject = 200
	maxMessage = 5000
)

// toVisibleRune returns the rune that an email shows, or -1 to drop it. Callers handle line breaks.
//
// Security: control characters could start a new header line. Bidirectional controls, invisible
// characters and tag characters make a name or a link look like another one. Joiners (U+200C,
// U+200D) stay: Persian, Indic scripts and emoji need them.
func toVisibleRune(r rune) rune {
	switch {
	case r == '\t', r == '\u2028', r == '\u2029', unicode.Is(unicode.Zs, r) && r != '\u00a0' &&
		r != '\u202f':
		return ' '
	case r == '\u200c', r == '\u200d':
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u034f', r == '\ufffc':
		return -1
	}
	return r
}

// cleanLine returns a text as one clean line of at most limit code points.
func cleanLine(s string, limit int) string {
	s = strings.NewReplacer("\r", " ", "\n", " ", "\v", " ", "\f", " ", "\u0085", " ").
		Replace(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(toVisibleRune, s)
	return truncateText(strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' '
	}), " "), limit)
}

// cleanParagraphs returns a text with \n as line break, at most one empty line in a row, and
// otherwise cleaned like cleanLine.
func cleanParagraphs(s string, limit int) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029",
		"\n").Replace(strings.ToValidUTF8(s, "\ufffd"))
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(strings.Map(toVisibleRune, line), " ")
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return truncateText(strings.TrimRight(strings.Join(lines, "\n"), "\n"), limit)
}

// truncateText shortens a text to limit code points, of which the last is an ellipsis.
func truncateText(s string, limit int) string {
	if len(s) <= limit { // a text has at most as many code points as bytes
		return s
	}
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}

// isGreetable reports whether a name may be part of the greeting.
//
// Security: email programs turn text that looks like a link into a link. With a name such as "see
// www.example.org" the greeting would carry an advertisement, so such a recipient is greeted
// without a name.
func isGreetable(name string) bool {
	return name != "" && !strings.ContainsAny(name, "/:@\\") && !domainPattern.MatchString(name)
}

// breakLinks returns a name for a subject, where nothing may look like a link: it puts a space
// after a dot inside a word.
func breakLinks(name string) string {
	for domainPattern.MatchString(name) {
		name = domainPattern.ReplaceAllStringFunc(name, func(s string) string {
			return strings.Replace(s, ".", ". ", 1)
		})
	}
	return strings.ReplaceAll(name, "://", " ")
}

// Greetable reports whether a name of user input may occur in an email to other people.
func Greetable(name string) bool { return isGreetable(name) }

// domainPattern matches a dot between two words, as in "example.org", but not initials ("J.P.
// Martin").
var domainPattern = regexp.MustCompile(`[\pL\pN]{2,}\.[\pL\pN]{2,}`)
