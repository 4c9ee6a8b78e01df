package importfile

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"usher/internal/i18n"
)

// commonHeaders are the headers of the exports that people have, with their sources.
//
//go:embed vocabulary.txt
var commonHeaders string

// commonHeader is one header of vocabulary.txt.
type commonHeader struct {
	text     string
	name     Name
	fallback int // 0, or the place of a header that counts only if the file has no better one
}

// vocabularyHeaders are the headers of vocabulary.txt, parsed once. A malformed line is a bug in the program and
// panics.
var vocabularyHeaders = sync.OnceValue(func() (list []commonHeader) {
	for line := range strings.Lines(commonHeaders) {
		line = strings.TrimSpace(line)
		if line == "" || line == "#" || strings.HasPrefix(line, "# ") {
			continue
		}
		name, headers, ok := strings.Cut(line, ":")
		if !ok {
			panic("importfile: vocabulary.txt: " + line)
		}
		h := commonHeader{name: Name(strings.TrimSuffix(name, "?"))}
		if h.name == "-" {
			h.name = Ignored
		}
		for text := range strings.SplitSeq(headers, " | ") {
			h.text = strings.TrimSpace(text)
			if strings.HasSuffix(name, "?") {
				h.fallback = len(list) + 1
			}
			list = append(list, h)
		}
	}
	return list
})

// headerVocabulary maps headers to columns.
type headerVocabulary struct {
	columns  map[string]Column // by folded header
	shown    map[string]string // folded header → spelling for suggestions
	numbered map[string]Column // by header with "#" in place of each number
	prefixes map[string]Column // by the first words of a header, in the same form
	letters  map[int]Column    // chosen by the uploader for a place in the file
}

// activeHeaders are the headers of a column Active, as personnel systems write them.
var activeHeaders = []string{"active", "Actif", "Status", "Statut", "Enabled", "Activé", "Employed",
	"Employment status", "Enrollment status"}

// activeHeaders returns the headers of a column Active, if the file may have one.
func (o *Options) activeHeaders() []string {
	if o.Active {
		return activeHeaders
	}
	return nil
}

// newVocabulary builds the vocabulary. The choices of the uploader come first, then the headers of
// a column Active, our own labels,
// the workspace's custom fields, and the headers of vocabulary.txt: in a workspace with a custom
// field Service, that header does not mean the org unit.
func newVocabulary(fields []Field, choices []ColumnChoice, active ...string) *headerVocabulary {
	v := &headerVocabulary{columns: map[string]Column{}, shown: map[string]string{},
		numbered: map[string]Column{}, prefixes: map[string]Column{}, letters: map[int]Column{}}
	add := func(header string, c Column) {
		// The first meaning of a header counts, which is why the order of the calls below matters.
		if f := foldHeader(header); f != "" && v.shown[f] == "" {
			v.columns[f], v.shown[f] = c, header
		}
	}
	for _, choice := range choices {
		c := choice.toColumn(fields)
		// A letter is no header: a grade A in a row would look like one.
		if index, ok := parseLetter(choice.Column); ok {
			v.letters[index] = c
		} else {
			add(choice.Column, c)
		}
	}
	for _, header := range active {
		add(header, Column{Name: Active})
	}
	for _, k := range knownColumns {
		for _, l := range i18n.Locales {
			add(i18n.T(l, k.label, nil), Column{Name: k.name})
		}
		add(string(k.name), Column{Name: k.name})
	}
	for _, f := range fields {
		c := Column{Name: CustomField, Key: f.Key, Date: f.Date, Number: f.Number}
		add(f.Name, c)
		add(f.Key, c)
	}
	for _, h := range vocabularyHeaders() {
		c := Column{Name: h.name, fallback: h.fallback}
		switch prefix, open := strings.CutSuffix(h.text, "*"); {
		case open:
			// A blank before the star ends a word: "Work *" is not "Workshop".
			v.prefixes[foldWords(prefix)] = c
		case strings.Contains(h.text, "#"):
			v.numbered[strings.ReplaceAll(foldWords(h.text), " ", "")] = c
		default:
			add(h.text, c)
		}
	}
	return v
}

// lookUp finds the column of a header. It tries the whole header first, because two custom fields
// may differ in their parentheses only.
func (v *headerVocabulary) lookUp(header string) (Column, bool) {
	if c, ok := v.columns[foldHeader(header)]; ok {
		return c, true
	}
	for _, form := range headerForms(header) {
		if c, ok := v.columns[foldHeader(form)]; ok {
			return c, true
		}
	}
	return v.lookUpPattern(header)
}

// lookUpPattern finds the column of a header with a number, or of a family of headers.
func (v *headerVocabulary) lookUpPattern(header string) (Column, bool) {
	if len(header) > MaxHeader || isBlank(header) {
		return Column{}, false
	}
	words := foldWords(header)
	if c, ok := v.numbered[strings.ReplaceAll(words, " ", "")]; ok {
		return c, true
	}
	// The longest prefix counts, so that a family may contain a smaller one.
	longest, found, ok := 0, Column{}, false
	for prefix, c := range v.prefixes {
		if len(prefix) > longest && len(words) > len(prefix) && strings.HasPrefix(words, prefix) {
			longest, found, ok = len(prefix), c, true
		}
	}
	return found, ok
}

// foldWords folds each word of a header and puts "#" in place of each number. A blank at the end
// stays.
func foldWords(header string) string {
	var words strings.Builder
	digits := false
	for _, r := range header {
		isDigit := unicode.IsDigit(r) || r == '#'
		switch {
		case isDigit && digits: // one sign for all digits of a number
		case isDigit:
			words.WriteByte('#')
		case unicode.IsLetter(r) || unicode.IsMark(r):
			words.WriteRune(r)
		default:
			words.WriteByte(' ')
		}
		digits = isDigit
	}
	folded := strings.Fields(words.String())
	for i, word := range folded {
		parts := strings.Split(word, "#")
		for j := range parts {
			parts[j] = foldHeader(parts[j])
		}
		folded[i] = strings.Join(parts, "#")
	}
	text := strings.Join(folded, " ")
	if strings.HasSuffix(words.String(), " ") {
		text += " "
	}
	return text
}
