package inputs

import (
	"usher/ent"
	"usher/internal/fault"
)

// MaxExternalID is the maximum length of an external id, in characters. Ids of other systems are
// numbers, UUIDs or, in directories, distinguished names.
const MaxExternalID = 200

// ParseExternalID validates and trims the id of an object in another system; nil for none. Errors:
// BAD_USER_INPUT.
func ParseExternalID(id *string) (*string, error) {
	if id == nil {
		return nil, nil
	}
	parsed, err := ParseName("externalId", *id, MaxExternalID, "input.external_id")
	return &parsed, err
}

// ParseExternalIDChange is ParseExternalID for a field of an edit.
func ParseExternalIDChange(c Change[string]) (Change[string], error) {
	id, err := ParseExternalID(c.Value)
	return Change[string]{Set: c.Set, Value: id}, err
}

// TakenExternalID returns CONFLICT if a row could not be written because of its external id, which
// must be the only unique value of its table besides the id. Other errors are unchanged.
func TakenExternalID(err error) error {
	if ent.IsConstraintError(err) {
		return fault.At(fault.New(fault.Conflict, "input.external_id_taken").Because(err),
			"externalId")
	}
	return err
}
