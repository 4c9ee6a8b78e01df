package address

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// maxText bounds pasted text, in bytes: one request's worth.
const maxText = 1 << 20

// Entry is one item of pasted text: an address, or a text in the place of one with the reason why
// it is invalid.
type Entry struct {
	Raw     string // trimmed input, shown to people
	Address Address
	Err     error // a *fault.Error, or nil
}

// ParseList reads the addresses of pasted text in order, each once. Lines, commas and semicolons
// separate them, as does white space between addresses. Words around the only address of a piece
// are its name if they look like one. Other words become one entry with an error for the whole run,
// so that no text is silently lost; only bullets, numbering and conjunctions are skipped. Text
// beyond 1 MiB is rejected as a whole, by a single entry.
func ParseList(text string) []Entry {
	if len(text) > maxText {
		return []Entry{{Err: fault.Input("text", "address.text_too_long",
			i18n.Args{"Max": maxText >> 20})}}
	}
	// A byte order mark at the start belongs to the pasted file, not to the first address.
	text = strings.ToValidUTF8(strings.TrimPrefix(text, "\ufeff"), "\ufffd")
	l := listParser{seen: map[string]bool{}}
	for line := range strings.FieldsFuncSeq(text, isLineEnd) {
		l.readLine(line)
	}
	return l.entries
}

// listParser collects the entries of a pasted text, each address once.
type listParser struct {
	entries []Entry
	// keys of addresses, and texts of invalid entries, which never look like a key
	seen map[string]bool
}

// addEntry adds an address of the list unless it was named before. The first occurrence decides
// about its name.
func (l *listParser) addEntry(raw, name string) {
	raw = strings.TrimSpace(raw)
	a, err := Parse(raw)
	id := a.Key
	if err != nil {
		// No key contains a zero byte, so an invalid text cannot hide an address.
		id = "\x00" + raw
	}
	if l.seen[id] {
		return
	}
	l.seen[id] = true
	if a.Name == "" && err == nil {
		a.Name = cleanName(name)
	}
	l.entries = append(l.entries, Entry{Raw: raw, Address: a, Err: err})
}

// isSemicolon and isComma know the full-width separators of East Asian keyboards too.
func isSemicolon(r rune) bool { return r == ';' || r == '；' }

func isComma(r rune) bool { return r == ',' || r == '，' || r == '、' }

// readLine splits a line at semicolons and commas, except the comma of `Doe, Jane <…>`.
func (l *listParser) readLine(line string) {
	for _, part := range splitOutsideQuotes(line, isSemicolon) {
		pieces := splitOutsideQuotes(part, isComma)
		// A surname is put back in front of the piece that follows it.
		for i, piece := range pieces {
			if i+1 < len(pieces) && isSurname(piece, pieces[i+1]) {
				pieces[i+1] = piece + ", " + pieces[i+1]
				continue
			}
			l.readPiece(piece)
		}
	}
}

// isSurname reports whether a piece is the first half of `Doe, Jane <address>`. Behind the given
// name a directory may put a remark in parentheses: `Doe, Jane (DE) <address>`.
func isSurname(piece, next string) bool {
	given, rest, bracketed := strings.Cut(next, "<")
	if name, remark, found := strings.Cut(given, "("); found &&
		strings.HasSuffix(strings.TrimSpace(remark), ")") {
		given = name
	}
	return bracketed && strings.Contains(rest, "@") && isName(strings.Fields(piece)) &&
		isName(strings.Fields(given))
}

// readPiece reads the text between two separators: any number of `Name <address>`, and plain words
// and addresses.
func (l *listParser) readPiece(s string) {
	start := 0 // of what has not been read yet
	visitSpans(s, func(from, to int) {
		if s[from] != '<' {
			return
		}
		name := s[start:from]
		if at := strings.LastIndexByte(name, '@'); at >= 0 &&
			!strings.HasPrefix(strings.TrimSpace(name), `"`) {
			// An address of its own stands before the name.
			cut := at + strings.IndexFunc(name[at:]+" ", unicode.IsSpace)
			l.readWords(name[:cut])
			name = name[cut:]
		}
		l.addEntry(name+s[from:to], "")
		start = to
	})
	l.readWords(s[start:])
}

