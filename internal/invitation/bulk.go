package invitation

import (
	"context"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// Bulk is the result of a change of several invitations: those that were changed, and the errors of
// the others.
type Bulk struct {
	Invitations []*ent.Invitation
	Errors      []*BulkError
}

// BulkError is why one of several invitations was not changed.
type BulkError struct {
	ID    ident.ID
	Fault *fault.Error
}

// changeEach changes several invitations, each in its own transaction. A fault of one is collected.
// Any other error stops.
func (s *Service) changeEach(ctx context.Context, by *access.Caller, ids []ident.ID,
	do func(ident.ID) (*ent.Invitation, error)) (*Bulk, error) {
	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	if len(ids) > MaxInvited {
		return nil, fault.Input("invitationIds", "invite.too_many",
			i18n.Args{"Max": MaxInvited, "Given": len(ids)})
	}
	b := &Bulk{Invitations: []*ent.Invitation{}, Errors: []*BulkError{}}
	// One transaction each, so that locks are held for one invitation at a time and a fault of one
	// undoes no other.
	for _, id := range inputs.Distinct(ids) {
		inv, err := do(id)
		if f, refused := fault.Of(err); refused {
			b.Errors = append(b.Errors, &BulkError{ID: id, Fault: f})
		} else if err != nil {
			return nil, err
		} else {
			b.Invitations = append(b.Invitations, inv)
		}
	}
	return b, nil
}
