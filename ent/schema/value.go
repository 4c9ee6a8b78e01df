package schema

import (
	"time"

	"usher/internal/ident"
)

// Grant is the value that an admission applies and that invitations, join links and imports store.
// Every id was loaded behind the tenant filter and checked against the grantor's permissions before
// it was stored. An admission skips ids whose rows are gone.
type Grant struct {
	Roles           []GrantedRole `json:"roles,omitempty"`
	GroupIDs        []ident.ID    `json:"groupIds,omitempty"`
	OrgUnitID       ident.ID      `json:"orgUnitId,omitzero"`
	SessionIDs      []ident.ID    `json:"sessionIds,omitempty"`
	ProgramIDs      []ident.ID    `json:"programIds,omitempty"`
	Labels          []string      `json:"labels,omitempty"`
	ExternalID      string        `json:"externalId,omitempty"`     // of the one person it is for (PAR-4)
	ExternalSource  string        `json:"externalSource,omitempty"` // of the sync that names the id
	AdditionalInfo  string        `json:"additionalInfo,omitempty"`
	Locale          string        `json:"locale,omitempty"`
	RedirectURL     string        `json:"redirectUrl,omitempty"` // INV-21
	AccessExpiresAt *time.Time    `json:"accessExpiresAt,omitempty"`
	DeleteOnExpiry  bool          `json:"deleteOnExpiry,omitempty"`
	// custom field key → stored form of the answer
	CustomFields map[string]string `json:"customFields,omitempty"`

	// Parts are the parts of several administrators, none of whom could grant the whole; the other
	// fields contain all parts together. Empty if one grantor granted everything.
	Parts []GrantPart `json:"parts,omitempty"`
}

// GrantPart is the part of a grant that one administrator or API key granted. Both ids are zero
// when these no longer exist.
type GrantPart struct {
	GrantorID    ident.ID `json:"giverId,omitzero"`
	GrantorKeyID ident.ID `json:"giverKeyId,omitzero"`
	Grant        Grant    `json:"grant"`
}

// GrantedRole is a role at a place: a group, an org unit or a session, or the workspace if PlaceID
// is its id.
type GrantedRole struct {
	RoleID  ident.ID `json:"roleId"`
	PlaceID ident.ID `json:"placeId"`
}

// HeldRight are permissions that a caller held at a place of a workspace, for the comparison of
// rights when an answer is repeated (PAR-1).
type HeldRight struct {
	WorkspaceID ident.ID `json:"workspaceId"`
	PlaceID     ident.ID `json:"placeId"`
	Permissions []string `json:"permissions"`
}

// ErasedWorkspace is what is left of a workspace after its erasure (WSP-3), for the operator.
type ErasedWorkspace struct {
	ID   string    `json:"id"`
	Slug string    `json:"slug"`
	Name string    `json:"name"`
	At   time.Time `json:"at"` // when it was erased, UTC
}

// Entitlements are the features of an organization's subscription plan (PLA-1). A self-hosted Usher
// has all of them.
type Entitlements struct {
	SpreadsheetImport bool `json:"spreadsheetImport"`
	JoinLinks         bool `json:"joinLinks"`
	CustomRoles       bool `json:"customRoles"`
	APIKeys           bool `json:"apiKeys"`
}

// Entitlement names one of the entitlements of a subscription plan.
type Entitlement string

// The entitlements.
const (
	EntitlementSpreadsheetImport Entitlement = "SPREADSHEET_IMPORT"
	EntitlementJoinLinks         Entitlement = "JOIN_LINKS"
	EntitlementCustomRoles       Entitlement = "CUSTOM_ROLES"
	EntitlementAPIKeys           Entitlement = "API_KEYS"
)

// AllEntitlements lists every entitlement, in the order of the contract.
var AllEntitlements = []Entitlement{EntitlementSpreadsheetImport, EntitlementJoinLinks,
	EntitlementCustomRoles, EntitlementAPIKeys}

// NewEntitlements returns a subscription plan that has the named entitlements and no other. A name
// that is not one of AllEntitlements is left out.
func NewEntitlements(names []Entitlement) Entitlements {
	var e Entitlements
	for _, name := range names {
		if has := e.flag(name); has != nil {
			*has = true
		}
	}
	return e
}

// List returns the names of the entitlements that the subscription plan has, in the order of the
// contract.
func (e Entitlements) List() []Entitlement {
	list := []Entitlement{}
	for _, name := range AllEntitlements {
		if *e.flag(name) {
			list = append(list, name)
		}
	}
	return list
}

// flag returns the field that stores an entitlement, or nil for a name that is none.
func (e *Entitlements) flag(name Entitlement) *bool {
	switch name {
	case EntitlementSpreadsheetImport:
		return &e.SpreadsheetImport
	case EntitlementJoinLinks:
		return &e.JoinLinks
	case EntitlementCustomRoles:
		return &e.CustomRoles
	case EntitlementAPIKeys:
		return &e.APIKeys
	}
	return nil
}

