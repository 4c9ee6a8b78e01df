package graph

import (
	"time"

	"usher/ent"
	"usher/internal/card"
)

// Card is a card to print with its secrets in clear. Only the response to its issuer holds it.
type Card struct {
	Member    *ent.Member
	URL       string
	Pin       string
	ExpiresAt time.Time
	QRSVG     string
	HTML      string
}

// toCard converts a card that was issued into the form of the API.
func toCard(c *card.IssuedCard) *Card {
	return &Card{Member: c.Member, URL: c.URL.Reveal(), Pin: c.PIN.Reveal(),
		ExpiresAt: c.ExpiresAt, QRSVG: c.SVG.Reveal(), HTML: c.Page.Reveal()}
}
