package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitOutsideQuotes cuts a line at separators that stand outside quotes and angle brackets; empty
// pieces are left out.
func splitOutsideQuotes(s string, separates func(rune) bool) []string {
	var pieces []string
	cut := func(from, to int) {
		if piece := strings.TrimSpace(s[from:to]); piece != "" {
			pieces = append(pieces, piece)
		}
	}
	start, i := 0, 0
	plain := func(to int) { // reads up to to, outside quotes and brackets
		for i < to {
			r, size := utf8.DecodeRuneInString(s[i:])
			if separates(r) {
				cut(start, i)
				start = i + size
			}
			i += size
		}
	}
	visitSpans(s, func(from, to int) {
		plain(from)
		i = to
	})
	// What is left behind the last quoted span.
	plain(len(s))
	cut(start, len(s))
	return pieces
}

// visitSpans visits the quoted and the bracketed spans of a line, and the remarks behind names,, from left to right. Each
// character is looked at a bounded number of times: a quote looks as far as the next quote, a
// bracket as far as the next bracket.
func visitSpans(s string, visit func(from, to int)) {
	for i := 0; i < len(s); {
		n := 0
		switch s[i] {
		case '"':
			// Within a word a quote is a mistake to be seen, not the start of a span.
			if last, _ := utf8.DecodeLastRuneInString(s[:i]); i == 0 || !unicode.IsLetter(last) &&
				!unicode.IsDigit(last) {
				n = quotedSpanLength(s[i:])
			}
		case '<':
			if end := strings.IndexAny(s[i+1:], "<>"); end >= 0 && s[i+1+end] == '>' {
				n = end + 2
			}
		case '(':
			n = remarkLength(s[i:])
		}
		if n > 0 {
			visit(i, i+n)
		}
		i += max(n, 1)
	}
}

// remarkLength returns the length of a remark behind a name at the start of a text, as in
// `Jane Doe (Paris, FR) <…>`, 0 if its separators count. They do in parentheses that hold an
// address, or that no address follows.
func remarkLength(s string) int {
	end := strings.IndexAny(s[1:], "()@<>")
	if end < 0 || s[1+end] != ')' ||
		!strings.HasPrefix(strings.TrimLeft(s[end+2:], " \t"), "<") {
		return 0
	}
	return end + 2
}

// quotedSpanLength returns the length of the quoted span at the start of a text, 0 if its
// separators count. They do not in a name and in a quoted local part, which must stay whole to be
// refused; they do in a quoted list of addresses.
func quotedSpanLength(s string) int {
	end := strings.IndexByte(s[1:], '"')
	if end < 0 {
		return 0
	}
	rest := strings.TrimLeft(s[end+2:], " \t")
	isName := strings.HasPrefix(rest, "<") || !strings.Contains(s[:end+2], "@")
	if isName || strings.HasPrefix(s[end+2:], "@") {
		return end + 2
	}
	return 0
}
