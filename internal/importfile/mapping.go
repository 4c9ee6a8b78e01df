package importfile

import (
	"slices"
	"strings"

	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

// ColumnChoice says what the uploader takes a column for.
type ColumnChoice struct {
	// Column is the header in the file, compared without case, accents and punctuation, or the
	// letter of the column, such as "C". A header counts before a letter.
	Column string
	// Name is what the column holds. Empty leaves the column out.
	Name Name
	Key  string // of the custom field
}

// UnknownOption says what becomes of columns that nobody knows.
type UnknownOption string

// The options for unknown columns.
const (
	UnknownRefuse UnknownOption = "" // the file is refused, with all their names
	UnknownIgnore UnknownOption = "IGNORE"
	unknownKeep   UnknownOption = "KEEP" // an inspection shows them
)

// ParseColumn returns the column of an API path, such as "email" or "customFields.size". False for
// any other text, and for a custom field that is not among the fields.
func ParseColumn(path string, fields []Field) (name Name, key string, ok bool) {
	if key, custom := strings.CutPrefix(path, string(CustomField)+"."); custom {
		for _, f := range fields {
			if f.Key == key {
				return CustomField, key, true
			}
		}
		return "", "", false
	}
	for _, k := range knownColumns {
		if path == string(k.name) && k.name.isChoosable() {
			return k.name, "", true
		}
	}
	// No label of ours: in an import that is no sync, such a column of an export is left out.
	return Active, "", path == string(Active)
}

// ColumnNames lists the columns that a choice can name, in the order of the template.
func ColumnNames() (names []Name) {
	for _, k := range knownColumns {
		if k.name.isChoosable() {
			names = append(names, k.name)
		}
	}
	return names
}

func (n Name) isChoosable() bool { return n.isTemplateColumn() || n == FullName }

// isList reports whether a cell of the column may have several values.
func (n Name) isList() bool {
	return n == Labels || n == Groups || n == Roles || n == Sessions
}

// toColumn returns the column that a choice stands for.
func (c ColumnChoice) toColumn(fields []Field) Column {
	if c.Name == Unnamed {
		return Column{Name: Ignored}
	}
	column := Column{Name: c.Name, Key: c.Key}
	for _, f := range fields {
		if c.Name == CustomField && f.Key == c.Key {
			column.Date, column.Number = f.Date, f.Number
		}
	}
	return column
}

// parseLetter returns the index of a column by its letters, at most three. False for other texts.
func parseLetter(s string) (index int, ok bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" || len(s) > 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return 0, false
	}
	for _, r := range s {
		index = 26*index + int(r-'A') + 1
	}
	return index - 1, index <= spreadsheet.MaxColumns
}

// requireChoices refuses choices of columns that the file does not have, so that a mistyped header
// is not silently without effect. Without a header only letters name columns. A header that looks
// like a letter counts before the letter.
func (v *headerVocabulary) requireChoices(choices []ColumnChoice, header []string) error {
	for _, choice := range choices {
		index, isLetter := parseLetter(choice.Column)
		named := slices.IndexFunc(header, func(cell string) bool {
			return foldHeader(cell) == foldHeader(choice.Column)
		})
		switch {
		case named >= 0 && isLetter && named != index:
			v.letters[named] = v.letters[index]
			delete(v.letters, index)
		case named < 0 && (!isLetter || header != nil && index >= len(header)):
			return spreadsheet.NewFileFault("importfile.choice_missing",
				i18n.Args{"Name": clipText(choice.Column)})
		}
	}
	return nil
}

// chosenOrder returns the columns that were chosen by their letters, for a file without a header.
// The others are left out.
func (v *headerVocabulary) chosenOrder(head []spreadsheet.Record) []Column {
	width := 0
	for _, rec := range head {
		width = max(width, len(rec.Cells))
	}
	for i := range v.letters {
		width = max(width, i+1)
	}
	columns := make([]Column, width)
	for i := range columns {
		columns[i] = Column{Name: Ignored}
		if c, ok := v.letters[i]; ok {
			columns[i] = c
		}
		columns[i].Index = i
	}
	return columns
}

// Layout returns the headers of the file in a form that is equal for files of one program: folded,
// in their order. It is empty for a file without a header.
func (r *Reader) Layout() string {
	if r.headerRow == 0 {
		return ""
	}
	headers := make([]string, len(r.columns))
	for i, c := range r.columns {
		headers[i] = c.Header
	}
	return r.vocabulary.layoutOf(headers)
}

// layoutOf folds headers. The column of reasons does not count, so that corrected rejected rows have
// the layout of their first upload.
func (v *headerVocabulary) layoutOf(headers []string) string {
	var folded []string
	for _, header := range headers {
		if c, _ := v.lookUp(header); c.Name != reasonsColumn {
			folded = append(folded, foldHeader(header))
		}
	}
	return strings.TrimRight(strings.Join(folded, "\n"), "\n")
}
