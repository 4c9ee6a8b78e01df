package importfile

import (
	"strings"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// headerVocabulary maps folded headers to columns.
type headerVocabulary struct {
	columns map[string]Column
	shown   map[string]string // folded → as it is best written, for suggestions
}

// newVocabulary lets the labels that we write win over the workspace's own fields, and these over
// what else people write for the known columns: who has a field named Service means it, not the org
// unit.
func newVocabulary(fields []Field) *headerVocabulary {
	v := &headerVocabulary{map[string]Column{}, map[string]string{}}
	add := func(header string, c Column) {
		if f := foldHeader(header); f != "" && v.shown[f] == "" {
			v.columns[f], v.shown[f] = c, header
		}
	}
	for _, k := range knownColumns {
		for _, l := range i18n.Locales {
			add(i18n.T(l, k.label, nil), Column{Name: k.name})
		}
		add(string(k.name), Column{Name: k.name})
	}
	for _, f := range fields {
		c := Column{Name: CustomField, Key: f.Key, Date: f.Date}
		add(f.Name, c)
		add(f.Key, c)
	}
	for _, k := range knownColumns {
		for _, header := range k.also {
			add(header, Column{Name: k.name})
		}
	}
	return v
}

// lookUp looks a header up as a whole first: two custom fields may differ in their parentheses
// alone.
func (v *headerVocabulary) lookUp(header string) (Column, bool) {
	if c, ok := v.columns[foldHeader(header)]; ok {
		return c, true
	}
	for _, form := range headerForms(header) {
		if c, ok := v.columns[foldHeader(form)]; ok {
			return c, true
		}
	}
	return Column{}, false
}

// longestHeader is beyond what anybody calls a column, in bytes; a longer cell is not taken apart.
const longestHeader = 300

// headerForms returns the forms in which a header may be known: as it stands, without what stands
// in parentheses and brackets, without the words that say whether it has to be filled in, and each
// of them in the singular.
func headerForms(header string) []string {
	if len(header) > longestHeader {
		return nil
	}
	forms := []string{header}
	// "First Name [Required]", "Send credentials (0/1)", "E-mail * required"
	if plain := stripRemarks(header); plain != header {
		forms = append(forms, plain)
	}
	for _, form := range forms {
		words := strings.Fields(form)
		for len(words) > 1 && requiredWords[foldHeader(words[len(words)-1])] {
			words = words[:len(words)-1]
			forms = append(forms, strings.Join(words, " "))
		}
	}
	for _, form := range forms {
		form = strings.TrimRight(form, " *:.")
		for _, ending := range []string{"s", "S", "es", "ES"} {
			if singular, ok := strings.CutSuffix(form, ending); ok && len(singular) > 2 {
				forms = append(forms, singular)
			}
		}
	}
	return forms
}

// requiredWords say of a column whether it has to be filled in, folded.
var requiredWords = map[string]bool{
	"required": true, "optional": true, "mandatory": true, "requis": true, "requise": true,
	"obligatoire": true,
	"facultatif":  true, "facultative": true, "optionnel": true, "optionnelle": true, "": true,
}

// stripRemarks leaves out what a header has in parentheses, brackets and braces.
func stripRemarks(header string) string {
	for _, pair := range []string{"()", "[]", "{}"} {
		for {
			before, rest, opened := strings.Cut(header, pair[:1])
			_, after, closed := strings.Cut(rest, pair[1:])
			if !opened || !closed {
				break
			}
			header = before + " " + after
		}
	}
	return header
}

// isHeader tells a header from a row of people: no address in it, and either two cells that are
// names of columns or half of its cells. One such cell may be somebody's name (a Mr Langue is in
// the telephone book).
func (v *headerVocabulary) isHeader(cells []string) bool {
	filled, named := 0, 0
	for _, cell := range cells {
		if isBlank(cell) {
			continue
		}
		filled++
		// A question of the workspace may be called @handle.
		if _, ok := v.lookUp(cell); ok {
			named++
		} else if hasAt(cell) {
			return false
		}
	}
	return named >= 2 || named == 1 && 2*named >= filled
}

// readColumns turns a header into columns, one for each cell up to the last with a name.
func (v *headerVocabulary) readColumns(cells []string) ([]Column, error) {
	// All unknown names are told at once: one at a time, a file of twenty columns would take as
	// many tries.
	var columns, unknown []Column
	seen := map[string]Column{}
	for i, cell := range cells {
		header := strings.TrimSpace(cell)
		c, ok := v.lookUp(header)
		c.Header, c.Index = header, i
		if !ok && header != "" {
			unknown = append(unknown, c)
		}
		// Two columns of addresses: whichever we took, the other one may have been meant.
		if first, again := seen[c.Path()]; ok && again {
			return nil, newFileFault("importfile.double_column", i18n.Args{
				"First": first.Letter(), "Second": c.Letter(), "Name": clipText(c.Header)})
		}
		seen[c.Path()] = c
		columns = append(columns, c)
	}
	if len(unknown) > 0 {
		return nil, v.newUnknownColumnsFault(unknown)
	}
	// Columns without a name stay where others follow, so that cells and columns keep in step.
	for len(columns) > 0 && columns[len(columns)-1].Name == Unnamed {
		columns = columns[:len(columns)-1]
	}
	// A name is enough: a username is made of it (BAT-10).
	for _, name := range []Name{Email, Username, LastName, FirstName} {
		if _, ok := seen[string(name)]; ok {
			return columns, nil
		}
	}
	return nil, newFileFault("importfile.no_identity")
}

// newUnknownColumnsFault says which names are not known; with a suggestion when it is a single one
// and looks mistyped.
func (v *headerVocabulary) newUnknownColumnsFault(unknown []Column) *fault.Error {
	if len(unknown) == 1 {
		args := i18n.Args{"Column": unknown[0].Letter(), "Name": clipText(unknown[0].Header)}
		if near := v.findNearest(unknown[0].Header); near != "" {
			args["Near"] = near
			return newFileFault("importfile.unknown_column_near", args)
		}
		return newFileFault("importfile.unknown_column", args)
	}
	var list []string
	for _, c := range unknown {
		list = append(list, c.Letter()+" ("+clipText(c.Header)+")")
	}
	return newFileFault("importfile.unknown_columns", i18n.Args{"List": strings.Join(list, ", ")})
}

// findNearest finds the header that a mistyped one was meant to be: two letters off, one for a
// short name.
func (v *headerVocabulary) findNearest(header string) string {
	f := foldHeader(clipText(header))
	best, found := 1+min(2, len(f)/4), ""
	for candidate, shown := range v.shown {
		d := Distance([]rune(f), []rune(candidate))
		// The order of a map is chance: among equals the first by the alphabet.
		if d < best || d == best && found != "" && shown < found {
			best, found = d, shown
		}
	}
	return found
}

// Distance counts the letters to insert, drop or replace to get from one word to another
// (Levenshtein).
func Distance(a, b []rune) int {
	// Levenshtein with one row: row[j] is the distance from what of a has been read to the first j
	// letters of b.
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// clipText shortens what a file holds before a sentence quotes it.
func clipText(s string) string {
	const longest = 40
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
