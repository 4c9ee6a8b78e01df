// Package searchtext decides which names a search finds. The words of a search must each begin a
// word of a name or an address, in any order; accents and case do not matter. It works on text
// alone, so that a search has the same result on every database.
package searchtext

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxRunes is the length of a word that is compared, in characters. Longer words are cut, in
	// names and in searches alike.
	maxRunes = 64
	// maxWords is how many words of the names of one row can be found: an address has up to ten, two
	// names with several parts another ten.
	maxWords = 32
	// maxQueryWords is how many words of a search are used.
	maxQueryWords = 8
)

// letters are Latin letters without a decomposition, in the spelling that people type instead.
var letters = strings.NewReplacer("æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d",
	"þ", "th", "ħ", "h", "ı", "i", "ŋ", "n", "’", "'", "‘", "'", "ʼ", "'")

// Fold returns a text without accents and case.
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

// Words returns the words of names and addresses that a search can begin, folded, sorted, each
// once. A word reaches from its first letter to the next space, so that "hart@acme.example" is
// found in amelia.hart@acme.example, and "acme.example" too.
func Words(texts ...string) []string {
	var words []string
	for _, text := range texts {
		for piece := range strings.FieldsSeq(Fold(text)) {
			words = append(words, suffixes(piece)...)
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return words[:min(len(words), maxWords)]
}

// suffixes returns the parts of a piece of text that begin with a word and reach to its end.
func suffixes(piece string) (all []string) {
	piece = strings.TrimRightFunc(piece, isSeparator)
	inWord := false
	for i, r := range piece {
		if isSeparator(r) {
			inWord = inWord && r == '\''
			continue
		}
		if !inWord {
			all = append(all, cut(piece[i:]))
		}
		inWord = true
	}
	return all
}

// isSeparator reports whether a character stands between words rather than in them.
func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

// cut limits a word to maxRunes characters.
func cut(word string) string {
	if utf8.RuneCountInString(word) <= maxRunes {
		return word
	}
	return string([]rune(word)[:maxRunes])
}

// Query returns the words of a search, folded. A text without a letter or a number has none.
func Query(text string) []string {
	var words []string
	for piece := range strings.FieldsFuncSeq(Fold(text), func(r rune) bool {
		return unicode.IsSpace(r) || r == ',' || r == ';'
	}) {
		word := cut(strings.TrimFunc(piece, isSeparator))
		if word != "" && !slices.Contains(words, word) && len(words) < maxQueryWords {
			words = append(words, word)
		}
	}
	return words
}

// Match reports whether each word of a search begins one of some words.
func Match(query, words []string) bool {
	return !slices.ContainsFunc(query, func(asked string) bool {
		return !slices.ContainsFunc(words, func(word string) bool {
			return strings.HasPrefix(word, asked)
		})
	})
}
