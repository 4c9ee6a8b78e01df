// Package searchtext decides which names a search finds. The words of a search must each begin a
// word of a name or an address, in any order; accents and case do not matter.
//
// A row is found by a text of its own, which Text writes and the database keeps. A row is found if
// that text contains each phrase of the search, byte by byte, so that Go, PostgreSQL and SQLite
// always agree.
package searchtext

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxRunes is the length of a word that is compared, in characters. Longer words are cut, in
	// names and in searches alike.
	maxRunes = 64
	// maxBytes is the length of a text. It is part of the rows of indexes, which PostgreSQL limits
	// to 2,704 bytes.
	maxBytes = 1_500
	// maxPhrases is how many phrases of a search are used.
	maxPhrases = 8
)

// letters are Latin letters without a decomposition, in the spelling that people type instead. An
// apostrophe is left out: O'Brien and OBrien are the same.
var letters = strings.NewReplacer("æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d",
	"þ", "th", "ħ", "h", "ı", "i", "ŋ", "n", "’", "", "‘", "", "ʼ", "", "'", "")

// Fold returns a text without accents, case and apostrophes.
func Fold(text string) string {
	text = norm.NFKD.String(cases.Fold().String(text))
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, text)
	return letters.Replace(text)
}

// Text returns the text by which a search finds a row with some names and addresses: the words of
// each part, with a space before each word and a comma after each part, such as
// " amelia hart example org, ahart,". A part is what stands between spaces. A part that another one
// contains is left out, as the first name is beside amelia.hart@example.org.
func Text(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		for part := range strings.FieldsSeq(Fold(name)) {
			phrase := toPhrase(part)
			// A word that stands in the text already would find nothing new. What is too long is
			// left out.
			if phrase == "" || strings.Contains(b.String(), phrase) ||
				b.Len()+len(phrase)+1 > maxBytes {
				continue
			}
			b.WriteString(phrase)
			b.WriteByte(',')
		}
	}
	return b.String()
}

// toPhrase returns the words of a part of a text, each with a space before it. Whatever stands
// between two words is the same: the parts of an address as those of a double name.
func toPhrase(part string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(part, isSeparator) {
		b.WriteByte(' ')
		length := 0
		for _, r := range word {
			if length++; length <= maxRunes {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// isSeparator reports whether a character stands between words rather than in them.
func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

// Query returns the phrases of a search, folded. A text of a row must contain each of them. A
// search without a letter or a number has none.
func Query(search string) []string {
	var phrases []string
	for part := range strings.FieldsFuncSeq(Fold(search), func(r rune) bool {
		return unicode.IsSpace(r) || r == ',' || r == ';'
	}) {
		phrase := toPhrase(part)
		if phrase != "" && !slices.Contains(phrases, phrase) && len(phrases) < maxPhrases {
			phrases = append(phrases, phrase)
		}
	}
	return phrases
}

// Match reports whether a text contains each phrase of a search.
func Match(phrases []string, text string) bool {
	return !slices.ContainsFunc(phrases, func(phrase string) bool {
		return !strings.Contains(text, phrase)
	})
}

// Term is a word that each row has which a search finds.
type Term struct {
	Word string
	// Whole is true if it is a whole word, and false if it is the beginning of one.
	Whole bool
}

// Terms returns the words of the phrases of a search. The last word of a phrase may be a beginning.
func Terms(phrases []string) []Term {
	var terms []Term
	for _, phrase := range phrases {
		words := strings.Fields(phrase)
		for i, word := range words {
			if t := (Term{word, i < len(words)-1}); !slices.Contains(terms, t) {
				terms = append(terms, t)
			}
		}
	}
	return terms
}
