package schema

import (
	"time"

	"usher/internal/ident"
)

// Grant is what an admission gives: the one value that invitations, join links and imports store
// and that admission applies. Every id was loaded behind the tenant filter and checked against its
// grantor's rights before it was stored; at admission what has gone since is skipped.
type Grant struct {
	Roles           []GrantedRole `json:"roles,omitempty"`
	GroupIDs        []ident.ID    `json:"groupIds,omitempty"`
	OrgUnitID       ident.ID      `json:"orgUnitId,omitzero"`
	SessionIDs      []ident.ID    `json:"sessionIds,omitempty"`
	ProgramIDs      []ident.ID    `json:"programIds,omitempty"`
	Labels          []string      `json:"labels,omitempty"`
	AdditionalInfo  string        `json:"additionalInfo,omitempty"`
	Locale          string        `json:"locale,omitempty"`
	AccessExpiresAt *time.Time    `json:"accessExpiresAt,omitempty"`
	DeleteOnExpiry  bool          `json:"deleteOnExpiry,omitempty"`
	// key of the field → canonical text
	CustomFields map[string]string `json:"customFields,omitempty"`

	// Parts is who gave what, where several administrators gave parts of an invitation and none of
	// them could give the whole; the fields above are all of it together. Empty where one grantor
	// answers for everything.
	Parts []GrantPart `json:"parts,omitempty"`
}

// GrantPart is what one administrator, or one API key, gave of a grant. Both ids are zero once they
// are gone.
type GrantPart struct {
	GiverID    ident.ID `json:"giverId,omitzero"`
	GiverKeyID ident.ID `json:"giverKeyId,omitzero"`
	Grant      Grant    `json:"grant"`
}

// GrantedRole is a role at a place: a group, an org unit or a session; the workspace itself when
// PlaceID is the workspace's id.
type GrantedRole struct {
	RoleID  ident.ID `json:"roleId"`
	PlaceID ident.ID `json:"placeId"`
}

// Entitlements is what an organization's plan lets its entry points do (PLA-1). Everything is on
// where Usher is self-hosted.
type Entitlements struct {
	SpreadsheetImport bool `json:"spreadsheetImport"`
	JoinLinks         bool `json:"joinLinks"`
	CustomRoles       bool `json:"customRoles"`
	APIKeys           bool `json:"apiKeys"`
}

// Entitlement names one of the entitlements of a plan.
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

// NewEntitlements returns a plan that has the named entitlements and no other. A name that is not
// one of AllEntitlements is left out.
func NewEntitlements(names []Entitlement) Entitlements {
	var e Entitlements
	for _, name := range names {
		if has := e.flag(name); has != nil {
			*has = true
		}
	}
	return e
}

// List returns the names of the entitlements that the plan has, in the order of the contract.
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
	// an invitation's life; 0: it never expires
	InvitationDays            int   `json:"invitationDays,omitempty"`
	RemindDaysBeforeExpiry    []int `json:"remindDaysBeforeExpiry,omitempty"`    // INV-14
	RemindDaysAfterSending    []int `json:"remindDaysAfterSending,omitempty"`    // INV-14
	RequireGroup              bool  `json:"requireGroup,omitempty"`              // INV-18
	EraseUnacceptedAfterDays  int   `json:"eraseUnacceptedAfterDays,omitempty"`  // AHD-5; 0: never
	SessionReminderDaysBefore []int `json:"sessionReminderDaysBefore,omitempty"` // MAI-2
}

// Cell is one value that a change replaced, in a journal: its column, what was there, what was
// written.
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
	Date   bool   `json:"date,omitempty"` // a custom field that holds a date
}

// ImportReading is how an imported file was understood.
type ImportReading struct {
	Encoding      string       `json:"encoding,omitempty"` // empty for a workbook
	HeaderRow     int          `json:"header_row,omitempty"`
	Sheet         string       `json:"sheet,omitempty"`
	SheetsLeftOut []string     `json:"sheets_left_out,omitempty"`
	HiddenRows    int          `json:"hidden_rows,omitempty"`
	Notes         []ImportNote `json:"notes,omitempty"`
}

// ImportNote is what a person should check of a file before it is imported.
type ImportNote struct {
	Message string            `json:"message"` // key of the catalogue
	Args    map[string]string `json:"args,omitempty"`
}

// RowError says what is wrong with one cell of an imported row.
type RowError struct {
	Column  string            `json:"column,omitempty"`
	Code    string            `json:"code"`
	Message string            `json:"message"` // key of the catalogue
	Args    map[string]string `json:"args,omitempty"`
}

// Detail is one fact of an audit event: what changed, from what, to what. Both are for people to
// read.
type Detail struct {
	Name   string `json:"name"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}
