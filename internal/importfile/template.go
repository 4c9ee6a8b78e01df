package importfile

import (
	"io"
	"slices"
	"strings"

	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

// Columns lists the columns of a template in their order, without custom fields, which come last.
func Columns() []Name {
	var names []Name
	for _, k := range knownColumns {
		if k.name.isTemplateColumn() {
			names = append(names, k.name)
		}
	}
	return names
}

// isTemplateColumn reports whether a template has the column. The others occur in exports only.
func (n Name) isTemplateColumn() bool {
	return n != reasonsColumn && n != Deactivated && n != FullName && n != PasswordHash
}

// Header returns the header of a template in a language: every column that can be filled in, custom
// fields last.
func Header(l i18n.Locale, fields []Field) []string {
	var header []string
	for _, k := range knownColumns {
		if k.name.isTemplateColumn() {
			header = append(header, i18n.T(l, k.label, nil))
		}
	}
	// The reader itself is asked, so that the template can be read back.
	v := newVocabulary(fields, nil)
	for _, f := range fields {
		// A field that is called like another column, or another field, can only be told by its
		// key.
		if c, _ := v.lookUp(f.Name); c.Key == f.Key {
			header = append(header, f.Name)
		} else {
			header = append(header, f.Key)
		}
	}
	return header
}

// Value is one allowed value of a column, with the text for its cell.
type Value struct {
	Column Name
	Field  string // the custom field's name, when Column is CustomField
	Value  string
	Title  string
}

// WriteTemplate writes the template: the header, and in a workbook a second sheet of allowed values
// (groups, roles, org units, sessions, choices of custom fields), which imports ignore.
func WriteTemplate(w io.Writer, f spreadsheet.Format, l i18n.Locale, fields []Field,
	values []Value) error {
	if f != spreadsheet.XLSX {
		c, err := spreadsheet.NewWriter(w, f, spreadsheet.Delimiter(l), "", Header(l, fields))
		if err != nil {
			return err
		}
		return c.Close()
	}
	b, err := spreadsheet.NewWorkbook(w, i18n.T(l, "importfile.sheet_people", nil),
		i18n.T(l, "importfile.sheet_values", nil))
	if err != nil {
		return err
	}
	if err := b.BeginSheet(Header(l, fields)); err != nil {
		return err
	}
	if err := b.BeginSheet([]string{
		i18n.T(l, "importfile.value_column", nil), i18n.T(l, "importfile.value_value", nil),
		i18n.T(l, "importfile.value_title", nil),
	}); err != nil {
		return err
	}
	// One long list: a sheet with many narrow columns could not be sorted or filtered.
	for _, v := range values {
		column := v.Field
		if v.Column != CustomField {
			column = Label(v.Column, l)
		}
		if err := b.Write([]string{column, v.Value, v.Title}); err != nil {
			return err
		}
	}
	return b.Close()
}

// isValueSheet reports whether a sheet is the list of values in our own template.
func isValueSheet(name string) bool {
	for _, l := range i18n.Locales {
		if name == i18n.T(l, "importfile.sheet_values", nil) {
			return true
		}
	}
	return false
}

// Group is a group of the export. Each of the three names it in an import.
type Group struct{ ID, ExternalID, Path string }

// WriteGroups writes the workspace's groups with their ids.
func WriteGroups(w io.Writer, f spreadsheet.Format, l i18n.Locale, groups []Group) error {
	table, err := spreadsheet.NewWriter(w, f, spreadsheet.Delimiter(l), Label(Groups, l), []string{
		i18n.T(l, "importfile.group_id", nil), i18n.T(l, "importfile.group_external_id", nil),
		i18n.T(l, "importfile.group_path", nil),
	})
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := table.Write([]string{g.ID, g.ExternalID, g.Path}); err != nil {
			return err
		}
	}
	return table.Close()
}

// RejectedHeader returns the header of a file of rejected rows: that of the original file and the
// column of reasons. A file without a header gets one here, so that the column of reasons is
// recognized when the file is read again.
func RejectedHeader(columns []Column, l i18n.Locale) []string {
	header := make([]string, 0, len(columns)+1)
	for _, c := range columns {
		header = append(header, c.Title(l))
	}
	return append(header, Label(reasonsColumn, l))
}

// RejectedRow returns a row of such a file: its cells (Row.Cells with the restored password), the
// reasons after the last column, and then the cells beyond it.
func RejectedRow(columns []Column, cells, why []string) []string {
	// A short row is filled up, so that the reasons are below their header.
	row := slices.Concat(cells, make([]string, max(0, len(columns)-len(cells))))
	return slices.Insert(row, len(columns), strings.Join(why, " "))
}
