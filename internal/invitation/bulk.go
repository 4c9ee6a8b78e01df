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

// Bulk is what became of several invitations: those it was done to, and for the others why not.
type Bulk struct {
	Invitations []*ent.Invitation
	Errors      []*BulkError
}

// BulkError is why something was not done to one of several.
type BulkError struct {
	ID       ident.ID
	Code     string
	Sentence i18n.Message
}

// changeEach does something to several invitations, one transaction each. A refusal of one is data;
// anything else stops.
func (s *Service) changeEach(ctx context.Context, by *access.Caller, ids []ident.ID,
	do func(ident.ID) (*ent.Invitation, error)) (*Bulk, error) {
	if err := by.Authenticated(); err != nil {
		return nil, err
	}
	if len(ids) > MaxInvited {
		return nil, fault.Input("ids", "invite.too_many",
			i18n.Args{"Max": MaxInvited, "Given": len(ids)})
	}
	b := &Bulk{Invitations: []*ent.Invitation{}, Errors: []*BulkError{}}
	for _, i := range inputs.Distinct(ids) {
		inv, err := do(i)
		if f, refused := fault.Of(err); refused {
			b.Errors = append(b.Errors,
				&BulkError{ID: i, Code: string(f.Code), Sentence: f.Message})
		} else if err != nil {
			return nil, err
		} else {
			b.Invitations = append(b.Invitations, inv)
		}
	}
	return b, nil
}