// WorkspaceSettings holds a workspace's defaults for its entry points.
type WorkspaceSettings struct {
	// lifetime of an invitation; 0: it never expires
	InvitationDays            int   `json:"invitationDays,omitempty"`
	RemindDaysBeforeExpiry    []int `json:"remindDaysBeforeExpiry,omitempty"`    // INV-14
	RemindDaysAfterSending    []int `json:"remindDaysAfterSending,omitempty"`    // INV-14
	RequireGroup              bool  `json:"requireGroup,omitempty"`              // INV-18
	EraseUnacceptedAfterDays  int   `json:"eraseUnacceptedAfterDays,omitempty"`  // AHD-5; 0: never
	SessionReminderDaysBefore []int `json:"sessionReminderDaysBefore,omitempty"` // MAI-2
	// INV-21: pages that a grant may name as redirectUrl; each allows the pages below it
	AllowedRedirectURLs []string `json:"allowedRedirectUrls,omitempty"`
	// INV-21: pages of the workspace's front end for emailed links; nil for Usher's own
	InvitationLinkTemplate *string `json:"invitationLinkTemplate,omitempty"`
	JoinLinkTemplate       *string `json:"joinLinkTemplate,omitempty"`
	// WSP-5: documents of the workspace, by https; nil for none
	PrivacyURL *string `json:"privacyUrl,omitempty"`
	TermsURL   *string `json:"termsUrl,omitempty"`
	// WSP-6: whether people must consent to the documents before they come in, and to which version
	ConsentRequired bool    `json:"consentRequired,omitempty"`
	ConsentVersion  *string `json:"consentVersion,omitempty"`
}

// Consent is what a person has consented to (WSP-6): a version of the documents of the workspace,
// and where they stood then.
type Consent struct {
	Version    string    `json:"version"`
	GivenAt    time.Time `json:"givenAt"` // UTC
	PrivacyURL *string   `json:"privacyUrl,omitempty"`
	TermsURL   *string   `json:"termsUrl,omitempty"`
}

// Cell is one change of a value in a journal: its column, previous value and new value.
type Cell struct {
	Column string `json:"column"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// ImportColumn is one column of an imported file.
type ImportColumn struct {
	Name   string `json:"name"`             // as the API calls it
	Key    string `json:"key,omitempty"`    // of the custom field
	Header string `json:"header,omitempty"` // as the file writes it
	Index  int    `json:"index"`
	Date   bool   `json:"date,omitempty"`   // a custom field that holds a date
	Number bool   `json:"number,omitempty"` // a custom field that holds a number
	// 3/4/2026 begins with the month
	MonthFirst bool `json:"month_first,omitempty"`
}

// ImportOptions are the options of an import that only its own code reads.
type ImportOptions struct {
	Message       string         `json:"message,omitempty"`    // of its invitation emails
	ExpiresAt     *time.Time     `json:"expires_at,omitempty"` // end of its invitations
	NeverExpires  bool           `json:"never_expires,omitempty"`
	NoEmail       bool           `json:"no_email,omitempty"` // neither invitations nor welcomes are emailed
	IgnoreUnknown bool           `json:"ignore_unknown,omitempty"`
	MonthFirst    bool           `json:"month_first,omitempty"` // 3/4/2026 begins with the month
	Choices       []ImportChoice `json:"choices,omitempty"`
	Sync          *SyncOptions   `json:"sync,omitempty"` // nil for an import that is no sync
}

// SyncOptions are the options of an import that keeps members in step with another system (BAT-2).
type SyncOptions struct {
	Source        string   `json:"source,omitempty"` // name of the other system
	Mirror        bool     `json:"mirror,omitempty"` // members whom the file does not hold leave
	Replace       []string `json:"replace,omitempty"`
	ReactivateAll bool     `json:"reactivate_all,omitempty"` // also whom an administrator deactivated
	// LeaverLimit is how many members leave without a confirmation, known from the preview on.
	LeaverLimit int `json:"leaver_limit"`
}

// ImportChoice says what the uploader takes a column of a file for.
type ImportChoice struct {
	Column string `json:"column"`         // header or letter
	Name   string `json:"name,omitempty"` // as the API calls it; empty for a column left out
	Key    string `json:"key,omitempty"`  // of the custom field
}

// ImportReading describes how an imported file was read.
type ImportReading struct {
	Encoding      string       `json:"encoding,omitempty"` // empty for a workbook
	HeaderRow     int          `json:"header_row,omitempty"`
	Sheet         string       `json:"sheet,omitempty"`
	SheetsLeftOut []string     `json:"sheets_left_out,omitempty"`
	HiddenRows    int          `json:"hidden_rows,omitempty"`
	Notes         []ImportNote `json:"notes,omitempty"`
}

// ImportNote is something that a person should check in a file before it is imported.
type ImportNote struct {
	Message string            `json:"message"` // key of the catalogue
	Args    map[string]string `json:"args,omitempty"`
}

// RowError is the error of one cell of an imported row.
type RowError struct {
	Column  string            `json:"column,omitempty"`
	Code    string            `json:"code"`
	Message string            `json:"message"` // key of the catalogue
	Args    map[string]string `json:"args,omitempty"`
}

// Detail is one change in an audit event: the field, the previous and the new value, as text for
// people.
type Detail struct {
	Name   string `json:"name"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}
