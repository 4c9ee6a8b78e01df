package invitation

import (
	"usher/ent"
	"usher/internal/i18n"
)

// OutcomeStatus is what can become of one address or person at a door. The words are the public
// contract.
type OutcomeStatus string

// What can become of one.
const (
	Invited        OutcomeStatus = "INVITED"
	Updated        OutcomeStatus = "UPDATED"
	Added          OutcomeStatus = "ADDED"
	InvitedInstead OutcomeStatus = "INVITED_INSTEAD"
	AlreadyMember  OutcomeStatus = "ALREADY_MEMBER"
	Deactivated    OutcomeStatus = "DEACTIVATED"
	InvalidAddress OutcomeStatus = "INVALID_ADDRESS"
	NotAllowed     OutcomeStatus = "NOT_ALLOWED"
	Suppressed     OutcomeStatus = "SUPPRESSED"
)

// Warning is what an inviter should know about an address that was invited all the same.
type Warning string

// AccountExistsElsewhere says that the address has an account in another workspace of the
// organization (INV-3).
const AccountExistsElsewhere Warning = "ACCOUNT_EXISTS_ELSEWHERE"

// Outcome is what became of one address.
type Outcome struct {
	Email      string // as given, trimmed
	Status     OutcomeStatus
	Invitation *ent.Invitation
	Member     *ent.Member
	Warnings   []Warning
	Sentence   i18n.Message
}
