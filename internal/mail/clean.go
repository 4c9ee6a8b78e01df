package mail

import (
	"regexp"
	"strings"
	"unicode"
)

// Longest texts shown, in code points. Forms refuse longer input; these only keep a mail readable
// when a door forgot to.
const (
	maxName    = 120
	maxSubject = 200
	maxMessage = 5000
)

// toVisibleRune returns the rune as a mail may show it, or -1 to drop it. Line breaks are the
// caller's affair.
//
// Security: control characters could start a new header line; bidirectional controls, invisible
// characters and tag characters make a name or a link read as something else. Joiners (U+200C,
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

// cleanLine returns a text as a single clean line of at most limit code points.
func cleanLine(s string, limit int) string {
	s = strings.NewReplacer("\r", " ", "\n", " ", "\v", " ", "\f", " ", "\u0085", " ").
		Replace(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(toVisibleRune, s)
	return truncateText(strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' '
	}), " "), limit)
}

// cleanParagraphs returns a text with its line breaks as \n, never more than one empty line in a
// row, and otherwise as clean as cleanLine would have it.
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

// truncateText shortens a text to limit code points, the last one an ellipsis.
func truncateText(s string, limit int) string {
	if len(s) <= limit { // as many bytes are at most as many code points
		return s
	}
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}

// isGreetable tells whether a name may stand in the greeting.
//
// Security: mail programs turn whatever looks like a link into one. A name such as "see
// www.example.org" would make our greeting the carrier of somebody's advertisement, so such a
// reader is greeted without a name.
func isGreetable(name string) bool {
	return name != "" && !strings.ContainsAny(name, "/:@\\") && !domainPattern.MatchString(name)
}

// breakLinks returns a name for a subject, where nothing may look like a link: a dot inside of a
// word gets a blank after it.
func breakLinks(name string) string {
	for domainPattern.MatchString(name) {
		name = domainPattern.ReplaceAllStringFunc(name, func(s string) string {
			return strings.Replace(s, ".", ". ", 1)
		})
	}
	return strings.ReplaceAll(name, "://", " ")
}

// Greetable tells whether a name that somebody typed may stand in an email that others get.
func Greetable(name string) bool { return isGreetable(name) }

// domainPattern finds a dot between two words, as in "example.org"; initials ("J.P. Martin") are
// none.
var domainPattern = regexp.MustCompile(`[\pL\pN]{2,}\.[\pL\pN]{2,}`)
