package mail

// Kind is the purpose of an email. Its sentences are in the catalogue under this word, which is
// also stored.
type Kind string

// The kinds of email, with their recipients.
const (
	Invitation Kind = "invitation" // the invited address
	// Reminder goes to the invited address while the invitation is pending.
	Reminder    Kind = "reminder"
	Credentials Kind = "credentials" // a person for whom an account was created
	// SessionInvitation goes to a member or, with Content.Pending, to an invited address.
	SessionInvitation Kind = "session_invitation"
	SessionReminder   Kind = "session_reminder"  // as SessionInvitation
	JoinConfirmation  Kind = "join_confirmation" // an address that was entered on a join page
	JoinApproved      Kind = "join_approved"     // the person who asked to join
	JoinRejected      Kind = "join_rejected"     // the person who asked to join
	PasswordReset     Kind = "password_reset"    // the account's address
	Welcome           Kind = "welcome"           // a new member
	EmailChange       Kind = "email_change"      // the new address, to verify it
	// SecurityNotice goes to the account's address, on an email change to the former one.
	SecurityNotice Kind = "security_notice"
	ImportDigest   Kind = "import_digest" // the person who started the import

	InvitationAccepted Kind = "invitation_accepted" // the inviter
	InvitationDeclined Kind = "invitation_declined" // the inviter
	NewLinkRequested   Kind = "new_link_requested"  // members who may renew the invitation
	// the inviter: accept with another address (AHD-3)
	MoveRequested     Kind = "move_requested"
	JoinRequested     Kind = "join_requested"     // members who may approve join requests
	WebhookDisabled   Kind = "webhook_disabled"   // administrators, after five days of failure
	WorkspaceDeletion Kind = "workspace_deletion" // administrators: when it will be erased
)

// Change is what a SecurityNotice reports.
type Change string

// What a SecurityNotice can report.
const (
	PasswordChanged Change = "password"
	EmailChanged    Change = "email"
	// EmailChangeRequested is reported to the current address before a new one replaces it.
	EmailChangeRequested Change = "email_requested"
	// EmailProposed is reported to the current address when the organization names another one.
	EmailProposed Change = "email_proposed"
)

var securityChanges = []Change{PasswordChanged, EmailChanged, EmailChangeRequested,
	EmailProposed}

// kindTraits are the required and additional parts of a kind, besides its subject, preheader, lead
// and reason.
type kindTraits struct {
	link      bool // needs a link
	session   bool // needs a session and shows its facts
	note      bool // has a closing sentence, "mail.<kind>_note"
	daysOpen  bool // the link is open for days, so that its expiry is told as a day
	untrusted bool // anybody can trigger it: user input is not repeated
}

// traitsByKind lists every kind. A kind without an entry cannot be rendered.
var traitsByKind = map[Kind]kindTraits{
	Invitation:         {link: true, note: true, daysOpen: true},
	Reminder:           {link: true, note: true, daysOpen: true},
	Credentials:        {link: true, note: true},
	SessionInvitation:  {link: true, session: true, daysOpen: true},
	SessionReminder:    {link: true, session: true, daysOpen: true},
	JoinConfirmation:   {link: true, note: true, untrusted: true},
	JoinApproved:       {link: true},
	JoinRejected:       {},
	PasswordReset:      {link: true, note: true},
	Welcome:            {link: true},
	EmailChange:        {link: true, note: true, untrusted: true},
	SecurityNotice:     {note: true},
	ImportDigest:       {link: true},
	InvitationAccepted: {},
	InvitationDeclined: {},
	NewLinkRequested:   {link: true},
	MoveRequested:      {link: true, note: true},
	JoinRequested:      {link: true},
	WebhookDisabled:    {note: true}, // the console has no page for webhooks
	WorkspaceDeletion:  {link: true, note: true},
}

// Kinds lists every kind in the order of their declaration.
var Kinds = []Kind{
	Invitation, Reminder, Credentials, SessionInvitation, SessionReminder, JoinConfirmation,
	JoinApproved, JoinRejected,
	PasswordReset, Welcome, EmailChange, SecurityNotice, ImportDigest, InvitationAccepted,
	InvitationDeclined,
	NewLinkRequested, MoveRequested, JoinRequested, WebhookDisabled, WorkspaceDeletion,
}
