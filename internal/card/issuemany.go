package card

import (
	"context"

	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// maxIssued is the number of cards that one call issues: each is a page to print, and the answer
// holds all of them.
const maxIssued = 100

// IssueResult is the card of one of several members: Card or Fault is set.
type IssueResult struct {
	Card  *IssuedCard
	Fault *fault.Error
}

// IssueCards issues a card for each of several members as IssueCard does, each in its own
// transaction, and answers one result for each id. A second mention of a member gets no second card:
// it would end the first one. A fault of one is collected. Any other error stops.
func (s *Service) IssueCards(ctx context.Context, by *access.Caller,
	ids []ident.ID) (_ []IssueResult, err error) {
	defer fault.Annotate(&err, "issue cards")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	if len(ids) > maxIssued {
		return nil, fault.Input("memberIds", "invite.too_many",
			i18n.Args{"Max": maxIssued, "Given": len(ids)})
	}
	results := make([]IssueResult, len(ids))
	done := map[ident.ID]IssueResult{}
	for i, id := range ids {
		// A member who is named twice gets one card: a second one would revoke the first.
		result, known := done[id]
		if !known {
			var err error
			result.Card, err = s.IssueCard(ctx, by, id)
			if f, refused := fault.Of(err); refused {
				result.Fault = f
			} else if err != nil {
				return nil, err
			}
			done[id] = result
		}
		results[i] = result
	}
	return results, nil
}
