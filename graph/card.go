package graph

import (
	"time"

	"usher/ent"
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
