package importfile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"usher/internal/i18n"
	"usher/internal/spreadsheet"
)

// Name identifies a column. The names are those of the API's ImportRowInput.
type Name string

// The columns. A CustomField column also has a key. Unnamed is a column without a header.
const (
	Unnamed         Name = ""
	LastName        Name = "lastName"
	FirstName       Name = "firstName"
	Email           Name = "email"
	Username        Name = "username"
	ExternalID      Name = "externalId"
	Labels          Name = "labels"
	SendCredentials Name = "sendCredentials"
	Password        Name = "password"
	Locale          Name = "locale"
	AdditionalInfo  Name = "additionalInfo"
	Groups          Name = "groups"
	Roles           Name = "roles"
	OrgUnit         Name = "orgUnit"
	Sessions        Name = "sessions"
	AccessExpiresAt Name = "accessExpiresAt"
	CustomField     Name = "customFields"
	// FullName holds first and last name in one cell.
	FullName Name = "fullName"
	// PasswordHash says how the password of a row is hashed. A hash is no password, so a filled
	// cell is an error of its row.
	PasswordHash Name = "passwordHash"
	// Ignored is a column that the import leaves out: by choice, or because it is known from
	// exports and an import has no use for it.
	Ignored Name = "ignored"
	// Deactivated occurs in the exported list of members only: an import deactivates nobody.
	Deactivated Name = "deactivated"
	// Active says whether a person still belongs to the source of a sync. It is known by a choice,
	// in the rows of a request and, with Options.Active, by common headers.
	Active        Name = "active"
	reasonsColumn Name = "reasons" // last column of a file of rejected rows; ignored when read
)

// classicOrder is the order of a file without header.
var classicOrder = []Name{LastName, FirstName, Email, Labels, SendCredentials, Password, Locale,
	AdditionalInfo, Groups}

// knownColumns are the columns in the order of the template, with the key of our label. Other
// headers for them are in vocabulary.txt.
var knownColumns = []struct {
	name  Name
	label string
}{
	{LastName, "importfile.column_last_name"},
	{FirstName, "importfile.column_first_name"},
	{Email, "importfile.column_email"},
	{Username, "importfile.column_username"},
	{ExternalID, "importfile.column_external_id"},
	{Labels, "importfile.column_labels"},
	{SendCredentials, "importfile.column_send_credentials"},
	{Password, "importfile.column_password"},
	{Locale, "importfile.column_locale"},
	{AdditionalInfo, "importfile.column_additional_info"},
	{Groups, "importfile.column_groups"},
	{Roles, "importfile.column_roles"},
	{OrgUnit, "importfile.column_org_unit"},
	{Sessions, "importfile.column_sessions"},
	{AccessExpiresAt, "importfile.column_access_expires_at"},
	{FullName, "importfile.column_full_name"},
	{PasswordHash, "importfile.column_password_hash"},
	{Deactivated, "importfile.column_deactivated"},
	{reasonsColumn, "importfile.column_reasons"},
}

// Field is a custom field of the workspace. Date fields accept the same forms as other dates and
// become ISO; numbers may have a decimal comma.
type Field struct {
	Key, Name string
	Date      bool
	Number    bool
}

// Column is one column of a file.
type Column struct {
	Name   Name
	Key    string // of the custom field
	Header string // header in the file; empty in a file without a header
	Index  int    // place in the file, from 0
	Date   bool   // the custom field is a date
	Number bool   // the custom field is a number
	// MonthFirst says that dates such as 3/4/2026 begin with the month.
	MonthFirst bool

	// fallback is 0 for a header that means the column; a higher one gives way to a lower one.
	fallback int
	unknown  bool // nobody knows the header
}

// IsUnknown reports whether nobody knows what the column holds. It is left out.
func (c Column) IsUnknown() bool { return c.unknown }

// Letter returns the spreadsheet name of the column: A, Z, AA.
func (c Column) Letter() string { return spreadsheet.ColumnLetter(c.Index) }

// Path returns the API name of the column: "email", "customFields.size".
func (c Column) Path() string {
	if c.Name == CustomField {
		return string(CustomField) + "." + c.Key
	}
	return string(c.Name)
}

// Title returns the header in the file, or that of the template.
func (c Column) Title(l i18n.Locale) string {
	if c.Header != "" {
		return c.Header
	}
	return Label(c.Name, l)
}

// Label returns our header for a column; empty for Unnamed and CustomField.
func Label(name Name, l i18n.Locale) string {
	for _, k := range knownColumns {
		if k.name == name {
			return i18n.T(l, k.label, nil)
		}
	}
	return ""
}

// foldHeader reduces a header to its letters, without accents and case, and digits. Addresses and
// passwords are never folded.
func foldHeader(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(s))
}
