package importfile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"usher/internal/i18n"
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
	// Deactivated occurs in the exported list of members only: an import deactivates nobody.
	Deactivated   Name = "deactivated"
	reasonsColumn Name = "reasons" // last column of a file of rejected rows; ignored when read
)

// classicOrder is the order of a file without header.
var classicOrder = []Name{LastName, FirstName, Email, Labels, SendCredentials, Password, Locale,
	AdditionalInfo, Groups}

// knownColumns are the columns in the order of the template, with the key of our label and other
// common headers. Labels of both languages need not be repeated, nor spellings that differ in case,
// accents, dashes or spaces only.
var knownColumns = []struct {
	name  Name
	label string
	also  []string
}{
	{LastName, "importfile.column_last_name", []string{"Surname", "Family name", "Nom"}},
	{FirstName, "importfile.column_first_name", []string{"Given name", "Forename"}},
	{Email, "importfile.column_email", []string{
		"Email address", "Email addresses", "Mail", "Mail address", "Courriel", "Adresse e-mail",
		"Adresses e-mail", "Adresse mail", "Adresse courriel",
		"Adresse de courriel", "Adresse électronique", "Mél", "Mel"}},
	{Username, "importfile.column_username", []string{"User", "Login", "Identifiant",
		"Nom d’utilisateur", "Utilisateur"}},
	{Labels, "importfile.column_labels", []string{"Label", "Tags", "Tag", "Étiquette", "Libellés"}},
	{SendCredentials, "importfile.column_send_credentials", []string{
		"Send credential", "Send login", "Envoi des identifiants", "Envoyer identifiants"}},
	{Password, "importfile.column_password", []string{"Passwd"}},
	{Locale, "importfile.column_locale", []string{"Locale", "Lang"}},
	{AdditionalInfo, "importfile.column_additional_info", []string{
		"Additional info", "Info", "Informations", "Infos complémentaires",
		"Informations supplémentaires"}},
	{Groups, "importfile.column_groups", []string{"Group", "Groupe", "Group ids"}},
	{Roles, "importfile.column_roles", []string{"Role", "Rôle"}},
	{OrgUnit, "importfile.column_org_unit", []string{
		"Org unit", "Organizational unit", "Organisational unit", "Unit", "Department", "Unité",
		"Service", "Département"}},
	{Sessions, "importfile.column_sessions", []string{"Session"}},
	{AccessExpiresAt, "importfile.column_access_expires_at", []string{
		"Access expires at", "Access expiry", "Access expiration", "Access until", "Expires at",
		"Expiry", "Expiration",
		"Expiration de l’accès", "Date de fin d’accès", "Accès jusqu’au"}},
	{Deactivated, "importfile.column_deactivated", nil},
	{reasonsColumn, "importfile.column_reasons", nil},
}

// Field is a custom field of the workspace. Date fields accept the same forms as other dates and
// become ISO.
type Field struct {
	Key, Name string
	Date      bool
}

// Column is one column of a file.
type Column struct {
	Name   Name
	Key    string // of the custom field
	Header string // header in the file; empty in a file without a header
	Index  int    // place in the file, from 0
	Date   bool   // the custom field is a date
}

// Letter returns the spreadsheet name of the column: A, Z, AA.
func (c Column) Letter() string { return columnLetter(c.Index) }

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

func columnLetter(index int) string {
	s := ""
	// These are not numbers to base 26: there is no zero, and AA follows Z.
	for n := index + 1; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
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
