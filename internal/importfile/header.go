package importfile

import (
	"strings"

	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

// MaxHeader is the length in bytes up to which a header is reduced to other forms. Nobody names
// a column longer.
const MaxHeader = 300

// headerForms returns the forms under which a header may be known: unchanged, without remarks in
// parentheses and brackets, without words such as "required", and the singular of each.
func headerForms(header string) []string {
	if len(header) > MaxHeader {
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
// one). Headers that an import ignores add to the half, since many are ordinary words.
func (v *headerVocabulary) isHeader(cells []string) bool {
	filled, named, ignored := 0, 0, 0
	for _, cell := range cells {
		if isBlank(cell) {
			continue
		}
		filled++
		// A custom field may be called @handle, so names of columns are accepted before addresses
		// are refused.
		if c, ok := v.lookUp(cell); ok && c.Name == Ignored {
			ignored++
		} else if ok {
			named++
		} else if hasAt(cell) {
			return false
		}
	}
	return named >= 2 || named == 1 && 2*(named+ignored) >= filled
}

// readColumns converts a header to columns, one for each cell up to the last named one. Unknown
// columns are a fault unless they are to be ignored.
func (v *headerVocabulary) readColumns(cells []string, unknown UnknownOption) ([]Column, error) {
	// All unknown names are reported together. One at a time, a file of twenty columns would take
	// twenty attempts.
	var columns, strangers []Column
	for i, cell := range cells {
		header := strings.TrimSpace(cell)
		c, ok := v.letters[i]
		if !ok {
			c, ok = v.lookUp(header)
		}
		c.Header, c.Index = header, i
		// A header of signs alone, such as "#", numbers the rows.
		if !ok && header != "" && foldHeader(header) == "" {
			c.Name = Ignored
		} else if !ok && header != "" {
			c.Name, c.unknown = Ignored, true
			strangers = append(strangers, c)
		}
		columns = append(columns, c)
	}
	if len(strangers) > 0 && unknown == UnknownRefuse {
		return nil, v.newUnknownColumnsFault(strangers)
	}
	if err := settleColumns(columns); err != nil {
		return nil, err
	}
	// Unnamed columns between named ones stay, so that the indexes of cells and columns agree.
	for len(columns) > 0 && columns[len(columns)-1].Name == Unnamed {
		columns = columns[:len(columns)-1]
	}
	return columns, nil
}

// settleColumns decides between columns of one name: a fallback gives way to any other, and to a
// fallback that the vocabulary names first; a full name gives way to first and last names. The
// values of lists are united. Any other two columns of one name are a fault, since either may be
// the right one.
func settleColumns(columns []Column) error {
	best := map[string]int{}
	for _, c := range columns {
		if rank, ok := best[c.Path()]; !ok || c.fallback < rank {
			best[c.Path()] = c.fallback
		}
	}
	_, hasFirst := best[string(FirstName)]
	_, hasLast := best[string(LastName)]
	first := map[string]Column{}
	for i := range columns {
		c := &columns[i]
		switch {
		case c.Name == FullName && hasFirst && !hasLast && foldHeader(c.Header) == "name":
			// Beside a first name, "Name" is the last name.
			c.Name = LastName
		case c.Name == FullName && (hasFirst || hasLast), c.fallback > best[c.Path()]:
			c.Name, c.Key = Ignored, ""
		}
		before, again := first[c.Path()]
		switch {
		case c.Name == Unnamed, c.Name == Ignored, c.Name.isList():
		case !again:
			first[c.Path()] = *c
		case c.fallback > 0: // two of one header: the first counts
			c.Name, c.Key = Ignored, ""
		default:
			return spreadsheet.NewFileFault("importfile.double_column", i18n.Args{
				"First": before.Letter(), "Second": c.Letter(), "Name": clipText(c.Header)})
		}
	}
	return nil
}

// requireIdentity refuses columns that cannot tell who a person is. A name is enough: a username is
// derived from it (BAT-10).
func requireIdentity(columns []Column) error {
	for _, c := range columns {
		switch c.Name {
		case Email, Username, ExternalID, LastName, FirstName, FullName:
			return nil
		}
	}
	return spreadsheet.NewFileFault("importfile.no_identity")
}

// newUnknownColumnsFault lists the unknown names. A single one comes with a suggestion if it looks
// mistyped.
func (v *headerVocabulary) newUnknownColumnsFault(unknown []Column) *fault.Error {
	if len(unknown) == 1 {
		args := i18n.Args{"Column": unknown[0].Letter(), "Name": clipText(unknown[0].Header)}
		if near := v.findNearest(unknown[0].Header); near != "" {
			args["Near"] = near
			return spreadsheet.NewFileFault("importfile.unknown_column_near", args)
		}
		return spreadsheet.NewFileFault("importfile.unknown_column", args)
	}
	var list []string
	for _, c := range unknown {
		list = append(list, c.Letter()+" ("+clipText(c.Header)+")")
	}
	return spreadsheet.NewFileFault("importfile.unknown_columns",
		i18n.Args{"List": strings.Join(list, ", ")})
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

// isBlank reports whether a cell has no text.
func isBlank(cell string) bool { return strings.TrimSpace(cell) == "" }

// clipText shortens a text of the file for quoting it in a message.
func clipText(s string) string {
	const longest = 40
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
