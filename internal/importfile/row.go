package importfile

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/secret"
	"usher/internal/spreadsheet"
)

// Row is one person of a file. A field is empty if its cell is empty or invalid; Errors tells the
// two apart.
type Row struct {
	Number int // as in a spreadsheet; in a text the line where the row begins

	LastName, FirstName, Email, Username string
	ExternalID                           string          // the id in another system
	Password                             secret.Redacted // without spaces around it
	Locale                               string          // en or fr
	AdditionalInfo, OrgUnit              string
	Labels, Groups, Roles, Sessions      []string
	SendCredentials                      *bool // nil if the cell is empty
	AccessExpiresAt                      When
	Deactivated                          bool
	// answers by custom field key; nil for none
	Fields map[string]string

	// Cells are the cells of the row, so that it can be returned for correction. Cells[i] belongs
	// to Columns()[i]; further cells are beyond the columns. Security: cells with a password, or
	// that look like one, are empty, so that a row can be stored, logged and shown. Hidden has them
	// by index.
	Cells  []string
	Hidden map[int]secret.Redacted
	Errors []CellError

	PasswordTrimmed bool // spaces around the password were removed
	NameUnread      bool // a full name is not plainly the name of one person and was left out
	exactPassword   bool
	passwordHash    bool // the file says that the password is hashed
	// a date whose day and month could change places, and as it was read
	ambiguousDate, ambiguousRead string
}

// CellError is the error of one cell. The fault's field is the column's path.
type CellError struct {
	Column Column
	Err    *fault.Error
}

// In returns the message after the title of its column. Messages never quote the cell: in a row
// that is shifted by a column it may be a password.
func (e CellError) In(l i18n.Locale) string {
	said := e.Err.Message.In(l)
	if title := e.Column.Title(l); title != "" {
		return i18n.T(l, "importfile.at_column",
			i18n.Args{"Column": e.Column.Letter(), "Header": clipText(title), "Text": said})
	}
	return said
}

// setCell puts the cell of a column into the row. It does not check addresses and groups, which
// needs the rules of the verbs.
func (r *Row) setCell(c Column, cell string) {
	value := strings.TrimSpace(cell)
	if value == "" {
		return
	}
	if key := c.findFlaw(value); key != "" {
		r.addError(c, key, i18n.Args{"Max": spreadsheet.MaxCell})
		return
	}
	// A name with an address belongs to another column: the row is shifted, or the columns are in
	// another order.
	if c.Name.isPersonName() && hasAt(value) {
		r.addError(c, "importfile.cell_name_address", nil)
		return
	}
	switch c.Name {
	case LastName:
		r.LastName = value
	case FirstName:
		r.FirstName = value
	case Email:
		r.Email = value
	case Username:
		r.Username = value
	case ExternalID:
		r.ExternalID = value
	case Password:
		r.Password = secret.Redacted(value)
		if r.exactPassword {
			r.Password = secret.Redacted(cell)
		}
		r.PasswordTrimmed = r.Password.Reveal() != cell
	case AdditionalInfo:
		r.AdditionalInfo = value
	case OrgUnit:
		r.OrgUnit = value
	case Labels:
		r.Labels = append(r.Labels, splitValues(value)...)
	case Groups:
		r.Groups = append(r.Groups, splitValues(value)...)
	case Roles:
		r.Roles = append(r.Roles, splitValues(value)...)
	case Sessions:
		r.Sessions = append(r.Sessions, splitValues(value)...)
	default:
		r.setParsedCell(c, value)
	}
}

// settleCells settles what the cells of a row say together: a login that is the address, and a
// password that is a hash.
func (r *Row) settleCells(columns []Column) {
	// Many programs call the address of a person their login. A username is never an address
	// (AUT-5).
	if isAddress(r.Username) && (r.Email == "" || strings.EqualFold(r.Email, r.Username)) {
		r.Email, r.Username = cmp.Or(r.Email, r.Username), ""
	}
	if r.passwordHash && r.Password != "" {
		for _, c := range columns {
			if c.Name == Password {
				r.addError(c, "importfile.cell_password_hash", nil)
			}
		}
	}
}

// isPersonName reports whether the column holds a name of the person, or a part of it.
func (n Name) isPersonName() bool { return n == LastName || n == FirstName || n == FullName }

