package ident

// Kind is the table of an id. The numbers are stored inside ids: never change or reuse one.
type Kind uint8

// The kinds, in the order of their introduction.
const (
	Organization Kind = iota + 1
	Workspace
	User
	Member
	Role
	RoleAssignment
	AssignmentSource
	Group
	OrgUnit
	Program
	Session
	Enrollment
	Invitation
	JoinLink
	JoinSlug
	JoinRequest
	Import
	ImportFile
	ImportRow
	ImportChange
	CustomField
	Seat
	SeatEvent
	SignIn
	APIKey
	_ // formerly webhooks; the number must not be reused
	_ // formerly deliveries of webhooks
	AuditEvent
	Mail
	Suppression
	Throttle
	_ // formerly idempotency keys
	Card
	_ // formerly transfers of enrollments
	Departure
	WorkspaceExport
	WorkspaceExportPiece
	IdempotentRequest
	Application
	ApplicationSignIn
	SigningKey
	Webhook
	WebhookDelivery
)

// prefixes are stored and published words: one that changes makes the ids of clients meaningless.
// Six bits of an id hold the kind, so there are at most 64.
var prefixes = [64]string{
	Organization: "org", Workspace: "wsp", User: "usr", Member: "mem", Role: "rol",
	RoleAssignment:   "asg",
	AssignmentSource: "src", Group: "grp", OrgUnit: "unt", Program: "prg", Session: "ses",
	Enrollment: "enr",
	Invitation: "inv", JoinLink: "jln", JoinSlug: "slg", JoinRequest: "jrq", Import: "imp",
	ImportFile: "imf",
	ImportRow:  "row", ImportChange: "chg", CustomField: "fld", Seat: "sea", SeatEvent: "sev",
	SignIn: "sgn",
	APIKey: "key", AuditEvent: "aud", Mail: "mai", Suppression: "sup", Throttle: "thr", Card: "crd",
	Departure: "dep", WorkspaceExport: "exp", WorkspaceExportPiece: "exi",
	IdempotentRequest: "idm",
	Application:       "app", ApplicationSignIn: "asi", SigningKey: "sgk",
	Webhook: "whk", WebhookDelivery: "whd",
}

// String returns the prefix of ids of this kind.
func (k Kind) String() string { return prefixes[k&63] }
