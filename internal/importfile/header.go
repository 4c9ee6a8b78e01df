package importfile

import (
	"strings"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// headerVocabulary maps folded headers to columns.
type headerVocabulary struct {
	columns map[string]Column
	shown   map[string]string // folded header → spelling for suggestions
}

// newVocabulary builds the vocabulary. Our own labels come first, then the workspace's custom
// fields, then other common headers: in a workspace with a custom field Service, that header does
// not mean the org unit.
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
	return Column{}, false
}

// longestHeader is the length in bytes up to which a header is reduced to other forms. Nobody names
// a column longer.
const longestHeader = 300

// headerForms returns the forms under which a header may be known: unchanged, without remarks in
// parentheses and brackets, without words such as "required", and the singular of each.
func headerForms(header string) []string {
	if len(header) > longestHeader {
		return nil
	}
	forms := []string{header}
	// Examples: "First Name [Required]", "Send credentials (0/1)", "E-mail * required".
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

// requiredWords are folded words that say whether a column must be filled in.
var requiredWords = map[string]bool{
	"required": true, "optional": true, "mandatory": true, "requis": true, "requise": true,
	"obligatoire": true,
	"facultatif":  true, "facultative": true, "optionnel": true, "optionnelle": true, "": true,
}

// stripRemarks removes text in parentheses, brackets and braces from a header.
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

// isHeader reports whether a record is a header and not a row of people: it has no address, and
// names of columns in two cells or in half of its cells. One such cell may be a surname (Langue is
// one).
func (v *headerVocabulary) isHeader(cells []string) bool {
	filled, named := 0, 0
	for _, cell := range cells {
		if isBlank(cell) {
			continue
		}
		filled++
		// A custom field may be called @handle, so names of columns are accepted before addresses
		// are refused.
		if _, ok := v.lookUp(cell); ok {
			named++
		} else if hasAt(cell) {
			return false
		}
	}
	return named >= 2 || named == 1 && 2*named >= filled
}

// readColumns converts a header to columns, one for each cell up to the last named one.
func (v *headerVocabulary) readColumns(cells []string) ([]Column, error) {
	// All unknown names are reported together. One at a time, a file of twenty columns would take
	// twenty attempts.
	var columns, unknown []Column
	seen := map[string]Column{}
	for i, cell := range cells {
		header := strings.TrimSpace(cell)
		c, ok := v.lookUp(header)
		c.Header, c.Index = header, i
		if !ok && header != "" {
			unknown = append(unknown, c)
		}
		// Two columns of addresses: either may be the right one, so neither is chosen.
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
	// Unnamed columns between named ones stay, so that the indexes of cells and columns agree.
	for len(columns) > 0 && columns[len(columns)-1].Name == Unnamed {
		columns = columns[:len(columns)-1]
	}
	// A name is enough: a username is derived from it (BAT-10).
	for _, name := range []Name{Email, Username, LastName, FirstName} {
		if _, ok := seen[string(name)]; ok {
			return columns, nil
		}
	}
	return nil, newFileFault("importfile.no_identity")
}

// newUnknownColumnsFault lists the unknown names. A single one comes with a suggestion if it looks
// mistyped.
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

// findNearest returns the known header that a mistyped one resembles: up to two letters differ, or
// one in a short name. It returns "" if there is none.
func (v *headerVocabulary) findNearest(header string) string {
	f := foldHeader(clipText(header))
	best, found := 1+min(2, len(f)/4), ""
	for candidate, shown := range v.shown {
		d := Distance([]rune(f), []rune(candidate))
		// The order of a map is random: among equals the first in alphabetical order wins.
		if d < best || d == best && found != "" && shown < found {
			best, found = d, shown
		}
	}
	return found
}

// Distance returns the number of letters to insert, delete or replace to turn one word into another
// (Levenshtein).
func Distance(a, b []rune) int {
	// One row of the matrix is enough: row[j] is the distance from the part of a that has been read
	// to the first j letters of b.
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

// clipText shortens a text of the file for quoting it in a message.
func clipText(s string) string {
	const longest = 40
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