// setParsedCell puts a cell whose text must be parsed into the row, or adds an error.
func (r *Row) setParsedCell(c Column, value string) {
	switch c.Name {
	case FullName:
		r.FirstName, r.LastName = address.SplitPersonName(value)
		r.NameUnread = r.FirstName == "" && r.LastName == ""
	case PasswordHash:
		r.passwordHash = true
	case Locale:
		if l, ok := parseLocale(value); ok {
			r.Locale = string(l)
		} else {
			r.addError(c, "importfile.cell_locale", nil)
		}
	case SendCredentials:
		if b, ok := parseBool(value); ok {
			r.SendCredentials = &b
		} else {
			r.addError(c, "importfile.cell_bool", nil)
		}
	case Deactivated:
		b, ok := parseBool(value)
		if r.Deactivated = b; !ok {
			r.addError(c, "importfile.cell_bool", nil)
		}
	case Active:
		b, ok := parseActive(value)
		if r.Deactivated = ok && !b; !ok {
			r.addError(c, "importfile.cell_active", nil)
		}
	case AccessExpiresAt:
		if w, ok := parseWhen(value, c.MonthFirst); ok {
			r.AccessExpiresAt = w
			r.noteDate(value, w)
		} else {
			r.addError(c, "importfile.cell_date", nil)
		}
	case CustomField:
		r.setFieldValue(c, value)
	case Unnamed:
		r.addError(c, "importfile.cell_beyond", nil)
	}
}

// setFieldValue keeps the answer to a custom field. Dates get their stored form; the importer,
// which knows the fields, validates numbers and choices.
func (r *Row) setFieldValue(c Column, value string) {
	if c.Date {
		w, ok := parseWhen(value, c.MonthFirst)
		if !ok {
			r.addError(c, "importfile.cell_date", nil)
			return
		}
		r.noteDate(value, w)
		value = w.Time.Format(isoDate)
	}
	if c.Number {
		value = readNumber(value)
	}
	if r.Fields == nil {
		r.Fields = map[string]string{}
	}
	r.Fields[c.Key] = value
}

// noteDate keeps the first date of the row that could mean another day.
func (r *Row) noteDate(text string, w When) {
	if r.ambiguousDate == "" && isAmbiguousDate(text) {
		r.ambiguousDate, r.ambiguousRead = text, w.Time.Format(isoDate)
	}
}

// addError notes an error of a cell. Reading goes on, so that a person sees all errors of a row
// together.
func (r *Row) addError(c Column, key string, args i18n.Args) {
	if c.Name == Unnamed {
		// Most often an unquoted delimiter inside a text has shifted all following cells, so this
		// is an error. The letter is part of the message, since there is no title.
		key, args = "importfile.cell_beyond", i18n.Args{"Column": c.Letter()}
	}
	r.Errors = append(r.Errors, CellError{c, fault.Input(c.Path(), key, args)})
}

// findFlaw returns the message key of an error that a cell has in any column; "" for none.
func (c Column) findFlaw(value string) string {
	switch {
	// Bytes are counted first: few cells are so long that their characters must be counted.
	case len(value) > spreadsheet.MaxCell && c.maxValueLength(value) > spreadsheet.MaxCell:
		return "importfile.cell_too_long"
	case strings.ContainsFunc(value, isUnreadable):
		return "importfile.cell_unreadable"
	case value[0] == '#' && failedFormulas[value] && c.Name != Password:
		return "importfile.cell_formula"
	}
	return ""
}

// isUnreadable matches control characters, except those of a text of several lines, and the
// replacement character of invalid bytes.
func isUnreadable(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7F && r < 0xA0 ||
		r == utf8.RuneError
}

// failedFormulas are the texts that spreadsheets show in English and French for a failed formula.
var failedFormulas = map[string]bool{
	"#N/A": true, "#REF!": true, "#VALUE!": true, "#NAME?": true, "#DIV/0!": true, "#NUM!": true,
	"#NULL!":  true,
	"#SPILL!": true, "#CALC!": true, "#NOM?": true, "#VALEUR!": true, "#NOMBRE!": true,
	"#NUL!": true,
}

// maxValueLength returns the number of characters of a cell, or of the longest value of a list.
func (c Column) maxValueLength(value string) (n int) {
	switch c.Name {
	case Labels, Groups, Roles, Sessions:
		// A cell may hold fifty labels, which are longer together than one value may be.
		for _, v := range splitValues(value) {
			n = max(n, utf8.RuneCountInString(v))
		}
		return n
	}
	return utf8.RuneCountInString(value)
}

// addRowError adds an error of the row as a whole.
func (r *Row) addRowError(key string) {
	r.Errors = append(r.Errors, CellError{Column{}, fault.Input("", key)})
}