// readWords reads a text without angle brackets.
func (l *listParser) readWords(s string) {
	words := slices.DeleteFunc(splitOutsideQuotes(s, unicode.IsSpace), isFiller)
	hasAt := func(word string) bool { return strings.Contains(word, "@") }
	first := slices.IndexFunc(words, hasAt)
	switch {
	case len(words) == 0:
	case first < 0:
		l.addEntry(strings.Join(words, " "), "")
	// Several addresses: words between them are entries of their own, so that a mistyped address is
	// reported and not taken for a name.
	case slices.ContainsFunc(words[first+1:], hasAt):
		for len(words) > 0 {
			n := 1 // an address, or a run of words
			for !hasAt(words[0]) && n < len(words) && !hasAt(words[n]) {
				n++
			}
			l.addEntry(strings.Join(words[:n], " "), "")
			words = words[n:]
		}
	default:
		l.readSingleAddress(words, first)
	}
}

// readSingleAddress reads a text with one address among words. A name before the address takes
// priority over one after it.
func (l *listParser) readSingleAddress(words []string, at int) {
	before, word, after := words[:at], words[at], words[at+1:]
	if len(words) > 1 && (word[0] == '@' || word[len(word)-1] == '@') {
		l.addEntry(strings.Join(words, " "), "") // `jane @ example.org` is one mistake, not three
		return
	}
	name := ""
	// The words before the address are tried last, so that they take priority.
	for _, side := range [][]string{after, before} {
		if isName(side) {
			name = strings.Join(side, " ")
		}
	}
	// Words that are no name become an entry of their own, in their order, so that a person sees
	// them.
	if len(before) > 0 && !isName(before) {
		l.addEntry(strings.Join(before, " "), "")
	}
	l.addEntry(word, name)
	if len(after) > 0 && !isName(after) {
		l.addEntry(strings.Join(after, " "), "")
	}
}

// nameParticles are words of a name that are written without a capital.
var nameParticles = strings.Fields(
	"af al av bin da de del della den der des di do dos du e el i la las le les lo of ter van vom von y zu zum zur")

// isName reports whether words look like a person's name: a few words of letters, each with a
// capital if its script has them, except particles. A mistyped address ("jane.example.org") is no
// name.
func isName(words []string) bool {
	if len(words) > 6 {
		return false
	}
	capitals := 0
	for _, word := range words {
		word = strings.TrimFunc(word, isSurroundingSign)
		// French writes d'Ormesson with its capital behind the apostrophe.
		for _, elided := range []string{"d'", "d’", "l'", "l’"} {
			word = strings.TrimPrefix(word, elided)
		}
		r, _ := utf8.DecodeRuneInString(word)
		switch {
		case slices.Contains(nameParticles, word):
		case !unicode.IsLetter(r) || unicode.IsLower(r) ||
			strings.ContainsFunc(word, isForbiddenInName) || hasInnerDot(word):
			return false
		default:
			capitals++
		}
	}
	return capitals > 0
}

// isForbiddenInName tells whether a character cannot stand in the name of a person.
func isForbiddenInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsSpace(r) &&
		!strings.ContainsRune("'’-.,", r)
}

// hasInnerDot tells "Jane.example.org" from "J.-P." and "Jr.".
func hasInnerDot(word string) bool {
	for part := range strings.SplitSeq(strings.TrimSuffix(word, "."), ".") {
		if utf8.RuneCountInString(strings.Trim(part, "-")) > 1 &&
			part != strings.TrimSuffix(word, ".") {
			return true
		}
	}
	return false
}

// isFiller reports whether a word only decorates a list: a bullet, a number, "and".
func isFiller(word string) bool {
	if strings.Contains(word, "@") {
		return false
	}
	if slices.Contains([]string{"and", "or", "et", "ou"}, word) {
		return true
	}
	digits := strings.Trim(word, "().")
	numbering := len(digits) < len(word) && strings.Trim(digits, "0123456789") == ""
	return numbering || !strings.ContainsFunc(word, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r)
	})
}

func isLineEnd(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) }
