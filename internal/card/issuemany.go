package card

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/importrow"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
)

// IssueResult is the card of one of several members: Card or Fault is set.
type IssueResult struct {
	MemberID ident.ID
	Card     *IssuedCard
	Fault    *fault.Error
}

// IssuedCards are the cards of several members.
type IssuedCards struct {
	Results []IssueResult
	Sheet   ident.ID  // of the document with all of them; zero if there is no card
	Next    *ident.ID // the member after whom the rest of a selection comes, nil if none is left
}

// IssueCards issues a card for each of several members as IssueCard does, each in its own
// transaction, and answers one result for each id, or for each selected member. A second mention of
// a member gets no second card: it would end the first one. A fault of one is collected. Any other
// error stops.
func (s *Service) IssueCards(ctx context.Context, by *access.Caller,
	which admission.MemberSelection) (_ *IssuedCards, err error) {
	defer fault.Annotate(&err, "issue cards")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	if len(which.IDs) > admission.MaxSelected {
		return nil, fault.Input("memberIds", "invite.too_many",
			i18n.Args{"Max": admission.MaxSelected, "Given": len(which.IDs)})
	}

	ids, next, err := s.Admission.SelectMembers(ctx, by, which, access.MembersCreate)
	if err != nil {
		return nil, err
	}
	issued := &IssuedCards{Results: make([]IssueResult, len(ids)), Next: next}
	// An id that leads to no row: it only says which cards are printed together.
	sheet := ident.New(ident.Card)
	done := map[ident.ID]IssueResult{}
	for i, id := range ids {
		// A member who is named twice gets one card: a second one would revoke the first.
		result, known := done[id]
		if !known {
			var err error
			result.MemberID = id
			result.Card, err = s.issueCard(ctx, by, id, &sheet)
			if f, refused := fault.Of(err); refused {
				result.Fault = f
			} else if err != nil {
				return nil, err
			} else {
				issued.Sheet = sheet
			}
			done[id] = result
		}
		issued.Results[i] = result
	}
	return issued, nil
}

// SelectImported selects the members whom an import created. after is the member after whom to go
// on, zero for the beginning. NOT_FOUND for an import that the caller does not see.
func (s *Service) SelectImported(ctx context.Context, by *access.Caller, id,
	after ident.ID) (which admission.MemberSelection, err error) {
	defer fault.Annotate(&err, "select imported members")

	if err := by.RequireAuthenticated(); err != nil {
		return which, err
	}
	b, err := s.Store.ImportBatch.Get(store.AsCaller(ctx, by), id)
	if ent.IsNotFound(err) {
		return which, fault.Missing()
	}
	if err != nil {
		return which, err
	}
	which.WorkspaceID, which.After = b.WorkspaceID, after
	// The caller sees the import, so also its rows. The members are read as the caller.
	which.Where = func(members *sql.Selector) {
		rows := sql.Table(importrow.Table)
		members.Where(sql.In(members.C(member.FieldID), sql.Select(rows.C(importrow.FieldMemberID)).
			From(rows).Where(sql.And(sql.EQ(rows.C(importrow.FieldImportID), b.ID),
			sql.EQ(rows.C(importrow.FieldOutcome), importrow.OutcomeCreate),
			sql.NotNull(rows.C(importrow.FieldMemberID))))))
	}
	return which, nil
}
