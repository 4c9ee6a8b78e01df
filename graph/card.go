package graph

import (
	"context"
	"time"

	"usher/ent"
	"usher/internal/admission"
	"usher/internal/card"
	"usher/internal/ident"
)

// Card is a card to print with its secrets in clear. Only the response to its issuer holds it. The
// picture and the document are drawn where a client asks for them: of hundreds of cards a client
// takes the one document of all of them instead.
type Card struct{ issued *card.IssuedCard }

// Member returns the member whom the card is for.
func (c *Card) Member() *ent.Member { return c.issued.Member }

// URL returns the link of the QR code.
func (c *Card) URL() string { return c.issued.URL.Reveal() }

// Pin returns the PIN.
func (c *Card) Pin() string { return c.issued.PIN.Reveal() }

// Code returns the code that stands for the link.
func (c *Card) Code() string { return c.issued.Code.Reveal() }

// CodeURL returns the address of the page that takes the code.
func (c *Card) CodeURL() string { return c.issued.CodeURL }

// ExpiresAt returns when the card expires.
func (c *Card) ExpiresAt() time.Time { return c.issued.ExpiresAt }

// QRSVG draws the QR code of the link.
func (c *Card) QRSVG() (string, error) {
	svg, err := c.issued.DrawQR()
	return string(svg), err
}

// HTML renders the card as a page to print.
func (c *Card) HTML() (string, error) { return c.issued.RenderPage() }

// issueCards issues cards for the selected members, and signs the URL of the document with them.
func (r *Resolver) issueCards(ctx context.Context, in IssueCardsInput) (*IssueCardsPayload, error) {
	by := callerOf(ctx)
	which, err := r.toCardSelection(ctx, in)
	if err != nil {
		return nil, err
	}
	issued, err := r.Cards.IssueCards(ctx, by, which)
	if err != nil {
		return nil, err
	}

	p := &IssueCardsPayload{Results: make([]*CardResult, len(issued.Results)),
		NextAfterID: issued.Next}
	for i, one := range issued.Results {
		p.Results[i] = &CardResult{ID: one.MemberID.String()}
		// As the client sent it: parseIDs has turned a malformed id into the zero id.
		if in.MemberIds != nil {
			p.Results[i].ID = in.MemberIds[i]
		}
		if one.Fault != nil {
			p.Results[i].Error = outcomeError(ctx, one.Fault)
			p.FailedCount++
			continue
		}
		p.Results[i].Card = &Card{one.Card}
		p.IssuedCount++
	}
	if !issued.Sheet.IsZero() {
		url := r.Imports.SignURL(by, "card-sheets", issued.Sheet.String(), "cards.html")
		p.SheetURL = &url
	}
	return p, nil
}

// toCardSelection converts the members who get a card.
func (r *Resolver) toCardSelection(ctx context.Context,
	in IssueCardsInput) (admission.MemberSelection, error) {
	if in.Imported == nil {
		return r.toSelection(ctx, &MemberSelectionInput{MemberIds: in.MemberIds,
			Matching: in.Matching})
	}
	var after ident.ID
	if in.Imported.AfterID != nil {
		after = *in.Imported.AfterID
	}
	return r.Cards.SelectImported(ctx, callerOf(ctx), in.Imported.ImportID, after)
}
