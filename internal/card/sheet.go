package card

import (
	"cmp"
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/card"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/searchtext"
	"usher/internal/store"
)

// sheetLifetime is how long the cards of a sheet can be printed after they were issued: long enough
// for a click, short for secrets.
const sheetLifetime = 10 * time.Minute

// RenderSheet returns the cards that were issued together as one HTML document to print, by name.
// Only their issuer gets it, for sheetLifetime; a card that was used or issued again meanwhile is
// left out. Errors: UNAUTHENTICATED; NOT_FOUND for anybody else, afterwards, and without a card.
func (s *Service) RenderSheet(ctx context.Context, by *access.Caller, sheet ident.ID,
	l i18n.Locale) (_ string, err error) {
	defer fault.Annotate(&err, "render sheet of cards")

	if err := by.RequireAuthenticated(); err != nil {
		return "", err
	}
	// A card that is issued gets its whole lifetime, so its age is what is missing of it.
	newest := s.Clock().Add(cardLifetime - sheetLifetime)
	rows, err := s.Store.Card.Query().Where(card.SheetID(sheet), card.UsedAtIsNil(),
		card.ExpiresAtGT(newest)).WithUser().WithWorkspace().
		All(store.AsSystem(ctx, "the issuer prints the cards that they have just issued"))
	if err != nil {
		return "", err
	}

	var faces []cardFace
	for _, c := range rows {
		// Security: the rights of an issuer are asked again when a card is used, so nothing more is
		// asked here than who it is.
		if !isIssuer(by, c) {
			continue
		}
		issued, known := s.revealCard(c)
		if !known {
			continue
		}
		face, err := issued.face()
		if err != nil {
			return "", err
		}
		faces = append(faces, face)
	}
	if len(faces) == 0 {
		return "", fault.Missing()
	}
	// In the order in which they are handed out, whatever the accents and the case.
	slices.SortStableFunc(faces, func(a, b cardFace) int {
		return cmp.Or(cmp.Compare(searchtext.Fold(a.Name), searchtext.Fold(b.Name)),
			cmp.Compare(a.Username, b.Username))
	})
	return renderSheet(l, faces)
}

// isIssuer reports whether the caller has issued a card, and still has access to its workspace.
func isIssuer(by *access.Caller, c *ent.Card) bool {
	m := by.In(c.WorkspaceID)
	switch {
	case m == nil:
		return false
	case c.GrantorID != nil:
		return *c.GrantorID == m.MemberID
	}
	return c.GrantorKeyID != nil && *c.GrantorKeyID == by.KeyID
}
